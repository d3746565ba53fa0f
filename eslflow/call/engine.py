"""One call on its road: events in, commands out.

In: events, each with its time. Out: lists of commands, in order. Must not do I/O, read
a clock or know a kind of step. The road is a generator of generators: the engine's own
(`_walk`) runs each step's, and every command passes through `_advance`.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call import recording
from eslflow.call.commands import (
    Alarm,
    Api,
    Await,
    Close,
    Command,
    Execute,
    Hangup,
    Keep,
    Tell,
    mark,
)
from eslflow.call.ending import ended_row, not_asked_rows, offered_row
from eslflow.call.events import (
    CallEnded,
    Disconnected,
    Event,
    Executed,
    HungUp,
    Kept,
    Offered,
    Replied,
    TimedOut,
)
from eslflow.call.live import Live, Site
from eslflow.call.records import Row
from eslflow.flow.model import Flow, From, Record

MOST_STEPS = 1000
"""A call that takes more steps goes round in circles; the dialplan gets it back."""


class Engine:
    """Drives one call through one flow."""

    __slots__ = (
        "_awaited",
        "_ending",
        "_is_gone",
        "_is_told",
        "_number",
        "_out",
        "_road",
        "is_over",
        "live",
    )

    def __init__(self, offered: Offered, flow: Flow, site: Site, now: int) -> None:
        self.live = Live(offered, flow, site, now)
        self.is_over = False
        """Whether the call's rows are complete and nothing more can come of it."""
        self._road = self._walk()
        self._awaited: Command | None = None
        self._number = 0
        self._ending: CallEnded | None = None
        self._is_told = False
        self._is_gone = False
        self._out: list[Command] = []

    @property
    def awaited(self) -> Command | None:
        """The command whose outcome the road waits for; drivers set timers by it."""
        return self._awaited

    def begin(self) -> list[Command]:
        """Start the road; return what is to be done first."""
        offered = self.live.offered
        caller = offered.caller or "an unknown number"
        self._out.append(Keep((offered_row(self.live),)))
        self._out.append(Tell(f"call from {caller} to {offered.called}"))
        self._advance()
        return self._flush()

    def handle(self, event: Event, now: int) -> list[Command]:
        """Take one event; return what is to be done now."""
        if self.is_over:
            return []
        self.live.now = now
        self._note_recording(event)
        if isinstance(event, HungUp):
            self._end(self.live.leaving or "hung_up", event.cause)
        elif isinstance(event, Disconnected):
            self._is_gone = True
            self._end(self.live.leaving or "lost", "")
            if event.problem:
                self._out.append(Alarm(event.problem))
        elif self._is_awaited(event):
            self._advance(event)
        self._settle()
        return self._flush()

    def fail(self, now: int) -> list[Command]:
        """Give the call up after a fault of ours; the dialplan takes it on."""
        self.live.now = now
        self._awaited = None
        self._is_gone = True
        self._end("failed", "")
        self._settle()
        return self._flush()

    def _walk(self) -> Generator[Command, Event | None, None]:
        try:
            yield from self._steps()
        except CallEnded:
            return

    def _steps(self) -> Generator[Command, Event | None, None]:
        live = self.live
        name = live.flow.start
        for _ in range(MOST_STEPS):
            step = live.flow.steps[name]
            live.step = name
            wanted = step.record is Record.ON
            yield from recording.want(live, wanted, step.record_from)
            ending = yield from step.run(live)
            name = step.target(ending)
            if not name:
                yield from self._leave(ending in step.fallbacks)
                return
        yield Alarm(f"{live.flow.name} goes round in circles at {live.step}")
        yield from self._leave(True)

    def _leave(self, to_dialplan: bool) -> Generator[Command, Event | None, None]:
        """End the flow: hang up, or let the dialplan's fallback reach a person."""
        live = self.live
        yield from recording.want(live, False, From.STEP)
        if to_dialplan and not live.was_bridged:
            live.leaving = "handed_back"
            yield Tell("the dialplan takes the call on")
            yield Close()
        else:
            live.leaving = "finished"
            yield Tell("the flow hangs up")
            yield Hangup()

    def _advance(
        self, value: Event | None = None, error: CallEnded | None = None
    ) -> None:
        """Run the road until it waits or ends; who waits for a gone call is told."""
        self._awaited = None
        road = self._road
        while True:
            try:
                command = road.throw(error) if error else road.send(value)
            except StopIteration:
                return
            value = error = None
            waits = _waits(command)
            if waits and self._ending is not None and not isinstance(command, Keep):
                error = self._ending
                continue
            if isinstance(command, (Execute, Api)):
                self._number += 1
            if not isinstance(command, Await):
                self._out.append(command)
            if waits:
                self._awaited = command
                return

    def _is_awaited(self, event: Event) -> bool:
        awaited = self._awaited
        if isinstance(awaited, Await):
            if isinstance(event, TimedOut):
                return awaited.timeout_s is not None
            return isinstance(event, awaited.kinds)
        if isinstance(awaited, Keep):
            return isinstance(event, Kept)
        if isinstance(event, Replied) and event.number == self._number:
            return isinstance(awaited, Api) or not event.is_ok
        if isinstance(awaited, Execute):
            return isinstance(event, Executed) and event.mark == mark(self._number)
        return False

    def _end(self, ending: str, cause: str) -> None:
        """Note how the call ended, once, and wake the step that waits for it."""
        if self._ending is not None:
            return
        self._ending = CallEnded(ending, cause)
        # A row that is being made durable is answered first: the grant of a caller
        # who hung up meanwhile may be on disk, and the step must know.
        if self._awaited is not None and not isinstance(self._awaited, Keep):
            self._advance(error=self._ending)

    def _note_recording(self, event: Event) -> None:
        reason = "hangup" if self._ending is not None else "switch"
        rows = self.live.recorder.note(event, self.live, reason)
        if rows:
            self._out.append(Keep(rows))

    def _settle(self) -> None:
        """Complete the rows of a call that has ended."""
        if self._ending is None or isinstance(self._awaited, Keep):
            return
        live = self.live
        if not self._is_told:
            self._is_told = True
            rows: tuple[Row, ...] = (
                *not_asked_rows(live),
                ended_row(live, self._ending),
            )
            self._out.append(Keep(rows))
            self._out.append(Tell(f"call ends: {self._ending}"))
        if self._is_gone:
            given_up = live.recorder.give_up(live.now)
            if given_up:
                self._out.append(Keep(given_up))
            self.is_over = True

    def _flush(self) -> list[Command]:
        out, self._out = self._out, []
        return out


def _waits(command: Command) -> bool:
    """Whether the road rests until the outcome of this command is known."""
    if isinstance(command, (Execute, Api)):
        return command.waits
    if isinstance(command, Keep):
        return command.is_durable
    return isinstance(command, Await)
