"""What brings the recording to what is wanted, line by line."""

from dataclasses import replace

import pytest

from eslflow.call.commands import Alarm, Answer, Api, Execute, Hangup, Keep
from eslflow.call.events import (
    Bridged,
    Disconnected,
    Held,
    HungUp,
    Kept,
    Offered,
    Parked,
    RecordStarted,
    RecordStopped,
    Replied,
    Unbridged,
    Wished,
)
from eslflow.call.moves import (
    LOOK_S,
    MASKED_WITHIN_S,
    RUNS_WITHIN_S,
    STOPS_WITHIN_S,
)
from eslflow.call.recorder import ALONE_S, GUARD_S, MOST_RESTARTS, PASSED_ON_S
from eslflow.call.recording import Recording
from eslflow.call.records import (
    MEANT,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    State,
)
from eslflow.call.wishes import Answered, Want, Wish
from eslflow.flow.model import AfterMask, Channels, Party, RecordingRules
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import RECORDINGS, SOUNDS, Playbook, site_for
from tests.steps_of import flow

LAW = """\
flow: test
purposes:
  duty: {basis: legal_obligation}
prompts:
  welcome: Welcome.
"""
OPEN = f"{LAW}recording: {{outside: record}}\n"
"""Where a call that is passed on is recorded, whoever takes it over."""
PATH = f"{RECORDINGS}/2026/11/23/4c1b-9-1.wav"
START_ARG = (
    f"4c1b-9 start {PATH} 0 {{RECORD_STEREO=true,RECORD_MIN_SEC=0,"
    "RECORD_PRE_BUFFER_FRAMES=1,eslflow_recording=4c1b-9-1}"
)
ASK_START = Api(ApiCommand.UUID_RECORD, START_ARG, timeout_s=RUNS_WITHIN_S)
NUMBER = Api(ApiCommand.UUID_SETVAR, "4c1b-9 eslflow_segments 1", waits=False)
HALT = Api(ApiCommand.UUID_RECORD, f"4c1b-9 stop {PATH}", waits=False)
ASK_STOP = Api(ApiCommand.UUID_RECORD, f"4c1b-9 stop {PATH}", timeout_s=STOPS_WITHIN_S)
STOP_ALL = Api(ApiCommand.UUID_RECORD, "4c1b-9 stop all", timeout_s=STOPS_WITHIN_S)
LOOK = Api(ApiCommand.UUID_BUGLIST, "4c1b-9", timeout_s=LOOK_S)
MASK = Api(ApiCommand.UUID_RECORD, f"4c1b-9 mask {PATH}", timeout_s=MASKED_WITHIN_S)
UNMASK = Api(ApiCommand.UUID_RECORD, f"4c1b-9 unmask {PATH}", timeout_s=MASKED_WITHIN_S)
PLAY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
ANSWER = Execute(App.ANSWER, waits=False)
TWO = flow("on: {announce: welcome, record: on}\noff: {announce: welcome}", LAW)


def bugs(*paths):
    """Return what uuid_buglist says of recorders."""
    bug = " <media-bug>\n  <function>session_record</function>\n  <target>%s</target>\n"
    return "<media-bugs>\n" + "".join(bug % path for path in paths) + "</media-bugs>"


def started(call):
    """Let the switch start the recording; the announcement has begun after it."""
    call.expects(NUMBER, ASK_START)
    call.when(RecordStarted(PATH))
    call.answers(ASK_START)
    call.expects(ANSWER, PLAY)


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
        call.answers(ASK_START)
        call.when(RecordStarted("/another/recorder.wav"))
        call.when(RecordStarted(PATH))
        call.expects(ANSWER, PLAY)


def test_it_stops_before_the_next_step_that_does_not_want_it():
    with Playbook(TWO) as call:
        started(call)
        call.done(PLAY)
        call.expects(ASK_STOP)
        call.answers(ASK_STOP)
        call.when(RecordStopped(PATH, 4000, "success-maxtime"))
        call.expects(PLAY)
    (ended,) = call.rows(RecordingEnded)
    assert (ended.ms, ended.state, ended.cause) == (4000, "stopped", "success-maxtime")
    stop = call.rows(RecordingAction)[-1]
    assert (stop.action, stop.reason, stop.verified) == ("stop", "step", True)


