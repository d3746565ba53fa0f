"""On a real FreeSWITCH: somebody is called, and asked before anything is recorded.

A user's phone calls the controller, which calls another phone: that one agrees,
refuses, says nothing, hangs up, is busy, does not answer. What is in a file is read
packet by packet. See tests/live/README.md.
"""

import time
from pathlib import Path

import gevent
import pytest

from tests.live import decode
from tests.live.leaks import judge
from tests.live.office import CALLER, Office
from tests.live.voice import FIRST_AGENT, PACKET_MS
from tests.steps_of import flow

pytestmark = pytest.mark.live

CALLEE = FIRST_AGENT
"""The phone that is called; whoever calls is `CALLER`."""
HEAD = """\
flow: out
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}
prompts:
  wait: The other party is being asked.
  sorry: Nobody can be reached.
recording: {left: callee}
"""
ASKED = """
call:
  ring: {profile: internal, number: "4930123456", host: "127.0.0.1:%d"}
  timeout: 5s
  busy: sorry
  no_answer: sorry
  refused: sorry
  invalid: sorry
  failed: sorry
ask:
  consent: {notice: recording, purpose: training}
  ask: callee
  meanwhile: wait
  keys: {1: granted, 2: refused}
  tries: 2
  timeout: 1s
talk: {connect: callee, record: on, from: answer}
sorry: {announce: sorry, next: bye}
bye: {hangup: USER_BUSY}
"""
AT_ONCE = """
call:
  dial: {profile: internal, number: "4930123456", host: "127.0.0.1:%d"}
  timeout: 5s
  busy: sorry
  no_answer: sorry
  refused: sorry
  invalid: sorry
  failed: sorry
sorry: {announce: sorry, next: bye}
bye: {hangup: USER_BUSY}
"""


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def calls(office, steps=ASKED, **options):
    """Let a user call the controller, which calls a phone; return call and phone."""
    phone = office.desk(CALLEE, **options)
    rig = office.serve(flow(steps % phone.port, HEAD))
    call = office.caller.call(f"ctl-{rig.controller.address[1]}-out")
    return call, phone


def states(kept):
    return [choice["state"] for choice in kept["choices"]]


def nobody_is_left(office, talk):
    """Wait until the switch has no leg of the called party any more."""
    with gevent.Timeout(10):
        while office.switch.api(f"uuid_exists {talk.uuid}") == "true":
            continue


def talks_on(call, talk, ms=600):
    """Let both talk; return whether each has heard the other."""
    call.speaks(ms=ms)
    return bool(call.heard()[1].of(CALLEE)) and bool(talk.heard()[1].of(CALLER))


def test_who_is_called_agrees_and_nothing_from_before_is_in_the_file(office):
    call, phone = calls(office)
    talk = phone.rings()
    talk.until("up")
    office.until("asks", call)
    talk.speaks(ms=400)
    assert not list(office.folder.glob("recordings/**/*.wav"))
    talk.press("1")
    office.until("granted, and kept", call)
    granted = office.clock.now()
    office.until("recording starts", call)
    office.until("party talk", call)
    assert talks_on(call, talk, 1500)
    until = office.clock.now()
    call.hang_up()
    talk.until("down")
    kept = office.kept(call)
    assert states(kept) == ["requested", "granted"]
    assert {choice["party"] for choice in kept["choices"]} == {"callee"}
    (row,) = kept["recordings"]
    recording = decode.read(Path(row["path"]))
    said = {CALLER: call.said(), CALLEE: talk.said()}
    sides = {heard.channel: heard.spoken.party for heard in recording.heard}
    assert sides == {0: CALLEE, 1: CALLER}
    early = [
        number
        for party in said
        for number in recording.of(party)
        if said[party][number] < granted
    ]
    assert early == []
    found = judge(recording, said, (), granted + 400_000, until)
    assert found.audible > 100
    assert len(found.missing) <= 3


def test_while_the_called_party_is_asked_the_caller_is_told(office):
    call, phone = calls(office)
    talk = phone.rings()
    call.until("up")
    office.until("asks", call)
    talk.speaks(ms=400)
    # The prompt is 100 ms of buzz: sound that no phone has said.
    assert call.heard()[1].rests
    assert not call.heard()[1].of(CALLEE)
    assert not talk.heard()[1].of(CALLER)
    talk.press("2")
    office.until("refused", call)


@pytest.mark.parametrize(
    ("keys", "state", "reason"),
    [("2", "refused", ""), ("", "unanswered", "timeout"), ("7", "unanswered", "")],
)
def test_who_does_not_agree_is_connected_and_not_recorded(office, keys, state, reason):
    call, phone = calls(office)
    talk = phone.rings()
    office.until("asks", call)
    talk.speaks(ms=300)
    if keys:
        talk.press(keys)
    office.until("party talk", call)
    assert talks_on(call, talk)
    talk.hang_up()
    call.until("down")
    kept = office.kept(call)
    assert states(kept) == ["requested", state]
    assert reason in kept["choices"][-1]["reason"]
    assert kept["recordings"] == []
    assert not list(office.folder.glob("recordings/**/*.wav"))
    assert kept["call"]["ending"] == "finished"


