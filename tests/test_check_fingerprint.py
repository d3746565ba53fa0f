"""When two calls are in the same state."""

import pytest

from eslflow.call.events import Executed, JobDone, Replied, TimedOut, Told
from eslflow.call.secret import Secret
from eslflow.check.fingerprint import _plain, fingerprint, place
from eslflow.check.happens import happens
from eslflow.check.looked import Looks
from eslflow.check.stage import frames
from eslflow.wire.terms import App
from tests.proofs import call_of, choice_of, flow_of
from tests.steps_of import flow


def print_of(flow, *done):
    stage = call_of(flow, *done)
    return fingerprint(stage, Looks(stage.plan.flow))


ON = "recorder/start does"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((), ()),
        (
            ("recorder/start refuses works",),
            ("recorder/start silently works",),
        ),
        (
            (ON, "wish/off", "recorder/stop late"),
            (ON, "wish/off", "recorder/stop late"),
        ),
    ],
)
def test_what_comes_to_the_same_is_the_same(first, second):
    assert print_of(flow_of("stays"), *first) == print_of(flow_of("stays"), *second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((), (ON,)),
        ((ON,), (ON, "wish/masked")),
        ((ON,), (ON, "agent answers")),
        ((ON, "wish/off"), (ON, "wish/masked")),
        ((ON,), ("recorder/start refuses works",)),
        (("recorder/start late",), (ON,)),
        (("recorder/start late",), ("recorder/start refuses fails",)),
    ],
)
def test_what_differs_is_told_apart(first, second):
    assert print_of(flow_of("stays"), *first) != print_of(flow_of("stays"), *second)


def test_which_answer_it_was_counts_only_by_what_it_permits():
    flow = flow_of("twice")
    silent, refused = print_of(flow, "presses nothing"), print_of(flow, "presses/2")
    assert silent == refused
    assert silent != print_of(flow, "presses/1", "kept")


def test_how_often_was_asked_counts():
    steps = "m: {menu: which, keys: {1: a}}\na: {announce: welcome}\n"
    once = print_of(flow(steps), "presses nothing")
    assert once != print_of(flow(steps))
    assert once == print_of(flow(steps), "presses wrongly/7")


def test_what_has_failed_and_is_over_is_as_if_it_had_not_been():
    found = print_of(flow_of("moved"), "recorder/start refuses fails", "played")
    done = ("recorder/start does", "played", "recorder/stop does")
    assert found[1][0] == print_of(flow_of("moved"), *done)[1][0]


def test_a_call_that_has_ended_is_told_by_its_ending():
    found = print_of(flow_of("asked"), "presses/1", "hang up")
    assert found[0] == "hung_up"


def test_of_a_call_that_is_let_go_nothing_counts_but_how():
    first = print_of(flow_of("asked"), "presses/2", "played")
    assert first[:2] == ("left", "finished")
    assert first == print_of(flow_of("asked"), "presses wrongly/7", "played")
    assert first != print_of(flow_of("asked"), "presses/2", "not played")


def test_who_answers_counts_until_that_is_found_out():
    asks = ("agent answers/listed", "agent answers/cc_agent", "agent answers/unknown")
    flow_ = flow_of("listed")
    first, *others = (print_of(flow_, ask) for ask in asks)
    assert set(others) == {first}
    assert first != print_of(flow_, "agent answers/")
    stage = call_of(flow_, "agent answers/listed")
    stage.engine.live.screen.leg = ""
    found = fingerprint(stage, Looks(stage.plan.flow))
    stage.observer.who = "unknown"
    assert found != fingerprint(stage, Looks(stage.plan.flow))


