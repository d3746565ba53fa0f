"""On a real FreeSWITCH: the flows of offices that record by law, never, or for some.

The shipped flows run as they are, but for their queues. Who was asked, what is in a
file and what is in the ledger is looked up afterwards. See tests/live/README.md.
"""

import shutil
from pathlib import Path

import pytest

from tests.live import decode
from tests.live.office import CALLER, GREETING, Office
from tests.live.shipped import (
    AGENT,
    EDGE_US,
    audible,
    files,
    is_recorded,
    presses,
    reasons,
    serve,
    talks,
    through,
)
from tests.steps_of import flow

pytestmark = pytest.mark.live


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


# Recorded by law.


def orders(office):
    return {"queue: orders": f"queue: {office.queue.name}"}


def test_regulated_tells_and_records(office):
    serve(office, "regulated", changes=orders(office))
    phone = office.agent()
    call = office.call()
    talk = phone.rings()
    office.until("an agent answers", call)
    since = office.clock.now() + EDGE_US
    talks(call, talk)
    until = office.clock.now()
    call.hang_up()
    kept = office.kept(call)
    assert reasons(kept) == ["informed"]
    assert kept["recordings"][0]["purposes"] == "orders"
    assert audible(kept, call, talk, since, until) > 20


def test_regulated_reaches_nobody_where_there_is_no_room(office):
    serve(office, "regulated", changes=orders(office))
    phone = office.agent()
    recordings = office.folder / "recordings"
    recordings.mkdir(exist_ok=True)
    # The switch cannot make the day's folder in a file.
    shutil.rmtree(recordings)
    recordings.write_text("")
    call = office.call()
    office.until("not recorded, so the call is refused", call)
    call.until("down")
    kept = office.kept(call)
    assert kept["call"]["ending"] == "refused"
    assert [row["state"] for row in kept["recordings"]] == ["failed"]
    assert phone.rung.empty()


def test_regulated_ends_the_talk_when_its_recording_does(office):
    serve(office, "regulated", changes=orders(office))
    phone = office.agent()
    call = office.call()
    talk = phone.rings()
    office.until("an agent answers", call)
    talks(call, talk, 500)
    for _ in range(4):
        office.switch.does(f"uuid_record {call.uuid} stop all")
        call.speaks(ms=500)
    office.until("the recording failed, so the talk is ended", call)
    talk.until("down")
    office.until("not recorded, so the call is refused", call)
    call.until("down")
    kept = office.kept(call)
    assert kept["call"]["ending"] == "refused"
    assert len(kept["recordings"]) == 4


# Recorded for some purposes.


@pytest.mark.parametrize(
    ("keys", "purposes"), [("11", "training evidence"), ("21", "evidence"), ("22", "")]
)
def test_a_file_is_for_what_was_granted(office, keys, purposes):
    queue = {"queue: support": f"queue: {office.queue.name}"}
    serve(office, "two-purposes", changes=queue)
    call, talk, _ = through(office, *keys)
    office.until("an agent answers", call)
    talks(call, talk)
    call.hang_up()
    kept = office.kept(call)
    found = [row["purposes"] for row in kept["recordings"]]
    assert found == ([purposes] if purposes else [])
    assert len(files(office)) == len(found)


MORE = """
first:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
desk: {queue: %s, record: on, answered: second, next: bye}
second:
  consent: {notice: recording, purpose: evidence}
  keys: {1: granted, 2: refused}
  record: on
again: {queue: %s, record: on}
bye: {hangup: NORMAL_CLEARING}
"""


def test_another_purpose_is_another_file(office):
    both = "{training: {basis: consent}, evidence: {basis: consent}}"
    head = GREETING.replace(
        "purposes:\n  training: {basis: consent, retain: 90d}", f"purposes: {both}"
    )
    found = flow(MORE.replace("%s", office.queue.name), head)
    office.serve(found, office.quiet(found, ms=200))
    call, talk, phone = through(office, "1")
    office.until("an agent answers", call)
    talks(call, talk)
    talk.hang_up()
    office.until("asks", call)
    call.speaks(ms=250)
    call.press("1")
    talk = phone.rings()
    office.until("an agent answers", call)
    talks(call, talk)
    call.hang_up()
    kept = office.kept(call)
    # The talk, the question after it, and all that came after the second grant.
    found = [row["purposes"] for row in kept["recordings"]]
    assert found == ["training", "training", "training evidence"]
    for row in kept["recordings"]:
        assert decode.read(Path(row["path"])).of(CALLER)


