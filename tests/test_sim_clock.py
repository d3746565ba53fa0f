"""Simulated time."""

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
