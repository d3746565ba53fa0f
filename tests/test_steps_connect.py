"""`connect`: let the caller talk with whom a `ring` step has called.

| option | takes | default |
|---|---|---|
| connect | callee | |
"""

import pytest

from eslflow.call.commands import Alarm, Api, Close, Execute, Hangup
from eslflow.call.events import Bridged, JobDone, LegEnded, Parked
from eslflow.errors import FlowErrors
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import Playbook
from tests.steps_of import flow

STEPS = flow("call: {ring: {user: 1001}}\ntalk: {connect: callee}")
ANSWER = Execute(App.ANSWER)
PREPARE = Api(
    ApiCommand.UUID_SETVAR_MULTI,
    "4c1b-9 socket_resume=false;park_after_bridge=true;park_timeout=60",
    waits=False,
)
RESUME = Api(ApiCommand.UUID_SETVAR, "4c1b-9 socket_resume true", waits=False)


def connecting():
    """Return a call that is about to be joined, the leg, and the command."""
    call = Playbook(STEPS)
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    call.expects(ANSWER)
    call.done(ANSWER)
    join = Api(ApiCommand.UUID_BRIDGE, f"4c1b-9 {job.leg}", timeout_s=5.0)
    call.expects(PREPARE, join)
    return call, job.leg, join


def test_the_two_talk_until_the_call_is_parked_again():
    call, leg, join = connecting()
    with call:
        call.answers(join, f"+OK {leg}")
        call.when(Bridged(leg, "1001"))
        call.skips()
        assert call.engine.live.was_bridged
        assert call.engine.live.callee == ""
        call.when(Parked())
        call.expects(Hangup())


def test_who_has_hung_up_before_is_gone():
    call = Playbook(STEPS)
    with call:
        *_, job = call.skips()
        call.when(LegEnded(job.leg))
        call.when(JobDone(job.leg, True))
        call.skips()
    with Playbook(flow("talk: {connect: callee}")) as call:
        call.expects(Hangup())
    assert "the called party has hung up" in call.told


def test_who_hangs_up_while_the_two_are_joined_is_gone():
    call, leg, join = connecting()
    with call:
        call.answers(join, f"+OK {leg}")
        call.when(LegEnded(leg))
        call.expects(RESUME, Hangup())
    call, leg, join = connecting()
    with call:
        call.when(LegEnded(leg))
        call.answers(join, "-ERR Invalid uuid")
        call.expects(RESUME, Hangup())


def test_a_switch_that_does_not_join_them_is_an_error_and_nobody_is_left():
    for refuses in (True, False):
        call, leg, join = connecting()
        with call:
            if refuses:
                call.answers(join, "-ERR no")
            else:
                call.passes(5.0)
            resume, alarm, kill, end = call.skips()
            assert (resume, end) == (RESUME, Close())
            assert isinstance(alarm, Alarm)
            assert kill == Api(ApiCommand.UUID_KILL, leg, waits=False)


def test_a_caller_who_was_answered_is_not_answered_again():
    steps = (
        "call: {ring: {user: 1001}}\nhi: {announce: welcome}\ntalk: {connect: callee}"
    )
    call = Playbook(flow(steps))
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    *_, play = call.skips()
    call.done(play)
    assert call.skips()[0] == PREPARE


def test_there_is_nobody_else_to_connect_to():
    with pytest.raises(FlowErrors):
        flow("talk: {connect: someone}")