def test_who_hangs_up_during_the_question_ends_it(office):
    call, phone = calls(office)
    talk = phone.rings()
    office.until("asks", call)
    talk.speaks(ms=300)
    talk.hang_up()
    call.until("down")
    kept = office.kept(call)
    assert states(kept) == ["requested", "hung_up"]
    assert kept["recordings"] == []


def test_a_caller_who_hangs_up_during_the_question_leaves_nobody_parked(office):
    call, phone = calls(office)
    talk = phone.rings()
    office.until("asks", call)
    talk.speaks(ms=300)
    call.hang_up()
    talk.until("down")
    nobody_is_left(office, talk)
    kept = office.kept(call)
    assert states(kept) == ["requested", "unanswered"]
    assert kept["choices"][-1]["reason"] == "caller_left"


@pytest.mark.parametrize("steps", [ASKED, AT_ONCE])
def test_a_caller_who_hangs_up_while_it_rings_takes_the_ringing_along(office, steps):
    call, phone = calls(office, steps, answers_after_s=None)
    talk = phone.rings()
    office.until("calls", call)
    call.hang_up()
    talk.until("down")
    assert states(office.kept(call)) == ["not_asked"]


@pytest.mark.parametrize("steps", [ASKED, AT_ONCE])
@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("486 Busy Here", "busy"),
        ("603 Decline", "refused"),
        ("404 Not Found", "invalid"),
        ("503 Service Unavailable", "failed"),
        ("480 Temporarily Unavailable", "no answer"),
    ],
)
def test_a_call_that_is_not_taken_says_why(office, steps, status, ending):
    call, _ = calls(office, steps, rejects=status)
    office.until(f": {ending} (", call)
    call.until("down")
    kept = office.kept(call)
    assert states(kept) == ["not_asked"]


@pytest.mark.parametrize("steps", [ASKED, AT_ONCE])
def test_nobody_answers_in_time(office, steps):
    call, phone = calls(office, steps, answers_after_s=None)
    began = time.monotonic()
    talk = phone.rings()
    office.until(": no answer (", call)
    assert time.monotonic() - began > 4
    talk.until("down")
    call.until("down")
    assert states(office.kept(call)) == ["not_asked"]


@pytest.mark.parametrize("who", ["caller", "callee"])
def test_a_call_that_is_put_through_at_once_is_nobodys_business(office, who):
    call, phone = calls(office, AT_ONCE)
    talk = phone.rings()
    office.until("party talk", call)
    assert talks_on(call, talk)
    (talk if who == "callee" else call).hang_up()
    call.until("down")
    talk.until("down")
    kept = office.kept(call)
    assert states(kept) == ["not_asked"]
    assert kept["recordings"] == []
    ending = {"caller": "hung_up", "callee": "finished"}[who]
    assert kept["call"]["ending"] == ending


def test_a_user_who_hands_the_call_on_takes_the_recording_along(office):
    call, phone = calls(office)
    talk = phone.rings()
    office.until("asks", call)
    talk.speaks(ms=200)
    talk.press("1")
    office.until("recording starts", call)
    office.until("party talk", call)
    assert talks_on(call, talk)
    call.refer("playing")
    call.until("notified")
    call.hang_up()
    call.until("down")
    # A hang-up is answered a moment before the recorder lets go of the leg.
    handed_on = office.clock.now() + PACKET_MS * 1000
    talk.speaks(ms=1500)
    assert office.switch.api(f"uuid_exists {talk.uuid}") == "true"
    running = office.switch.api(f"uuid_buglist {talk.uuid}")
    assert str(office.folder) not in running
    talk.hang_up()
    kept = office.kept(call)
    (row,) = kept["recordings"]
    recording = decode.read(Path(row["path"]))
    late = [n for n in recording.of(CALLEE) if talk.said()[n] > handed_on]
    assert late == []
    assert recording.of(CALLEE)


BOTH = ASKED.replace("ask: callee", "ask: both")


def both_say(call, talk, office, caller, callee=""):
    """Let the caller answer, then the called party if that one is asked."""
    office.until("asks", call)
    call.press(caller)
    if callee:
        office.until("asks", call)
        # What the called party hears first is the prompt, then the question.
        talk.speaks(ms=700)
        talk.press(callee)
    office.until("party talk", call)


