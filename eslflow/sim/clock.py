"""Simulated time: it passes when the simulated switch lets it."""

from __future__ import annotations

START = 1_795_474_026_000_000
"""Microseconds since 1970 at which simulated time begins, unless told otherwise."""


class SimulatedClock:
    """A clock for the controller that goes with the simulated calls."""

    def __init__(self, start: int = START) -> None:
        self._now = start

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return self._now

    def reach(self, now: int) -> None:
        """Let it be that late; never earlier, for several calls may share a clock."""
        self._now = max(self._now, now)

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self._now += round(seconds * 1e6)