def test_what_the_look_out_found_counts_while_it_runs():
    done = (ON, "agent answers", "wish/off", "recorder/stop refuses fails")
    stage = call_of(flow_of("stays"), *done)
    seen = next(frames(stage.track("lookout.watch"))).f_locals["seen"]
    (path,) = stage.switch.running
    before = fingerprint(stage, Looks(stage.plan.flow))
    seen.add(("a-leg", "/recordings/2026/11/23/a-leg-0.wav"))
    assert fingerprint(stage, Looks(stage.plan.flow)) == before
    seen.add(("a-leg", path))
    assert fingerprint(stage, Looks(stage.plan.flow)) != before


def test_who_only_tells_something_counts_no_more():
    stage = call_of(flow_of("verbal"), "agent answers")
    before = fingerprint(stage, Looks(stage.plan.flow))
    for word in ("key/granted", "caller key/withdraw", "kept", "kept"):
        happens(stage, choice_of(stage, word))
    assert any(track.awaited for track in stage.tracks()[1:])
    assert fingerprint(stage, Looks(stage.plan.flow)) == before


def test_two_answers_that_are_not_on_disk_yet_are_not_one():
    flow = flow_of("verbal")
    once = ("agent answers", "key/granted")
    twice = (*once, "key/refused", "key/granted")
    assert len(print_of(flow, *twice)[3][1][1]) == 2
    assert len(print_of(flow, *once)[3][1][1]) == 1


YES = ("agent answers", "key/granted", "kept")


@pytest.mark.parametrize("no", ["key/refused", "caller key/withdraw"])
def test_of_a_no_that_is_not_on_disk_yet_nothing_counts_but_that_it_is_to_come(no):
    found = print_of(flow_of("verbal"), *YES, no)
    assert found[3][1] == (False, ("tells",))


def test_a_yes_that_a_no_has_overtaken_permits_nothing_any_more():
    flow = flow_of("verbal")
    assert print_of(flow, *YES[:2])[3][1] == (False, ("permits",))
    overtaken = print_of(flow, *YES[:2], "key/refused")
    assert overtaken[3][1] == (False, ("tells",))
    again = print_of(flow, *YES[:2], "key/refused", "key/granted")
    assert again[3][1] == (False, ("tells", "permits"))


def test_where_nothing_is_recorded_any_more_it_makes_no_difference_by_whom_and_what():
    flow = flow_of("listed")
    for is_private in (False, True):
        stage = call_of(flow, "agent answers/listed")
        observer, live = stage.observer, stage.engine.live
        observer.is_private = is_private
        looks = Looks(stage.plan.flow)
        before = fingerprint(stage, looks)
        live.recorder._is_given_up = not live.recorder._is_given_up
        assert (fingerprint(stage, looks) == before) is is_private
        before = fingerprint(stage, looks)
        live.screen.leg, observer.who = "", "unknown"
        assert (fingerprint(stage, looks) == before) is is_private
        before = fingerprint(stage, looks)
        stage.is_troubled = not stage.is_troubled
        assert (fingerprint(stage, looks) == before) is is_private


def test_where_calls_must_be_recorded_what_begins_is_owed_by_itself():
    stage = call_of(flow_of("demanded"))
    owed = fingerprint(stage, Looks(stage.plan.flow))[3][1][1]
    assert [name for name, *_ in owed] == ["moves.watch"]


def test_how_often_a_file_has_ended_by_itself_counts_by_what_came_of_it():
    stage = call_of(flow_of("stays"), ON)
    before = fingerprint(stage, Looks(stage.plan.flow))
    stage.engine.live.recorder._restarts = 1
    assert fingerprint(stage, Looks(stage.plan.flow)) == before


def test_of_the_agents_answers_the_last_one_counts():
    stage = call_of(flow_of("verbal"), "agent answers", "key/granted")
    before = fingerprint(stage, Looks(stage.plan.flow))
    stage.engine.live.new_answer()
    assert fingerprint(stage, Looks(stage.plan.flow)) != before


def test_whoever_gets_the_call_again_is_looked_at_again():
    flow = flow_of("listed")
    done = ("agent answers/listed", "agent passes on", "other agent/listed")
    again = (*done, "agent passes on", "other agent/listed")
    assert print_of(flow, *done) == print_of(flow, *again)


