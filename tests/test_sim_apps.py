"""Applications as the simulated switch runs them."""

import pytest

from eslflow.sim.apps import APPS, Question
from eslflow.sim.clock import START
from eslflow.sim.script import HANG_UP
from eslflow.wire.terms import App
from tests.line import Line, names

QUEUES = {"callcenter", "fifo", "bridge"}


def test_every_application_that_steps_execute_can_be_run():
    assert {str(app) for app in App} <= set(APPS) | QUEUES


def test_a_key_cuts_the_question_and_is_told():
    event = Line(keys=("1",)).asks()
    assert (event.variable("key"), event.variable("read_result")) == ("1", "success")
    assert event.variable("playback_last_offset_pos") == "8000"
    assert event.variable("playback_samples") == "16000"
    assert event.get("Application-UUID") == "m-1"
    assert event.get("Application-Response") == "_none_"


def test_silence_takes_the_question_and_the_timeout():
    line = Line()
    event = line.asks(timeout=6000)
    assert event.variable("key") is None
    assert event.variable("read_result") == "failure"
    assert line.clock.now() - START == pytest.approx(8.02e6)


def test_a_key_may_come_after_the_question():
    line = Line(keys=("1",), length_ms=500, press_after_s=3.0)
    assert line.asks().variable("playback_last_offset_pos") == "4000"
    assert line.channel.now_s == pytest.approx(3.02)


def test_a_wrong_key_is_told_as_invalid():
    event = Line(keys=("7",)).asks()
    assert event.variable("key_invalid") == "7"
    assert event.variable("key") is None


def test_keys_that_are_not_given_are_asked_for():
    asked = []
    line = Line(keys=("2",), press=lambda n: asked.append(n) or "1")
    assert [line.asks().variable("key") for _ in range(2)] == ["2", "1"]
    assert asked == [1]


def test_a_question_is_asked_again_with_what_is_said_of_a_wrong_answer():
    line = Line(keys=("", "7", "1"))
    arg = "1 1 3 5000 # /s/ask.wav /s/no.wav key [12]"
    event = line.runs("play_and_get_digits", arg)[-1]
    assert (event.variable("key"), event.variable("key_invalid")) == ("1", "7")
    plays = [heard.text for heard in line.channel.heard if heard.what == "plays"]
    assert plays == ["/s/ask.wav", "/s/no.wav"] * 2 + ["/s/ask.wav"]


def test_several_keys_end_with_a_terminator_or_a_pause():
    arg = "2 6 1 5000 # /s/ask.wav '' pin \\d+ 1500"
    line = Line(keys=("12#3",))
    assert line.runs("play_and_get_digits", arg)[-1].variable("pin") == "12"
    assert line.channel.state.digits == "3"
    line = Line(keys=("12",))
    assert line.runs("play_and_get_digits", arg)[-1].variable("pin") == "12"
    assert line.channel.now_s == pytest.approx(0.02 + 1.0 + 0.2 + 1.5)


def test_too_few_keys_are_no_answer():
    arg = "2 6 1 5000 # /s/ask.wav '' pin \\d+"
    event = Line(keys=("1",)).runs("play_and_get_digits", arg)[-1]
    assert event.variable("read_result") == "failure"
    assert event.variable("pin") is None


def test_a_caller_hangs_up_instead_of_pressing_a_key():
    line = Line(keys=(HANG_UP,))
    arg = "1 1 1 5000 none /s/ask.wav '' key [12]"
    events = line.runs("play_and_get_digits", arg)
    assert names(events)[:2] == ["CHANNEL_HANGUP", "CHANNEL_EXECUTE_COMPLETE"]
    assert events[1].variable("playback_last_offset_pos") == "8000"
    assert events[1].variable("read_result") is None


def test_keys_typed_ahead_answer_the_next_question_unless_they_are_flushed():
    line = Line(early={0: "1"})
    line.runs("playback", "/s/hi.wav")
    assert line.asks().variable("key") == "1"
    line = Line(early={0: "1"})
    line.runs("playback", "/s/hi.wav")
    line.says("api uuid_flush_dtmf u-1")
    assert line.asks().variable("key") is None


def test_a_key_that_terminates_cuts_a_playback():
    line = Line(early={0: "5*"})
    event = line.runs("playback", "/s/hi.wav")[-1]
    assert event.variable("playback_terminator_used") == "*"
    assert event.variable("playback_last_offset_pos") == "8000"
    assert line.channel.state.digits == "5"


@pytest.mark.parametrize("keys", ["1", HANG_UP])
def test_a_question_that_cannot_be_played_collects_nothing(keys):
    line = Line(length_ms=None, keys=(keys,))
    event = line.asks()
    assert event.variable("key") is None
    assert event.variable("playback_last_offset_pos") is None
    assert line.channel.state.is_up


def test_missing_files_are_named_by_their_end():
    line = Line(missing=("x.wav",))
    assert line.runs("playback", "/s/x.wav")[0].get("Application-Response") == (
        "FILE NOT FOUND"
    )
    assert line.runs("playback", "/s/y.wav")[0].get("Application-Response") == (
        "FILE PLAYED"
    )


def test_small_applications_do_what_they_say():
    line = Line()
    line.runs("set", "a=1")
    line.runs("log", "INFO x")
    assert line.channel.get("a") == "1"
    line.runs("set", "a=")
    assert line.channel.get("a") is None
    began = line.channel.now_s
    line.runs("sleep", "1500")
    line.runs("sleep", "soon")
    assert line.channel.now_s - began == pytest.approx(1.54)


def test_arguments_that_are_not_there_are_as_freeswitch_has_them():
    question = Question.read("1 x")
    assert (question.least, question.most, question.tries) == (1, 128, 1)
    assert question.digit_timeout_s == question.timeout_s == 5.0
    assert question.terminators == "#"
    assert not Question.read("1 1 1 1 # a '' v [").accepts("1")


def test_what_is_entered_goes_on_without_a_question_between():
    line = Line(keys=("12", "3"))
    first = "1 1 1 5000 none /s/ask.wav '' key"
    further = "1 1 1 1500 none silence '' key"
    assert line.runs("play_and_get_digits", first)[-1].variable("key") == "1"
    assert line.channel.now_s == pytest.approx(1.02)
    assert line.runs("play_and_get_digits", further)[-1].variable("key") == "2"
    assert line.channel.now_s == pytest.approx(1.24)
    assert line.runs("play_and_get_digits", further)[-1].variable("key") is None
    assert line.runs("play_and_get_digits", first)[-1].variable("key") == "3"


def test_whoever_listens_is_told_of_each_file_before_a_key_of_it():
    seen = []

    def press(place):
        seen.append("key")
        return "1" if place else "7"

    line = Line(press=press, hears=seen.append)
    line.runs("playback", "/s/hi.wav")
    line.runs("play_and_get_digits", "1 1 2 5000 # /s/ask.wav /s/no.wav key [12]")
    line.runs("play_and_get_digits", "1 1 1 5000 # silence /s/no.wav k 1")
    question = ["/s/ask.wav", "key"]
    wrong = "/s/no.wav"
    assert seen == ["/s/hi.wav", *question, wrong, *question, wrong]
