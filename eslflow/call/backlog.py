"""Sound that is still on its way after a hold.

A leg that is put on hold by the switch (`uuid_hold`) and talks on is heard late once it
is taken off: the switch plays what has piled up, as long as the hold was, and catches
up by about a fifth of a second each second (measured: 1.5, 3.9 and 9.9 s late after
holds of 1.5, 4 and 10 s). What was said while a recording was masked may so be heard
after the mask has been taken back.

In: holds. Out: how much of them may still be heard. Must not send anything.
"""

from __future__ import annotations

from eslflow.call.events import Held

CATCHES_UP = 0.2
"""Seconds that the switch catches up in each second."""


class Backlog:
    """How late a call may be heard."""

    __slots__ = ("_held_at", "_late_us", "since")

    def __init__(self) -> None:
        self._held_at: dict[bool, int] = {}
        """When each side was put on hold: the caller's (True), the other."""
        self._late_us = 0
        self.since = 0
        """When the last hold ended, in microseconds."""

    def note(self, event: Held, now: int) -> None:
        """Take in that a leg was put on hold, or taken off it."""
        if event.is_on:
            self._held_at.setdefault(event.is_callers, now)
            return
        began = self._held_at.pop(event.is_callers, now)
        self._late_us = max(self.left(now), now - began)
        self.since = now

    def left(self, now: int) -> int:
        """Return how late sound may be by now, in microseconds."""
        return max(0, self._late_us - round((now - self.since) * CATCHES_UP))
