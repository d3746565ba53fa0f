"""Where live calls are asked about, and asked for something."""

import gevent
import pytest

from eslflow.call.wishes import Answered, Want, Wish
from eslflow.errors import NotFound
from eslflow.switch.desk import Desk, LiveCall

MASK = Wish(Want.MASKED, "cli anna")


class Call:
    """A call that notes what wakes it."""

    def __init__(self, uuid, agent="", offered_at=1, is_ours=True):
        self.uuid = uuid
        self.woken = []
        self._about = LiveCall(uuid, "", "", "f", "s", agent, "on", offered_at)
        self._is_ours = is_ours

    def about(self):
        return self._about if self._is_ours else None

    def wake(self, event):
        self.woken.append(event)


@pytest.fixture
def desk():
    return Desk()


def test_live_calls_are_told_the_oldest_first(desk):
    for call in (Call("b", offered_at=2), Call("a"), Call("c", is_ours=False)):
        desk.joined(call)
    assert [call.uuid for call in desk.calls()] == ["a", "b"]


def test_an_agents_calls_are_found_with_and_without_the_domain(desk):
    desk.joined(Call("a", "1001@default"))
    desk.joined(Call("b"))
    for extension, found in (("1001", ["a"]), ("1001@default", ["a"]), ("", [])):
        assert [call.uuid for call in desk.by_agent(extension)] == found


def test_who_asks_waits_for_the_answer(desk):
    call = Call("a")
    desk.joined(call)
    asking = gevent.spawn(desk.ask, "a", MASK)
    while not call.woken:
        gevent.sleep(0)
    assert call.woken[0].wish == MASK
    desk.answer(call.woken[0].ticket, Answered("a", "masked", True))
    assert asking.get() == Answered("a", "masked", True)
    desk.answer(call.woken[0].ticket, Answered("a", "on", True))


def test_a_call_that_ends_meanwhile_answers_too(desk):
    call = Call("a")
    desk.joined(call)
    asking = gevent.spawn(desk.ask, "a", MASK)
    while not call.woken:
        gevent.sleep(0)
    desk.left(Call("a"))
    desk.left(call)
    assert asking.get() == Answered("a", "off", False, "the call is over")
    assert desk.get("a") is None
    with pytest.raises(NotFound):
        desk.ask("a", MASK)