def test_a_refused_start_is_asked_for_once_more_then_the_call_goes_on():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.answers(ASK_START, "-ERR Cannot record session!")
        call.expects(ASK_START)
        call.answers(ASK_START, "-ERR Cannot record session!")
        alarm = Alarm("recording did not start: -ERR Cannot record session!")
        call.expects(HALT, alarm, ANSWER, PLAY)
        assert call.engine.live.recorder.state is Recording.FAILED
        call.when(HungUp("NORMAL_CLEARING"))
        call.when(Disconnected())
    (ended,) = call.rows(RecordingEnded)
    assert (ended.state, ended.started_at) == ("failed", 0)


def test_a_start_that_is_not_seen_is_asked_for_again():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.answers(ASK_START)
        call.passes(RUNS_WITHIN_S)
        call.expects(LOOK)
        call.answers(LOOK, "<media-bugs>\n</media-bugs>")
        call.expects(ASK_START)
        call.answers(ASK_START)
        call.when(RecordStarted(PATH))
        call.expects(ANSWER, PLAY)
    verified = [row.verified for row in call.rows(RecordingAction)]
    assert verified == [False, True]


def test_a_start_whose_event_is_lost_is_seen_all_the_same():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.answers(ASK_START)
        call.passes(RUNS_WITHIN_S)
        call.expects(LOOK)
        call.answers(LOOK, bugs(PATH))
        call.expects(ANSWER, PLAY)
        assert call.engine.live.recorder.state is Recording.ON
    (action,) = call.rows(RecordingAction)
    assert (action.reply, action.verified) == ("+OK Success", True)


def test_a_start_that_is_never_answered_lets_the_call_go_on():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.passes(RUNS_WITHIN_S)
        call.expects(ASK_START)
        call.passes(RUNS_WITHIN_S)
        why = "-no answer within 1 s"
        call.expects(HALT, Alarm(f"recording did not start: {why}"), ANSWER, PLAY)
        # What is answered too late is no news.
        call.answers(ASK_START)


def test_a_look_that_is_not_answered_says_nothing():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.answers(ASK_START)
        call.passes(RUNS_WITHIN_S)
        call.expects(LOOK)
        call.passes(LOOK_S)
        call.expects(ASK_START)
        call.when(RecordStarted(PATH))
        call.answers(ASK_START)
        call.expects(ANSWER, PLAY)


def starts_unpromised(call, reply):
    """Let RECORD_START come, while the reply is a refusal or does not come."""
    call.expects(NUMBER, ASK_START)
    call.when(RecordStarted(PATH), 0.1)
    if reply:
        call.answers(ASK_START, reply)
    else:
        call.passes(RUNS_WITHIN_S)
    call.expects(LOOK)


@pytest.mark.parametrize("reply", ["", "-ERR no"])
def test_record_start_without_the_reply_is_not_enough(reply):
    with Playbook(TWO) as call:
        starts_unpromised(call, reply)
        assert call.engine.live.recorder.state is Recording.STARTING
        call.answers(LOOK, bugs(PATH))
        call.expects(ANSWER, PLAY)
        assert call.engine.live.recorder.state is Recording.ON
    (action,) = call.rows(RecordingAction)
    assert (action.reply, action.verified) == (reply or "-no answer within 1 s", True)


@pytest.mark.parametrize("seen", [bugs("/another.wav"), None])
def test_what_began_without_a_reply_and_is_not_seen_is_begun_again(seen):
    with Playbook(TWO) as call:
        starts_unpromised(call, "-ERR no")
        if seen is None:
            call.passes(LOOK_S)
        else:
            call.answers(LOOK, seen)
        call.expects(ASK_START)
        call.answers(ASK_START, "-ERR no")
        alarm = Alarm("recording did not start: -ERR no")
        call.expects(HALT, alarm, ANSWER, PLAY)
        assert call.engine.live.recorder.state is Recording.FAILED
    (ended,) = call.rows(RecordingEnded)
    assert (ended.state, ended.started_at, ended.audio_at) == ("failed", 0, 0)
    assert [row.verified for row in call.rows(RecordingAction)] == [False, False]


