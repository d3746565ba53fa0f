"""What the recorder asks of the switch, and how that takes it."""

import pytest

from eslflow.call.recorder import Recorder
from eslflow.call.recording import Recording
from eslflow.check import asked
from eslflow.check.asked import (
    AGAIN,
    AT_REST,
    FIRST,
    asks,
    is_answering,
    is_in_trouble,
    moving,
)
from eslflow.check.happens import happens
from eslflow.check.observer import FAULT
from tests.proofs import call_of, choice_of, flow_of, words_of

ON = "recorder/start does"


def recorder_of(*done, flow="masked"):
    return call_of(flow_of(flow), *done).engine.live.recorder


def test_how_far_the_recorder_is():
    stage = call_of(flow_of("masked"))
    assert asks(moving(stage)) == FIRST
    assert not is_in_trouble(stage)
    stage = call_of(flow_of("masked"), ON)
    assert asks(moving(stage)) == AT_REST
    stage = call_of(flow_of("masked"), "recorder/start late")
    assert asks(moving(stage)) == AGAIN
    assert not is_in_trouble(stage)
    stage = call_of(flow_of("masked"), ON, "played")
    assert asks(moving(stage)) == FIRST
    assert not is_in_trouble(call_of(flow_of("asked")))


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("does", Recording.ON),
        ("untold works", Recording.ON),
        ("lies fails", Recording.FAILED),
        ("silently works", Recording.ON),
        ("refuses works", Recording.ON),
        ("refuses fails", Recording.FAILED),
        ("refuses mute", Recording.FAILED),
    ],
)
def test_a_start_is_taken_in_many_ways(how, state):
    assert recorder_of(f"recorder/start {how}").state is state


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("does", Recording.MASKED),
        ("silent works", Recording.OFF),
        ("refuses works", Recording.OFF),
        ("refuses fails", Recording.FAILED),
        ("refuses mute", Recording.FAILED),
    ],
)
def test_a_mask_is_taken_in_many_ways(how, state):
    assert recorder_of(ON, "played", f"recorder/mask {how}").state is state


def test_a_caller_may_hang_up_in_the_midst_of_it():
    stage = call_of(flow_of("masked"), "recorder/start refuses hang up")
    assert stage.engine.is_over


def test_a_grant_may_still_be_written_when_the_caller_has_gone():
    stage = call_of(flow_of("asked"), "presses/1")
    asked.hangs_up(stage)
    assert not stage.engine.is_over
    assert words_of(stage) == ["kept", "not kept"]


def test_what_was_to_be_told_is_told_before_the_end():
    stage = call_of(flow_of("masked"), "recorder/start late")
    asked.ends(stage)
    assert stage.engine.is_over
    assert stage.switch.coming == []


def test_a_recorder_that_waits_in_vain_goes_on():
    stage = call_of(flow_of("masked"), "recorder/start late")
    stage.switch.coming.clear()
    assert is_in_trouble(stage)
    again = ["recorder again/works", "recorder again/fails", "recorder again/mute"]
    assert words_of(stage) == [*again, "hang up"]
    stage = call_of(flow_of("masked"), ON)
    assert "time" not in words_of(stage)


def test_after_one_trouble_the_recorder_works_until_the_next_step():
    stage = call_of(flow_of("masked"), "recorder/start refuses works")
    assert stage.is_troubled
    stage = call_of(flow_of("masked"), "recorder/start refuses works", "wish/masked")
    assert [w for w in words_of(stage) if w.startswith("recorder")] == [
        "recorder/mask does"
    ]
    stage = call_of(flow_of("masked"), "recorder/start refuses works", "played")
    assert not stage.is_troubled


def test_in_a_step_like_one_above_little_goes_wrong():
    text = "flow: test\npurposes: {duty: {basis: legal_obligation}}\nsteps:\n"
    text += "  first: {queue: a, timeout: other, next: bye}\n"
    text += "  other: {queue: b, record: on}\n  third: {queue: c, record: on}\n"
    text += "  bye: {hangup: USER_BUSY}\n"
    flow = flow_of(text.replace("timeout: other", "timeout: other, failed: third"))
    stage = call_of(flow, "queue/")
    found = [w for w in words_of(stage) if w.startswith("recorder")]
    assert found == ["recorder/start does", "recorder/start refuses fails"]


def test_a_guard_lets_time_pass():
    done = ("recorder/start does", "wish/masked", "recorder/mask does", "wish/on")
    stage = call_of(flow_of("stays"), *done)
    assert "time" in words_of(stage)


def test_a_recorder_that_never_rests_is_a_fault(monkeypatch):
    monkeypatch.setattr(Recorder, "give_up_trying", lambda *_: None)
    stage = call_of(flow_of("masked"), "recorder/start refuses fails")
    assert [found.rule for found in stage.observer.wrong] == [FAULT]


def test_what_begins_is_kept_first_where_it_must_be_recorded():
    stage = call_of(flow_of("demanded"))
    assert asks(moving(stage)) == FIRST
    assert not is_in_trouble(stage)
    assert list(asked.asked(stage, moving(stage))) == []


def test_while_an_answer_is_kept_the_recorder_does_well():
    done = ("agent answers", "key/granted", "kept", "recorder/start does")
    stage = call_of(flow_of("verbal"), *done)
    assert not is_answering(stage)
    happens(stage, choice_of(stage, "caller key/withdraw"))
    assert is_answering(stage)
    found = [choice.arg for choice in asked.asked(stage, moving(stage))]
    assert found == ["stop does"]
    happens(stage, choice_of(stage, "kept"))
    assert len(list(asked.asked(stage, moving(stage)))) > 1
