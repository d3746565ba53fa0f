"""`menu`: one key chooses the next step.

| option | takes | default |
|---|---|---|
| menu | a prompt | |
| keys | a step, by key | |
| tries | 1 to 10 | 3 |
| timeout | 500ms to 60s | 5s |
"""

from eslflow.call.commands import Alarm, Api, Close, Execute, mark
from eslflow.call.events import Executed, Replied, Told
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import flow

WHICH = f"{SOUNDS}/test/en/which.wav"
ANSWER = Execute(App.ANSWER, waits=False)
PLAY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
MENU = """
choose:
  menu: which
  keys: {1: sales, 2: support}
  tries: 2
  failure: support
"""
STEPS = "sales: {announce: welcome}\nsupport: {announce: welcome}"
CHOOSE = flow(MENU + STEPS)
FORGET = Api(ApiCommand.UUID_SETVAR, "4c1b-9 playback_last_offset_pos", waits=False)


def question(number):
    arg = f"1 1 1 5000 none {WHICH} '' eslflow_digits_{number} [12]"
    return Execute(App.PLAY_AND_GET_DIGITS, arg)


def answer(number, **values):
    told = {f"eslflow_digits_{number}{k}": v for k, v in values.items()}
    told["playback_last_offset_pos"] = "8000"
    # Before each question but the first, what was played is forgotten.
    return Executed(mark(2 * number), variables=Told(told))


def key(number, digit):
    return answer(number, **{"": digit})


def wrong(number, digit):
    return answer(number, _invalid=digit)


def test_a_key_leads_to_its_step():
    with Playbook(CHOOSE) as call:
        call.expects(ANSWER, question(1))
        call.when(key(1, "1"))
        call.expects(PLAY)
        assert call.engine.live.step == "sales"


def test_wrong_and_missing_keys_are_asked_again_until_the_tries_are_used_up():
    with Playbook(CHOOSE) as call:
        call.expects(ANSWER, question(1))
        call.when(wrong(1, "7"))
        call.expects(FORGET, question(2))
        call.when(answer(2))
        call.expects(PLAY)
        assert call.engine.live.step == "support"
    assert "invalid: 7" in call.told
    assert "timeout: no key" in call.told


def test_a_step_named_for_an_ending_is_gone_to_at_once():
    named = flow(MENU + "  invalid: sales\n  on_timeout: support\n" + STEPS)
    with Playbook(named) as call:
        call.skips()
        call.when(wrong(1, "7"))
        call.expects(PLAY)
        assert call.engine.live.step == "sales"
    with Playbook(named) as call:
        call.skips()
        call.when(answer(1))
        call.expects(PLAY)
        assert call.engine.live.step == "support"


def test_its_own_name_for_an_ending_means_ask_again():
    again = flow(MENU + "  invalid: choose\n" + STEPS)
    with Playbook(again) as call:
        call.skips()
        call.when(wrong(1, "7"))
        call.expects(FORGET, question(2))


def test_its_own_name_for_an_ending_counts_as_a_try_and_for_a_key_it_does_not():
    again = MENU.replace("2: support", "2: choose")
    again += "  invalid: choose\n  on_timeout: choose\n"
    with Playbook(flow(again + STEPS)) as call:
        call.skips()
        call.when(answer(1))
        call.expects(FORGET, question(2))
        call.when(key(2, "2"))
        call.expects(FORGET, question(3))
        call.when(answer(3))
        call.expects(FORGET, question(4))
        call.when(wrong(4, "7"))
        call.expects(PLAY)
        assert call.engine.live.step == "support"


def test_a_menu_without_audio_or_that_is_not_played_goes_on():
    silent = site_for(CHOOSE, missing=("test/en/which.wav",))
    with Playbook(CHOOSE, site=silent) as call:
        call.expects(
            ANSWER, Alarm("prompt which has no audio: run eslflow prompts build"), PLAY
        )
    with Playbook(CHOOSE) as call:
        call.skips()
        call.when(Replied(2, False, "-ERR no"))
        call.expects(Alarm(f"prompt which was not played: {WHICH}"), PLAY)
    with Playbook(CHOOSE) as call:
        call.skips()
        call.when(Executed(mark(2)))
        call.expects(Alarm(f"prompt which was not played: {WHICH}"), PLAY)


def test_what_was_played_before_is_forgotten_so_that_silence_shows():
    steps = flow("hello: {announce: welcome}\n" + MENU + "  error: support\n" + STEPS)
    with Playbook(steps) as call:
        call.expects(ANSWER, PLAY)
        call.when(Executed(mark(2), "FILE PLAYED"))
        call.expects(FORGET, question(1))
        # FreeSWITCH says the same of a file that it cannot find.
        call.when(Executed(mark(4)))
        call.expects(Alarm(f"prompt which was not played: {WHICH}"), PLAY)
        assert call.engine.live.step == "support"


def test_a_menu_that_fails_with_nowhere_to_go_gives_the_call_to_the_dialplan():
    lost = flow("choose: {menu: which, keys: {1: choose}, tries: 1}")
    with Playbook(lost) as call:
        call.skips()
        call.when(answer(1))
        call.expects(Close())


def ways(more):
    steps = "choose: {menu: which, keys: {1: a, star: b}, %s}\n"
    ends = "a: {announce: welcome}\nb: {announce: welcome}"
    return flow(steps % more + ends).steps["choose"].ways()


def test_keys_are_ways_out_and_what_is_asked_again_is_none():
    assert ways("failure: b, invalid: choose") == {
        **{"1": "a", "*": "b"},
        **{"failure": "b", "error": "a"},
    }


def test_tries_that_are_never_used_up_are_no_way_out():
    found = ways("invalid: a, on_timeout: b")
    assert "failure" not in found
    assert (found["invalid"], found["timeout"]) == ("a", "b")


def test_the_keys_that_it_takes_are_its_own():
    assert list(CHOOSE.steps["choose"].takes_keys) == ["1", "2"]
