"""The one place that reads the time.

In: nothing. Out: microseconds since 1970-01-01 UTC, and seconds that only ever grow.
Everything else is told the time.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time; the simulated switch brings its own."""

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1000


def running_s() -> float:
    """Return seconds since some moment: for timers, which no correction may move."""
    return time.monotonic()