def test_what_ends_while_it_is_looked_for_is_over():
    with Playbook(TWO) as call:
        starts_unpromised(call, "-ERR no")
        call.when(RecordStopped(PATH, 0, "empty-file"))
        call.answers(LOOK, bugs())
        call.expects(ANSWER, PLAY)
    assert call.engine.live.recorder.state is Recording.OFF


def test_a_file_that_closes_while_it_starts_is_over():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.answers(ASK_START)
        call.when(RecordStopped(PATH, 0, "empty-file"))
        call.expects(ANSWER, PLAY)
    assert call.engine.live.recorder.state is Recording.OFF


def test_a_refused_stop_stops_every_recorder_of_the_leg():
    with Playbook(TWO) as call:
        started(call)
        call.done(PLAY)
        call.expects(ASK_STOP)
        # On its way to the disk before it is asked for: we may die any time.
        meant = call.rows(RecordingAction)[-1]
        assert (meant.action, meant.reply, meant.verified) == ("stop", MEANT, False)
        call.answers(ASK_STOP, "-ERR Cannot stop")
        call.expects(
            Alarm("recording did not stop, stopping all of the leg: -ERR Cannot stop"),
            STOP_ALL,
        )
        call.when(RecordStopped(PATH, 100))
        call.answers(STOP_ALL)
        call.expects(PLAY)
    stops = [(row.reply, row.verified) for row in call.rows(RecordingAction)][2:]
    assert stops == [("-ERR Cannot stop", False), ("+OK Success", True)]


def stops_without_a_word(call):
    """Ask for a stop that is answered, though no event tells that it happened."""
    started(call)
    call.done(PLAY)
    call.expects(ASK_STOP)
    call.answers(ASK_STOP)
    call.passes(STOPS_WITHIN_S)
    said = "+OK Success; no RECORD_STOP within 2 s"
    call.expects(
        Alarm(f"recording did not stop, stopping all of the leg: {said}"), STOP_ALL
    )
    call.answers(STOP_ALL, "-ERR Cannot stop record session!")
    call.expects(LOOK)


def test_a_stop_whose_event_is_lost_is_seen_all_the_same():
    with Playbook(TWO) as call:
        stops_without_a_word(call)
        call.answers(LOOK, bugs("/another.wav"))
        call.expects(PLAY)
        assert call.engine.live.recorder.state is Recording.OFF
    (ended,) = call.rows(RecordingEnded)
    assert (ended.cause, ended.state) == ("no RECORD_STOP", "stopped")


def test_a_stop_that_is_told_while_it_is_looked_for_is_told_once():
    with Playbook(TWO) as call:
        stops_without_a_word(call)
        call.when(RecordStopped(PATH, 100))
        call.answers(LOOK, bugs("/another.wav"))
        call.expects(PLAY)
        assert call.engine.live.recorder.state is Recording.OFF
    (ended,) = call.rows(RecordingEnded)
    assert (ended.cause, ended.ms) == ("", 100)


@pytest.mark.parametrize("answer", [bugs(PATH), "-ERR no reply", None])
def test_a_stop_that_is_not_seen_raises_an_alarm_and_nothing_is_begun(answer):
    again = flow(
        "a: {announce: welcome, record: on}\nb: {announce: welcome}\n"
        "c: {announce: welcome, record: on}",
        LAW,
    )
    with Playbook(again) as call:
        stops_without_a_word(call)
        if answer is None:
            call.passes(LOOK_S)
        else:
            call.answers(LOOK, answer)
        call.expects(Alarm(f"recording may still run: {PATH}"), PLAY)
        call.done(PLAY)
        call.expects(PLAY)
        call.when(RecordStopped(PATH, 5000))
        call.done(PLAY)
        call.expects(Hangup())
    assert [row.verified for row in call.rows(RecordingAction)][:3] == [
        True,
        False,
        False,
    ]
    assert call.engine.live.recorder.state is Recording.OFF


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
        call.done(PLAY)
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
        call.done(PLAY)
        call.expects(PLAY)


