"""Somebody who was called and does not talk yet."""

from eslflow.call import callee
from eslflow.call.commands import Api, Execute, Job
from eslflow.call.events import Bridged, HungUp, JobDone, LegEnded
from eslflow.call.records import State
from eslflow.flow.model import Party
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import Playbook
from tests.steps_of import HEAD, flow

RING = flow("call: {ring: {user: 1001}}\nhello: {announce: welcome}")


def rung():
    """Return a call in which somebody was called, and whom."""
    call = Playbook(RING)
    *_, job = call.skips()
    assert isinstance(job, Job)
    return call, job.leg


def letting_go(leg):
    return [
        Api(ApiCommand.UUID_KILL, leg, waits=False),
        Api(
            ApiCommand.SCHED_API,
            f"+2 eslflow-{leg} uuid_kill {leg}",
            waits=False,
        ),
    ]


def test_a_caller_who_hangs_up_leaves_nobody_on_the_line():
    call, leg = rung()
    with call:
        call.when(HungUp())
        call.expects(letting_go(leg)[0])
        assert call.said[-2:] == letting_go(leg)


def test_a_flow_that_ends_leaves_nobody_on_the_line():
    call, leg = rung()
    with call:
        call.when(JobDone(leg, True))
        *_, play = call.skips()
        assert play.app is App.PLAYBACK
        call.done(play)
        assert call.said[-2:] == letting_go(leg)
        call.skips()


def test_who_has_hung_up_or_talks_is_left_alone():
    for event in (LegEnded, Bridged):
        call, leg = rung()
        with call:
            call.when(event("another"))
            call.skips()
            assert call.engine.live.callee == leg
            call.when(event(leg))
            call.skips()
            call.when(HungUp())
            assert not [c for c in call.said if getattr(c, "arg", "") == leg]


def test_the_caller_hears_that_it_rings():
    call, _ = rung()
    assert call.said[0] == Execute(App.RING_READY, waits=False)


ASKED = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    """,
    HEAD.replace("notices:", "  quality: {basis: consent}\nnotices:"),
)


def asked_both():
    """Return the state of a call in which both have agreed."""
    live = Playbook(ASKED).engine.live
    live.asked = "b-leg"
    live.consents.kept("training", State.GRANTED)
    live.consents.kept("training", State.GRANTED, party=Party.CALLEE)
    live.consents.kept("quality", State.GRANTED)
    return live


def test_the_one_who_was_asked_keeps_their_word():
    live = asked_both()
    assert callee.taken_over(live, "b-leg") == ()
    assert live.consents.permitting() == ("training", "quality")


def test_who_takes_over_has_not_agreed_and_that_is_kept_once():
    live = asked_both()
    (row,) = callee.taken_over(live, "c-leg")
    assert (row.state, row.reason, row.party) == ("expired", "taken_over", "callee")
    assert (row.purpose, row.performed_by) == ("training", "system")
    # What the caller alone was asked for goes on.
    assert live.consents.permitting() == ("quality",)
    assert callee.taken_over(live, "b-leg") == ()
