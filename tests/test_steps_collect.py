"""`collect`: several digits, one at a time.

| option | takes | default |
|---|---|---|
| collect | a prompt | |
| digits | 4, or 12..19 | |
| into | a name | |
| terminator | hash, star or none | hash |
| tries | 1 to 5 | 3 |
| timeout | 1s to 60s | 8s |
| digit_timeout | 1s to 30s | 4s |
| check | none or luhn | none |
| secure | true or false | false |
"""

import pytest

from eslflow.call.commands import Alarm, Api, Execute, mark
from eslflow.call.events import Executed, HungUp, Replied, Told
from eslflow.call.recording import Segment
from eslflow.errors import FlowErrors
from eslflow.flow.model import Record
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import flow

CARD = "4111111111111111"
WHICH = f"{SOUNDS}/test/en/which.wav"
ANSWER = Execute(App.ANSWER, waits=False)
FLUSH = Api(ApiCommand.UUID_FLUSH_DTMF, "4c1b-9", waits=False)
UNPLAYED = Api(ApiCommand.UUID_SETVAR, "4c1b-9 playback_last_offset_pos", waits=False)
UNSET = Api(ApiCommand.UUID_SETVAR, "4c1b-9 eslflow_key", waits=False)
HUSH = Api(
    ApiCommand.UUID_SETVAR_MULTI,
    "4c1b-9 sensitive_dtmf=true;digits_dialed_filter=.+",
    waits=False,
)
CONFIRM = HUSH._replace(waits=True)
WELCOME = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")

AFTER = """
good: {announce: welcome, next: bye}
bad: {announce: welcome}
bye: {hangup: NORMAL_CLEARING}
"""
NUMBER = flow(
    "ask: {collect: which, digits: 2..4, into: customer, tries: 2, failure: bad}\n"
    + AFTER
)
FOUR = flow(
    "ask: {collect: which, digits: 4, into: pin, terminator: none, tries: 1,"
    " failure: bad}\n" + AFTER
)
SECURE = flow(
    "ask: {collect: which, digits: 12..19, into: card, check: luhn, secure: true,"
    " tries: 2, failure: bad}\n"
    "pay: {webhook: 'https://pay.example.com/x', secrets: [card]}\n" + AFTER
)


def first(seconds=8):
    return Execute(
        App.PLAY_AND_GET_DIGITS, f"1 1 1 {seconds}000 none {WHICH} '' eslflow_key"
    )


def further(seconds=4):
    return Execute(
        App.PLAY_AND_GET_DIGITS, f"1 1 1 {seconds}000 none silence '' eslflow_key"
    )


def asks(call, *before):
    call.expects(*before, FLUSH, UNPLAYED, first())


def press(call, key, played="8000"):
    """Let one key be pressed, or none."""
    last = next(n for n, c in enumerate(reversed(call.said)) if isinstance(c, Execute))
    told = {"playback_last_offset_pos": played} if played else {}
    if key:
        told["eslflow_key"] = key
    call.when(Executed(mark(len(call.said) - last), variables=Told(told)))


def enter(call, keys):
    """Press one key after the other; the last one ends it."""
    for key in keys[:-1]:
        press(call, key)
        call.expects(UNSET, further())
    press(call, keys[-1])


def test_digits_are_taken_one_at_a_time_until_there_are_enough():
    with Playbook(NUMBER) as call:
        asks(call, ANSWER)
        enter(call, "1234")
        call.expects(UNSET, WELCOME)
        assert call.engine.live.values == {"customer": "1234"}
        assert call.engine.live.step == "good"
    assert not [text for text in call.told if "1234" in text]


@pytest.mark.parametrize("last", ["#", ""])
def test_fewer_digits_end_with_the_terminator_or_a_pause(last):
    with Playbook(NUMBER) as call:
        asks(call, ANSWER)
        enter(call, ["1", "2", last])
        call.expects(UNSET, WELCOME)
        assert call.engine.live.values == {"customer": "12"}


@pytest.mark.parametrize("keys", [["1", "#"], ["1", "2", "*"], ["*"], [""], ["1", ""]])
def test_what_is_not_asked_for_is_asked_again_until_the_tries_are_used_up(keys):
    with Playbook(NUMBER) as call:
        asks(call, ANSWER)
        enter(call, keys)
        asks(call, UNSET)
        enter(call, keys)
        call.expects(UNSET, WELCOME)
        assert call.engine.live.values == {}
        assert call.engine.live.step == "bad"


def test_a_terminator_of_what_was_entered_before_costs_no_try_but_only_once():
    with Playbook(NUMBER) as call:
        asks(call, ANSWER)
        for _ in range(2):
            press(call, "#")
            asks(call, UNSET)
        press(call, "#")
        call.expects(UNSET, WELCOME)
        assert call.engine.live.step == "bad"


def test_without_a_terminator_each_key_but_a_digit_is_wrong():
    for keys, step in (("1234", "good"), ("#", "bad"), ("1#", "bad"), ("*", "bad")):
        with Playbook(FOUR) as call:
            call.skips()
            enter(call, keys)
            call.expects(UNSET, WELCOME)
            assert call.engine.live.step == step, keys


