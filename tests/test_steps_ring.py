"""`ring`: call somebody, and keep them on the line without talking yet.

| option | takes | default |
|---|---|---|
| ring | whom to call | |
| timeout | 5s to 2m | 45s |
| shows | a number | the caller's own |
"""

import pytest

from eslflow.call.commands import Api, Close, Execute, Hangup, Job
from eslflow.call.events import JobDone, Kept, LegEnded, Offered, Replied
from eslflow.call.records import Choice
from eslflow.errors import FlowErrors
from eslflow.wire.terms import ApiCommand, App, EventName
from tests.playbook import Playbook
from tests.steps_of import HEAD, flow

RING = flow("call: {ring: {gateway: p, number: called}}\nhello: {announce: welcome}")
READY = Execute(App.RING_READY, waits=False)


def offered(caller="1001", called="030 1234", is_answered=False):
    return Offered("4c1b-9", caller=caller, called=called, is_answered=is_answered)


def rung(steps=RING, **offer):
    """Return a call that rings, and the job that makes the leg."""
    call = Playbook(steps, offered(**offer))
    *_, job = call.skips()
    assert isinstance(job, Job)
    return call, job


def test_the_leg_is_named_by_us_and_never_kept_for_ever():
    _, job = rung()
    assert job == Job(
        ApiCommand.ORIGINATE,
        "{originate_timeout=45,origination_caller_id_number=1001,"
        f"origination_caller_id_name=1001,origination_uuid={job.leg},"
        "ignore_early_media=true,hangup_after_bridge=true,"
        "park_timeout=180:NORMAL_CLEARING,eslflow_call=4c1b-9}"
        "sofia/gateway/p/0301234 &park()",
        job.leg,
        timeout_s=55.0,
    )


def test_the_number_that_is_shown_may_be_the_flows():
    _, job = rung(flow("call: {ring: {user: 1}, shows: '+4930', timeout: 9s}\n"))
    assert "{originate_timeout=9,origination_caller_id_number=+4930," in job.arg


def test_a_callers_number_that_is_none_is_not_shown():
    _, job = rung(caller="1001,origination_uuid=1")
    assert "origination_caller_id" not in job.arg


def test_who_answers_is_kept_and_the_flow_goes_on():
    call, job = rung()
    with call:
        call.when(JobDone(job.leg, True, "+OK"))
        assert call.engine.live.callee == job.leg
        assert call.engine.live.step == "hello"
        call.skips()


def test_an_answered_caller_is_not_told_to_ring():
    call = Playbook(RING, offered(is_answered=True))
    assert READY not in call.skips()


@pytest.mark.parametrize(
    ("cause", "ending"),
    [
        ("USER_BUSY", "busy"),
        ("NO_ANSWER", "no answer"),
        ("CALL_REJECTED", "refused"),
        ("UNALLOCATED_NUMBER", "invalid"),
    ],
)
def test_who_does_not_answer_ends_the_flow_unless_it_names_a_step(cause, ending):
    call, job = rung()
    with call:
        call.when(LegEnded(job.leg, cause))
        call.when(JobDone(job.leg, False, f"-ERR {cause}"))
        call.expects(Hangup())
    assert f"sofia/gateway/p/0301234: {ending} ({cause})" in call.told


@pytest.mark.parametrize(
    "text", ["-ERR NORMAL_CIRCUIT_CONGESTION", "-ERR INVALID_GATEWAY"]
)
def test_where_another_way_may_lead_there_the_dialplan_takes_the_call_on(text):
    call, job = rung()
    with call:
        call.when(JobDone(job.leg, False, text))
        call.expects(Close())


def test_who_answers_and_hangs_up_at_once_has_failed():
    call, job = rung()
    with call:
        call.when(LegEnded(job.leg, "NORMAL_CLEARING"))
        call.when(JobDone(job.leg, True, "+OK"))
        call.expects(Close())


def test_a_switch_that_refuses_or_says_nothing_is_an_error():
    call, job = rung()
    with call:
        call.when(Replied(len(call.said), False, "-ERR no"))
        call.expects(Close())
    call, job = rung()
    with call:
        call.passes(56.0)
        kill, close = call.skips()
        assert (kill, close) == (
            Api(ApiCommand.UUID_KILL, job.leg, waits=False),
            Close(),
        )


def test_what_is_no_number_is_not_called():
    with Playbook(RING, offered(called="alice")) as call:
        call.expects(Hangup())
    assert "'alice' is no number that could be called" in call.told


def test_it_is_not_recorded_for_nobody_talks():
    with pytest.raises(FlowErrors, match="nobody talks in it"):
        flow("call: {ring: {user: 1}, record: on, from: answer}")


def test_it_hears_of_its_job():
    assert EventName.BACKGROUND_JOB in RING.steps["call"].hears


def test_both_get_keys_for_the_talk_and_none_is_an_agents():
    head = HEAD.replace("90d", "90d, on_withdrawal: keep")
    head += "recording: {caller_keys: {0: withdraw}, agent_keys: {1: mask}, "
    head += "callee_keys: {5: withdraw}}\n"
    steps = """
    call: {ring: {user: 1001}}
    ask:
      consent: {notice: recording, purpose: training}
      ask: both
      keys: {1: granted, 2: refused}
      tries: 1
    talk: {connect: callee}
    """
    call = Playbook(flow(steps, head))
    bound = [c.arg for c in call.said if getattr(c, "app", "") == App.BIND_META_APP]
    assert [arg[:5] for arg in bound] == ["5 b s", "0 a s"]
    call.skips()


def test_who_is_called_instead_has_agreed_to_nothing():
    steps = """
    call: {ring: {user: 1001}}
    ask:
      consent: {notice: recording, purpose: training}
      ask: callee
      keys: {1: granted, 2: refused}
    again: {ring: {user: 1002}}
    talk: {connect: callee, record: on, from: answer}
    """
    call = Playbook(flow(steps))
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    asks = call.skips()[-1]
    variable = asks.arg.split()[7]
    call.done(asks, **{variable: "1", "playback_last_offset_pos": "8000"})
    call.skips()
    call.when(Kept(True))
    assert call.engine.live.consents.permitting() == ()
    call.skips()
    rows = [(row.state, row.reason) for row in call.rows(Choice)]
    assert rows[1:] == [("granted", ""), ("expired", "taken_over")]
