"""The recording's table, and the commands that move along it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call import recording
from eslflow.call.commands import Alarm, Api, Execute, Hangup, mark
from eslflow.call.events import (
    Disconnected,
    Executed,
    HungUp,
    Offered,
    RecordStarted,
    RecordStopped,
    Replied,
    TimedOut,
)
from eslflow.call.recording import TABLE, Moved, Recording, advance
from eslflow.call.records import RecordingAction, RecordingBegun, RecordingEnded
from eslflow.errors import IllegalTransition
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import RECORDINGS, SOUNDS, START, Playbook
from tests.steps_of import flow

LAW = """\
flow: test
purposes:
  duty: {basis: legal_obligation}
prompts:
  welcome: Welcome.
"""
PATH = f"{RECORDINGS}/2026/11/23/4c1b-9-1.wav"
START_ARG = (
    f"4c1b-9 start {PATH} 0 {{RECORD_STEREO=true,RECORD_MIN_SEC=0,"
    "RECORD_PRE_BUFFER_FRAMES=1,eslflow_recording=4c1b-9-1}"
)
ASK_START = Api(ApiCommand.UUID_RECORD, START_ARG)
NUMBER = Api(ApiCommand.UUID_SETVAR, "4c1b-9 eslflow_segments 1", waits=False)
ASK_STOP = Api(ApiCommand.UUID_RECORD, f"4c1b-9 stop {PATH}")
PLAY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
ANSWER = Execute(App.ANSWER, waits=False)
TWO = flow("on: {announce: welcome, record: on}\noff: {announce: welcome}", LAW)


def started(call):
    """Let the switch start the recording; the announcement has begun after it."""
    call.expects(NUMBER, ASK_START)
    call.when(RecordStarted(PATH))
    call.when(Replied(2, True, "+OK Success"))
    call.expects(ANSWER, PLAY)


def test_the_picture_in_the_docstring_is_the_table():
    lines = (recording.__doc__ or "").split("state     | event")[1].splitlines()[1:]
    drawn = [
        (state.strip(), *(word.strip() for word in rest.split("->")))
        for state, bar, rest in (line.partition("|") for line in lines)
        if bar
    ]
    table = [
        (str(state), str(event), str(after))
        for state, moves in TABLE.items()
        for event, after in moves.items()
    ]
    assert drawn == table


@given(st.sampled_from(Recording), st.sampled_from(Moved))
def test_a_move_that_is_not_in_the_table_is_our_bug(state, event):
    if event in TABLE[state]:
        assert advance(state, event) is TABLE[state][event]
    else:
        with pytest.raises(IllegalTransition, match=str(state)):
            advance(state, event)


def test_it_runs_after_the_reply_and_record_start():
    with Playbook(TWO) as call:
        started(call)
        assert call.engine.live.recorder.state is Recording.ON
    (begun,) = call.rows(RecordingBegun)
    assert (begun.id, begun.path, begun.purposes) == ("4c1b-9-1", PATH, "duty")
    (action,) = call.rows(RecordingAction)
    assert (action.action, action.reply, action.verified) == (
        "start",
        "+OK Success",
        True,
    )


def test_record_start_may_come_after_the_reply():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.when(Replied(2, True, "+OK Success"))
        call.when(RecordStarted("/another/recorder.wav"))
        call.when(RecordStarted(PATH))
        call.expects(ANSWER, PLAY)


def test_it_stops_before_the_next_step_that_does_not_want_it():
    with Playbook(TWO) as call:
        started(call)
        call.when(Executed(mark(4)))
        call.expects(ASK_STOP)
        call.when(Replied(5, True, "+OK Success"))
        call.when(RecordStopped(PATH, 4000, "success-maxtime"))
        call.expects(PLAY)
    (ended,) = call.rows(RecordingEnded)
    assert (ended.ms, ended.state, ended.cause) == (4000, "stopped", "success-maxtime")
    stop = call.rows(RecordingAction)[-1]
    assert (stop.action, stop.reason, stop.verified) == ("stop", "step", True)


def test_a_refused_start_is_asked_for_once_more_then_the_call_goes_on():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.when(Replied(2, False, "-ERR Cannot record session!"))
        call.expects(ASK_START)
        call.when(Replied(3, False, "-ERR Cannot record session!"))
        call.expects(
            Alarm("recording did not start: -ERR Cannot record session!"), ANSWER, PLAY
        )
        assert call.engine.live.recorder.state is Recording.FAILED
        call.when(HungUp("NORMAL_CLEARING"))
        call.when(Disconnected())
    (ended,) = call.rows(RecordingEnded)
    assert (ended.state, ended.started_at) == ("failed", 0)


def test_a_start_that_is_not_seen_is_asked_for_again():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.when(Replied(2, True, "+OK Success"))
        call.when(TimedOut())
        call.expects(ASK_START)
        call.when(Replied(3, True, "+OK Success"))
        call.when(RecordStarted(PATH))
        call.expects(ANSWER, PLAY)
    verified = [row.verified for row in call.rows(RecordingAction)]
    assert verified == [False, True]


def test_a_file_that_closes_while_it_starts_is_over():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.when(Replied(2, True, "+OK Success"))
        call.when(RecordStopped(PATH, 0, "empty-file"))
        call.expects(ANSWER, PLAY)
    assert call.engine.live.recorder.state is Recording.OFF


def test_a_refused_stop_stops_every_recorder_of_the_leg():
    with Playbook(TWO) as call:
        started(call)
        call.when(Executed(mark(4)))
        call.expects(ASK_STOP)
        call.when(Replied(5, False, "-ERR Cannot stop"))
        call.expects(
            Alarm("recording did not stop, stopping all of the leg: -ERR Cannot stop"),
            Api(ApiCommand.UUID_RECORD, "4c1b-9 stop all"),
        )
        call.when(RecordStopped(PATH, 100))
        call.when(Replied(6, True, "+OK"))
        call.expects(PLAY)


def test_a_stop_that_is_not_seen_raises_an_alarm():
    with Playbook(TWO) as call:
        started(call)
        call.when(Executed(mark(4)))
        call.expects(ASK_STOP)
        call.when(Replied(5, True, "+OK Success"))
        call.when(TimedOut())
        call.expects(Alarm(f"recording may still run: {PATH}"), PLAY)
    assert call.rows(RecordingAction)[-1].verified is False


def test_a_hangup_ends_the_file_when_the_switch_says_so():
    with Playbook(TWO) as call:
        started(call)
        call.when(HungUp("NORMAL_CLEARING"))
        assert call.rows(RecordingEnded) == []
        call.when(RecordStopped(PATH, 1500, "success-silence"))
        call.when(RecordStopped(PATH, 1500, "success-silence"))
        call.when(Disconnected())
    (ended,) = call.rows(RecordingEnded)
    assert ended.ms == 1500
    stop = call.rows(RecordingAction)[-1]
    assert (stop.action, stop.reason) == ("stop", "hangup")


def test_a_hangup_while_it_is_being_stopped_keeps_the_stop():
    with Playbook(TWO) as call:
        started(call)
        call.when(Executed(mark(4)))
        call.expects(ASK_STOP)
        call.when(RecordStopped(PATH, 100))
        call.when(HungUp("NORMAL_CLEARING"))
    stop = call.rows(RecordingAction)[-1]
    assert (stop.action, stop.verified) == ("stop", True)


def test_a_file_whose_end_is_not_seen_is_lost():
    with Playbook(TWO) as call:
        started(call)
        call.when(Disconnected("the socket broke"))
        call.skips()
    (ended,) = call.rows(RecordingEnded)
    assert (ended.state, ended.started_at > 0) == ("lost", True)


def test_it_goes_on_through_a_step_that_wants_it_too():
    both = flow(
        "a: {announce: welcome, record: on}\nb: {announce: welcome, record: on}", LAW
    )
    with Playbook(both) as call:
        started(call)
        call.when(Executed(mark(4)))
        call.expects(PLAY)


def test_it_stops_before_the_flow_hangs_up():
    one = flow("a: {announce: welcome, record: on}", LAW)
    with Playbook(one) as call:
        started(call)
        call.when(Executed(mark(4)))
        call.expects(ASK_STOP)
        call.when(RecordStopped(PATH, 100))
        call.when(Replied(5, True, "+OK"))
        call.expects(Hangup())


def test_from_answer_asks_the_switch_to_wait_for_the_bridge():
    queue = flow("q: {queue: support, record: on, from: answer}", LAW)
    with Playbook(queue) as call:
        asked = call.skips()[-1]
    assert "{RECORD_BRIDGE_REQ=true," in asked.arg


def test_a_call_handed_over_again_never_writes_over_its_first_file():
    with Playbook(TWO, Offered("4c1b-9", segments=4)) as call:
        assert "/4c1b-9-5.wav" in call.skips()[-1].arg


def test_without_consent_nothing_is_asked_of_the_recorder():
    ask = flow(
        """
        on: {announce: welcome, record: on}
        ask:
          consent: {notice: recording, purpose: training}
          keys: {1: granted, 2: refused}
        """
    )
    with Playbook(ask) as call:
        call.expects(ANSWER, PLAY)


def test_the_path_has_the_day_in_utc():
    assert recording.file_path("/r", "u", 2, START) == "/r/2026/11/23/u-2.wav"