def test_it_stops_before_the_flow_hangs_up():
    one = flow("a: {announce: welcome, record: on}", LAW)
    with Playbook(one) as call:
        started(call)
        call.done(PLAY)
        call.expects(ASK_STOP)
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
        call.expects(Hangup())


def test_a_recording_that_the_switch_ends_is_begun_anew():
    with Playbook(TWO) as call:
        started(call)
        call.when(RecordStopped(PATH, 100, "uri-failure"))
        number, start = call.skips()
        assert number.arg.endswith("eslflow_segments 2")
        assert "/4c1b-9-2.wav" in start.arg
    stop = call.rows(RecordingAction)[-1]
    assert (stop.action, stop.reason, stop.asked_at) == ("stop", "switch", 0)


def test_a_recording_that_ends_again_and_again_is_left_alone():
    with Playbook(TWO) as call:
        started(call)
        for number in range(1, MOST_RESTARTS + 2):
            path = PATH.replace("-1.wav", f"-{number}.wav")
            call.when(RecordStarted(path))
            call.when(Replied(2 * number + 2 if number > 1 else 2, True, "+OK"))
            call.when(RecordStopped(path, 10))
            call.skips()
        assert call.engine.live.recorder.state is Recording.OFF
        assert call.engine.live.recorder.segments == MOST_RESTARTS + 1


def test_no_room_for_another_file_means_not_recorded():
    site = replace(site_for(TWO), room=lambda: "3 MB are left in /r")
    with Playbook(TWO, site=site) as call:
        call.expects(Alarm("not recorded: 3 MB are left in /r"), ANSWER, PLAY)
    assert call.rows(RecordingBegun) == []


def test_mono_is_one_track():
    mono = replace(TWO, recording=RecordingRules(Channels.MONO))
    with Playbook(mono) as call:
        assert "STEREO" not in call.skips()[-1].arg


def test_the_called_party_can_be_on_the_left():
    swapped = replace(TWO, recording=RecordingRules(left=Party.CALLEE))
    with Playbook(swapped) as call:
        options = "{RECORD_STEREO=true,RECORD_STEREO_SWAP=true,RECORD_MIN_SEC=0,"
        assert options in call.skips()[-1].arg
    mono = replace(TWO, recording=RecordingRules(Channels.MONO, Party.CALLEE))
    with Playbook(mono) as call:
        assert "STEREO" not in call.skips()[-1].arg


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


# Masks.

SECRET = flow(
    "on: {announce: welcome, record: on}\n"
    "card: {announce: welcome, record: masked}\n"
    "after: {announce: welcome, record: on}",
    LAW,
)
HERS = Wish(Want.MASKED, "token page")


def masked(call):
    """Let the recording run, and the step begin that masks it."""
    started(call)
    call.done(PLAY)
    call.expects(MASK)
    call.answers(MASK)
    call.expects(PLAY)
    assert call.engine.live.recorder.state is Recording.MASKED


def actions(call):
    """Return what was done to recordings, and whether it was seen."""
    rows = [row for row in call.rows(RecordingAction) if row.reply != MEANT]
    return [(row.action, row.reason, row.verified) for row in rows]


def test_a_masked_step_begins_only_when_the_mask_is_confirmed():
    with Playbook(SECRET) as call:
        masked(call)
    row = call.rows(RecordingAction)[-1]
    assert (row.action, row.reason, row.step) == ("mask", "step", "card")
    assert (row.reply, row.verified) == ("+OK Success", True)
    assert row.at - row.asked_at == 100_000


def test_the_unmask_waits_until_the_last_secret_sound_is_through():
    with Playbook(SECRET) as call:
        masked(call)
        call.done(PLAY)
        call.passes(ALONE_S * 0.99)
        call.expects()
        call.passes(ALONE_S * 0.01)
        call.expects(UNMASK)
        assert call.engine.live.recorder.state is Recording.ON
        call.answers(UNMASK)
        call.expects(PLAY)
    assert actions(call)[-1] == ("unmask", "step", True)


