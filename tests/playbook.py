"""A test that is the conversation itself: what the call does, what we must say.

    with Playbook(flow) as call:
        call.expects(Execute(App.ANSWER, waits=False), Execute(App.PLAYBACK, WELCOME))
        call.when(Executed("eslflow-2"))
        call.expects(...)

A mismatch prints both columns; commands that no line expected fail the test at its end,
so that none passes by accident. `Tell` is left out unless `told` asks for it, and
timers run by themselves: `passes` lets time go by. So does the switch's agenda, unless
a test is `on_guard`. The switch has parked the call already, unless `is_driven` says
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from eslflow.call.commands import (
    Api,
    Command,
    Execute,
    Job,
    Keep,
    Tell,
    Timer,
    mark,
)
from eslflow.call.engine import Engine
from eslflow.call.events import Event, Executed, Offered, Replied, TimedOut, Told
from eslflow.call.live import Site, Sound
from eslflow.flow.model import Flow
from eslflow.wire.terms import ApiCommand

START = 1_795_474_026_000_000
"""Microseconds since 1970 at which every call of a playbook begins."""
RECORDINGS = "/var/lib/eslflow/recordings"
SOUNDS = "/var/lib/eslflow/sounds"


def site_for(flow: Flow, missing: tuple[str, ...] = ()) -> Site:
    """Return a site that has the flow's audio, but for what is missing."""
    sounds = {
        audio.path: Sound(f"{SOUNDS}/{audio.path}", "5e" * 32, 4000)
        for audio in flow.audio()
        if audio.path not in missing
    }
    return Site(RECORDINGS, "eslflow test", sounds)


AGENDA = (ApiCommand.SCHED_API, ApiCommand.SCHED_DEL)
"""What the dead-man says."""


class Playbook:
    """One call, line by line."""

    def __init__(
        self,
        flow: Flow,
        offered: Offered | None = None,
        site: Site | None = None,
        on_guard: bool = False,
        is_driven: bool = True,
    ) -> None:
        offered = offered or Offered("4c1b-9", caller="+4930123", called="support")
        self.now = START
        self.engine = Engine(offered, flow, site or site_for(flow), self.now)
        self.engine.live.is_driven = is_driven
        self.kept: list[object] = []
        """Every row that was to be kept, in order."""
        self.told: list[str] = []
        self._waiting: list[Command] = []
        self._timers: dict[int, int] = {}
        self.said: list[Command] = []
        """Every application, API command and job, in order."""
        self._on_guard = on_guard
        self._take(self.engine.begin())

    def __enter__(self) -> Playbook:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.expects()

    def when(self, event: Event, after_s: float = 1.0) -> None:
        """Let something happen; what was said before must have been expected."""
        self.expects()
        self.now += int(after_s * 1e6)
        self._take(self.engine.handle(event, self.now))

    def answers(self, command: Command, text: str = "+OK Success") -> None:
        """Let the switch answer a command, the latest of its kind."""
        self.when(Replied(self._number(command), not text.startswith("-"), text), 0.1)

    def done(self, command: Command, **variables: str) -> None:
        """Let an application end."""
        self.when(Executed(mark(self._number(command)), variables=Told(variables)))

    def _number(self, command: Command) -> int:
        backwards = self.said[::-1]
        assert command in backwards, f"{command} was not said"
        return len(self.said) - backwards.index(command)

    def passes(self, seconds: float) -> None:
        """Let time go by; timers run out in their order."""
        self.expects()
        end = self.now + round(seconds * 1e6)
        while due := sorted((at, t) for t, at in self._timers.items() if at <= end):
            self.now, token = due[0]
            del self._timers[token]
            self._take(self.engine.handle(TimedOut(token), self.now))
        self.now = end

    def expects(self, *expected: Command) -> None:
        """Compare what we said with what we must say, in order and completely."""
        said, self._waiting = self._waiting, []
        if _typed(expected) == _typed(said):
            return
        lines = ["what we must say | what we said"]
        for want, have in zip_longest(expected, said, fillvalue="-"):
            mark = " " if _typed([want]) == _typed([have]) else "!"
            lines.append(f"{mark} {want}\n{mark}     | {have}")
        raise AssertionError("\n".join(lines))

    def skips(self) -> list[Command]:
        """Take what we said as it is, and return it."""
        said, self._waiting = self._waiting, []
        return said

    def rows(self, kind: type) -> list[object]:
        """Return the rows of one kind that were to be kept."""
        return [row for row in self.kept if isinstance(row, kind)]

    def _take(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, (Execute, Api, Job)):
                self.said.append(command)
            if self._is_for_us(command) and not self._is_agenda(command):
                self._waiting.append(command)

    def _is_for_us(self, command: Command) -> bool:
        """Take in what is not to be expected line by line."""
        if isinstance(command, Tell):
            self.told.append(command.text)
            return False
        if isinstance(command, Timer):
            self._timers.pop(command.token, None)
            if command.seconds is not None:
                at = self.now + round(command.seconds * 1e6)
                self._timers[command.token] = at
            return False
        if isinstance(command, Keep):
            self.kept += command.rows
            return command.is_durable
        return True

    def _is_agenda(self, command: Command) -> bool:
        """Answer the dead-man, where a test is not about it."""
        if not isinstance(command, Api) or command.command not in AGENDA:
            return False
        if not self._on_guard and command.waits:
            reply = Replied(len(self.said), True, "+OK Deleted: 1")
            self._take(self.engine.handle(reply, self.now))
        return not self._on_guard


def _typed(commands: Iterable[object]) -> list[tuple[type, object]]:
    """Pair each with its type: two kinds of command may hold the same values."""
    return [(type(command), command) for command in commands]
