"""One call of a proof: the engine with a switch and a clock around it."""

import gc
import weakref

import pytest

from eslflow.call.commands import Api, Close
from eslflow.call.engine import Engine
from eslflow.call.events import Bridged, RecordStarted, TimedOut
from eslflow.check import stage as stage_module
from eslflow.check.happens import happens
from eslflow.check.observer import FAULT, FORGOTTEN
from eslflow.check.stage import GATEWAY, NAMES, Plan, name_of, names
from eslflow.wire.terms import ApiCommand, RecordAction
from tests.mutants import FLOWS
from tests.proofs import call_of, choice_of, flow_of, words_of


def test_a_call_comes_in_and_waits_for_its_first_outcome():
    stage = call_of(flow_of("asked"))
    assert stage.visited == [("ask", "")]
    assert stage.pause.step == "ask"
    assert stage.is_inside
    assert names(stage.flow_track)[:2] == ["_walk", "run"]


def test_a_call_that_is_dropped_leaves_nothing_to_the_collector():
    stage = call_of(flow_of("masked"))
    parts = [weakref.ref(stage.flow_track._road), weakref.ref(stage.site)]
    gc.disable()
    try:
        stage.drop()
        assert [part() for part in parts] == [None, None]
    finally:
        gc.enable()


def test_on_the_way_into_a_step_a_call_is_not_in_it_yet():
    stage = call_of(flow_of("masked"))
    assert name_of(stage.track("moves.watch")) == "moves.watch"
    assert not stage.is_inside
    assert stage.is_moving
    assert stage.track("fly.watch") is None


def test_a_track_is_named_by_its_module():
    stage_module._NAMES.clear()
    stage = call_of(flow_of("masked"))
    assert name_of(stage.track("deadman.watch")) == "deadman.watch"
    assert name_of(stage.flow_track) == "engine._walk"


def test_what_the_engine_says_without_an_event_is_taken():
    stage = call_of(flow_of("asked"))
    stage.engine._out.append(Close())
    stage.goes_on()
    assert stage.is_left


def test_a_time_that_is_up_has_passed():
    stage = call_of(flow_of("masked"))
    begun = stage.now
    stage.times_out(stage.track("moves.watch"))
    assert stage.now == begun + 1_000_000


def test_what_the_switch_says_later_is_said_later():
    stage = call_of(flow_of("masked"), "recorder/start late")
    assert stage.switch.coming == [RecordStarted(next(iter(stage.switch.running)))]
    stage.says()
    assert stage.is_inside


def test_the_dead_man_is_put_off_and_tells_when_he_was_late():
    done = ("recorder/start does", "renewed")
    stage = call_of(flow_of("masked"), *done)
    assert not any(stage.switch.running.values())
    stage = call_of(flow_of("masked"), "recorder/start does", "dead man")
    assert not stage.is_late
    assert stage.engine.live.recorder.asked is None
    assert all(stage.switch.running.values())


def test_the_look_out_looks_at_both_legs_and_finds_what_is_there():
    done = ("recorder/start does", "agent answers")
    stage = call_of(flow_of("stays"), *done)
    assert stage.engine.live.leg == "b-leg"
    assert stage.engine.live.recorder.is_to_be_sure
    assert stage.track("lookout.watch")._token == 0


OPEN = flow_of(FLOWS["stays"].replace("steps:", "recording: {outside: record}\nsteps:"))


def test_a_recorder_that_should_not_be_there_is_stopped():
    stage = call_of(OPEN, "recorder/start does", "agent answers")
    stage.switch.does(RecordAction.START, "/foreign.wav")
    stage.hears(Bridged("c-leg", "1002"))
    assert "/foreign.wav" in stage.switch.running
    stage.engine.live.recorder.is_forbidden = True
    stage.hears(Bridged("d-leg", "1003"))
    stage.switch.does(RecordAction.START, "/other.wav")
    stage.hears(Bridged("d-leg", "1003"))
    assert "/other.wav" not in stage.switch.running


def test_what_nobody_waits_for_is_done_at_once():
    start = ("recorder/start refuses works",)
    assert call_of(flow_of("masked"), *start).is_inside
    stage = call_of(flow_of("masked"), "recorder/start silently fails")
    assert stage.switch.running == {}
    assert stage.observer.wrong == []


def test_a_fault_of_the_engine_is_noted_with_its_step():
    stage = call_of(flow_of("masked"))
    stage.engine.live.recorder.segment = None
    stage.times_out(stage.track("moves.watch"))
    (found,) = stage.observer.wrong
    assert (found.rule, found.step) == (FAULT, "talk")
    assert found.detail.startswith("AssertionError")


def test_a_fault_at_the_begin_is_noted_too(monkeypatch):
    def begins(_):
        raise LookupError("no such thing")

    monkeypatch.setattr(Engine, "begin", begins)
    (found,) = call_of(flow_of("asked")).observer.wrong
    assert found.detail == "LookupError: no such thing"


