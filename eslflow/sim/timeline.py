"""The time of one simulated call, and what happens in it whatever else goes on.

In: a clock that goes along. Out: what is due next. Must not run by itself.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count

from eslflow.sim.clock import SimulatedClock, Timer

Action = Callable[[], object]
_Due = tuple[float, int, Timer]


class Timeline:
    """Simulated time since a call came in."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._began = clock.now()
        self._passed = 0
        self._numbers = count()
        self._agenda: list[_Due] = []
        self._passing: list[_Due] = []

    @property
    def now_s(self) -> float:
        """Simulated seconds since the call came in."""
        return self._passed / 1e6

    @property
    def micros(self) -> int:
        """Simulated microseconds since 1970."""
        return self._began + self._passed

    def next_s(self, wakes_s: float) -> float:
        """Return when something happens next, if otherwise it is at `wakes_s`.

        What was put off `in_passing` only happens when time passes for something else:
        while it is the controller's turn, no recording runs into its limit.
        """
        due_s = min(wakes_s, _first_s(self._agenda))
        return due_s if math.isinf(due_s) else self.due_s(wakes_s)

    def due_s(self, wakes_s: float) -> float:
        """Return when something happens next, if the controller lets it come to that.

        What was put off `in_passing` counts too.
        """
        return min(wakes_s, _first_s(self._agenda), _first_s(self._passing))

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += round(seconds * 1e6)
        self._clock.reach(self.micros)

    def later(self, seconds: float, action: Action, in_passing: bool = False) -> Timer:
        """Put something on the agenda; what is due at once comes in order."""
        timer = Timer(action)
        due = (self.now_s + seconds, next(self._numbers), timer)
        heapq.heappush(self._passing if in_passing else self._agenda, due)
        return timer

    def take(self, at_s: float) -> Action | None:
        """Return what is due by then, and strike it off."""
        for agenda in (self._passing, self._agenda):
            if _first_s(agenda) <= at_s:
                return heapq.heappop(agenda)[2].go_off
        return None


def _first_s(agenda: list[_Due]) -> float:
    while agenda and not agenda[0][2].is_set:
        heapq.heappop(agenda)
    return agenda[0][0] if agenda else math.inf
