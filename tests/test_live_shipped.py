"""On a real FreeSWITCH: the shipped flows that ask callers, who then reach an agent.

The flows run as they are, but for their queues: who is asked, what is in a file, packet
by packet, and what is in the ledger. See tests/live/README.md for where the others are.
"""

from pathlib import Path

import pytest

from tests.live import decode
from tests.live.office import Office
from tests.live.shipped import (
    EDGE_US,
    audible,
    early,
    files,
    is_recorded,
    presses,
    reasons,
    serve,
    states,
    talks,
    through,
)

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

QUEUES = {
    "opt-in": ("sales", "support"),
    "opt-in-first": ("orders", "repairs"),
    "opt-out": ("support",),
    "verbal": ("support",),
    "withdraw": ("support",),
}
BUZZ_MS = 100
"""How long a prompt is that is heard."""
POLICY = "https://example.com/privacy#calls"


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def queues(office, name):
    return {f"queue: {queue}": f"queue: {office.queue.name}" for queue in QUEUES[name]}


def is_asked_for(choice, basis, flow):
    """Whether the ledger has what the caller was told, and who that was."""
    return (
        choice["party"] == "caller"
        and choice["basis"] == basis
        and choice["notice_url"] == POLICY
        and choice["language"] == "en"
        and choice["notice_version"] == flow.notices[choice["notice"]].version
    )


def recorded_after_the_grant(office, call, talk):
    """Let the two talk, who must be recorded; return what was kept."""
    office.until("recording starts", call)
    since = office.clock.now() + EDGE_US
    talks(call, talk, 1500)
    assert is_recorded(office, call)
    until = office.clock.now()
    call.hang_up()
    kept = office.kept(call)
    assert audible(kept, call, talk, since, until) > 50
    assert len(files(office)) == 1
    return kept


def talked_unrecorded(office, call, talk):
    """Let the two talk, who must not be recorded; return what was kept."""
    office.until("an agent answers", call)
    talks(call, talk, 1500)
    assert not is_recorded(office, call, talk)
    call.hang_up()
    kept = office.kept(call)
    assert kept["recordings"] == files(office) == []
    return kept


@pytest.mark.parametrize(
    ("name", "keys"), [("opt-in", "12"), ("opt-in", "11"), ("opt-in-first", "21")]
)
def test_who_agrees_is_in_the_file_and_nothing_from_before(office, name, keys):
    (flow,) = serve(office, name, changes=queues(office, name))
    call, talk, _ = through(office, *keys)
    kept = recorded_after_the_grant(office, call, talk)
    assert states(kept) == ["requested", "granted"]
    assert all(is_asked_for(choice, "consent", flow) for choice in kept["choices"])
    assert early(kept, call, talk) == []
    assert kept["recordings"][0]["purposes"] == "training"


@pytest.mark.parametrize(
    ("name", "keys", "last"),
    [
        ("opt-in", "22", ("refused", "")),
        ("opt-in-first", "32", ("refused", "")),
        # 1 is for the menu: twice in the question, it agrees to nothing.
        ("opt-in-first", "111", ("unanswered", "invalid")),
    ],
)
def test_who_does_not_agree_is_served_and_in_no_file(office, name, keys, last):
    serve(office, name, changes=queues(office, name))
    call, talk, _ = through(office, *keys)
    kept = talked_unrecorded(office, call, talk)
    assert states(kept)[0] == "requested"
    assert (states(kept)[-1], reasons(kept)[-1]) == last


def test_who_says_nothing_is_served_and_in_no_file(office):
    serve(office, "opt-in", changes=queues(office, "opt-in"))
    call = office.call()
    phone = office.agent()
    presses(office, call, "2", asks="For sales")
    kept = talked_unrecorded(office, call, phone.rings())
    assert (states(kept)[-1], reasons(kept)[-1]) == ("unanswered", "timeout")


# The objection.


def objects(office, key):
    """Let a caller press a key, or none, when told; and be put through."""
    phone = office.agent()
    call = office.call()
    presses(office, call, key, asks="announces")
    return call, phone.rings()


