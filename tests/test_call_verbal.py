"""The agent asks, and presses a key for what the caller has said."""

import pytest

from eslflow.call.commands import Alarm, Api
from eslflow.call.events import (
    Disconnected,
    HungUp,
    Kept,
    KeyPressed,
    Parked,
    RecordStarted,
    RecordStopped,
)
from eslflow.call.receipt import receipt_of
from eslflow.call.records import Choice, NoticePlayed, State
from eslflow.wire.terms import ApiCommand
from tests.playbook import SOUNDS, Playbook, site_for
from tests.talking import HEAD, is_record, meets, starts, talks

YES, NO = KeyPressed("granted"), KeyPressed("refused")
SENTENCE = f"start {SOUNDS}/test/en/confirmed.v1.wav 6"
OTHERS = Api(ApiCommand.UUID_DISPLACE, f"b-1 {SENTENCE} mux", waits=False)
ON_FILE = Api(ApiCommand.UUID_DISPLACE, f"4c1b-9 {SENTENCE} mf", timeout_s=2.0)


@pytest.fixture
def call():
    with Playbook(talks()) as call:
        meets(call)
        yield call


def last(call) -> Choice:
    return call.rows(Choice)[-1]


def agrees(call):
    call.when(YES)
    call.skips()
    call.when(Kept(True))


def test_nothing_is_recorded_before_somebody_has_said_yes(call):
    assert not [c for c in call.said if is_record(c, "start")]


def test_a_yes_is_durable_before_the_recording_starts(call):
    call.when(YES)
    (kept,) = call.skips()
    notice, choice = kept.rows
    assert kept.is_durable
    assert isinstance(notice, NoticePlayed)
    assert notice.notice == "confirmed"
    assert (choice.state, choice.purpose) == ("verbal", "training")
    assert call.engine.live.consents.permitting() == ()
    call.when(Kept(True))
    assert call.engine.live.consents.permitting() == ("training",)
    assert [c for c in call.skips() if is_record(c, "start")]


def test_who_pressed_what_is_kept(call):
    agrees(call)
    call.skips()
    row = last(call)
    assert (row.performed_by, row.who, row.key) == ("agent", "1001", "*1")
    assert row.keys_offered == "*1=granted *2=refused"
    assert (row.notice, row.notice_version) == ("confirmed", 1)
    assert "key 1001: granted, and that is kept" in call.told


def test_the_caller_hears_on_the_recording_that_it_has_begun(call):
    agrees(call)
    said = call.skips()
    start = said[-1]
    assert is_record(start, "start")
    assert ON_FILE not in said
    assert "RECORD_BRIDGE_REQ=true" in start.arg
    call.when(RecordStarted(start.arg.split(" ")[2]))
    call.expects()
    call.answers(start)
    call.expects(OTHERS, ON_FILE)
    call.answers(ON_FILE)


def test_a_no_permits_nothing_and_is_kept(call):
    call.when(NO)
    call.expects()
    row = last(call)
    assert (row.state, row.key, row.who) == ("refused", "*2", "1001")
    assert row.performed_by == "agent"


def test_a_no_may_become_a_yes(call):
    call.when(NO)
    agrees(call)
    assert [c for c in call.skips() if is_record(c, "start")]


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_second_yes_says_nothing_new(call, is_kept):
    call.when(YES)
    call.skips()
    if is_kept:
        call.when(Kept(True))
        starts(call)
    call.when(YES)
    call.skips()
    assert [row.state for row in call.rows(Choice)] == ["verbal"]
    assert "key 1001: training is permitted already" in call.told


def test_a_no_while_the_yes_is_being_kept_wins(call):
    call.when(YES)
    call.skips()
    call.when(NO)
    call.when(Kept(True))
    call.expects()
    assert call.engine.live.consents.permitting() == ()
    assert [row.state for row in call.rows(Choice)] == ["verbal", "refused"]


def test_a_yes_that_cannot_be_kept_permits_nothing(call):
    call.when(YES)
    call.skips()
    call.when(Kept(False, "disk full"))
    alarm = "the caller's yes could not be kept, so it permits none: disk full"
    call.expects(Alarm(alarm))
    assert (last(call).state, last(call).reason) == ("unanswered", "not_kept")
    assert call.engine.live.consents.permitting() == ()


def test_a_no_after_a_yes_takes_it_back(call):
    agrees(call)
    path = starts(call)
    call.when(NO)
    said = call.skips()
    row = last(call)
    assert (row.state, row.key, row.performed_by) == ("withdrawn", "*2", "agent")
    assert (row.who, row.on_withdrawal) == ("1001", "delete")
    assert "key 1001 withdraws training" in call.told
    stop = next(c for c in said if is_record(c, "stop"))
    call.when(RecordStopped(path, 1000))
    call.answers(stop)
    call.when(Kept(True))
    assert call.skips()[-1].arg.endswith("ended.wav 6 mux")


