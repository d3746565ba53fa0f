"""The time of one simulated call."""

import math

from eslflow.sim.clock import SimulatedClock
from eslflow.sim.timeline import Timeline


def test_what_is_due_comes_in_the_order_of_time_and_then_of_asking():
    time = Timeline(SimulatedClock(5))
    done = []
    for name, seconds in (("c", 2.0), ("a", 1.0), ("b", 1.0)):
        time.later(seconds, lambda name=name: done.append(name))
    assert time.next_s(math.inf) == 1.0
    assert time.next_s(0.5) == 0.5
    assert time.take(0.5) is None
    while action := time.take(2.0):
        action()
    assert done == ["a", "b", "c"]


def test_what_comes_in_passing_makes_no_time_pass():
    time = Timeline(SimulatedClock(5))
    time.later(1.0, list, in_passing=True)
    assert time.next_s(math.inf) == math.inf
    assert time.next_s(3.0) == 1.0
    assert time.due_s(math.inf) == 1.0
    assert time.due_s(0.5) == 0.5
    assert time.take(1.0) is not None
    assert time.take(1.0) is None


def test_what_is_cancelled_is_not_waited_for():
    time = Timeline(SimulatedClock(5))
    done = []
    time.later(1.0, lambda: done.append("a")).cancel()
    assert time.next_s(math.inf) == math.inf
    assert time.take(1.0) is None
    time.later(2.0, lambda: done.append("b"))
    time.take(2.0)()
    assert done == ["b"]


def test_the_clock_goes_along():
    clock = SimulatedClock(5)
    time = Timeline(clock)
    time.pass_s(0.25)
    assert (time.now_s, time.micros, clock.now()) == (0.25, 250_005, 250_005)