REGULARS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d
talk: {queue: %s, record: on, from: answer}
"""


def test_who_refused_in_one_call_is_not_asked_in_the_next(office):
    found = flow(REGULARS % office.queue.name, GREETING)
    office.serve(found, office.quiet(found, ms=200))
    first, talk, phone = through(office, "2")
    office.until("an agent answers", first)
    first.hang_up()
    office.until("call ends", first)
    second = office.call()
    office.until("not asked: refused today", second)
    talk = phone.rings()
    office.until("an agent answers", second)
    talks(second, talk)
    second.hang_up()
    kept = office.kept(second)
    (choice,) = kept["choices"]
    assert (choice["state"], choice["reason"]) == ("refused", "remembered")
    assert choice["rests_on"] == first.uuid
    assert files(office) == []


# Not recorded.


def private(office, agent="1999"):
    changes = {
        "queue: reception": f"queue: {office.queue.name}",
        "never_record: [1999]": f"never_record: [{agent}]",
    }
    serve(office, "private", changes=changes)


def test_a_call_made_private_by_key_is_in_no_file(office):
    private(office)
    call, talk, _ = through(office, "2")
    office.until("an agent answers", call)
    talks(call, talk)
    call.hang_up()
    kept = office.kept(call)
    assert reasons(kept) == ["private", ""]
    assert kept["recordings"] == files(office) == []


def test_who_may_be_recorded_is_as_soon_as_it_is_known_who_answers(office):
    private(office)
    call, talk, _ = through(office, "1", "1")
    office.until("an agent answers", call)
    since = office.clock.now() + EDGE_US
    office.until("recording starts", call)
    talks(call, talk, 2000)
    until = office.clock.now()
    call.hang_up()
    kept = office.kept(call)
    assert kept["choices"][-1]["state"] == "granted"
    assert audible(kept, call, talk, since, until) > 50


@pytest.mark.parametrize("is_agent", [True, False])
def test_who_is_never_recorded_is_in_no_file_though_the_caller_agreed(office, is_agent):
    phone = office.agent()
    # By the name of mod_callcenter, and by the number the leg was called by.
    name = f"{office.queue.name}-{phone.number}" if is_agent else "agent"
    private(office, name)
    call = office.call()
    for key in ("1", "1"):
        office.until("asks", call)
        call.speaks(ms=250)
        call.press(key)
    talk = phone.rings()
    office.until("not recorded: never recorded", call)
    talks(call, talk)
    call.hang_up()
    kept = office.kept(call)
    assert reasons(kept)[-1] == "never_recorded"
    assert kept["recordings"] == files(office) == []


BARS = """\
flow: test
purposes: {orders: {basis: contract}}
prompts: {welcome: Welcome.}
recording: {never_record: [never]}
"""
MOST_LATE = 3
"""Packets of who takes over without a hold, before the file has ended; mostly none."""


@pytest.mark.parametrize("is_held", [True, False])
def test_who_takes_over_and_is_never_recorded_is_in_no_file(office, is_held):
    found = flow(f"talk: {{queue: {office.queue.name}, record: on}}", BARS)
    office.serve(found, office.quiet(found, ms=200))
    phone, second = office.agent(), office.desk(AGENT + 1)
    call = office.call()
    talk = phone.rings()
    office.until("recording starts", call)
    talks(call, talk)
    if is_held:
        talk.hold()
        office.until("recording is masked", call)
    leg = office.switch.api("create_uuid")
    where = f"sofia/internal/never@127.0.0.1:{second.port}"
    office.switch.does(f"originate {{origination_uuid={leg}}}{where} &park()")
    other = second.rings()
    other.until("up")
    office.switch.does(f"uuid_bridge {call.uuid} {leg}")
    office.until("not recorded: never recorded", call)
    call.speaks(ms=1000)
    assert other.heard()[1].of(CALLER)
    call.hang_up()
    kept = office.kept(call)
    (row,) = kept["recordings"]
    theirs = decode.read(Path(row["path"])).of(AGENT + 1)
    assert len(set(theirs)) <= (0 if is_held else MOST_LATE)
    assert [choice["reason"] for choice in kept["choices"]] == ["never_recorded"]


# Handed over to the dialplan.

HANDS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
before: {menu: welcome, keys: {9: hand}, timeout: 60s, record: on}
hand: {transfer: {to: %s-%d, context: default}, record: %s}
"""


@pytest.mark.parametrize(
    ("to", "record", "rules", "is_heard"),
    [
        ("user", "on", "", True),
        ("gate", "on", "", True),
        ("user", "off", "", False),
        # Who answers there, nobody knows: it may be one who must never be recorded.
        ("user", "on", "recording: {never_record: [1999]}\n", False),
    ],
)
def test_who_is_handed_over_is_recorded_on_where_the_flow_says_so(
    office, to, record, rules, is_heard
):
    desk = office.desk(AGENT)
    found = flow(HANDS % (to, desk.port, record), GREETING + rules)
    office.serve(found, office.quiet(found, ms=200))
    call = office.call()
    presses(office, call, "1")
    office.until("recording starts", call)
    presses(office, call, "9")
    office.until("transfers to", call)
    talk = desk.rings()
    talk.until("up")
    talks(call, talk, 1500)
    assert is_recorded(office, call) == is_heard
    call.hang_up()
    kept = office.kept(call)
    assert kept["call"]["ending"] == "transferred"
    (path,) = files(office)
    file = decode.read(path)
    assert file.of(CALLER)
    assert bool(file.of(AGENT)) == is_heard
