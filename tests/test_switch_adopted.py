"""An adopted call: what it asks of the switch, what it sees, how it ends."""

import gevent
import pytest

from eslflow.call.recorder import ALONE_S
from eslflow.call.records import State
from eslflow.call.wishes import Want, Wish
from eslflow.errors import NotFound
from eslflow.switch.adopted import LOOK_S, UNSEEN
from eslflow.switch.findings import Leg
from eslflow.wire.terms import RecordAction
from tests.adrift import ANNA, KEYS, PATIENCE_S, World
from tests.steps_of import flow

MASK = Wish(Want.MASKED, "token x")
ON = Wish(Want.ON, "token x")
OFF = Wish(Want.OFF, "token x")


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


def adopted(world, *actions, **given):
    path = world.had(*actions, **given)
    world.dead_man()
    assert [found.what for found in world.adopts()] == ["adopted"]
    return path


def asks(world, wish):
    """Ask for something while time goes by; return what was answered."""
    asking = gevent.spawn(world.desk.ask, ANNA, wish)
    world.passes(ALONE_S + 0.2)
    return asking.get(timeout=PATIENCE_S)


def test_it_is_on_the_desk_and_can_be_masked_and_unmasked(world):
    path = adopted(world)
    (call,) = world.desk.calls()
    assert (call.uuid, call.caller, call.step) == (ANNA, "+4930111111", "talk")
    assert call.recording == "on"
    answer = asks(world, MASK)
    assert (answer.recording, answer.is_done) == ("masked", True)
    assert world.switch.channels[ANNA] == {path: True}
    answer = asks(world, ON)
    assert (answer.recording, answer.is_done) == ("on", True)
    assert world.switch.channels[ANNA] == {path: False}
    done = [("mask", "token x", True), ("unmask", "token x", True)]
    assert world.actions()[1:] == done


def test_a_mask_that_is_refused_becomes_a_stop(world):
    adopted(world)
    world.switch.said[f"uuid_record {ANNA} mask"] = "-ERR Cannot mask\n"
    answer = asks(world, MASK)
    # What is not recorded is silent too.
    assert (answer.recording, answer.is_done) == ("off", True)
    assert world.switch.channels[ANNA] == {}
    assert world.actions()[1:] == [
        ("mask", "token x", False),
        ("stop", "not masked", False),  # meant
        ("stop", "not masked", True),
    ]


def test_a_stop_is_seen_without_an_event_and_stops_nothing_else(world):
    adopted(world)
    world.switch.channels[ANNA]["/other.wav"] = False
    answer = asks(world, OFF)
    assert (answer.recording, answer.is_done) == ("off", True)
    assert world.switch.channels[ANNA] == {"/other.wav": False}
    (row,) = world.kept()["recordings"]
    assert (row["state"], row["cause"], row["ms"]) == ("stopped", UNSEEN, 0)
    world.passes(60)
    assert world.switch.channels[ANNA] == {"/other.wav": False}


def test_a_recorder_that_vanishes_is_begun_again(world):
    adopted(world)
    world.switch.channels[ANNA].clear()
    world.passes(LOOK_S)
    second = next(iter(world.switch.channels[ANNA]))
    assert second.endswith(f"{ANNA}-2.wav")
    assert [call.recording for call in world.desk.calls()] == ["on"]
    states = {row["id"]: row["state"] for row in world.kept()["recordings"]}
    assert states == {f"{ANNA}-1": "stopped", f"{ANNA}-2": None}
    assert world.actions()[-2:] == [("stop", "switch", True), ("start", "step", True)]


def test_a_masked_recorder_that_vanishes_is_not_begun_again(world):
    adopted(world)
    asks(world, MASK)
    world.switch.channels[ANNA].clear()
    world.passes(60)
    assert world.switch.channels[ANNA] == {}


def test_a_recorder_that_vanishes_again_and_again_is_let_be(world):
    adopted(world)
    for _ in range(5):
        world.switch.channels[ANNA].clear()
        world.passes(LOOK_S)
    world.passes(60)
    assert world.switch.channels[ANNA] == {}
    assert len(world.kept()["recordings"]) == 4


