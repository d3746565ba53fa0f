"""Timers: something to be done after a while, and those that one call has set.

In: seconds and what to do. Out: a handle that takes it back. Simulated calls bring
timers of their own, on simulated time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any, Protocol

from gevent import get_hub

from eslflow.call.commands import Timer
from eslflow.call.events import Event, TimedOut
from eslflow.clock import running_s

Action = Callable[[], object]


class Handle(Protocol):
    """A timer that is set."""

    def cancel(self) -> None:
        """Take it back; one that has fired takes no harm."""


class Timers(Protocol):
    """Something that can wait."""

    def after(self, seconds: float, action: Action) -> Handle:
        """Do something after a while, in the hub's thread; it must not wait."""


class Due:
    """Something to be done, unless it is taken back."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        """Take it back; its place in the queue is left to its time."""
        self.action = None


class HubTimers:
    """Timers of gevent's event loop, which has one for all of them.

    Nearly all are taken back before their time, so that setting one must cost little.
    """

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Due]] = []
        """By their time; no two have the same number."""
        self._numbers = count()
        self._alarm: Any = None
        self._alarm_at = 0.0
        """When the loop's own timer fires; 0: it is not set."""

    def after(self, seconds: float, action: Action) -> Handle:
        """Do something after a while."""
        at, due = running_s() + seconds, Due(action)
        heappush(self._queue, (at, next(self._numbers), due))
        if not self._alarm_at or at < self._alarm_at:
            self._set_alarm(at)
        return due

    def _set_alarm(self, at: float) -> None:
        self._drop_alarm()
        self._alarm_at = at
        self._alarm = get_hub().loop.timer(max(0.0, at - running_s()))
        # The loop's own clock stands still while a callback runs.
        self._alarm.start(self._ring, update=True)

    def _drop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm.close()
        self._alarm, self._alarm_at = None, 0.0

    def _ring(self) -> None:
        """Do what is due by now, and set the alarm for what comes next."""
        self._drop_alarm()
        queue, now = self._queue, running_s()
        try:
            while queue and (queue[0][0] <= now or queue[0][2].action is None):
                action = heappop(queue)[2].action
                if action is not None:
                    action()
        finally:
            # An action that raised must not cost the others their time.
            if queue and not self._alarm_at:
                self._set_alarm(queue[0][0])


def _nobody(_: Event) -> None:
    """Take in what no call is there for any more."""


class CallTimers:
    """The timers that one call has set, by the token of their `Timer`."""

    __slots__ = ("_running", "_timers", "_wake")

    def __init__(self, timers: Timers, wake: Callable[[Event], None]) -> None:
        self._timers = timers
        self._wake = wake
        self._running: dict[int, Handle] = {}

    def set(self, timer: Timer) -> None:
        """Set a timer, or take it back."""
        if timer.seconds is None:
            running = self._running.pop(timer.token, None)
            if running is not None:
                running.cancel()
            return
        fire = partial(self._timed_out, timer.token)
        self._running[timer.token] = self._timers.after(timer.seconds, fire)

    def clear(self) -> None:
        """Take all of them back, for good: nobody is woken any more.

        A call that its timers still knew would be garbage of the collector's kind.
        """
        while self._running:
            self._running.popitem()[1].cancel()
        self._wake = _nobody

    def _timed_out(self, token: int) -> None:
        del self._running[token]
        self._wake(TimedOut(token))
