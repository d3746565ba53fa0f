"""What steps have in common in which the caller talks with somebody."""

import pytest

from eslflow.call.commands import Await, Execute, Tell
from eslflow.call.events import Offered, Parked, Replied
from eslflow.call.live import Live, Site
from eslflow.steps.talk import TALKS, talk, talking
from eslflow.wire.terms import App, EventName
from tests.playbook import Playbook
from tests.steps_of import flow


def test_a_talk_lasts_until_the_call_comes_back():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    live.hears = []
    road = talk(live, "they talk", "they part")
    assert next(road) == Await((Parked,))
    assert live.hears == [Tell("they talk")]
    assert (live.was_bridged, live.is_answered) == (True, True)
    with pytest.raises(StopIteration):
        road.send(Parked())
    assert live.hears == [Tell("they talk"), Tell("they part")]


def test_the_talk_outlives_the_controller_and_the_caller_comes_back():
    assert talking().split(";")[:2] == ["socket_resume=false", "park_after_bridge=true"]
    assert EventName.CHANNEL_PARK in TALKS


REST = Execute(App.SLEEP, "0")
QUEUE = "b: {queue: q}"
DIAL = "b: {dial: {user: 1001}}"


def says_of_the_talk(call):
    return [said for said in call.skips() if "park_after_bridge=true" in said.arg]


@pytest.mark.parametrize("steps", [QUEUE, DIAL])
@pytest.mark.parametrize("is_answered", [False, True])
def test_nothing_is_said_of_a_talk_before_the_call_is_parked(steps, is_answered):
    offered = Offered("4c1b-9", called="1001", is_answered=is_answered)
    with Playbook(flow(steps), offered, is_driven=False) as call:
        assert says_of_the_talk(call) == []
        assert call.said[-1] == REST
        call.done(REST)
        assert len(says_of_the_talk(call)) == 1


@pytest.mark.parametrize("steps", [QUEUE, DIAL])
def test_a_call_that_has_executed_something_is_parked(steps):
    first = flow(f"a: {{announce: welcome}}\n{steps}")
    with Playbook(first, is_driven=False) as call:
        call.skips()
        call.done(call.said[-1])
        assert len(says_of_the_talk(call)) == 1
        assert REST not in call.said


def test_a_call_goes_on_if_the_switch_refuses_to_rest():
    with Playbook(flow(DIAL), is_driven=False) as call:
        call.expects(REST)
        call.when(Replied(1, False, "-ERR no"))
        assert len(says_of_the_talk(call)) == 1
