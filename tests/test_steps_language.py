"""`language`: one key chooses the language.

| option | takes | default |
|---|---|---|
| language | a prompt | |
| keys | a language of the flow, by key | |
| tries | 1 to 10 | 2 |
| timeout | 500ms to 60s | 5s |
"""

import pytest

from eslflow.call.commands import Alarm, Api, Close, Execute, mark
from eslflow.call.events import Executed, Replied, Told
from eslflow.errors import FlowErrors
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import flow

HEAD = """\
flow: test
languages: [en, de]
prompts:
  tongue: {en: For English press 1., de: Für Deutsch die 2.}
  welcome: {en: Welcome., de: Willkommen.}
"""
ASK = "tongue: {language: tongue, keys: {1: en, 2: de, star: de}, tries: 2}\n"
CHOOSE = flow(ASK + "hello: {announce: welcome}", HEAD)
ANSWER = Execute(App.ANSWER, waits=False)
FORGET = Api(ApiCommand.UUID_SETVAR, "4c1b-9 playback_last_offset_pos", waits=False)


def question(number, language, wait_ms):
    path = f"{SOUNDS}/test/{language}/tongue.wav"
    arg = f"1 1 1 {wait_ms} none {path} '' eslflow_digits_{number} [12*]"
    return Execute(App.PLAY_AND_GET_DIGITS, arg)


def answer(number, **values):
    told = {f"eslflow_digits_{number}{k}": v for k, v in values.items()}
    told["playback_last_offset_pos"] = "8000"
    # Before each question but the first, what was played is forgotten.
    return Executed(mark(2 * number), variables=Told(told))


def hello(language):
    return Execute(App.PLAYBACK, f"{SOUNDS}/test/{language}/welcome.wav")


def test_it_is_asked_in_each_language_and_a_key_counts_in_any():
    with Playbook(CHOOSE) as call:
        call.expects(ANSWER, question(1, "en", 300))
        call.when(answer(1))
        call.expects(FORGET, question(2, "de", 5000))
        call.when(answer(2, **{"": "2"}))
        call.expects(hello("de"))
        assert call.engine.live.language == "de"
    assert "caller presses 2: de" in call.told


def test_a_key_in_the_first_language_spares_the_caller_the_others():
    with Playbook(CHOOSE) as call:
        call.expects(ANSWER, question(1, "en", 300))
        call.when(answer(1, **{"": "*"}))
        call.expects(hello("de"))


def test_after_all_tries_the_language_stays():
    with Playbook(CHOOSE) as call:
        call.skips()
        call.when(answer(1, _invalid="7"))
        call.expects(FORGET, question(2, "en", 300))
        call.when(answer(2))
        call.expects(FORGET, question(3, "de", 5000))
        call.when(answer(3))
        call.expects(hello("en"))
    told = [words for words in call.told if words.startswith("no language")]
    assert told == ["no language chosen: 7", "no language chosen: no key"]


def test_a_language_without_audio_does_not_hold_up_the_others():
    silent = site_for(CHOOSE, missing=("test/en/tongue.wav",))
    with Playbook(CHOOSE, site=silent) as call:
        alarm = "prompt tongue (en) has no audio: run eslflow prompts build"
        call.expects(ANSWER, Alarm(alarm), question(1, "de", 5000))
        call.when(answer(1, **{"": "2"}))
        call.expects(hello("de"))


def test_a_question_that_is_not_played_does_not_hold_up_the_others():
    with Playbook(CHOOSE) as call:
        call.skips()
        call.when(Executed(mark(2)))
        path = f"{SOUNDS}/test/en/tongue.wav"
        call.expects(
            Alarm(f"prompt tongue was not played: {path}"), question(2, "de", 5000)
        )
        call.when(answer(2, **{"": "2"})._replace(mark=mark(3)))
        call.expects(hello("de"))


def test_when_nothing_can_be_asked_the_call_goes_on():
    missing = ("test/en/tongue.wav", "test/de/tongue.wav")
    with Playbook(CHOOSE, site=site_for(CHOOSE, missing)) as call:
        assert call.skips()[-1] == hello("en")
    with Playbook(CHOOSE) as call:
        call.skips()
        call.when(Replied(2, False, "-ERR no"))
        call.skips()
        call.when(Replied(3, False, "-ERR no"))
        assert call.skips()[-1] == hello("en")


def test_with_nowhere_to_go_the_dialplan_takes_the_call():
    alone = flow(ASK.replace("tries: 2", "tries: 1"), HEAD)
    missing = ("test/en/tongue.wav", "test/de/tongue.wav")
    with Playbook(alone, site=site_for(alone, missing)) as call:
        assert call.skips()[-1] == Close()


def test_only_languages_of_the_flow_can_be_chosen():
    with pytest.raises(FlowErrors) as caught:
        flow("a: {language: tongue, keys: {1: en, star: fr, hash: f r}}", HEAD)
    assert [p.problem for p in caught.value.problems] == ["'f r' is not right here"]
    with pytest.raises(FlowErrors) as caught:
        flow("a: {language: tongue, keys: {1: en, star: fr}}", HEAD)
    (problem,) = caught.value.problems
    assert (problem.problem, problem.hint) == (
        "there is no language 'fr'",
        "languages: en, de",
    )
    assert problem.width == len("star")


def test_its_keys_choose_languages():
    step = CHOOSE.steps["tongue"]
    assert set(step.takes_keys) == {"1", "2", "*"}
    assert step.keys_to("chosen") == ("1 en", "2 de", "* de")
    assert step.keys_to("failure") == ()