def test_what_is_not_true_any_more_is_not_said_to_its_end(call):
    agrees(call)
    starts(call)
    call.answers(ON_FILE)
    call.when(NO)
    call.skips()
    call.when(Kept(True))
    call.expects(
        *(
            Api(
                ApiCommand.UUID_DISPLACE,
                f"{leg} stop {SOUNDS}/test/en/confirmed.v1.wav",
                waits=False,
            )
            for leg in ("b-1", "4c1b-9")
        )
    )


def test_where_the_step_is_not_recorded_it_is_confirmed_once_it_is():
    steps = (
        "talk: {queue: support, answered: more}\nmore: {announce: welcome, record: on}"
    )
    with Playbook(talks(steps)) as call:
        meets(call)
        agrees(call)
        call.expects()
        call.when(Parked())
        starts(call)
        assert ON_FILE in call.said


def test_a_yes_that_is_taken_back_before_it_runs_is_not_confirmed():
    steps = (
        "talk: {queue: support, answered: more}\nmore: {announce: welcome, record: on}"
    )
    with Playbook(talks(steps)) as call:
        meets(call)
        agrees(call)
        call.when(NO)
        call.skips()
        call.when(Kept(True))
        call.skips()
        call.when(Parked())
        call.skips()
    assert ON_FILE not in call.said


def test_a_caller_who_hangs_up_meanwhile_has_agreed_all_the_same(call):
    call.when(YES)
    call.skips()
    call.when(HungUp("NORMAL_CLEARING"))
    call.skips()
    call.when(Kept(True))
    call.skips()
    call.when(Disconnected())
    call.skips()
    assert call.engine.is_over
    assert State.VERBAL in [row.state for row in call.rows(Choice)]
    assert State.NOT_ASKED not in [row.state for row in call.rows(Choice)]


def test_a_call_that_ends_before_it_runs_has_nothing_to_confirm(call):
    agrees(call)
    call.skips()
    call.when(HungUp("NORMAL_CLEARING"))
    call.skips()
    assert ON_FILE not in call.said


def test_without_its_audio_the_yes_counts_and_the_alarm_tells():
    made = talks()
    with Playbook(made, site=site_for(made, ("test/en/confirmed.v1.wav",))) as call:
        meets(call)
        agrees(call)
        starts(call)
    assert call.rows(NoticePlayed)[0].audio_sha256 == ""


def test_a_call_that_nobody_asked_is_told_as_that(call):
    call.when(HungUp("NORMAL_CLEARING"))
    call.skips()
    assert [row.state for row in call.rows(Choice)] == [State.NOT_ASKED]


def test_a_yes_is_taken_back_while_it_is_being_kept(call):
    call.when(YES)
    call.skips()
    call.when(KeyPressed("withdraw", is_callers=True))
    call.skips()
    assert last(call).state == "withdrawn"
    for _ in range(2):
        call.when(Kept(True))
        call.skips()
    assert call.engine.live.consents.permitting() == ()
    assert not [c for c in call.said if is_record(c, "start")]


def test_a_second_yes_waits_for_rows_of_its_own(call):
    for key in (YES, NO, YES):
        call.when(key)
        call.skips()
    call.when(Kept(True))
    assert call.engine.live.consents.permitting() == ()
    call.when(Kept(True))
    assert call.engine.live.consents.permitting() == ("training",)
    call.skips()


def reading(missing=()):
    """Return a call in which the recording runs, and a receipt is to be read out."""
    head = HEAD.replace("purpose: training}", "purpose: training, receipt: true}")
    made = talks(head=head)
    call = Playbook(made, site=site_for(made, missing))
    meets(call)
    agrees(call)
    starts(call)
    said = next(c for c in reversed(call.said) if "confirmed" in c.arg)
    call.answers(said)
    return call


def word_said(call):
    """Let the sentence before end; return the next word, once it is said."""
    call.passes(4.0)
    said = [c for c in call.skips() if c.command is ApiCommand.UUID_DISPLACE]
    if not said:
        return ""
    call.answers(said[-1])
    return said[-1].arg.split()[2].rpartition("/")[2].removesuffix(".wav")


def test_a_receipt_is_read_out_after_the_confirmation_and_kept_with_the_yes():
    call = reading()
    code = receipt_of("4c1b-9")
    assert last(call).receipt == code
    assert [word_said(call) for _ in range(18)] == ["code", *code, "again", *code]
    assert word_said(call) == ""


def test_a_receipt_is_broken_off_when_the_yes_is_taken_back():
    call = reading()
    assert word_said(call) == "code"
    call.when(NO)
    call.skips()
    assert call.engine.live.consents.permitting() == ()
    assert not any("_receipt/en/0" in c.arg for c in call.said[-3:])
    assert last(call).receipt == ""


def test_half_a_receipt_is_not_read_out():
    call = reading([f"_receipt/en/{receipt_of('4c1b-9')[0]}.wav"])
    assert word_said(call) == "code"
    call.passes(4.0)
    (alarm,) = call.skips()
    assert alarm.text.endswith("has no audio: run eslflow prompts build")
    assert word_said(call) == ""


def test_without_a_wish_for_it_no_receipt_is_kept(call):
    agrees(call)
    call.skips()
    assert last(call).receipt == ""
