"""A call that begins in the middle is the call that it stands for."""

import pytest

from eslflow.call.recorder import Recorder
from eslflow.check.anchor import becomes, call_from, moved, note, unrecorded_from
from eslflow.check.fingerprint import fingerprint
from eslflow.check.happens import happens
from eslflow.check.looked import Looks
from eslflow.check.stage import frames
from tests.mutants import FLOWS
from tests.proofs import call_of, choice_of, flow_of, words_of


def prints_of(*stages):
    return [fingerprint(stage, Looks(stage.plan.flow)) for stage in stages]


@pytest.mark.parametrize(
    ("flow", "done", "step"),
    [
        ("twice", ("presses/1", "kept"), "talk"),
        ("talk", ("presses/2",), "talk"),
        ("talk", ("presses/1", "kept"), "talk"),
        ("stays", (), "talk"),
    ],
)
def test_a_call_from_an_anchor_is_in_the_same_state(flow, done, step):
    stage = call_of(flow_of(flow), *done)
    assert stage.pause.step == step
    first, second = prints_of(stage, call_from(stage.plan, stage.pause))
    assert first == second


def test_it_is_told_apart_where_it_is_not():
    # The dead-man has been begun for the file already; a new one waits for the mask.
    stage = call_of(flow_of("masked"), "recorder/start does", "played")
    first, second = prints_of(stage, call_from(stage.plan, stage.pause))
    assert first != second


def test_secrets_are_taken_along_and_can_be_wiped_apart():
    done = ("recorder/start does", "played", "recorder/mask does", "done")
    entered = ("enters/1110", "enters/1110")
    stage = call_of(flow_of("card"), *done, *entered)
    other = call_from(stage.plan, stage.pause)
    assert other.engine.live.step == "pay"
    assert other.engine.live.secrets["card"].reveal() == "1110"
    stage.engine.live.forget()
    assert other.engine.live.secrets["card"].reveal() == "1110"


TWO = """\
flow: test
purposes: {duty: {basis: legal_obligation}}
prompts: {a: A.}
steps:
  which: {menu: a, keys: {1: card1, 2: card2}, failure: bye, error: bye}
  card1: {collect: a, digits: 4, into: one, secure: true, failure: bye, error: bye}
  pay1: {webhook: 'https://e.example/', secrets: [one], refused: bye, failed: bye}
  bye: {announce: a}
  card2: {collect: a, digits: 4, into: two, secure: true, failure: bye, error: bye}
  pay2: {webhook: 'https://e.example/', secrets: [two], refused: bye, failed: bye}
  bye2: {announce: a, next: which}
"""


def test_what_is_held_for_one_step_can_be_held_for_one_like_it():
    flow = flow_of(TWO)
    stage = call_of(flow, "presses/1", "done", "enters/1110", "enters/1110")
    holds = Looks(flow).holds
    other = call_from(stage.plan, moved(stage.pause, "pay2", holds))
    assert other.engine.live.step == "pay2"
    assert other.engine.live.secrets["two"].reveal() == "1110"
    assert list(other.engine.live.secrets) == ["two"]


def test_a_guardian_that_has_begun_goes_on():
    done = ("presses/1", "kept", "recorder/start does", "agent answers")
    stage = call_of(flow_of("talk"), *done)
    anchor = note(stage)
    other = unrecorded_from(stage.plan, stage.pause or anchor)
    happens(other, choice_of(other, "agent answers"))
    becomes(other, anchor)
    first, second = prints_of(stage, other)
    assert first == second


def test_a_guardian_is_begun_where_nothing_needs_it_any_more():
    text = "flow: test\nprompts: {a: A.}\nsteps:\n"
    text += "  r: {ring: {user: 1001}, busy: b, next: b}\n  b: {announce: a}\n"
    stage = call_of(flow_of(text), "called party/USER_BUSY")
    other = call_from(stage.plan, stage.pause)
    assert other.track("callee.watch") is not None
    first, second = prints_of(stage, other)
    assert first == second


def test_who_has_the_call_is_taken_along():
    stage = call_of(flow_of("listed"), "agent answers/listed")
    other = unrecorded_from(stage.plan, stage.pause)
    happens(other, choice_of(other, "agent answers/listed"))
    becomes(other, note(stage))
    first, second = prints_of(stage, other)
    assert first == second
    assert type(other.engine.live.recorder) is Recorder
    assert other.engine.live.screen is not stage.engine.live.screen


def test_a_prefix_that_was_taken_away_stays_so():
    text = FLOWS["private"].replace("{private: key}", '{private: prefix, prefix: "1"}')
    done = ("recorder/start does", "played", "recorder/stop does")
    stage = call_of(flow_of(text), *done)
    other = call_from(stage.plan, stage.pause)
    assert other.engine.live.offered.called == "000"


def test_a_call_without_a_recorder_is_asked_all_the_same():
    stage = call_of(flow_of("asked"))
    other = unrecorded_from(stage.plan, stage.pause)
    assert "presses/1" in words_of(other)


def test_what_the_look_out_has_seen_is_taken_along():
    done = ("recorder/start does", "agent answers", "wish/off")
    done += ("recorder/stop refuses fails",)
    stage = call_of(flow_of("stays"), *done)
    seen = next(frames(stage.track("lookout.watch"))).f_locals["seen"]
    seen.update(("a-leg", path) for path in stage.switch.running)
    other = call_from(stage.plan, note(stage))
    found = next(frames(other.track("lookout.watch"))).f_locals["seen"]
    assert found == seen
    assert found is not seen


def test_nothing_that_changes_is_shared():
    done = ("presses/1", "kept", "recorder/start does", "wish/masked")
    stage = call_of(flow_of("talk"), *done)
    anchor = note(stage)
    other = call_from(stage.plan, anchor).engine.live
    stage.engine.live.values["dept"] = stage.engine.live._named["leg"] = "new"
    stage.engine.live.recorder.masks.clear()
    stage.engine.live.recorder.segment.gaps.append("1-2")
    assert (other.values, other._named.get("leg")) == ({}, None)
    assert other.recorder.masks == anchor.masks != {}
    assert other.recorder.segment.gaps == []
    changing = (dict, list, set)
    assert not any(isinstance(value, changing) for value in anchor.live)
    assert not any(isinstance(value, changing) for value in anchor.recorder)


def test_on_the_way_to_a_place_nobody_judges():
    stage = call_of(flow_of("talk"), "presses/2")
    other = unrecorded_from(stage.plan, stage.pause)
    other.switch.running["/recordings/a.wav"] = False
    happens(other, choice_of(other, "agent answers"))
    assert other.observer.wrong == []
    becomes(other, note(stage))
    other.switch.running["/recordings/a.wav"] = False
    other.look()
    assert other.observer.wrong
