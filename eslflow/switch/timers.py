"""Timers of the hub: something to be done after a while.

In: seconds and what to do. Out: a handle that takes it back. Simulated calls bring
timers of their own, on simulated time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from gevent import get_hub

Action = Callable[[], object]


class Handle(Protocol):
    """A timer that is set."""

    def cancel(self) -> None:
        """Take it back; one that has fired takes no harm."""


class Timers(Protocol):
    """Something that can wait."""

    def after(self, seconds: float, action: Action) -> Handle:
        """Do something after a while, in the hub's thread; it must not wait."""


class HubTimer:
    """A timer of gevent's event loop."""

    __slots__ = ("_timer",)

    def __init__(self, seconds: float, action: Action) -> None:
        self._timer: Any = get_hub().loop.timer(seconds)
        self._timer.start(self._fire, action)

    def cancel(self) -> None:
        """Take it back."""
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer = None

    def _fire(self, action: Action) -> None:
        self.cancel()
        action()


class HubTimers:
    """Timers of gevent's event loop."""

    def after(self, seconds: float, action: Action) -> Handle:
        """Do something after a while."""
        return HubTimer(seconds, action)
