"""What steps that speak have in common."""

import pytest

from eslflow.call.commands import Alarm, Api, Execute
from eslflow.call.events import Executed, LegEnded, Offered, Replied, Told
from eslflow.call.live import Live, Sound
from eslflow.steps import speech
from eslflow.steps.speech import Answer
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import site_for
from tests.steps_of import flow

FLOW = flow("a: {announce: welcome}")
SOUND = Sound("/s/a.wav", "5e", 900)


def live(is_answered=True):
    return Live(Offered("u-1", is_answered=is_answered), FLOW, site_for(FLOW), 1)


def drive(road, *events):
    """Return what a road says, and what it comes to when these things happen."""
    said, events = [], list(events)
    try:
        command = next(road)
        while True:
            said.append(command)
            waits = not isinstance(command, Alarm) and getattr(command, "waits", True)
            command = road.send(events.pop(0) if waits else None)
    except StopIteration as end:
        return said, end.value


def test_a_call_is_answered_once():
    call = live(is_answered=False)
    assert drive(speech.answered(call))[0] == [Execute(App.ANSWER, waits=False)]
    assert drive(speech.answered(call))[0] == []


def test_audio_is_found_by_language_and_version():
    call = live()
    prompt = speech.prompt_sound(call, "welcome")
    notice = speech.notice_sound(call, FLOW.notices["recording"])
    assert prompt is not None
    assert prompt.path.endswith("/test/en/welcome.wav")
    assert notice is not None
    assert notice.path.endswith("/test/en/recording.v3.wav")
    call.language = "de"
    assert speech.prompt_sound(call, "welcome") is None


@pytest.mark.parametrize(
    ("event", "played"),
    [
        (Executed("m", "FILE PLAYED"), True),
        (Executed("m", "_none_"), True),
        (Executed("m", "FILE NOT FOUND"), False),
        (Replied(1, False, "-ERR"), False),
    ],
)
def test_playing_says_whether_it_was_played(event, played):
    said, result = drive(speech.play(live(), SOUND, "prompt x"), event)
    assert result is played
    assert any(isinstance(command, Alarm) for command in said) is not played


def test_nothing_to_play_is_an_alarm():
    said, result = drive(speech.play(live(), None, "prompt x"))
    assert result is False
    assert said == [Alarm("prompt x has no audio: run eslflow prompts build")]


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"": "1", "played": "8000"}, Answer(key="1", heard_ms=1000)),
        ({"": "7", "played": "8000"}, Answer(wrong="7", heard_ms=1000)),
        ({"_invalid": "7", "played": "80"}, Answer(wrong="7", heard_ms=10)),
        ({"played": "80"}, Answer(heard_ms=10)),
        ({"": "1"}, Answer(is_broken=True, wrong="1")),
        ({"_invalid": "1", "played": "-5"}, Answer(is_broken=True, wrong="1")),
    ],
)
def test_an_answer_is_what_was_offered_and_heard(values, answer):
    played = values.pop("played", None)
    told = {f"eslflow_digits_1{name}": value for name, value in values.items()}
    if played:
        told[speech.PLAYED] = played
    event = Executed("m", variables=Told(told))
    assert drive(speech.ask(live(), SOUND, ["1", "2"], 2.5), event)[1] == answer


@pytest.mark.parametrize(
    ("rate", "ms"),
    [
        ("8000", 2000),
        ("16000", 1000),
        ("48000", 333),
        (None, 2000),
        ("0", 2000),
        ("-1", 2000),
        ("9" * 7, 2000),
    ],
)
def test_the_switch_counts_samples_at_the_rate_of_the_channel(rate, ms):
    told = {"eslflow_digits_1": "1", speech.PLAYED: "16000"}
    told |= {} if rate is None else {speech.RATE: rate}
    event = Executed("m", variables=Told(told))
    answer = drive(speech.ask(live(), SOUND, ["1"], 2.5), event)[1]
    assert answer.heard_ms == ms


def test_of_what_was_cut_off_our_clock_tells_how_much_was_played():
    call = live()
    began, call.now = call.now, call.now + 300_000
    assert speech.heard_since(call, SOUND, began) == 300
    call.now += 9_000_000
    assert speech.heard_since(call, SOUND, began) == SOUND.ms
    assert speech.heard_since(call, None, began) == 0


def test_a_question_the_switch_refuses_has_no_answer():
    road = speech.ask(live(), SOUND, ["1"], 2.5)
    said, answer = drive(road, Replied(1, False, "-ERR no"))
    assert answer == Answer(refused="-ERR no")
    assert said[0].arg == "1 1 1 2500 none /s/a.wav '' eslflow_digits_1 [1]"


def test_what_was_before_is_thrown_away():
    said, _ = drive(speech.forget(live()))
    assert [type(command) for command in said] == [Api, Api]
    assert [command.arg for command in said] == ["u-1", f"u-1 {speech.PLAYED}"]


def test_what_was_played_is_forgotten_before_the_next_question():
    call = live()
    unset = Api(ApiCommand.UUID_SETVAR, f"u-1 {speech.PLAYED}", waits=False)
    drive(speech.play(call, SOUND, "it"), Executed("m", "FILE PLAYED"))
    assert drive(speech.ask(call, SOUND, "12", 6, "b-1"), Executed("m"))[0][0] != unset
    (first, _), answer = drive(speech.ask(call, SOUND, "12", 6), Executed("m"))
    assert (first, answer.is_broken) == (unset, True)
    drive(speech.forget(call))
    assert not call.was_played


def test_a_prompt_is_taken_in_the_calls_language_or_in_another():
    call = live()
    assert speech.prompt_sound(call, "welcome").path.endswith("/test/en/welcome.wav")
    assert speech.prompt_sound(call, "welcome", "de") is None


def test_who_was_called_can_be_played_to_and_asked_until_they_hang_up():
    (play,), was_played = drive(
        speech.play(live(), SOUND, "it", "b-1"), LegEnded("b-1")
    )
    assert (play.leg, play.sooner, was_played) == ("b-1", (LegEnded,), False)
    (ask,), answer = drive(speech.ask(live(), SOUND, "12", 5.0, "b-1"), LegEnded("b-1"))
    assert (ask.leg, answer) == ("b-1", Answer(is_gone=True))
    said, _ = drive(speech.forget(live(), "b-1"))
    assert [command.arg.split()[0] for command in said] == ["b-1", "b-1"]


KEYED = {"eslflow_key": "7", "playback_last_offset_pos": "800"}


@pytest.mark.parametrize(
    ("path", "event", "found"),
    [
        ("/s/a.wav", Executed("m", variables=Told(KEYED)), "7"),
        ("/s/a.wav", Executed("m", variables=Told({**KEYED, "eslflow_key": ""})), ""),
        ("/s/a.wav", Executed("m", variables=Told({**KEYED, "eslflow_key": "77"})), ""),
        ("/s/a.wav", Executed("m", variables=Told({"eslflow_key": "7"})), None),
        (speech.SILENCE, Executed("m", variables=Told({"eslflow_key": "7"})), "7"),
        (speech.SILENCE, Replied(1, False, "-ERR no"), None),
    ],
)
def test_one_key_is_taken_and_its_variable_unset_with_the_same_breath(
    path, event, found
):
    said, taken = drive(speech.key(live(), path, 1.5), event)
    asked = f"1 1 1 1500 none {path} '' eslflow_key"
    unset = Api(ApiCommand.UUID_SETVAR, "u-1 eslflow_key", waits=False)
    assert said == [Execute(App.PLAY_AND_GET_DIGITS, asked), unset]
    assert taken == found
