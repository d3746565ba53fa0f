"""Simulated time."""

import math

from eslflow.sim.clock import START, SimulatedClock


def test_time_passes_when_it_is_let():
    clock = SimulatedClock()
    clock.pass_s(1.5)
    assert clock.now() == START + 1_500_000
    assert SimulatedClock(7).now() == 7


def test_time_never_goes_back():
    clock = SimulatedClock(7)
    clock.reach(9)
    clock.reach(8)
    assert clock.now() == 9


def test_timers_go_off_in_the_order_of_time_and_then_of_asking():
    clock, told = SimulatedClock(0), []
    for name, seconds in (("c", 2.0), ("a", 1.0), ("b", 1.0)):
        clock.after(seconds, lambda name=name: told.append((name, clock.now())))
    clock.pass_s(5)
    assert told == [("a", 1_000_000), ("b", 1_000_000), ("c", 2_000_000)]
    assert clock.now() == 5_000_000


def test_a_timer_goes_off_once():
    clock, told = SimulatedClock(0), []
    timer = clock.after(1, lambda: told.append("x"))
    assert timer.is_set
    assert clock.fire()
    assert not timer.is_set
    assert not clock.fire()
    timer.go_off()
    assert told == ["x"]


def test_a_cancelled_timer_does_nothing_and_takes_no_time():
    clock, told = SimulatedClock(0), []
    timer = clock.after(1, lambda: told.append("x"))
    timer.cancel()
    timer.cancel()
    assert clock.due == math.inf
    clock.pass_s(2)
    assert told == []


def test_a_timer_may_set_the_next():
    clock, told = SimulatedClock(0), []

    def tick():
        told.append(clock.now())
        clock.after(10, tick)

    clock.after(10, tick)
    clock.pass_s(35)
    assert told == [10_000_000, 20_000_000, 30_000_000]
    assert clock.due == 40_000_000


def test_a_timer_that_is_late_goes_off_now():
    clock, told = SimulatedClock(0), []
    clock.after(1, lambda: told.append(clock.now()))
    clock.reach(3_000_000)
    assert clock.fire()
    assert told == [3_000_000]


def test_who_waits_for_a_timer_is_told_of_it():
    clock, told = SimulatedClock(), []
    clock.on_timer = lambda: told.append(True)
    clock.after(1, list)
    assert told == [True]


def test_it_can_begin_anew_at_another_time_without_what_was_to_come():
    clock, told = SimulatedClock(9_000_000), []
    clock.after(1.0, lambda: told.append(1))
    clock.restart(5_000_000)
    clock.pass_s(60)
    assert (clock.now(), told) == (65_000_000, [])
