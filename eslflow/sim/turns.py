"""Whose turn it is: calls that share a clock go on in the order of its time.

In: lines, each with what it is at. Out: which of them may let time pass. Must not let
it pass itself. Without it a call could be an hour ahead of its neighbour, and a timer
that one controller has set for both would find each at another time.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Protocol

from eslflow.sim.clock import SimulatedClock


class Line(Protocol):
    """One call."""

    @property
    def is_busy(self) -> bool:
        """Whether the controller has yet to react to it."""

    @property
    def next_micros(self) -> float:
        """When something happens on it next."""

    def wake(self, is_news: bool = False) -> None:
        """Look again whether its turn has come, after the controller if it is news."""


class Turns:
    """The calls that share a clock."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock
        self._lines: list[Line] = []
        self._dialling = 0
        # Whoever has set a timer may be about to say something on some call as well.
        clock.on_timer = partial(self.pass_on, is_news=True)

    def expect(self, calls: int) -> None:
        """Let no time pass before so many more calls have been answered, or not."""
        self._dialling += calls

    def arrive(self) -> None:
        """One that was expected is through: it joins now, or never will."""
        self._dialling -= 1
        self.pass_on()

    def join(self, line: Line) -> None:
        """Take part from now on."""
        self._lines.append(line)

    def leave(self, line: Line) -> None:
        """Take part no longer."""
        self._lines.remove(line)
        self.pass_on()

    def is_next(self, line: Line) -> bool:
        """Whether time may pass, and no other call has to go on before."""
        return self._first() is line

    def pass_on(self, is_news: bool = False) -> None:
        """Wake the call whose turn it is now."""
        first = self._first()
        if first is not None:
            first.wake(is_news)

    def _first(self) -> Line | None:
        if self._dialling or not self._lines:
            return None
        if any(line.is_busy for line in self._lines):
            return None
        first = min(self._lines, key=lambda line: line.next_micros)
        soonest = min(first.next_micros, self.clock.due)
        return None if math.isinf(soonest) else first
