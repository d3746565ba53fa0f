"""Timers of the hub, and those of one call."""

import pytest
from gevent import get_hub
from gevent.event import Event

from eslflow.call.commands import Timer
from eslflow.call.events import TimedOut
from eslflow.switch.timers import CallTimers, HubTimers

PATIENCE_S = 30


def test_a_timer_fires_once_and_may_be_taken_back_after():
    fired = Event()
    timer = HubTimers().after(0, fired.set)
    assert fired.wait(PATIENCE_S)
    timer.cancel()


def test_a_timer_that_is_taken_back_does_not_fire():
    fired, later = [], Event()
    timers = HubTimers()
    timers.after(0, lambda: fired.append("taken back")).cancel()
    timers.after(0, later.set)
    assert later.wait(PATIENCE_S)
    assert fired == []


def test_timers_fire_in_the_order_of_their_times_whatever_they_were_set_in():
    fired, last = [], Event()
    timers = HubTimers()
    for seconds in (0.003, 0.001, 0.002, 0.001):
        timers.after(seconds, lambda seconds=seconds: fired.append(seconds))
    timers.after(0.004, last.set)
    assert last.wait(PATIENCE_S)
    assert fired == [0.001, 0.001, 0.002, 0.003]


def test_a_timer_that_a_timer_sets_fires_too():
    fired = Event()
    timers = HubTimers()
    timers.after(0, lambda: timers.after(0, fired.set))
    assert fired.wait(PATIENCE_S)


def test_an_action_that_raises_costs_no_other_its_time(monkeypatch):
    told, fired = [], Event()
    # What a callback of the loop raises is the hub's to tell.
    monkeypatch.setattr(get_hub(), "print_exception", lambda *_: told.append("told"))
    timers = HubTimers()
    timers.after(0, {}.popitem)
    timers.after(0, fired.set)
    assert fired.wait(PATIENCE_S)
    assert told == ["told"]


class Kept:
    """Timers that fire when they are told to."""

    def __init__(self):
        self.actions = {}

    def after(self, seconds, action):
        self.actions[seconds] = action
        return self.Handle(self.actions, seconds)

    class Handle:
        def __init__(self, actions, seconds):
            self.cancel = lambda: actions.pop(seconds)


def test_a_call_is_woken_by_the_token_of_its_timer():
    kept, woken = Kept(), []
    timers = CallTimers(kept, woken.append)
    timers.set(Timer(7, 1.5))
    timers.set(Timer(8, 2.5))
    kept.actions[2.5]()
    assert woken == [TimedOut(8)]


@pytest.mark.parametrize("token", [7, 9])
def test_a_timer_that_a_call_takes_back_is_cancelled(token):
    kept, woken = Kept(), []
    timers = CallTimers(kept, woken.append)
    timers.set(Timer(7, 1.5))
    timers.set(Timer(token, None))
    assert list(kept.actions) == ([] if token == 7 else [1.5])


def test_a_call_that_is_over_has_no_timers():
    kept = Kept()
    timers = CallTimers(kept, [].append)
    timers.set(Timer(7, 1.5))
    timers.set(Timer(8, 2.5))
    timers.clear()
    assert kept.actions == {}


def test_a_call_that_is_over_is_woken_no_more():
    kept, woken = Kept(), []
    timers = CallTimers(kept, woken.append)
    timers.clear()
    timers.set(Timer(7, 1.5))
    kept.actions[1.5]()
    assert woken == []