def test_where_both_must_agree_nothing_is_in_the_file_from_before_both_have(office):
    call, phone = calls(office, BOTH)
    talk = phone.rings()
    talk.until("up")
    office.until("asks", call)
    assert talk.heard()[1].rests is not None
    call.press("1")
    office.until("caller presses 1: granted, and kept", call)
    office.until("asks", call)
    talk.speaks(ms=700)
    assert not list(office.folder.glob("recordings/**/*.wav"))
    talk.press("1")
    office.until("callee presses 1: granted, and kept", call)
    granted = office.clock.now()
    office.until("recording starts", call)
    office.until("party talk", call)
    assert talks_on(call, talk, 1500)
    call.hang_up()
    talk.until("down")
    kept = office.kept(call)
    told = [(choice["party"], choice["state"]) for choice in kept["choices"]]
    assert told == [
        ("callee", "not_asked"),
        ("caller", "requested"),
        ("caller", "granted"),
        ("callee", "requested"),
        ("callee", "granted"),
    ]
    (row,) = kept["recordings"]
    recording = decode.read(Path(row["path"]))
    said = {CALLER: call.said(), CALLEE: talk.said()}
    for party, sent in said.items():
        assert recording.of(party)
        assert [n for n in recording.of(party) if sent[n] < granted] == []


@pytest.mark.parametrize(
    ("caller", "callee", "last"),
    [("2", "", ("caller", "refused")), ("1", "2", ("callee", "refused"))],
)
def test_where_one_of_two_refuses_nothing_is_recorded(office, caller, callee, last):
    call, phone = calls(office, BOTH)
    talk = phone.rings()
    both_say(call, talk, office, caller, callee)
    assert talks_on(call, talk)
    call.hang_up()
    talk.until("down")
    kept = office.kept(call)
    found = kept["choices"][-1]
    assert (found["party"], found["state"]) == last
    assert kept["recordings"] == []
    assert not list(office.folder.glob("recordings/**/*.wav"))


def test_a_called_party_who_hangs_up_while_the_caller_is_asked_ends_it(office):
    call, phone = calls(office, BOTH)
    talk = phone.rings()
    office.until("asks", call)
    talk.hang_up()
    talk.until("down")
    call.press("1")
    office.until("the called party has hung up", call)
    call.until("down")
    kept = office.kept(call)
    found = kept["choices"][-1]
    assert (found["party"], found["reason"]) == ("callee", "nobody")
    assert kept["recordings"] == []


def test_a_user_makes_the_call_private_in_the_talk(office):
    head = HEAD.replace(
        "{left: callee}",
        "{left: callee, caller_keys: {7: private}, before_private: delete}",
    )
    phone = office.desk(CALLEE)
    rig = office.serve(flow(ASKED % phone.port, head))
    call = office.caller.call(f"ctl-{rig.controller.address[1]}-out")
    talk = phone.rings()
    office.until("asks", call)
    talk.speaks(ms=200)
    talk.press("1")
    office.until("recording starts", call)
    office.until("party talk", call)
    assert talks_on(call, talk)
    # Of the called party, the key means nothing.
    talk.press("*7")
    assert talks_on(call, talk)
    call.press("*7")
    pressed = office.clock.now()
    office.until("recording stops", call)
    assert talks_on(call, talk, 1000)
    call.hang_up()
    kept = office.kept(call)
    note = kept["choices"][-1]
    assert (note["reason"], note["performed_by"], note["key"]) == (
        "private",
        "subject",
        "*7",
    )
    (row,) = kept["recordings"]
    recording = decode.read(Path(row["path"]))
    late = pressed + 600_000
    assert recording.of(CALLEE)
    assert [n for n in recording.of(CALLEE) if talk.said()[n] > late] == []
    assert [n for n in recording.of(CALLER) if call.said()[n] > late] == []


@pytest.mark.parametrize("ms", [100, 6000])
def test_a_called_party_withdraws_by_key_whatever_the_caller_still_hears(office, ms):
    head = HEAD.replace("90d", "90d, on_withdrawal: delete").replace(
        "{left: callee}", "{left: callee, callee_keys: {0: withdraw}}"
    )
    phone = office.desk(CALLEE)
    served = flow(ASKED % phone.port, head)
    rig = office.serve(served, office.quiet(served, ms=ms))
    call = office.caller.call(f"ctl-{rig.controller.address[1]}-out")
    talk = phone.rings()
    office.until("asks", call)
    # The longer ones are cut off by the key, and by the talk.
    talk.speaks(ms=200)
    talk.press("1")
    office.until("recording starts", call)
    office.until("party talk", call)
    assert talks_on(call, talk)
    # Of the caller, the key means nothing.
    call.press("*0")
    assert talks_on(call, talk)
    talk.press("*0")
    pressed = office.clock.now()
    office.until("callee withdraws training", call)
    office.until("recording stops", call)
    assert talks_on(call, talk, 1000)
    call.hang_up()
    kept = office.kept(call)
    assert states(kept) == ["requested", "granted", "withdrawn"]
    row = kept["choices"][-1]
    assert (row["party"], row["key"], row["performed_by"]) == (
        "callee",
        "*0",
        "subject",
    )
    (file,) = kept["recordings"]
    recording = decode.read(Path(file["path"]))
    late = [n for n in recording.of(CALLEE) if talk.said()[n] > pressed + 600_000]
    assert recording.of(CALLEE)
    assert late == []
