"""Simulated time: it passes when the simulated switch lets it.

In: nothing. Out: the time, and timers that go off in it, once and in order. Must not
let time pass by itself.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count

START = 1_795_474_026_000_000
"""Microseconds since 1970 at which simulated time begins, unless told otherwise."""


class Timer:
    """Something to do later."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._action: Callable[[], object] | None = action

    @property
    def is_set(self) -> bool:
        """Whether it has neither gone off nor been cancelled."""
        return self._action is not None

    def cancel(self) -> None:
        """Do nothing when the time comes; more than once is fine."""
        self._action = None

    def go_off(self) -> None:
        """Do it, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class SimulatedClock:
    """A clock for the controller that goes with the simulated calls."""

    def __init__(self, start: int = START) -> None:
        self._now = start
        self._timers: list[tuple[int, int, Timer]] = []
        self._numbers = count()
        self.on_timer: Callable[[], object] = lambda: None
        """Told of every timer that is set, for somebody may be waiting for one."""

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return self._now

    def reach(self, now: int) -> None:
        """Let it be that late; never earlier, for several calls may share a clock."""
        self._now = max(self._now, now)

    def restart(self, now: int) -> None:
        """Begin anew, also earlier; only while no call goes on, for timers are gone."""
        self._now = now
        self._timers.clear()

    def after(self, seconds: float, action: Callable[[], object]) -> Timer:
        """Set a timer."""
        timer = Timer(action)
        due = self._now + round(seconds * 1e6)
        heapq.heappush(self._timers, (due, next(self._numbers), timer))
        self.on_timer()
        return timer

    @property
    def due(self) -> float:
        """When the next timer goes off, in microseconds; infinite if none is set."""
        while self._timers and not self._timers[0][2].is_set:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else math.inf

    def fire(self) -> bool:
        """Let it be as late as the next timer says, and let that one go off."""
        if math.isinf(self.due):
            return False
        due, _, timer = heapq.heappop(self._timers)
        self.reach(due)
        timer.go_off()
        return True

    def pass_s(self, seconds: float) -> None:
        """Let time pass; timers that are due on the way go off."""
        until = self._now + round(seconds * 1e6)
        while self.due <= until:
            self.fire()
        self.reach(until)
