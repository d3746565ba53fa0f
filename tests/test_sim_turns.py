"""Whose turn it is among calls that share a clock."""

import math

from eslflow.sim.clock import SimulatedClock
from eslflow.sim.turns import Turns


class Line:
    def __init__(self, next_micros, is_busy=False):
        self.next_micros = next_micros
        self.is_busy = is_busy
        self.woken = []

    def wake(self, is_news=False):
        self.woken.append(is_news)


def sharing(*lines):
    turns = Turns(SimulatedClock(0))
    for line in lines:
        turns.join(line)
    return turns


def test_the_call_that_comes_first_in_time_goes_on():
    late, early = Line(9), Line(5)
    turns = sharing(late, early)
    assert (turns.is_next(late), turns.is_next(early)) == (False, True)
    turns.pass_on()
    assert (late.woken, early.woken) == ([], [False])


def test_time_stands_still_while_a_controller_has_yet_to_react():
    line = Line(5)
    turns = sharing(line, Line(9, is_busy=True))
    assert not turns.is_next(line)
    turns.pass_on()
    assert line.woken == []


def test_a_call_that_has_ended_keeps_nobody_waiting():
    busy, line = Line(1, is_busy=True), Line(5)
    turns = sharing(busy, line)
    turns.leave(busy)
    assert turns.is_next(line)
    assert line.woken == [False]


def test_time_stands_still_until_every_call_that_is_being_dialled_is_answered():
    line, other = Line(5), Line(3)
    turns = sharing(line)
    turns.expect(2)
    assert not turns.is_next(line)
    turns.arrive()
    assert (turns.is_next(line), line.woken) == (False, [])
    turns.arrive()
    assert line.woken == [False]
    turns.join(other)
    assert not turns.is_next(line)


def test_without_anything_to_come_nobody_is_woken_until_a_timer_is_set():
    line = Line(math.inf)
    turns = sharing(line)
    turns.pass_on()
    assert line.woken == []
    turns.clock.after(1, list)
    assert line.woken == [True]
    assert turns.is_next(line)


def test_nobody_has_a_turn_where_there_is_no_call():
    sharing().pass_on()
