"""Rounds: who is adopted, when, and in which state."""

import gevent
import pytest

from eslflow.call.recorder import ALONE_S
from eslflow.call.records import CallOffered, RecordingBegun, RecordingEnded, State
from eslflow.call.wishes import Want, Wish
from eslflow.cli.versions import texts
from eslflow.errors import LinkLost
from eslflow.switch.adopted import LOOK_S
from eslflow.switch.adoption import EVERY_S
from eslflow.switch.shelf import Shelf
from eslflow.wire.terms import RecordAction
from tests.adrift import AGENT, ANNA, FLOW, KEYS, PATIENCE_S, World
from tests.steps_of import flow

MASK = RecordAction.MASK
PLAIN = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    talk: {queue: support, record: on}
    late: {queue: support, record: on, from: answer}
    """
)


@pytest.fixture
def made():
    worlds = []

    def make(*given, **named):
        worlds.append(World(*given, **named))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(made, tmp_path):
    return made(tmp_path)


def kinds(found):
    return [finding.what for finding in found]


def asks(world, wish):
    asking = gevent.spawn(world.desk.ask, ANNA, wish)
    world.passes(ALONE_S + 0.2)
    return asking.get(timeout=PATIENCE_S)


def test_a_call_is_adopted_once_and_its_recording_left_running(world):
    path = world.had()
    world.dead_man()
    adoption = world.adoption()
    assert kinds(adoption.round()) == ["adopted"]
    world.idle()
    assert adoption.round() == []
    assert world.switch.channels[ANNA] == {path: False}
    assert world.switch.counts("uuid_record") == 0
    assert world.actions() == [("start", "step", True)]


def test_a_dead_man_that_is_pending_is_struck_off_and_put_anew(world):
    path = world.had()
    world.dead_man(after_s=3)
    world.adopts()
    assert list(world.switch.agenda) == [f"eslflow-{ANNA}-1"]
    world.passes(100)
    assert world.switch.channels[ANNA] == {path: False}


def test_a_dead_man_that_has_come_due_is_found_and_unmasked_after_the_guard(world):
    path = world.had()
    world.dead_man(after_s=3)
    world.passes(5)
    assert world.switch.channels[ANNA] == {path: True}
    world.adopts()
    assert [call.recording for call in world.desk.calls()] == ["masked"]
    world.passes(ALONE_S - 0.01)
    assert world.switch.channels[ANNA] == {path: True}
    world.passes(0.05)
    assert world.switch.channels[ANNA] == {path: False}
    assert world.actions()[1:] == [("mask", "dead man", True), ("unmask", "step", True)]
    assert len(world.switch.agenda) == 1


def test_a_dead_man_that_was_never_set_makes_no_false_record(world):
    path = world.had()
    masked = []
    unmask = f"uuid_record {ANNA} unmask"
    truth = world.switch.channels[ANNA]
    world.switch.before[unmask] = lambda: masked.append(truth[path])
    world.adopts()
    world.passes(1)
    # What the record calls masked, was.
    assert masked == [True]
    assert truth == {path: False}


def test_a_recorder_that_cannot_be_masked_is_not_taken_for_masked(world):
    path = world.had()
    world.switch.said["uuid_record"] = "-ERR Cannot mask recording session!\n"
    world.switch.said["sched_del"] = "-ERR Invalid syntax\n"
    world.adopts()
    assert [call.recording for call in world.desk.calls()] == ["on"]
    assert world.switch.channels[ANNA] == {path: False}


def test_a_flow_that_nobody_can_mask_has_no_dead_man(made, tmp_path):
    world = made(tmp_path, PLAIN)
    path = world.had()
    world.adopts()
    world.passes(1)
    assert world.switch.channels[ANNA] == {path: False}
    assert world.switch.counts("uuid_record") == world.switch.counts("sched_") == 0


@pytest.mark.parametrize(
    ("who", "wish"),
    [
        ("token x", Wish(Want.ON, "token x")),
        ("agent", Wish(Want.ON, "key 1001", hand="agent")),
        ("token x, agent", Wish(Want.ON, "token y", is_master=True)),
    ],
)
def test_somebodys_mask_holds_until_they_take_it_back(world, who, wish):
    path = world.had(world.action(MASK, -5, who))
    world.switch.channels[ANNA][path] = True
    world.adopts()
    world.passes(120)
    assert world.switch.channels[ANNA] == {path: True}
    other = asks(world, Wish(Want.ON, "token other"))
    assert (other.recording, other.is_done) == ("masked", False)
    answer = asks(world, wish)
    assert (answer.recording, answer.is_done) == ("on", True)
    assert world.switch.channels[ANNA] == {path: False}


def test_a_second_mask_and_its_end_outlive_the_controller(world):
    path = world.had()
    adoption = world.adoption()
    adoption.round()
    for wish in (
        Wish(Want.MASKED, "token x"),
        Wish(Want.MASKED, "key 1001", 90, "agent"),
        Wish(Want.ON, "token x"),
    ):
        assert asks(world, wish).recording == "masked"
    end = world.desk.calls()[0].until
    adoption.close()
    world.passes(30)
    world.adopts()
    assert world.desk.calls()[0].until == end
    assert world.switch.channels[ANNA] == {path: True}
    world.passes(61)
    engine = world.desk.get(ANNA)._engine
    assert engine.live.recorder.is_overdue
    answer = asks(world, Wish(Want.ON, "key 1002", hand="agent"))
    assert (answer.recording, answer.is_done) == ("on", True)
    assert world.switch.channels[ANNA] == {path: False}


def test_a_mask_that_was_not_confirmed_is_asked_for_again(world):
    path = world.had(world.action(MASK, -5, "token x", verified=False))
    world.adopts()
    assert world.switch.channels[ANNA] == {path: True}


def test_what_was_to_be_stopped_is_stopped(world):
    world.had(world.action(RecordAction.STOP, -5, "control", verified=False))
    world.adopts()
    world.passes(1)
    assert world.switch.channels[ANNA] == {}
    assert world.kept()["recordings"][0]["state"] == "stopped"


def test_a_caller_who_refused_is_not_adopted(world):
    world.had(state=State.REFUSED)
    assert kinds(world.adopts()) == ["unpermitted"]
    assert world.switch.channels[ANNA] == {}
    assert world.desk.calls() == []


def test_a_recording_that_never_began_is_begun(world):
    world.had()
    path = world.path(2)
    world.keeps(RecordingBegun(f"{ANNA}-2", ANNA, ANNA, path, "training", "talk", 9))
    world.switch.channels[ANNA] = {}
    world.dead_man()
    world.adopts()
    world.passes(1)
    (third,) = world.switch.channels[ANNA]
    assert third.endswith("-3.wav")


def test_agents_are_known_by_their_extension(world):
    world.had()
    world.dead_man()
    world.switch.channels[AGENT] = {}
    world.switch.talks[ANNA] = (AGENT, "1001")
    world.adopts()
    assert [call.uuid for call in world.desk.by_agent("1001")] == [ANNA]


@pytest.mark.parametrize("is_bridged", [True, False])
def test_a_file_that_waits_for_an_agent_holds_sound_since_the_answer(
    made, tmp_path, is_bridged
):
    world = made(tmp_path, PLAIN)
    path, at = world.path(2), world.clock.now() - 10_000_000
    world.had()
    world.keeps(RecordingBegun(f"{ANNA}-2", ANNA, ANNA, path, "training", "late", at))
    world.switch.channels[ANNA] = {path: False}
    if is_bridged:
        world.switch.talks[ANNA] = (AGENT, "1001")
    world.adopts()
    segment = world.desk.get(ANNA)._live.recorder.segment
    since = world.clock.now() // 1_000_000 * 1_000_000
    assert segment.audio_at == (since if is_bridged else 0)


def test_since_when_a_file_holds_sound_is_kept_of_a_call_that_lost_its_socket(
    made, tmp_path
):
    world = made(tmp_path, PLAIN)
    path, at = world.path(2), world.clock.now() - 10_000_000
    world.had()
    world.keeps(
        RecordingBegun(f"{ANNA}-2", ANNA, ANNA, path, "training", "late", at),
        RecordingEnded(f"{ANNA}-2", at, at + 9, 0, "", "lost", at + 5),
    )
    world.switch.channels[ANNA] = {path: False}
    world.switch.talks[ANNA] = (AGENT, "1001")
    world.adopts()
    segment = world.desk.get(ANNA)._live.recorder.segment
    assert segment.audio_at == at + 5
    assert segment.gaps == [f"{at + 9}?{world.clock.now()}"]


def test_a_call_is_adopted_with_the_version_it_began_with(world):
    offered = ("inbound", "+4930111111", "", "100", "test", FLOW.sha256, "", 1)
    world.keeps(*texts([FLOW]), CallOffered(ANNA, *offered))
    world.had()
    world.controller.shelf = Shelf({"test": PLAIN})
    assert kinds(world.adopts()) == ["adopted"]
    assert world.desk.get(ANNA)._live.flow == FLOW


def test_a_call_of_a_flow_that_is_gone_is_adopted_if_its_text_was_kept(world):
    offered = ("inbound", "+4930111111", "", "100", "test", FLOW.sha256, "", 1)
    world.keeps(*texts([FLOW]), CallOffered(ANNA, *offered))
    world.had()
    world.controller.shelf = Shelf({})
    assert kinds(world.adopts()) == ["adopted"]
    assert asks(world, Wish(Want.MASKED, "test")).recording == "masked"


def test_a_flow_that_is_gone_leaves_the_call_alone_and_is_told_once(world, caplog):
    path = world.had()
    world.controller.shelf = Shelf({})
    adoption = world.adoption()
    assert kinds(adoption.round()) == kinds(adoption.round()) == ["alone"]
    assert caplog.text.count("there is no flow test any more") == 1
    assert world.switch.channels[ANNA] == {path: False}
    world.switch.channels.clear()
    assert kinds(adoption.round()) == ["ended"]


def test_a_call_that_comes_by_its_own_socket_meanwhile_is_not_adopted(world):
    world.had()

    class Socket:
        uuid = ANNA

    other = Socket()
    world.switch.before["sched_del"] = lambda: world.desk.joined(other)
    (found,) = world.adoption().round()
    assert found.text.endswith("it was handed over again meanwhile")
    assert world.desk.get(ANNA) is other


def test_a_link_that_is_lost_while_adopting_is_no_end(world):
    path = world.had()
    world.dead_man()

    def lose():
        world.switch.problem = "gone"

    world.switch.before["sched_del"] = lose
    adoption = world.adoption()
    with pytest.raises(LinkLost):
        adoption.round()
    world.switch.problem = ""
    assert kinds(adoption.round()) == ["adopted"]
    world.passes(1)
    assert world.switch.channels[ANNA] == {path: False}


def test_a_ledger_that_does_not_write_lets_no_call_be_ended(world, monkeypatch):
    world.had(is_running=False)
    adoption = world.adoption()

    def keep(rows, done=None):
        done("the disk is full")

    monkeypatch.setattr(world.ledger, "keep", keep)
    (found,) = adoption.round()
    assert (found.what, "the disk is full" in found.text) == ("blind", True)
    monkeypatch.undo()
    assert world.kept()["call"]["ended_at"] is None


@pytest.mark.parametrize("group", [0, 1])
def test_there_is_a_dead_man_at_every_moment_of_an_adoption(world, group):
    path = world.had()
    world.dead_man()
    strike = f"sched_del eslflow-{ANNA}-{group}"
    world.switch.before[strike] = lambda: setattr(world.switch, "problem", "gone")
    with pytest.raises(LinkLost):
        world.adopts()
    world.passes(60)
    assert world.switch.channels[ANNA] == {path: True}
    world.switch.problem = ""
    assert kinds(world.adopts()) == ["adopted"]
    world.passes(60)
    assert world.switch.channels[ANNA] == {path: False}
    assert len(world.switch.agenda) == 1


def until(world, holds):
    """Let time go by until something holds; threads take their time."""
    world.switch.was_asked.clear()
    with gevent.Timeout(PATIENCE_S, AssertionError("it never held")):
        while not holds():
            world.clock.fire()
            world.idle()
            gevent.get_hub().threadpool.apply(int)


def test_it_compares_when_the_link_comes_up_and_every_minute(world):
    world.switch.problem = "down"
    world.adoption(is_by_itself=True)
    world.passes(10)
    assert world.switch.heard == []
    world.had()
    world.switch.problem = ""
    until(world, lambda: world.desk.get(ANNA) is not None)
    began = world.clock.now()
    shown = world.switch.counts("show channels")
    until(world, lambda: world.switch.counts("show channels") > shown)
    assert world.clock.now() - began >= (EVERY_S - 2) * 1_000_000


def test_a_call_let_go_with_the_link_is_adopted_again_when_it_is_back(world):
    path = world.had()
    world.dead_man()
    world.adoption(is_by_itself=True)
    until(world, lambda: [call.recording for call in world.desk.calls()] == ["on"])
    first = world.desk.get(ANNA)
    world.switch.problem = "gone"
    until(world, lambda: world.desk.get(ANNA) is None)
    assert world.switch.channels[ANNA] == {path: False}
    world.switch.problem = ""
    until(world, lambda: world.desk.get(ANNA) is not None)
    assert world.desk.get(ANNA) is not first
    assert world.kept()["call"]["ended_at"] is None


def test_who_talks_with_whom_is_looked_at_again_and_again(world):
    world.had()
    world.dead_man()
    world.adoption(is_by_itself=True)
    until(world, lambda: world.desk.get(ANNA) is not None)
    assert world.desk.by_agent("1001") == []
    world.switch.channels[AGENT] = {}
    world.switch.talks[ANNA] = (AGENT, "1001")
    until(world, lambda: world.desk.by_agent("1001"))


def test_a_call_that_nobody_can_take_over_gets_its_end_soon_after_it(world):
    at = world.clock.now() - 60_000_000
    world.keeps(CallOffered(ANNA, "inbound", "", "", "100", "test", "", "", at))
    world.switch.channels[ANNA] = {}
    world.adoption(is_by_itself=True)
    until(world, lambda: world.switch.counts(f"uuid_exists {ANNA}") > 1)
    assert world.kept()["call"]["ended_at"] is None
    asked = world.switch.counts("show channels")
    began = world.clock.now()
    del world.switch.channels[ANNA]
    until(world, lambda: world.kept()["call"]["ended_at"])
    assert world.clock.now() - began < round(EVERY_S / 2 * 1e6)
    assert world.switch.counts("show channels") == asked + 1
    looked = world.switch.counts("uuid_exists")
    world.passes(2 * LOOK_S)
    assert world.switch.counts("uuid_exists") == looked


def test_a_round_that_fails_is_told_and_there_is_another(world, caplog):
    world.switch.said["show"] = "nonsense"
    world.adoption(is_by_itself=True)
    until(world, lambda: "were not compared" in caplog.text)

    def fault():
        raise ZeroDivisionError

    world.switch.said.clear()
    world.switch.before["show"] = fault
    until(world, lambda: "comparing the switch and the ledger failed" in caplog.text)
    until(world, lambda: world.switch.counts("show channels"))


def test_closing_leaves_the_calls_as_they_are(world):
    path = world.had()
    world.dead_man()
    adoption = world.adoption()
    adoption.round()
    world.idle()
    adoption.close()
    assert world.desk.calls() == []
    assert world.switch.channels[ANNA] == {path: False}
    assert len(world.switch.agenda) == 1
    assert world.kept()["call"]["ended_at"] is None
    assert adoption._adopted == {}


def test_a_call_that_is_over_is_forgotten(world):
    world.had()
    world.dead_man()
    adoption = world.adoption()
    adoption.round()
    world.switch.channels.clear()
    world.passes(10)
    assert adoption._adopted == {}
    assert adoption.round() == []


def test_a_site_with_a_control_api_has_dead_men_in_every_flow(made, tmp_path):
    world = made(tmp_path, PLAIN, is_controlled=True)
    world.had()
    world.adopts()
    assert world.switch.counts("sched_del") == 3


class Left:
    """A call whose socket was here."""

    def __init__(self, world):
        self.uuid = ANNA
        world.desk.joined(self)
        self._world = world

    def loses_its_socket(self):
        self._world.desk.left(self)
        self._world.controller.when_left(self.uuid)


def turns(world):
    """Return what takes over, whose turn comes when the test says; one has passed."""
    made = world.adoption()
    made._turn_round()
    return made


def test_a_call_whose_socket_is_lost_is_adopted_at_the_next_turn(world):
    adoption = turns(world)
    path, left = world.had(), Left(world)
    world.dead_man()
    left.loses_its_socket()
    adoption._turn_round()
    world.idle()
    assert [call.recording for call in world.desk.calls()] == ["on"]
    assert world.switch.channels[ANNA] == {path: False}


@pytest.mark.parametrize("runs", [None, {}, {"/tmp/of-somebody-else.wav": False}])
def test_a_call_that_is_not_recorded_by_us_costs_one_look_when_it_leaves(world, runs):
    adoption = turns(world)
    if runs is not None:
        world.switch.channels[ANNA] = runs
    Left(world).loses_its_socket()
    heard = len(world.switch.heard)
    for _ in range(3):
        adoption._turn_round()
    assert world.switch.heard[heard:] == [f"uuid_buglist {ANNA}"]


def test_a_call_that_has_come_by_another_socket_is_not_looked_at(world):
    adoption = turns(world)
    world.had()
    Left(world).loses_its_socket()
    Left(world)
    adoption._turn_round()
    assert world.switch.counts("uuid_buglist") == 0


def test_a_call_that_leaves_while_there_is_no_link_is_found_when_it_is_back(world):
    adoption = turns(world)
    world.had()
    world.switch.problem = "gone"
    Left(world).loses_its_socket()
    adoption._turn_round()
    world.switch.problem = ""
    adoption._turn_round()
    world.idle()
    assert world.desk.get(ANNA) is not None
    assert world.switch.counts("show channels") == 2


def test_who_refuses_to_stop_what_may_not_be_is_asked_again_within_seconds(world):
    world.had(state=State.REFUSED)
    refused = world.switch.said
    refused["uuid_record"] = "-ERR Cannot stop record session!\n"
    adoption = turns(world)
    assert world.switch.channels[ANNA]
    refused.clear()
    world.clock.reach(world.clock.now() + round(LOOK_S * 1e6))
    adoption._turn_round()
    assert world.switch.channels[ANNA] == {}
    asked = world.switch.counts("show channels")
    for _ in range(2):
        # What was found and stopped is looked for once more, and then in its time.
        world.clock.reach(world.clock.now() + round(LOOK_S * 1e6))
        adoption._turn_round()
    assert world.switch.counts("show channels") == asked + 1


MASKING = KEYS.replace("dead_man: 30s", "dead_man: 30s\n  after_mask: {after}")


def masking(after):
    text = "ask:\n  consent: {notice: recording, purpose: training}\n"
    text += "  keys: {1: granted, 2: refused}\ntalk: {queue: support, record: on}\n"
    return flow(text, MASKING.replace("{after}", after))


def dies(world, adoption):
    """Let the controller die: nothing more is said or kept."""
    adoption._keeper.kill()
    for call in list(adoption._adopted.values()):
        call._is_over = True
        call._timers.clear()
        call._next_look.cancel()
        call._jobs.put(None)
        world.desk.left(call)


@pytest.mark.parametrize("dead_s", [10, 45])
@pytest.mark.parametrize(
    ("after", "becomes"), [("stay", [True]), ("unmask", [False]), ("stop", [])]
)
def test_a_mask_with_an_end_outlives_who_had_taken_the_call_over(
    made, tmp_path, dead_s, after, becomes
):
    world = made(tmp_path, masking(after))
    path = world.had()
    world.dead_man()
    adoption = world.adoption()
    adoption.round()
    world.idle()
    assert asks(world, Wish(Want.MASKED, "key 1001", 30, "agent")).is_done
    end = world.desk.calls()[0].until
    dies(world, adoption)
    world.passes(dead_s)
    assert world.switch.channels[ANNA] == {path: True}
    world.adopts()
    if dead_s < 30:
        assert world.desk.calls()[0].until == end
        assert world.switch.channels[ANNA] == {path: True}
        world.passes(30 - dead_s)
    world.passes(ALONE_S)
    assert list(world.switch.channels[ANNA].values()) == becomes
    # There is a dead-man only while something can be heard.
    assert len(world.switch.agenda) == becomes.count(False)
