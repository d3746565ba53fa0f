"""What listens to a call's legs besides us."""

import pytest

from eslflow.call.commands import Alarm, Api
from eslflow.call.events import (
    Bridged,
    Held,
    HungUp,
    RecordStarted,
    RecordStopped,
    Wished,
)
from eslflow.call.lookout import AGAIN_S, REPLY_S
from eslflow.call.recording import Recording
from eslflow.call.records import RecordingAction
from eslflow.call.wishes import Want, Wish
from eslflow.wire.terms import ApiCommand
from tests.playbook import Playbook
from tests.steps_of import flow
from tests.test_call_moves import LAW, MASK, PATH, bugs

OURS, THEIRS = "4c1b-9", "b-leg-1"
OTHER = "/var/spool/queue/other.wav"
QUEUE = "q: {queue: support, record: on}"
TALK = flow(QUEUE, LAW)
ASK = flow(
    f"ask:\n  consent: {{notice: recording, purpose: training}}\n"
    f"  keys: {{1: granted, 2: refused}}\n{QUEUE}"
)


def look(leg):
    return Api(ApiCommand.UUID_BUGLIST, leg, timeout_s=REPLY_S)


def stops(leg, path):
    return Api(ApiCommand.UUID_RECORD, f"{leg} stop {path}", timeout_s=REPLY_S)


def ruled(rule):
    return flow(QUEUE, f"{LAW}recording: {{second_recorders: {rule}}}\n")


def talking(call):
    """Record, and let an agent answer; nobody has looked yet."""
    start = call.skips()[-1]
    call.when(RecordStarted(PATH))
    call.answers(start)
    *_, wait = call.skips()
    call.done(wait, cc_cause="answered")
    call.when(Bridged(THEIRS, "1001"))
    call.expects(look(OURS))


def found(call):
    """Return what was kept of recorders that are not ours."""
    rows = [row for row in call.rows(RecordingAction) if not row.recording_id]
    return [(r.leg_uuid, r.path, r.action, r.reply, r.verified) for r in rows]


def test_both_legs_are_looked_at_after_a_bridge_and_a_moment_later():
    with Playbook(TALK) as call:
        talking(call)
        call.answers(look(OURS), bugs(PATH))
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), bugs())
        call.passes(AGAIN_S)
        call.expects(look(OURS))
        call.answers(look(OURS), bugs(PATH))
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), bugs())
        call.passes(3600)
        call.when(HungUp("NORMAL_CLEARING"))
    assert found(call) == []


def test_a_second_recorder_is_told_once_while_the_call_may_be_recorded():
    with Playbook(TALK) as call:
        talking(call)
        call.answers(look(OURS), bugs(PATH, OTHER))
        call.expects(
            Alarm(f"another recorder runs on the caller's leg: {OTHER}"), look(THEIRS)
        )
        call.answers(look(THEIRS), bugs(OTHER))
        call.expects(Alarm(f"another recorder runs on the agent's leg: {OTHER}"))
        call.passes(AGAIN_S)
        call.expects(look(OURS))
        call.answers(look(OURS), bugs(PATH, OTHER))
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), bugs(OTHER))
    assert found(call) == [
        (OURS, OTHER, "start", "", True),
        (THEIRS, OTHER, "start", "", True),
    ]


def test_a_second_recorder_is_stopped_while_the_call_is_masked():
    with Playbook(TALK) as call:
        talking(call)
        call.when(Wished(1, Wish(Want.MASKED, "token page")))
        call.expects(MASK)
        call.answers(MASK)
        call.skips()
        call.answers(look(OURS), bugs(PATH, OTHER))
        call.expects(stops(OURS, OTHER))
        call.answers(stops(OURS, OTHER))
        call.expects(
            Alarm(f"another recorder on the caller's leg was stopped: {OTHER}"),
            look(THEIRS),
        )
        call.answers(look(THEIRS), bugs())
        # Handed over, the mask is asked for once more.
        call.expects(MASK)
        call.answers(MASK)
    assert found(call)[-1] == (OURS, OTHER, "stop", "+OK Success", True)


def told(call):
    """Let an agent answer whose leg, and the caller's, somebody else records."""
    talking(call)
    call.answers(look(OURS), bugs(PATH, OTHER))
    call.skips()
    call.answers(look(THEIRS), bugs(OTHER))
    call.skips()


def test_one_that_was_told_is_stopped_once_the_call_is_masked():
    with Playbook(TALK) as call:
        told(call)
        call.when(Wished(1, Wish(Want.MASKED, "token page")))
        call.expects(MASK)
        call.answers(MASK)
        assert look(OURS) in call.skips()
        call.answers(look(OURS), bugs(PATH, OTHER))
        call.expects(stops(OURS, OTHER))
        call.answers(stops(OURS, OTHER))
        call.expects(
            Alarm(f"another recorder on the caller's leg was stopped: {OTHER}"),
            look(THEIRS),
        )
        call.answers(look(THEIRS), bugs(OTHER))
        call.expects(stops(THEIRS, OTHER))
        call.answers(stops(THEIRS, OTHER))
        call.skips()
        call.when(Wished(2, Wish(Want.MASKED, "token page")))
        assert look(OURS) not in call.skips()
    assert [row[2:] for row in found(call)] == [
        ("start", "", True),
        ("start", "", True),
        ("stop", "+OK Success", True),
        ("stop", "+OK Success", True),
    ]


def test_one_that_was_told_goes_on_while_the_call_may_be_recorded():
    with Playbook(TALK) as call:
        told(call)
        call.when(Held(True, is_callers=True))
        call.passes(AGAIN_S)
        call.expects(look(OURS))
        call.answers(look(OURS), bugs(PATH, OTHER))
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), bugs(OTHER))
        call.when(Held(False, is_callers=True))
        call.expects()