def test_what_cannot_be_asked_ends_in_error():
    silent = site_for(NUMBER, missing=("test/en/which.wav",))
    alarm = Alarm("prompt which has no audio: run eslflow prompts build")
    with Playbook(NUMBER, site=silent) as call:
        call.expects(ANSWER, alarm, WELCOME)
    alarm = Alarm(f"prompt which was not played: {WHICH}")
    with Playbook(NUMBER) as call:
        call.skips()
        press(call, "", played="")
        call.expects(UNSET, alarm, WELCOME)
    with Playbook(NUMBER) as call:
        call.skips()
        call.when(Replied(4, False, "-ERR no"))
        call.expects(UNSET, alarm, WELCOME)
    with Playbook(NUMBER) as call:
        call.skips()
        press(call, "1")
        call.expects(UNSET, further())
        call.when(Replied(6, False, "-ERR no"))
        call.expects(UNSET, alarm, WELCOME)


def test_secure_digits_are_asked_for_only_after_the_switch_keeps_keys_to_itself():
    with Playbook(SECURE) as call:
        call.expects(HUSH, ANSWER, CONFIRM)
        call.answers(CONFIRM, "+OK")
        asks(call)
        enter(call, [*CARD, "#"])
        call.skips()
        live = call.engine.live
        assert live.values == {}
        assert live.step == "pay"
        (request,) = [track.awaited for track in call.engine._tracks if track.awaited]
        assert CARD not in repr(request)
    assert not [text for text in call.told if "411" in text]


def test_a_switch_that_would_log_the_keys_is_not_asked_for_any():
    with Playbook(SECURE) as call:
        call.expects(HUSH, ANSWER, CONFIRM)
        call.answers(CONFIRM, "-ERR No such channel!")
        alarm = "the switch would log the keys of the caller: they are not asked for"
        call.expects(
            Alarm(alarm), Alarm("nobody has asked the caller for card"), WELCOME
        )


def test_a_card_is_not_asked_for_beside_a_recording_that_could_not_be_stopped():
    steps = "hello: {announce: welcome}\n"
    steps += "ask: {collect: which, digits: 4, into: card, secure: true, error: bad}\n"
    steps += "pay: {webhook: 'https://pay.example.com/x', secrets: [card]}\n"
    with Playbook(flow(steps + AFTER)) as call:
        call.expects(HUSH, ANSWER, WELCOME)
        stuck = Segment("4c1b-9-1", "/r/4c1b-9-1.wav", is_stuck=True)
        call.engine.live.recorder.segment = stuck
        call.done(WELCOME)
        alarm = "a recording may still run: the digits are not asked for"
        call.expects(Alarm(alarm), WELCOME)


def test_a_card_with_a_wrong_check_digit_is_asked_for_again():
    with Playbook(SECURE) as call:
        call.skips()
        call.answers(CONFIRM, "+OK")
        call.skips()
        enter(call, [*CARD[:-1], "2", "#"])
        asks(call, UNSET)
        enter(call, [*CARD, "#"])
        call.skips()
        assert call.engine.live.step == "pay"


@pytest.mark.parametrize(
    "card", ["5555555555554444", "378282246310005", "6304000000000000", "79927398713"]
)
def test_numbers_of_payment_cards_pass(card):
    steps = (
        "ask: {collect: which, digits: 11..19, into: card, check: luhn, tries: 1,"
        " failure: bad}\n"
    )
    for last, step in ((card[-1], "good"), (str((int(card[-1]) + 1) % 10), "bad")):
        with Playbook(flow(steps + AFTER)) as call:
            call.skips()
            enter(call, [*card[:-1], last, "#"])
            call.skips()
            assert call.engine.live.step == step


def test_who_hangs_up_in_the_middle_leaves_nothing():
    with Playbook(SECURE) as call:
        call.skips()
        call.answers(CONFIRM, "+OK")
        call.skips()
        enter(call, "411")
        call.skips()
        call.when(HungUp("ORIGINATOR_CANCEL"))
        call.expects()
    assert call.engine.live.secrets == {}


def test_a_secure_step_is_masked_whatever_it_says_and_never_recorded():
    assert SECURE.steps["ask"].record is Record.MASKED
    assert SECURE.can_mask
    assert NUMBER.steps["ask"].record is Record.OFF
    text = "ask: {collect: which, digits: 4, into: card, secure: true, record: on}"
    with pytest.raises(FlowErrors, match="what is secure cannot be recorded"):
        flow(text + "\npay: {webhook: 'https://e.example/', secrets: [card]}")


def test_the_key_that_ends_it_is_the_one_that_it_takes():
    assert NUMBER.steps["ask"].takes_keys == "#"
    assert FOUR.steps["ask"].takes_keys == ""


def test_its_value_is_new_once_it_was_entered_and_can_have_another_name():
    step = SECURE.steps["ask"]
    assert step.sets("collected") == step.hides()
    assert step.sets("failure") == step.sets("error") == ()
    other = step.renamed({step.into: "other"})
    assert (other.hides(), other.record) == (("other",), Record.MASKED)
    assert step.renamed({}) == step