def test_who_asks_the_switch_for_ever_is_found_out():
    stage = call_of(flow_of("masked"), "recorder/start does")
    track = stage.track("deadman.watch")
    asked = Api(ApiCommand.SCHED_API, "x")

    class _Deaf:
        """A track that asks again whatever it hears."""

        awaited = asked
        is_over = is_keeping = False
        _road, _number, _token = track._road, 1, 0

        def takes(self, _):
            return False

        def is_due(self):
            return False

    stage.engine._tracks.append(_Deaf())
    stage.hears(TimedOut(99))
    assert any(found.rule is FAULT for found in stage.observer.wrong)


def test_the_observer_looks_when_nothing_is_asked():
    stage = call_of(flow_of("masked"), "recorder/start does")
    stage.observer.is_forbidden = True
    stage.look()
    assert [found.rule for found in stage.observer.wrong] == [FORGOTTEN]
    stage.observer.wrong.clear()
    stage.switch.coming.append(RecordStarted("/other.wav"))
    stage.look()
    assert stage.observer.wrong == []


def test_a_flow_that_has_let_go_is_left():
    stage = call_of(flow_of("asked"), "presses/2", "not played")
    assert stage.is_left


def test_a_plan_gives_a_flow_any_first_step():
    plan = Plan.of(flow_of("masked"))
    assert plan.starting_at("card").start == "card"
    assert plan.starting_at("card") is plan.starting_at("card")


def test_a_track_that_is_over_has_no_frames():
    stage = call_of(flow_of("asked"), "presses/2", "not played")
    assert names(stage.flow_track) == []


@pytest.mark.parametrize(("step", "is_repeated"), [("first", False), ("other", True)])
def test_a_step_like_one_above_is_a_repetition(step, is_repeated):
    text = "flow: test\npurposes: {duty: {basis: legal_obligation}}\nsteps:\n"
    text += "  first: {queue: a, record: on, next: other}\n"
    text += "  other: {queue: b, record: on}\n"
    stage = call_of(flow_of(text))
    stage.observer.step = step
    assert stage.is_repeated is is_repeated


def test_a_step_that_makes_a_call_private_makes_it_so_once_it_is_through():
    done = ("recorder/start does", "played")
    stage = call_of(flow_of("private"), *done)
    assert not stage.observer.is_private
    happens(stage, choice_of(stage, "recorder/stop does"))
    assert stage.observer.is_private
    assert stage.observer.step == "after"


@pytest.mark.parametrize(
    ("pattern", "listed", "agent"),
    [("1999", "1999", "1001"), ("1*", "1301234", "2002")],
)
def test_a_plan_knows_one_who_is_never_recorded_and_one_who_may_be(
    pattern, listed, agent
):
    text = FLOWS["listed"].replace("[1999]", f'["{pattern}"]')
    plan = Plan.of(flow_of(text))
    assert (plan.listed, plan.agent) == (listed, agent)
    assert Plan.of(flow_of("stays")).listed == ""


def test_what_is_hung_up_on_is_gone():
    must = flow_of("demanded")
    done = ("kept", "recorder/start does", "agent answers")
    stage = call_of(must, *done, "file ends", "not kept")
    assert stage.engine.live.leg == ""
    assert stage.observer.wrong == []
    stage = call_of(must, *done[:2], "file ends", "not kept")
    assert stage.is_left
    assert words_of(stage) == ["the end/refused"]


def test_who_is_only_being_called_is_hung_up_on_without_a_word():
    stage = call_of(flow_of("stays"), "recorder/start does")
    stage._kills("b-leg")
    assert (stage._said, stage.is_left) == ([], False)


def test_a_leg_that_leaves_the_office_has_a_gateway_and_no_name():
    stage = call_of(flow_of("stays"))
    stage.observer.who = "outside"
    asked = [Api(ApiCommand.UUID_GETVAR, f"b-leg {name}") for name in (*NAMES, GATEWAY)]
    assert [stage._truth(a) for a in asked] == ["_undef_", "_undef_", "provider"]


@pytest.mark.parametrize(
    ("who", "cc_agent", "user"),
    [
        ("", "_undef_", "1001@example.com"),
        ("listed", "_undef_", "1001@example.com"),
        ("cc_agent", "1999@example.com", "1001@example.com"),
        ("dialed_user", "_undef_", "1999@example.com"),
        ("unknown", "-ERR No such channel!", "-ERR No such channel!"),
    ],
)
def test_a_legs_variables_say_whose_it_is(who, cc_agent, user):
    stage = call_of(flow_of("listed"))
    stage.observer.who = who
    asked = [Api(ApiCommand.UUID_GETVAR, f"b-leg {name}") for name in NAMES]
    assert [stage._truth(each) for each in asked] == [cc_agent, user]