@pytest.mark.parametrize("reply", ["-ERR Cannot mask recording session!", "", None])
def test_a_mask_that_is_not_confirmed_stops_the_recording(reply):
    with Playbook(SECRET) as call:
        started(call)
        call.done(PLAY)
        call.expects(MASK)
        if reply is None:
            call.passes(MASKED_WITHIN_S)
            reply = "-no answer within 0.5 s"
        else:
            call.answers(MASK, reply)
        alarm = f"recording could not be masked, and is stopped: {reply}"
        call.expects(Alarm(alarm), ASK_STOP)
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
        call.expects(PLAY)
        # Afterwards it is recorded again, in a file of its own.
        call.done(PLAY)
        assert "/4c1b-9-2.wav" in call.skips()[-1].arg
    assert actions(call)[1:] == [("mask", "step", False), ("stop", "not masked", True)]


def test_what_is_not_recorded_is_not_begun_to_be_masked():
    secret = flow("card: {announce: welcome, record: masked}", LAW)
    with Playbook(secret) as call:
        call.expects(ANSWER, PLAY)


def test_an_unmask_that_is_not_confirmed_begins_another_file():
    with Playbook(SECRET) as call:
        masked(call)
        call.done(PLAY)
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.answers(UNMASK, "-ERR Cannot unmask recording session!")
        call.expects(
            Alarm(
                "recording could not be unmasked, and is begun anew: "
                "-ERR Cannot unmask recording session!"
            ),
            ASK_STOP,
        )
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
        assert "/4c1b-9-2.wav" in call.skips()[-1].arg
    assert actions(call)[-1] == ("stop", "not unmasked", True)


def test_a_file_that_ends_while_it_is_masked_or_unmasked_is_over():
    with Playbook(SECRET) as call:
        started(call)
        call.done(PLAY)
        call.expects(MASK)
        call.when(RecordStopped(PATH, 100, "uri-failure"))
        call.answers(MASK, "-ERR Cannot mask recording session!")
        call.expects(PLAY)
    with Playbook(SECRET) as call:
        masked(call)
        call.done(PLAY)
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.when(RecordStopped(PATH, 100, "uri-failure"))
        call.answers(UNMASK, "-ERR Cannot unmask recording session!")
        assert "/4c1b-9-2.wav" in call.skips()[-1].arg


def test_a_masked_file_is_stopped_as_it_is():
    last = flow(
        "on: {announce: welcome, record: on}\n"
        "card: {announce: welcome, record: masked}",
        LAW,
    )
    with Playbook(last) as call:
        masked(call)
        call.done(PLAY)
        call.expects(ASK_STOP)
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
        call.expects(Hangup())


def test_a_hangup_keeps_what_was_asked_and_not_answered():
    with Playbook(SECRET) as call:
        started(call)
        call.done(PLAY)
        call.expects(MASK)
        call.when(HungUp("NORMAL_CLEARING"))
    row = call.rows(RecordingAction)[-1]
    assert (row.action, row.reply, row.verified) == ("mask", "", False)


def asks(call, wish, ticket=1):
    call.when(Wished(ticket, wish))


def answer(state, is_done=True, why="", until=0, ticket=1, is_refused=False):
    return Answer(ticket, Answered("4c1b-9", state, is_done, why, until, is_refused))


def refusal(state, why, ticket=1):
    return answer(state, False, why, ticket=ticket, is_refused=True)


def test_a_start_that_failed_is_not_tried_again_against_a_mask():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        asks(call, HERS)
        call.answers(ASK_START, "-ERR Cannot record session!")
        alarm = Alarm("recording did not start: -ERR Cannot record session!")
        *said, told = call.skips()
        assert said == [HALT, alarm, ANSWER, PLAY]
        assert told.answered.recording == "failed"


def test_a_mask_that_runs_out_ends_as_the_flow_says():
    ends = replace(TWO, recording=RecordingRules(after_mask=AfterMask.STOP))
    with Playbook(ends) as call:
        started(call)
        asks(call, HERS._replace(for_s=5))
        call.expects(MASK)
        call.answers(MASK)
        call.skips()
        call.passes(5)
        alarm = Alarm("the mask of token page was not renewed in time: stop")
        call.expects(alarm, ASK_STOP)


