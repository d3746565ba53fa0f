"""A consent is withdrawn while the call goes on."""

from itertools import product

import pytest

from eslflow.call.commands import Alarm, Api, Keep
from eslflow.call.events import (
    Disconnected,
    HungUp,
    Kept,
    KeyPressed,
    Parked,
    RecordStopped,
)
from eslflow.call.records import Choice, RecordingAction, RecordingBegun, State
from eslflow.flow.model import Party
from eslflow.wire.terms import ApiCommand
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import flow, pressed
from tests.talking import HEAD, is_record, keeps, meets, starts, stops, talks

ASK = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  granted: talk
  refused: talk
  unanswered: talk
talk: {queue: support, record: on, answered: again}
again: {announce: welcome, record: on}
"""
KEY = KeyPressed("withdraw", is_callers=True)
ENDED = f"{SOUNDS}/test/en/ended.wav 6 mux"


def recorded(call):
    """Let the caller agree, and the recording begin in the queue."""
    call.skips()
    call.when(pressed(1, "1"))
    keeps(call)
    return starts(call)


def words(call):
    return [row.state for row in call.rows(Choice)]


def test_a_key_stops_the_recording_and_is_kept_before_that():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        call.skips()
        order = []
        for command in call.engine.handle(KEY, call.now):
            if isinstance(command, Keep):
                order += [getattr(row, "state", "stop") for row in command.rows]
            order += ["asked"] * is_record(command, "stop")
        assert order == [State.WITHDRAWN, "stop", "asked"]
        assert path.endswith("4c1b-9-1.wav")


def test_both_hear_that_it_has_ended_once_it_has():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        meets(call)
        call.when(KEY)
        said = call.skips()
        assert [c for c in said if isinstance(c, Keep)][0].is_durable
        stop = next(c for c in said if is_record(c, "stop"))
        call.when(Kept(True))
        call.expects()
        call.when(RecordStopped(path, 1000))
        call.expects()
        call.answers(stop)
        call.expects(
            Api(ApiCommand.UUID_DISPLACE, f"b-1 start {ENDED}", waits=False),
            Api(ApiCommand.UUID_DISPLACE, f"4c1b-9 start {ENDED}", timeout_s=2.0),
        )
        row = call.rows(Choice)[-1]
        assert (row.state, row.key, row.performed_by) == ("withdrawn", "*0", "subject")
        assert (row.purpose, row.on_withdrawal, row.step) == (
            "training",
            "delete",
            "talk",
        )
        action = call.rows(RecordingAction)[-1]
        assert (action.action, action.reason) == ("stop", "withdrawn")
    assert "caller withdraws training" in call.told


def test_while_waiting_the_caller_alone_hears_it():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        call.when(KEY)
        stops(call, path)
        call.when(Kept(True))
        (said,) = call.skips()
        assert said.arg == f"4c1b-9 start {ENDED}"


def test_nothing_records_again_in_the_call_without_a_new_grant():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        call.when(KEY)
        stops(call, path)
        call.when(Kept(True))
        meets(call)
        call.when(Parked())
        said = call.skips()
        assert said[-1].arg == f"{SOUNDS}/test/en/welcome.wav"
        assert not [c for c in said if is_record(c, "start")]
    assert words(call).count(State.WITHDRAWN) == 1


def test_a_new_grant_permits_again():
    with Playbook(talks(ASK.replace("answered: again", "answered: ask"))) as call:
        path = recorded(call)
        call.when(KEY)
        stops(call, path)
        call.when(Kept(True))
        meets(call)
        call.when(Parked())
        question = [c for c in call.skips() if "digits_2" in getattr(c, "arg", "")][0]
        answer = {"eslflow_digits_2": "1", "playback_last_offset_pos": "16000"}
        call.done(question, **answer)
        keeps(call)
        assert starts(call).endswith("4c1b-9-2.wav")


def test_a_second_press_withdraws_nothing_but_says_again_that_it_has_ended():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        call.when(KEY)
        stops(call, path)
        call.when(Kept(True))
        call.answers(call.skips()[-1])
        call.when(KEY)
        stop, said = call.skips()
        assert stop.arg.startswith("4c1b-9 stop ")
        assert said.arg == f"4c1b-9 start {ENDED}"
    assert words(call).count(State.WITHDRAWN) == 1


def test_an_agent_withdraws_for_the_caller_who_says_so():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        meets(call)
        call.when(KeyPressed("refused"))
        stops(call, path)
        call.when(Kept(True))
        call.skips()
        row = call.rows(Choice)[-1]
    assert (row.state, row.key, row.performed_by) == ("withdrawn", "*2", "agent")
    assert row.who == "1001"


def test_who_agreed_to_nothing_has_nothing_to_withdraw():
    with Playbook(talks(ASK)) as call:
        call.skips()
        call.when(pressed(1, "2"))
        call.skips()
        call.when(KEY)
        (said,) = call.skips()
        assert said.command is ApiCommand.UUID_DISPLACE
    assert words(call) == [State.REQUESTED, State.REFUSED]


DUTY = HEAD.replace("notices:", "  duty: {basis: legal_obligation}\nnotices:")


def test_what_is_recorded_for_a_duty_goes_on_and_nobody_is_told_otherwise():
    with Playbook(talks(ASK, DUTY)) as call:
        path = recorded(call)
        call.when(KEY)
        kept, stop = call.skips()
        assert [row.purpose for row in kept.rows] == ["training"]
        # From here on, a file of its own: it is kept for the duty alone.
        call.when(RecordStopped(path, 1000))
        call.skips()
        call.answers(stop)
        starts(call)
        call.when(Kept(True))
        call.expects()
    first, second = call.rows(RecordingBegun)
    assert (first.purposes, second.purposes) == ("training duty", "duty")


def test_a_withdrawal_that_cannot_be_kept_holds_all_the_same():
    with Playbook(talks(ASK)) as call:
        path = recorded(call)
        call.when(KEY)
        stops(call, path)
        call.when(Kept(False, "disk full"))
        said = call.skips()
        alarm = "the withdrawal holds, and is not kept yet: disk full"
        assert said[0] == Alarm(alarm)
        assert call.engine.live.consents.permitting() == ()


def test_a_recording_that_may_still_run_is_not_said_to_have_ended():
    with Playbook(talks(ASK)) as call:
        recorded(call)
        call.when(KEY)
        call.skips()
        call.when(Kept(True))
        for _ in range(3):
            call.passes(5.0)
            call.skips()
        assert call.engine.live.recorder.is_left_running
        assert not any("ended.wav" in getattr(c, "arg", "") for c in call.said)


def test_a_flow_without_words_for_it_says_nothing():
    with Playbook(talks(ASK, HEAD.replace("  withdrawn: ended\n", ""))) as call:
        call.skips()
        call.when(pressed(1, "2"))
        call.skips()
        call.when(KEY)
        call.expects()


def test_words_without_audio_are_told():
    made = talks(ASK)
    with Playbook(made, site=site_for(made, ("test/en/ended.wav",))) as call:
        call.skips()
        call.when(pressed(1, "2"))
        call.skips()
        call.when(KEY)
        call.expects(Alarm("prompt ended has no audio: run eslflow prompts build"))


@pytest.mark.parametrize("is_late", [False, True])
def test_a_caller_who_hangs_up_after_it_has_withdrawn(is_late):
    with Playbook(talks(ASK)) as call:
        recorded(call)
        call.when(KEY)
        call.skips()
        if is_late:
            call.when(Kept(True))
            call.skips()
        call.when(HungUp("NORMAL_CLEARING"))
        call.skips()
        if not is_late:
            call.when(Kept(True))
        call.skips()
        call.when(Disconnected())
        call.skips()
        assert call.engine.is_over
    assert words(call)[-1] == State.WITHDRAWN


OUT = """
call: {ring: {user: 1001}}
ask:
  consent: {notice: recording, purpose: training}
  ask: both
  keys: {1: granted, 2: refused}
