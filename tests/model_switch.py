"""A switch in a few lines, honest or not, for tests that try every order of events.

It knows the truth: which recorders run, and whether they are masked. What it answers is
another matter: each command is done or not, answered or not, told by an event or not.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from eslflow.call.commands import Answer, Api, Command, Execute, Keep, Timer, mark
from eslflow.call.engine import Engine
from eslflow.call.events import (
    Disconnected,
    Event,
    Executed,
    HungUp,
    Kept,
    RecordStarted,
    RecordStopped,
    Replied,
    TimedOut,
    Told,
)
from eslflow.call.recording import Recording
from eslflow.wire.terms import ApiCommand, App


class Manner(Enum):
    """How a command is taken."""

    HONEST = "done, answered, told"
    REFUSES = "refused"
    SILENT = "done, and never answered"
    DEAF = "neither done nor answered"
    LIES = "answered, and not done"
    MUTE = "done and answered, and no event tells"


@dataclass
class ModelSwitch:
    """One call's switch, ledger and clock."""

    engine: Engine
    now: int
    pending: deque[Event] = field(default_factory=deque)
    """What it is about to say, in order."""
    running: dict[str, bool] = field(default_factory=dict)
    """Recorders by path, and whether they are masked."""
    manners: list[Manner] = field(default_factory=list)
    """How the next commands are taken; after these, honestly."""
    rows: list[object] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    asked: deque[tuple[int, Execute]] = field(default_factory=deque)
    """Applications that have not ended."""
    kept_due: int = 0
    """Rows that somebody waits for."""
    is_granted: bool = False
    """The caller has agreed, and it is on disk."""
    unmasked_at: list[int] = field(default_factory=list)
    _number: int = 0
    _timers: dict[int, int] = field(default_factory=dict)
    _grants: list[bool] = field(default_factory=list)

    def begin(self) -> None:
        self.take(self.engine.begin())

    def handle(self, event: Event) -> None:
        """Let something happen."""
        self.take(self.engine.handle(event, self.now))

    def take(self, commands: list[Command]) -> None:
        """Take what the controller says."""
        for command in commands:
            if isinstance(command, Api):
                self._number += 1
                self._api(command, self._number)
            elif isinstance(command, Execute):
                self._number += 1
                if command.waits:
                    self.asked.append((self._number, command))
            elif isinstance(command, Keep):
                self._keep(command)
            elif isinstance(command, Timer):
                self._set(command)
            elif isinstance(command, Answer):
                self.answers.append(command)

    def _set(self, timer: Timer) -> None:
        self._timers.pop(timer.token, None)
        if timer.seconds is not None:
            self._timers[timer.token] = self.now + round(timer.seconds * 1e6)

    def _keep(self, command: Keep) -> None:
        self.rows += command.rows
        if command.is_durable:
            self.kept_due += 1

    def commits(self, is_ok: bool) -> None:
        """Let the ledger answer."""
        self.kept_due -= 1
        self.is_granted = self.is_granted or is_ok
        self.handle(Kept(is_ok, "" if is_ok else "disk full"))

    def _api(self, command: Api, number: int) -> None:
        if command.command is not ApiCommand.UUID_RECORD:
            text = self._look() if command.command is ApiCommand.UUID_BUGLIST else "+OK"
            if command.waits:
                self.pending.append(Replied(number, True, text))
            return
        manner = self.manners.pop(0) if self.manners else Manner.HONEST
        _, action, path, *_ = command.arg.split(" ")
        text, events = self._record(action, path, manner)
        is_ok = text.startswith("+")
        if manner is not Manner.MUTE:
            self.pending.extend(events)
        is_answered = manner not in (Manner.SILENT, Manner.DEAF)
        if is_answered and (command.waits or not is_ok):
            self.pending.append(Replied(number, is_ok, text))

    def _look(self) -> str:
        bug = "<function>session_record</function>\n<target>%s</target>\n"
        return f"<media-bugs>\n{''.join(bug % p for p in self.running)}</media-bugs>"

    def _record(
        self, action: str, path: str, manner: Manner
    ) -> tuple[str, list[Event]]:
        if manner in (Manner.REFUSES, Manner.DEAF):
            return f"-ERR Cannot {action}", []
        if manner is Manner.LIES:
            return "+OK Success", []
        if action == "start":
            is_new = path not in self.running
            self.running.setdefault(path, False)
            return "+OK Success", [RecordStarted(path)] if is_new else []
        if action == "stop":
            found = [p for p in self.running if path in (p, "all")]
            for each in found:
                del self.running[each]
            text = "+OK Success" if found else "-ERR Cannot stop record session!"
            return text, [RecordStopped(each, 100) for each in found]
        return self._change(action, path), []

    def _change(self, action: str, path: str) -> str:
        if path not in self.running:
            return f"-ERR Cannot {action} recording session!"
        self.running[path] = action == "mask"
        if action == "unmask":
            self.unmasked_at.append(self.now)
        return "+OK Success"

    def speaks(self) -> None:
        """Let the switch say the next thing."""
        if self.pending:
            self.handle(self.pending.popleft())

    def ends_app(self, key: str = "") -> None:
        """Let what plays end, with a key where one is asked for."""
        if not self.asked:
            return
        number, command = self.asked.popleft()
        variables = {"playback_last_offset_pos": "8000", "cc_cause": "answered"}
        if command.app is App.PLAY_AND_GET_DIGITS and key:
            variables[command.arg.split(" ")[7]] = key
        self.handle(Executed(mark(number), variables=Told(variables)))

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        end = self.now + round(seconds * 1e6)
        while due := sorted((at, t) for t, at in self._timers.items() if at <= end):
            self.now, token = due[0]
            del self._timers[token]
            self.handle(TimedOut(token))
        self.now = end

    def ends(self) -> None:
        """Let the caller hang up, and everything be said that is still said."""
        self.handle(HungUp("NORMAL_CLEARING"))
        self.pending.extend(RecordStopped(path, 100) for path in self.running)
        self.running.clear()
        while self.pending or self.kept_due:
            if self.kept_due:
                self.commits(True)
            else:
                self.speaks()
        self.handle(Disconnected())

    @property
    def is_audible(self) -> bool:
        """Whether any file takes in sound."""
        return not all(self.running.values())

    @property
    def believed(self) -> Recording:
        """What the engine takes the recording to be."""
        return self.engine.live.recorder.state