def test_a_start_that_is_refused_is_told_and_given_up(world):
    adopted(world)
    world.switch.said[f"uuid_record {ANNA} start"] = "-ERR Cannot record session!\n"
    world.switch.channels[ANNA].clear()
    world.passes(LOOK_S + 5)
    assert [call.recording for call in world.desk.calls()] == ["failed"]
    assert world.kept()["recordings"][-1]["state"] == "failed"


def test_a_hang_up_ends_the_call_and_its_recording(world):
    adopted(world)
    world.switch.channels.clear()
    world.passes(LOOK_S)
    kept = world.kept()
    assert (kept["call"]["ending"], kept["call"]["last_step"]) == ("hung_up", "talk")
    assert kept["recordings"][0]["state"] == "stopped"
    assert world.desk.calls() == []
    assert world.switch.agenda == {}
    assert world.clock.due == float("inf")
    with pytest.raises(NotFound):
        world.desk.ask(ANNA, MASK)


def test_a_hang_up_that_the_bugs_tell_of_first_is_seen_at_the_next_look(world):
    adopted(world)
    world.switch.said["uuid_exists"] = "true"
    world.switch.channels.clear()
    world.passes(LOOK_S)
    assert world.desk.get(ANNA) is not None
    world.switch.said["uuid_buglist"] = "+OK"
    world.passes(LOOK_S)
    assert world.desk.get(ANNA) is not None
    world.switch.said.clear()
    world.passes(LOOK_S)
    assert world.desk.get(ANNA) is None


def test_the_dead_man_is_put_off_for_as_long_as_it_is_on(world):
    path = adopted(world)
    world.passes(300)
    assert world.switch.channels[ANNA] == {path: False}
    assert len(world.switch.agenda) == 1
    asks(world, MASK)
    assert world.switch.agenda == {}


def test_whoever_waits_when_the_link_is_lost_is_told_at_once(world):
    path = adopted(world)
    asking = gevent.spawn(world.desk.ask, ANNA, MASK)
    world.switch.problem = "the switch closed the control link"
    world.idle()
    answer = asking.get(timeout=PATIENCE_S)
    assert (answer.recording, answer.is_done) == ("on", False)
    assert answer.why == "the control link to the switch is down"
    assert world.desk.calls() == []
    assert world.switch.channels[ANNA] == {path: False}
    # Nobody knows whether it was done: the record says that it was asked for.
    assert world.actions()[-1] == ("mask", "token x", False)
    assert world.kept()["call"]["ended_at"] is None


def test_a_call_that_is_handed_over_again_is_left_to_its_own_socket(world):
    adopted(world)

    class Socket:
        uuid = ANNA

    other = Socket()
    world.desk.joined(other)
    heard = len(world.switch.heard)
    world.passes(60)
    assert world.desk.get(ANNA) is other
    assert len(world.switch.heard) == heard
    assert world.kept()["call"]["ended_at"] is None


def test_a_fault_of_ours_costs_no_other_call(world, caplog):
    adopted(world)
    call = world.desk.get(ANNA)

    def fault():
        raise ZeroDivisionError

    world.switch.before["uuid_exists"] = fault
    world.passes(LOOK_S)
    assert world.desk.get(ANNA) is None
    assert f"fault in adopted call {ANNA}" in caplog.text
    call.close()
    call.wake(object())


def test_who_talks_with_the_caller_is_followed(world):
    path = adopted(world)
    call = world.desk.get(ANNA)
    call.meets(None)
    call.meets(Leg("b-1", "1001"))
    world.passes(1)
    assert [found.uuid for found in world.desk.by_agent("1001")] == [ANNA]
    assert world.switch.counts("uuid_buglist b-1") == 2
    call.meets(Leg("b-1", "1001"))
    call.meets(Leg("b-2", "1002"))
    assert [found.uuid for found in world.desk.by_agent("1002")] == [ANNA]
    assert path not in world.switch.channels[ANNA]
    call.meets(None)
    assert world.desk.calls()[0].agent == "1002"
    call.meets(None)
    assert world.desk.calls()[0].agent == ""