# When sound gets into the file.

TALK = flow("q: {queue: support, record: on, from: answer}", OPEN)


def test_a_file_that_waits_for_an_agent_knows_when_it_heard_something():
    with Playbook(TALK) as call:
        start = call.skips()[-1]
        call.when(RecordStarted(PATH))
        call.answers(start)
        *_, wait = call.skips()
        call.done(wait, cc_cause="answered")
        call.when(Bridged("b-1", "1001"))
        began = call.now
        call.skips()
        call.when(Unbridged())
        call.when(Bridged("b-2", "1002"))
        call.when(Parked())
        call.skips()
        call.when(RecordStopped(PATH, 2000))
        call.skips()
    (ended,) = call.rows(RecordingEnded)
    assert ended.audio_at == began
    first, last = ended.gaps.split(" ")
    assert first == f"{began + 1_000_000}-{began + 2_000_000}"
    assert last == f"{began + 3_000_000}-{ended.stopped_at}"


def test_a_call_that_is_passed_on_is_recorded_again_when_somebody_has_it():
    queue = flow("q: {queue: support, record: on}", OPEN)
    with Playbook(queue) as call:
        start = call.skips()[-1]
        call.when(RecordStarted(PATH))
        call.answers(start)
        *_, wait = call.skips()
        call.done(wait, cc_cause="answered")
        call.when(Bridged("b-1", "1001"))
        call.skips()
        call.when(Unbridged())
        call.passes(PASSED_ON_S)
        call.expects(ASK_STOP)
        call.when(RecordStopped(PATH, 1000))
        call.answers(ASK_STOP)
        call.when(Bridged("b-2", "1002"))
        assert "/4c1b-9-2.wav" in next(
            c.arg for c in call.skips() if isinstance(c, Api) and " start " in c.arg
        )


def talks(call):
    start = call.skips()[-1]
    call.when(RecordStarted(PATH))
    call.answers(start)
    call.done(call.skips()[-1], cc_cause="answered")
    call.when(Bridged("b-1", "1001"))
    call.skips()


def test_a_caller_on_hold_is_cut_out_and_an_agent_is_not():
    with Playbook(TALK) as call:
        talks(call)
        began = call.now
        for is_callers in (True, False):
            call.when(Held(True, is_callers))
            call.when(Held(False, is_callers))
        # On hold, and the agent leaves: only the next one ends the gap.
        call.when(Held(True, True))
        call.when(Unbridged())
        call.when(Held(False, True))
        call.when(Bridged("b-2", "1002"))
        call.skips()
        call.when(RecordStopped(PATH, 9000))
        call.skips()
    (ended,) = call.rows(RecordingEnded)
    s = 1_000_000
    assert ended.gaps == (
        f"{began + s}-{began + 2 * s} {began + 5 * s}-{began + 8 * s}"
    )


def test_before_there_is_sound_a_hold_cuts_nothing_out():
    with Playbook(TALK) as call:
        start = call.skips()[-1]
        call.when(RecordStarted(PATH))
        call.answers(start)
        call.skips()
        call.when(Held(True, True))
        call.when(Held(False, True))
        assert call.engine.live.recorder.segment.gaps == []


def test_an_unmask_waits_for_what_has_piled_up_in_a_hold():
    with Playbook(TALK) as call:
        talks(call)
        asks(call, HERS)
        call.skips()
        call.answers(MASK)
        call.skips()
        call.when(Held(True, False))
        call.when(Held(False, False), 4.0)
        asks(call, Wish(Want.ON, "token page"), 2)
        call.passes(3.8)
        assert UNMASK not in call.skips()
        call.passes(0.1)
        assert UNMASK in call.skips()


def test_the_unmask_waits_less_while_somebody_talks_with_the_caller():
    with Playbook(TALK) as call:
        talks(call)
        asks(call, HERS)
        call.skips()
        call.answers(MASK)
        call.skips()
        asks(call, Wish(Want.ON, "token page"), 2)
        call.passes(GUARD_S * 0.99)
        assert UNMASK not in call.skips()
        call.passes(GUARD_S * 0.01)
        assert UNMASK in call.skips()