talk: {connect: callee}
"""
OUT_HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d, on_withdrawal: delete}
  own: {basis: consent, retain: 90d, on_withdrawal: delete}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  ended: This call is not recorded any more.
recording:
  callee_keys: {0: withdraw}
  withdrawn: ended
"""


def test_a_called_party_takes_back_their_own_word_and_no_other():
    with Playbook(talks(OUT, OUT_HEAD)) as call:
        call.skips()
        consents = call.engine.live.consents
        for party in Party:
            consents.kept("training", State.GRANTED, party=party)
        consents.kept("own", State.GRANTED)
        call.when(KeyPressed("withdraw"))
        call.skips()
        row = call.rows(Choice)[-1]
        assert (row.state, row.party, row.key) == ("withdrawn", "callee", "*0")
        assert (row.purpose, row.performed_by) == ("training", "subject")
        assert (row.on_withdrawal, words(call).count("withdrawn")) == ("delete", 1)
        assert consents.agreed("training") == (Party.CALLER,)
        assert consents.permitting() == ("own",)
        call.when(Kept(True))
        call.skips()
    assert "callee withdraws training" in call.told


SEVERAL = HEAD.replace(
    "notices:",
    """\
  evidence: {basis: consent, on_withdrawal: keep}
  quality: {basis: legitimate_interests, on_withdrawal: keep}
  more: {basis: consent, on_withdrawal: delete}
notices:""",
)
TELL = """
tell: {objection: {notice: recording, purpose: quality}, keys: {3: objected}}
"""
NAMES = ("training", "evidence", "quality", "more")


@pytest.mark.parametrize("permits", [*product([True, False], repeat=len(NAMES))])
def test_whatever_the_caller_has_permitted_is_taken_back_and_nothing_else(permits):
    """The proof rests on it: of purposes that stand alike it tries one."""
    granted = {name for name, is_so in zip(NAMES, permits, strict=True) if is_so}
    with Playbook(flow(TELL + ASK, SEVERAL)) as call:
        call.skips()
        consents = call.engine.live.consents
        for name in NAMES:
            consents.kept(name, State.GRANTED if name in granted else State.REFUSED)
        call.when(KEY)
        taken = [row for row in call.rows(Choice) if row.state == "withdrawn"]
        assert {row.purpose for row in taken} == granted
        assert consents.permitting() == ()
        call.skips()