@pytest.mark.parametrize(
    ("agent", "is_recorded"), [("1002@x", True), ("_undef_", False)]
)
def test_who_takes_over_is_recorded_if_of_the_office(world, agent, is_recorded):
    world.switch.talks[ANNA] = ("b-1", "1001")
    path = adopted(world)
    world.switch.said["uuid_getvar b-2 cc_agent"] = agent
    call = world.desk.get(ANNA)
    call.meets(Leg("b-1", "1001"))
    assert world.switch.channels[ANNA] == {path: False}
    call.meets(Leg("b-2", "1002"))
    world.passes(1)
    assert path not in world.switch.channels[ANNA]
    assert bool(world.switch.channels[ANNA]) is is_recorded


GUARDED = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    talk: {queue: support, record: on}
    """,
    KEYS + "  never_record: [1999]\n",
)


@pytest.fixture
def guarded(tmp_path):
    """A call that is adopted, where a hold masks: 1999 is never recorded."""
    made = World(tmp_path, GUARDED)
    made.switch.talks[ANNA] = ("b-1", "1001")
    adopted(made)
    made.passes(1)
    yield made
    made.close()


def meets(world, is_held):
    """Let it be seen whether the agent has the caller on hold."""
    world.desk.get(ANNA).meets(Leg("b-1", "1001", is_held=is_held))
    world.passes(ALONE_S)
    return masks(world)


def masks(world):
    """Return of each file that is recorded whether it is masked."""
    return list(world.switch.channels[ANNA].values())


def wanted(world):
    """Return what outlives the controller of what was wanted."""
    world.keeps()
    (kept,) = world.books.open_calls()
    return [row["want"] for row in kept["wishes"]]


def test_a_hold_masks_and_its_end_unmasks(guarded):
    seen = [meets(guarded, is_held) for is_held in (True, True, False, True, False)]
    assert seen == [[True], [True], [False], [True], [False]]
    asked = [action for action in guarded.actions() if "mask" in action[0]]
    assert asked == 2 * [("mask", "hold", True), ("unmask", "hold", True)]
    assert wanted(guarded) == 2 * ["masked", "on"]


def test_a_hold_under_a_mask_goes_on_when_that_is_taken_back(guarded):
    asks(guarded, MASK)
    assert meets(guarded, is_held=True) == [True]
    assert (
        asks(guarded, ON).why == "it is masked while the agent has the caller on hold"
    )
    # What was said under the mask is heard late, as long as the hold was.
    assert meets(guarded, is_held=False) == [True]
    guarded.passes(5)
    assert masks(guarded) == [False]


def test_a_hold_ends_with_the_talk(guarded):
    assert meets(guarded, is_held=True) == [True]
    for _ in range(3):
        guarded.desk.get(ANNA).meets(None)
    guarded.passes(1)
    assert wanted(guarded) == ["masked", "on"]
    assert masks(guarded) == []


@pytest.mark.parametrize(("is_held", "then"), [(True, []), (False, [False])])
def test_a_hold_that_began_before_ends_when_it_is_seen_to(guarded, is_held, then):
    assert meets(guarded, is_held=True) == [True]
    guarded.desk.get(ANNA).close()
    guarded.switch.holding = {"b-1"} if is_held else set()
    guarded.adopts()
    guarded.passes(1)
    # Who the agent is, is looked at anew: until then there is no file.
    assert masks(guarded) == then
    assert meets(guarded, is_held=False) == [False]


def test_what_cannot_be_said_is_refused_like_by_the_switch(world):
    adopted(world)
    call = world.desk.get(ANNA)
    call._live.recorder.segment.path = "/r/$x.wav"
    answer = asks(world, MASK)
    assert (answer.recording, answer.is_done) == ("off", True)
    assert world.switch.channels[ANNA] == {}
    assert not any("$" in words for words in world.switch.heard)


def test_a_step_that_is_masked_stays_masked(world):
    path = adopted(world, world.action(RecordAction.MASK, -5, step="pay"))
    world.passes(60)
    assert world.switch.channels[ANNA] == {path: True}
    answer = asks(world, Wish(Want.ON, "token x", is_master=True))
    assert (answer.recording, answer.why) == ("masked", "step pay is masked")


def test_a_grant_that_was_withdrawn_meanwhile_stops_it(world):
    adopted(world)
    world.desk.get(ANNA)._live.consents.kept("training", State.WITHDRAWN)
    world.passes(60)
    assert world.switch.channels[ANNA] == {}
