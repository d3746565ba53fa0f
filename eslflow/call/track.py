"""One thread of what a call does: a generator, and what it waits for.

In: outcomes. Out: the commands that the generator yields, up to the next wait. A call
has several: its flow, its recorder, whatever somebody asked for. Must not carry
anything out.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import Api, Await, Command, Execute, Keep, Timer, Until, mark
from eslflow.call.events import (
    CallEnded,
    Event,
    Executed,
    Kept,
    Replied,
    TimedOut,
)

Road = Generator[Command, "Event | None", None]


class Numbers:
    """Counts what all tracks of a call send and time, so that outcomes find back."""

    __slots__ = ("command", "token")

    def __init__(self) -> None:
        self.command = 0
        """Of the last `Execute` or `Api`."""
        self.token = 0
        """Of the last `Timer`."""


class Track:
    """A generator on its way."""

    __slots__ = ("_number", "_numbers", "_road", "_token", "awaited", "is_over")

    def __init__(self, road: Road, numbers: Numbers) -> None:
        self.awaited: Command | None = None
        self.is_over = False
        self._road = road
        self._numbers = numbers
        self._number = 0
        self._token = 0

    @property
    def is_keeping(self) -> bool:
        """Whether it waits for rows to be durable."""
        return type(self.awaited) is Keep

    def is_due(self) -> bool:
        """Whether what it waits for holds by now."""
        awaited = self.awaited
        return isinstance(awaited, Until) and awaited.holds()

    def takes(self, event: Event) -> bool:
        """Whether this is the event that it waits for."""
        awaited = self.awaited
        if isinstance(event, TimedOut):
            return event.token == self._token
        if isinstance(awaited, Await):
            return isinstance(event, awaited.kinds)
        if isinstance(awaited, Keep):
            return isinstance(event, Kept)
        if isinstance(event, Replied) and event.number == self._number:
            return isinstance(awaited, Api) or not event.is_ok
        if isinstance(awaited, Execute):
            return isinstance(event, Executed) and event.mark == mark(self._number)
        return False

    def drop_out(self) -> None:
        """End it where it stands."""
        self.awaited = None
        self.is_over = True

    def advance(
        self,
        out: list[Command],
        value: Event | None = None,
        error: CallEnded | None = None,
        ended: CallEnded | None = None,
    ) -> None:
        """Go on to the next wait, and append what is to be done to `out`.

        Once the call has ended, only rows can still be waited for; whoever waits for
        anything else is told.
        """
        if self._token:
            out.append(Timer(self._token, None))
            self._token = 0
        self.awaited = None
        while (command := self._next(value, error)) is not None:
            value = error = None
            if isinstance(command, Until) and command.holds():
                continue
            waits = _waits(command)
            if waits and ended is not None and not isinstance(command, Keep):
                error = ended
                continue
            self._say(out, command)
            if waits:
                self._wait(out, command)
                return

    def _next(self, value: Event | None, error: CallEnded | None) -> Command | None:
        """Return what the generator yields next; None at its end."""
        try:
            return self._road.throw(error) if error else self._road.send(value)
        except StopIteration:
            self.is_over = True
            return None

    def _say(self, out: list[Command], command: Command) -> None:
        if isinstance(command, (Execute, Api)):
            self._numbers.command += 1
        if not isinstance(command, (Await, Until)):
            out.append(command)

    def _wait(self, out: list[Command], command: Command) -> None:
        self.awaited = command
        self._number = self._numbers.command
        seconds = getattr(command, "timeout_s", None)
        if seconds is not None:
            self._numbers.token += 1
            self._token = self._numbers.token
            out.append(Timer(self._token, seconds))


def _waits(command: Command) -> bool:
    """Whether the track rests until the outcome of this command is known."""
    if isinstance(command, (Execute, Api)):
        return command.waits
    if isinstance(command, Keep):
        return command.is_durable
    return isinstance(command, (Await, Until))
