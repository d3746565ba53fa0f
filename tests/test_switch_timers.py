"""Timers of the hub."""

from gevent.event import Event

from eslflow.switch.timers import HubTimers

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