def begins_again(call):
    """Let somebody start the same recorder of the agent's leg once more."""
    call.when(RecordStarted(OTHER, THEIRS))
    call.expects(look(OURS))
    call.answers(look(OURS), bugs())
    call.expects(look(THEIRS))
    call.answers(look(THEIRS), bugs(OTHER))


def test_one_that_was_stopped_is_stopped_again_when_it_begins_again():
    with Playbook(ASK) as call:
        not_recorded(call)
        call.answers(look(THEIRS), bugs())
        for _ in range(2):
            begins_again(call)
            call.expects(stops(THEIRS, OTHER))
            call.answers(stops(THEIRS, OTHER))
            call.skips()


def test_one_that_ended_by_itself_is_told_anew_when_it_begins_again():
    with Playbook(TALK) as call:
        told(call)
        call.passes(AGAIN_S)
        call.skips()
        call.answers(look(OURS), bugs(PATH))
        call.skips()
        call.answers(look(THEIRS), bugs())
        call.when(RecordStarted(OTHER, OURS))
        call.expects(look(OURS))
        call.answers(look(OURS), bugs(PATH, OTHER))
        call.expects(
            Alarm(f"another recorder runs on the caller's leg: {OTHER}"), look(THEIRS)
        )


def not_recorded(call):
    """Bring a caller who refused to an agent."""
    call.skips()
    question = call.said[-1]
    call.done(question, eslflow_digits_1="2", playback_last_offset_pos="8000")
    *_, wait = call.skips()
    call.done(wait, cc_cause="answered")
    call.when(Bridged(THEIRS, "1001"))
    call.expects(look(OURS))
    call.answers(look(OURS), bugs())
    call.expects(look(THEIRS))


def test_a_second_recorder_is_stopped_when_the_caller_has_refused():
    with Playbook(ASK) as call:
        not_recorded(call)
        call.answers(look(THEIRS), bugs(OTHER))
        call.expects(stops(THEIRS, OTHER))
        call.answers(stops(THEIRS, OTHER), "-ERR Cannot stop record session!")
        words = "could not be stopped (-ERR Cannot stop record session!)"
        call.expects(Alarm(f"another recorder on the agent's leg {words}: {OTHER}"))
    assert found(call)[-1][2:] == ("stop", "-ERR Cannot stop record session!", False)


def test_a_recorder_that_begins_in_the_talk_is_seen_at_once():
    with Playbook(ASK) as call:
        not_recorded(call)
        call.answers(look(THEIRS), bugs())
        call.passes(AGAIN_S)
        call.skips()
        call.answers(look(OURS), bugs())
        call.skips()
        call.answers(look(THEIRS), bugs())
        call.when(RecordStarted(OTHER, THEIRS))
        call.expects(look(OURS))
        call.answers(look(OURS), bugs())
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), bugs("/with a blank.wav"))
        # Its path cannot be named in a command.
        call.expects(stops(THEIRS, "all"))
        call.passes(REPLY_S)
        words = "could not be stopped (no answer in 2 s)"
        alarm = f"another recorder on the agent's leg {words}: /with a blank.wav"
        call.expects(Alarm(alarm))


@pytest.mark.parametrize(
    ("rule", "does"), [("stop", "was stopped"), ("alarm", "runs"), ("ignore", "")]
)
def test_the_flow_may_rule_otherwise(rule, does):
    with Playbook(ruled(rule)) as call:
        talking(call)
        call.answers(look(OURS), bugs(PATH, OTHER))
        if rule == "stop":
            call.expects(stops(OURS, OTHER))
            call.answers(stops(OURS, OTHER))
        said = call.skips()
        assert [does in c.text for c in said if isinstance(c, Alarm)] == (
            [True] if does else []
        )


def test_our_own_recorder_that_is_not_there_is_begun_anew():
    with Playbook(TALK) as call:
        talking(call)
        call.answers(look(OURS), bugs())
        alarm, *rest = call.skips()
        assert alarm == Alarm(f"the recording has ended unnoticed: {PATH}")
        assert any("/4c1b-9-2.wav" in c.arg for c in rest if isinstance(c, Api))


def test_our_own_recorder_that_should_have_ended_is_stopped():
    with Playbook(TALK) as call:
        talking(call)
        call.answers(look(OURS), bugs(PATH))
        call.skips()
        call.engine.live.recorder.state = Recording.FAILED
        call.engine.live.recorder.get_stuck("it could not be stopped")
        call.answers(look(THEIRS), bugs())
        call.passes(AGAIN_S)
        call.expects(look(OURS))
        call.answers(look(OURS), bugs(PATH))
        assert f"another recorder runs on the caller's leg: {PATH}" in [
            c.text for c in call.skips() if isinstance(c, Alarm)
        ]
        call.when(RecordStopped(PATH, 10))
        call.skips()


def test_what_the_switch_does_not_say_is_not_guessed():
    with Playbook(TALK) as call:
        talking(call)
        call.passes(REPLY_S)
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), "-ERR no reply")
        call.expects()
        assert call.engine.live.recorder.state is Recording.ON


def test_our_own_start_needs_no_look():
    with Playbook(TALK) as call:
        start = call.skips()[-1]
        call.when(RecordStarted(PATH))
        call.expects()
        call.answers(start)
        assert look(OURS) not in call.skips()
    with Playbook(TALK) as call:
        talking(call)
        call.answers(look(OURS), bugs(PATH))
        call.expects(look(THEIRS))
        call.answers(look(THEIRS), bugs())
        call.when(RecordStarted(PATH))
        call.expects()
