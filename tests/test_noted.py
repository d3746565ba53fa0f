"""What is noted of a scenario's call."""

from pathlib import Path

import pytest

from eslflow.call.commands import Alarm, Tell
from eslflow.call.records import State
from eslflow.check.scenario import Fault, Scenario, Span
from eslflow.noted import CAUSES, Moved, Noted, reached, unplayable
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 2, text: Press 1 to agree or 2 to refuse.}}
prompts: {welcome: Welcome.}
"""
FLOW = flow(
    """
hello: {announce: welcome}
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: support@default}
""",
    HEAD,
)
SPANS = [Span("hello", 0.0, 2.0), Span("talk", 2.0, 9.0)]


def noted(**scenario):
    call = Noted(FLOW, Scenario("one", "x.yaml", 3, (), **scenario), 5_000_000)
    call.steps.append((5_000_000, "ask"))
    return call


def test_a_caller_who_is_transferred_has_reached_that_extension():
    assert reached(FLOW, SPANS, [1.0], moved=[Moved(3.0, "200")]) == ("200",)
    assert reached(FLOW, SPANS, [4.0], moved=[Moved(3.0, "200")])[0] == (
        "support@default"
    )


def test_a_queue_is_reached_under_its_names_and_a_step_under_its_own():
    assert reached(FLOW, SPANS, [4.0]) == ("support@default", "support", "talk")
    assert reached(FLOW, SPANS, [1.0]) == ("hello",)


def test_who_falls_back_has_reached_the_dialplan_and_who_met_nobody_nobody():
    assert reached(FLOW, SPANS, [4.0], is_fallback=True) == ("dialplan",)
    assert reached(FLOW, SPANS, []) == ()


def test_keys_are_pressed_in_order_or_by_step_and_none_by_who_is_leaving():
    call = noted(press=("1", "", "2"))
    assert [call.press() for _ in range(4)] == ["1", "", "2", ""]
    call = noted(press_at={"ask": ("1", "2")})
    assert call.press() == "1"
    call.has_left = True
    assert call.press() == ""


def test_keys_that_no_question_asked_for_are_told():
    call = noted(press=("1", "2"))
    call.press()
    assert list(call.unpressed()) == ["2"]
    assert list(noted(press_at={"ask": ("9",)}).unpressed()) == ["9 at ask"]


def test_what_is_told_is_a_line_with_its_second_and_alarms_stand_out():
    call = noted()
    call.hears(6_500_000, Tell("asks recording"), Path("/tmp/x"))
    call.hears(7_000_000, Alarm("/tmp/x/a.wav is gone"), Path("/tmp/x"))
    assert call.lines == ["   1.5 s  asks recording", "   2.0 s  ! a.wav is gone"]
    assert call.alarms == ["a.wav is gone"]


def test_an_earlier_choice_is_of_the_day_before_and_of_the_notices_version():
    found = noted(earlier={"training": State.REFUSED}).earlier("training")
    assert (found.state, found.notice_version) == (State.REFUSED, 2)
    assert found.at == 5_000_000 - 86_400_000_000
    assert noted().earlier("training") is None


def test_nothing_has_ended_before_it_was_kept():
    found = noted().happened(1, ("talk",), (), ("support",))
    assert (found.ending, found.files, found.heard) == ("", 1, ("talk",))


def test_audio_that_cannot_be_played_is_named_or_all_of_it():
    def paths(*words):
        scenario = noted(faults={Fault.CANNOT_PLAY: words}).scenario
        return list(unplayable(FLOW, scenario))

    assert len(paths("welcome")) == 1
    assert len(paths("all")) == 2
    assert paths() == []


@pytest.mark.parametrize(("callee", "cause"), CAUSES.items())
def test_the_cause_of_who_does_not_answer_leads_to_the_steps_ending(callee, cause):
    from eslflow.steps.calling import ending_of

    assert ending_of(cause or "SUCCESS") == callee.value