def test_a_hold_before_the_mask_holds_up_nothing():
    with Playbook(TALK) as call:
        talks(call)
        call.when(Held(True, False))
        call.when(Held(False, False), 60.0)
        asks(call, HERS)
        call.skips()
        call.answers(MASK)
        call.skips()
        asks(call, Wish(Want.ON, "token page"), 2)
        call.passes(ALONE_S)
        assert UNMASK in call.skips()


def test_a_fifo_pauses_the_recorder_until_somebody_takes_the_call():
    fifo = flow("q: {queue: desk, type: fifo, record: on}", LAW)
    with Playbook(fifo) as call:
        start = call.skips()[-1]
        call.when(RecordStarted(PATH))
        call.answers(start)
        call.skips()
        began = call.now
        call.when(Bridged("b-1", ""))
        call.skips()
        assert call.engine.live.recorder.segment.gaps == [
            f"{began}-{began + 1_000_000}"
        ]


def test_a_call_whose_agent_has_left_is_not_taken_for_passed_on():
    steps = "q: {queue: x, record: on, answered: bye}\n"
    steps += "bye: {announce: welcome, record: on}"
    with Playbook(flow(steps, OPEN)) as call:
        talks(call)
        call.when(Unbridged())
        call.expects()
        call.when(Parked(), 0.04)
        call.expects(PLAY)
        call.passes(PASSED_ON_S)
        call.expects()


def must(steps):
    """Return a flow whose calls must be recorded."""
    rules = "recording: {if_unrecorded: refuse, refusal: welcome}\n"
    return flow(steps, LAW + rules)


def test_what_must_be_recorded_is_begun_once_that_is_on_disk():
    with Playbook(must("a: {announce: welcome, record: on}")) as call:
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        assert (keep.is_durable, type(keep.rows[0])) == (True, RecordingBegun)
        call.when(Kept(True))
        started(call)
        call.when(Wished(1, Wish(Want.OFF, "cli")))
        (answer,) = call.skips()
        assert answer.answered.why == "this call must be recorded"
        assert call.engine.live.recorder.state is Recording.ON


@pytest.mark.parametrize("event", [Kept(False, "full"), HungUp("")])
def test_what_cannot_be_kept_is_not_begun(event):
    with Playbook(must("a: {announce: welcome, record: on}")) as call:
        call.skips()
        call.when(event)
        if isinstance(event, HungUp):
            call.when(Kept(False, "full"))
        assert Alarm("not recorded, for it could not be kept: full") in call.skips()
        assert ASK_START not in call.said
        assert call.engine.live.recorder.state is Recording.FAILED
    (row,) = call.rows(RecordingEnded)
    assert row.state == "failed"


def test_what_nobody_waits_for_any_more_is_not_begun():
    with Playbook(must("a: {announce: welcome, record: on}")) as call:
        call.skips()
        call.when(HungUp(""))
        call.when(Kept(True))
        call.skips()
        call.when(Disconnected())
        call.skips()
    assert ASK_START not in call.said


def test_what_is_masked_while_its_row_is_kept_is_not_begun():
    with Playbook(must("a: {announce: welcome, record: on}")) as call:
        call.skips()
        call.when(Wished(1, Wish(Want.MASKED, "cli")))
        call.when(Kept(True))
        call.skips()
        assert ASK_START not in call.said
        (row,) = call.rows(RecordingEnded)
        assert row.state == "failed"
        call.when(Wished(2, Wish(Want.ON, "cli")))
        (*_, keep) = (c for c in call.skips() if isinstance(c, Keep))
        assert (keep.is_durable, type(keep.rows[0])) == (True, RecordingBegun)


def test_what_is_for_something_else_by_now_is_not_begun():
    with Playbook(must("a: {announce: welcome, record: on}")) as call:
        call.skips()
        call.engine.live.recorder.segment.purposes = ("another",)
        call.when(Kept(True))
        assert ASK_START not in call.skips()


