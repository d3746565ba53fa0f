"""A simulated channel without a socket, and what it answers in short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eslflow.sim.channel import Channel
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from eslflow.wire.message import Message
from eslflow.wire.reader import Reader

EVENTS = (
    "event plain CHANNEL_ANSWER CHANNEL_EXECUTE_COMPLETE CHANNEL_BRIDGE "
    "CHANNEL_UNBRIDGE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_PARK RECORD_START "
    "RECORD_STOP BACKGROUND_JOB CUSTOM fifo::info callcenter::info"
)


def names(events: Sequence[Message]) -> list[str | None]:
    """Return what each event is called."""
    return [event.get("Event-Name") for event in events]


class Line:
    """A channel whose controller has connected and subscribed; nothing is answered."""

    def __init__(
        self, length_ms: int | None = 2000, setup: bool = True, **script: Any
    ) -> None:
        self.clock = SimulatedClock()
        self.channel = Channel(
            Script(**{"uuid": "u-1", **script}), self.clock, lambda path: length_ms
        )
        if setup:
            self.says("connect", "linger 5", "filter Unique-ID u-1", EVENTS)

    @property
    def happened(self) -> list[str]:
        """What has happened, in words."""
        return [heard.what for heard in self.channel.heard]

    def hears(self, *commands: str) -> list[Message]:
        """Say commands; return what is answered at once."""
        return Reader().feed(self.channel.hear(said(commands)))

    def says(self, *commands: str) -> list[Message]:
        """Say commands; return everything up to the controller's next turn."""
        return Reader().feed(self.channel.receive(said(commands)))

    def runs(self, app: str, arg: str = "", mark: str = "m-1") -> list[Message]:
        """Run an application; return the events up to the controller's next turn."""
        return events(self.says(execute(app, arg, mark)))

    def starts(self, app: str, arg: str = "", mark: str = "m-1") -> None:
        """Ask for an application, and let no time pass."""
        self.hears(execute(app, arg, mark))

    def asks(self, regex: str = "[12]", timeout: int = 5000) -> Message:
        """Ask for a key; return the event that tells what came of it."""
        arg = f"1 1 1 {timeout} none /s/ask.wav '' key {regex}"
        return self.runs("play_and_get_digits", arg)[-1]

    def goes(self, until_s: float) -> list[Message]:
        """Let time pass; return the events."""
        out = b""
        while self.channel.next_s <= until_s:
            out += self.channel.proceed()
        self.channel.pass_s(until_s - self.channel.now_s)
        return events(Reader().feed(out))

    def ends(self) -> list[Message]:
        """Let everything happen that still does; return the events."""
        out = b""
        while not self.channel.is_over:
            out += self.channel.proceed()
        return events(Reader().feed(out))


def said(commands: Sequence[str]) -> bytes:
    """Return the bytes of commands."""
    return b"".join(command.encode() + b"\n\n" for command in commands)


def execute(app: str, arg: str = "", mark: str = "m-1") -> str:
    """Return the command that runs an application."""
    return (
        f"sendmsg\ncall-command: execute\nexecute-app-name: {app}\n"
        f"Event-UUID: {mark}\nexecute-app-arg: {arg}"
    )


def events(messages: Sequence[Message]) -> list[Message]:
    """Return the events among messages."""
    kind = "text/event-plain"
    return [message.event() for message in messages if message.content_type == kind]
