"""One thread of what a call does: a generator, and what it waits for.

In: outcomes. Out: the commands that the generator yields, up to the next wait. A call
has several: its flow, its recorder, whatever somebody asked for. Must not carry
anything out.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import (
    Api,
    Await,
    Command,
    Execute,
    Job,
    Keep,
    LookUp,
    Request,
    Timer,
    Until,
    mark,
)
from eslflow.call.events import (
    CallEnded,
    Event,
    Executed,
    Found,
    JobDone,
    Kept,
    Replied,
    Responded,
    TimedOut,
)
from eslflow.wire.terms import ApiCommand

Road = Generator[Command, "Event | None", None]

_NUMBERED = frozenset({Execute, Api, Job})
_UNSAID = frozenset({Until, Await})
"""What only the track itself waits for."""
_PATIENT = frozenset({Await, Job, Request, LookUp})
_SETTINGS = frozenset({ApiCommand.UUID_SETVAR, ApiCommand.UUID_SETVAR_MULTI})


class Numbers:
    """Counts what all tracks of a call send and time, so that outcomes find back."""

    __slots__ = ("command", "keep", "token")

    def __init__(self) -> None:
        self.command = 0
        """Of the last `Execute`, `Api` or `Job`."""
        self.keep = 0
        """Of the last durable `Keep`."""
        self.token = 0
        """Of the last `Timer`."""


class Track:
    """A generator on its way."""

    __slots__ = (
        *("_number", "_numbers", "_road", "_token"),
        *("awaited", "is_over", "keep"),
    )

    def __init__(self, road: Road, numbers: Numbers) -> None:
        self.awaited: Command | None = None
        self.is_over = False
        self.keep = 0
        """Which `Keep` of the call it waits for: the ledger tells in their order."""
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
        return type(awaited) is Until and awaited.holds()

    def takes(self, event: Event) -> bool:
        """Whether this is the event that it waits for."""
        if type(event) is TimedOut:
            return event.token == self._token
        awaited = self.awaited
        if type(awaited) is Until:
            return False
        if isinstance(awaited, (Api, Execute, Job)):
            return self._is_outcome(awaited, event)
        if isinstance(awaited, Await):
            return isinstance(event, awaited.kinds)
        if isinstance(awaited, (Request, LookUp)):
            kind = Responded if isinstance(awaited, Request) else Found
            return isinstance(event, kind) and event.key == awaited.key
        return type(awaited) is Keep and type(event) is Kept

    def _is_outcome(self, awaited: Api | Execute | Job, event: Event) -> bool:
        if isinstance(event, Replied) and event.number == self._number:
            # That an application was taken on says nothing yet.
            return isinstance(awaited, Api) or not event.is_ok
        if isinstance(awaited, Job):
            return isinstance(event, JobDone) and event.leg == awaited.leg
        if isinstance(awaited, Execute) and isinstance(event, Executed):
            return event.mark == mark(self._number)
        return isinstance(awaited, Execute) and isinstance(event, awaited.sooner)

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
        anything else is told. Variables of a channel that is gone are not set.
        """
        if self._token:
            out.append(Timer(self._token, None))
            self._token = 0
        self.awaited = None
        road = self._road
        try:
            while True:
                command = road.throw(error) if error else road.send(value)
                value = error = None
                waits = _waits(command)
                if ended is not None and not _outlasts(command, waits):
                    error = ended if waits else None
                    continue
                kind = type(command)
                if kind in _NUMBERED:
                    self._numbers.command += 1
                if kind not in _UNSAID:
                    out.append(command)
                if waits:
                    self._wait(out, command)
                    return
        except StopIteration:
            self.is_over = True

    def _wait(self, out: list[Command], command: Command) -> None:
        self.awaited = command
        self._number = self._numbers.command
        if type(command) is Keep:
            self._numbers.keep += 1
            self.keep = self._numbers.keep
        seconds = getattr(command, "timeout_s", None)
        if seconds is not None:
            self._numbers.token += 1
            self._token = self._numbers.token
            out.append(Timer(self._token, seconds))


def _outlasts(command: Command, waits: bool) -> bool:
    """Whether something is still to be done once the call has ended."""
    if waits:
        return type(command) is Keep
    return not (type(command) is Api and command.command in _SETTINGS)


def _waits(command: Command) -> bool:
    """Whether the track rests until the outcome of this command is known."""
    if type(command) is Execute or type(command) is Api:
        return command.waits
    if type(command) is Until:
        return not command.holds()
    if type(command) is Keep:
        return command.is_durable
    return type(command) in _PATIENT