@pytest.mark.parametrize("keys", ["1", ""])
def test_opt_out_records_who_was_told_and_does_not_object(office, keys):
    (flow,) = serve(office, "opt-out", changes=queues(office, "opt-out"))
    call, talk = objects(office, keys)
    kept = recorded_after_the_grant(office, call, talk)
    last = kept["choices"][-1]
    assert (last["state"], last["reason"]) == ("unanswered", "not_objected")
    assert is_asked_for(last, "legitimate_interests", flow)
    (row,) = kept["recordings"]
    assert (row["purposes"], row["asked_at"] > last["at"]) == ("quality", True)


def test_opt_out_has_nothing_of_who_objects(office):
    serve(office, "opt-out", changes=queues(office, "opt-out"))
    call, talk = objects(office, "3")
    kept = talked_unrecorded(office, call, talk)
    assert states(kept) == ["requested", "refused"]


# The recording follows the choice, not the queue.


def two_queues(office, agreed, others):
    names = {
        "queue: agreed": f"queue: {agreed}",
        "queue: others": f"queue: {others}",
    }
    serve(office, "two-queues", changes=names)


@pytest.mark.parametrize("agrees", [True, False])
def test_two_queues_are_served_by_the_same_agent_who_sees_which(office, agrees):
    other = office.second_queue()
    two_queues(office, office.queue.name, other.name)
    phone = office.agent()
    other.add(phone)
    call = office.call()
    presses(office, call, "1" if agrees else "2")
    queue = office.queue if agrees else other
    talk = phone.rings()
    (_, _, shown) = talk.told[0]
    then = recorded_after_the_grant if agrees else talked_unrecorded
    kept = then(office, call, talk)
    assert f"waits in queue {queue.name}" in office.seen
    assert ("[REC] " in shown, "[-] " in shown) == (agrees, not agrees)
    assert states(kept) == ["requested", "granted" if agrees else "refused"]


def test_who_agreed_is_recorded_in_the_other_queue_too(office):
    two_queues(office, "nobody", office.queue.name)
    call, talk, _ = through(office, "1")
    kept = recorded_after_the_grant(office, call, talk)
    assert states(kept) == ["requested", "granted"]
    assert early(kept, call, talk) == []


# What is said in the talk, and the keys for it.


def lets_go(office, call, talk):
    """Let the caller withdraw by key; return what was kept, and who said what late."""
    call.press("*0")
    office.until("caller withdraws training", call)
    office.until("recording stops", call)
    at = office.clock.now()
    talks(call, talk)
    assert not is_recorded(office, call, talk)
    call.hang_up()
    kept = office.kept(call)
    file = decode.read(Path(kept["recordings"][0]["path"]))
    late = [
        (leg.phone.party, number)
        for leg in (call, talk)
        for number in file.of(leg.phone.party)
        if leg.said()[number] > at
    ]
    return kept, late


def test_withdraw_ends_the_recording_of_who_presses_star_and_0(office):
    serve(office, "withdraw", changes=queues(office, "withdraw"))
    call, talk, _ = through(office, "1")
    office.until("an agent answers", call)
    talks(call, talk)
    assert is_recorded(office, call)
    kept, late = lets_go(office, call, talk)
    last = kept["choices"][-1]
    assert states(kept) == ["requested", "granted", "withdrawn"]
    assert (last["performed_by"], last["on_withdrawal"]) == ("subject", "delete")
    assert late == []
    assert early(kept, call, talk) == []


def test_verbal_records_from_the_agents_key_until_the_callers(office):
    serve(office, "verbal", changes=queues(office, "verbal"), is_heard=True)
    call, talk, _ = through(office)
    office.until("an agent answers", call)
    talks(call, talk)
    assert not is_recorded(office, call, talk)
    talk.press("*2")
    office.until("refused", call)
    talk.press("*1")
    office.until("granted, and that is kept", call)
    office.until("recording starts", call)
    talks(call, talk, 1500)
    kept, late = lets_go(office, call, talk)
    assert states(kept) == ["refused", "verbal", "withdrawn"]
    assert [choice["performed_by"] for choice in kept["choices"]] == [
        "agent",
        "agent",
        "subject",
    ]
    assert kept["choices"][1]["who"]
    (row,) = kept["recordings"]
    assert row["asked_at"] >= kept["choices"][1]["at"]
    assert late == []
    # The caller hears the confirmation, and it is on the recording.
    file = decode.read(Path(row["path"]))
    lengths = [rest.ms for rest in file.rests if rest.channel == 1]
    assert [ms for ms in lengths if abs(ms - BUZZ_MS) < 45]