def test_a_mask_while_the_agent_holds_is_kept_as_that():
    rules = "recording: {never_record: [1]}\n"
    with Playbook(flow("a: {announce: welcome, record: on}", LAW + rules)) as call:
        started(call)
        call.when(Held(True, is_callers=False))
        call.expects(MASK)
        call.answers(MASK)
        assert actions(call)[-1] == ("mask", "hold", True)


TWO_PURPOSES = """\
flow: test
purposes: {duty: {basis: contract}, training: {basis: consent}}
notices: {recording: {version: 3, text: Press 1 to agree or 2 to refuse.}}
prompts: {welcome: Welcome.}
"""
ASKED_MEANWHILE = """
first: {announce: welcome, record: on}
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  record: %s
then: {announce: welcome, record: on}
"""


def asked_meanwhile(record):
    """Go on, while a file runs, until the question has been answered with a 1."""
    call = Playbook(flow(ASKED_MEANWHILE % record, TWO_PURPOSES))
    start = call.skips()[-1]
    call.when(RecordStarted(PATH))
    call.answers(start)
    call.done(call.skips()[-1])
    if record == "masked":
        call.expects(MASK)
        call.answers(MASK)
    question = call.skips()[-1]
    call.done(question, eslflow_digits_1="1", playback_last_offset_pos="8")
    call.skips()
    call.when(Kept(True))
    return call


def begins_anew(call):
    """Expect the end of the first file and the begin of another for both."""
    call.expects(ASK_STOP)
    call.when(RecordStopped(PATH, 100))
    call.answers(ASK_STOP)
    second = PATH.replace("-1.wav", "-2.wav")
    start = call.skips()[-1]
    assert f" start {second} " in start.arg
    call.when(RecordStarted(second))
    call.answers(start)
    purposes = [row.purposes for row in call.rows(RecordingBegun)]
    assert purposes == ["duty", "duty training"]
    assert call.engine.live.recorder.state is Recording.ON


def test_what_is_permitted_for_more_purposes_is_another_file():
    call = asked_meanwhile("on")
    begins_anew(call)
    # The announcement that comes then waits for the new file.
    assert call.skips()[-1] == PLAY


def test_a_masked_file_for_other_purposes_is_not_unmasked():
    call = asked_meanwhile("masked")
    call.expects()
    call.passes(ALONE_S)
    begins_anew(call)
    assert UNMASK not in call.said


def test_what_is_permitted_for_fewer_purposes_is_another_file():
    law = TWO_PURPOSES.replace("consent", "legitimate_interests")
    steps = """
first: {announce: welcome, record: on}
ask:
  objection: {notice: recording, purpose: training}
  keys: {3: objected}
  record: on
then: {announce: welcome, record: on}
"""
    call = Playbook(flow(steps, law))
    start = call.skips()[-1]
    call.when(RecordStarted(PATH))
    call.answers(start)
    call.skips()
    live = call.engine.live
    assert [row.purposes for row in call.rows(RecordingBegun)] == ["duty"]
    live.consents.kept("training", State.UNANSWERED, "not_objected")
    call.when(Held(False, is_callers=True))
    call.expects(ASK_STOP)
    call.when(RecordStopped(PATH, 100))
    call.answers(ASK_STOP)
    second = PATH.replace("-1.wav", "-2.wav")
    start = call.skips()[-1]
    call.when(RecordStarted(second))
    call.answers(start)
    live.consents.kept("training", State.REFUSED)
    call.when(Held(False, is_callers=True))
    assert f" stop {second}" in call.skips()[-1].arg
    purposes = [row.purposes for row in call.rows(RecordingBegun)]
    assert purposes == ["duty", "duty training"]


def test_a_step_that_masks_makes_a_hold_no_longer_the_cause():
    rules = "recording: {never_record: [1]}\n"
    steps = "a: {announce: welcome, record: on}\nb: {announce: welcome, record: masked}"
    with Playbook(flow(steps, LAW + rules)) as call:
        started(call)
        call.when(Held(True, is_callers=False))
        call.expects(MASK)
        call.answers(MASK)
        assert call.engine.live.screen.is_cause
        call.done(PLAY)
        call.expects(PLAY)
        assert not call.engine.live.screen.is_cause