def test_a_mask_that_is_to_be_sure_counts_before_the_dead_man_masks():
    stage = call_of(flow_of("stays"), ON, "agent answers")
    before = fingerprint(stage, Looks(stage.plan.flow))
    recorder = stage.engine.live.recorder
    recorder.is_to_be_sure = not recorder.is_to_be_sure
    assert fingerprint(stage, Looks(stage.plan.flow)) != before


def test_what_comes_first_counts_an_unmask_or_that_the_call_is_passed_on():
    stage = call_of(flow_of("demanded"), "kept", ON, "agent answers", "agent passes on")
    recorder, looks = stage.engine.live.recorder, Looks(stage.plan.flow)
    recorder.clear_at = recorder._passed_on_at - 1
    before = fingerprint(stage, looks)
    recorder.clear_at += 2
    assert fingerprint(stage, looks) != before


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (3, 3),
        (2_000_000_000_000_000, ("time", 2)),
        (1_000_000_001, ("time", 1)),
        (1.5, 1.5),
        ("sales", "sales"),
        ("/recordings/2026/11/23/a-leg-1.wav", "/"),
        ((1, "a"), (1, "a")),
        ({1}, frozenset({1})),
        ({"a": 1}, frozenset({("a", 1)})),
        (Secret("123"), ("secret", 3)),
        (Replied(4, True, "+OK"), ("replied", True)),
        (TimedOut(7), "timed out"),
        (JobDone("b", False), ("job", False)),
        (Executed("e-1", "", Told({"k": "v"})), ("executed", frozenset({("k", "v")}))),
        (App.ANSWER, App.ANSWER),
        (object(), "object"),
    ],
)
def test_of_a_value_counts_what_can_be_decided_by_it(value, plain):
    assert _plain(call_of(flow_of("asked")), value) == plain


def test_a_step_counts_by_its_name():
    stage = call_of(flow_of("asked"))
    assert _plain(stage, stage.plan.flow.steps["ask"]) == "ask"


TWO = """\
flow: test
prompts: {which: Which.}
steps:
  a: {menu: which, keys: {1: b}, failure: b}
  b: {menu: which, keys: {1: c}, failure: c}
  c: {menu: which, keys: {1: d}, failure: d}
  d: {queue: sales}
"""


def test_in_a_step_that_repeats_another_the_same_is_the_same_and_elsewhere():
    first, second, third = (
        call_of(flow_of(TWO), *done)
        for done in ((), ("presses/1",), ("presses/1", "presses/1"))
    )
    prints = [fingerprint(s, Looks(s.plan.flow)) for s in (first, second, third)]
    assert prints[1] == prints[2] != prints[0]
    assert [place(stage) for stage in (first, second, third)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("done", "step"),
    [
        (("presses/2",), "talk"),
        (("presses/2", "played"), None),
        (("presses/1", "hang up"), "ask"),
        (("presses/2", "hang up"), None),
    ],
)
def test_a_call_is_in_a_step_as_long_as_something_of_it_is_to_come(done, step):
    assert place(call_of(flow_of("asked"), *done)) == step


def test_a_step_that_the_call_is_not_in_is_told_by_its_name():
    stage = call_of(flow_of(TWO), "presses/1")
    before = fingerprint(stage, Looks(stage.plan.flow))
    stage.observer.step = "d"
    found = fingerprint(stage, Looks(stage.plan.flow))
    assert (before[0][0], found[0][0]) == (("here", "b"), "b")


RUNG = ("called party answers", "presses/1", "kept")


def test_who_of_two_has_agreed_counts():
    flow = flow_of("parties")
    both = print_of(flow, *RUNG, "presses/1", "kept")
    refused = print_of(flow, *RUNG, "presses/2")
    early = print_of(flow, "called party answers", "presses/2")
    assert len({both, refused, early}) == 3
