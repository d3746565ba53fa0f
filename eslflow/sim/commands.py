"""What a controller sends, taken apart: the mirror image of `wire.command`.

In: bytes in any split. Out: commands. Must not judge them: that is the channel's part.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eslflow.wire.message import Message


@dataclass(frozen=True)
class Sent:
    """One command of the controller."""

    line: str
    """Its first line."""
    headers: Message = field(compare=False)
    """The lines below it."""
    body: bytes = b""

    @property
    def verb(self) -> str:
        """The first word: `api`, `sendmsg`."""
        return self.line.partition(" ")[0].lower()

    @property
    def app(self) -> str:
        """The application a `sendmsg` executes; empty for other commands."""
        if self.headers.get("call-command") == "hangup":
            return "hangup"
        raw = self.headers.raw("execute-app-name")
        return raw.decode("utf-8", "surrogateescape") if raw else ""

    @property
    def arg(self) -> str:
        """The argument of an application; FreeSWITCH does not percent-decode it."""
        name = "hangup-cause" if self.app == "hangup" else "execute-app-arg"
        raw = self.headers.raw(name)
        if raw is None:
            raw = self.body
        return raw.decode("utf-8", "surrogateescape")

    @property
    def mark(self) -> str:
        """`Event-UUID`, to come back as `Application-UUID`."""
        raw = self.headers.raw("Event-UUID") or self.headers.raw("event-uuid")
        return raw.decode("utf-8", "surrogateescape") if raw else ""


class CommandReader:
    """Collects bytes until a command is whole."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Sent]:
        """Return the commands that the next bytes complete."""
        self._buffer += data
        found: list[Sent] = []
        while True:
            block = self._buffer.lstrip(b"\n")
            head, blank, rest = block.partition(b"\n\n")
            length = int(Message(head).get("content-length") or 0) if blank else 0
            if not blank or len(rest) < length:
                return found
            self._buffer = rest[length:]
            line, _, below = head.partition(b"\n")
            text = line.decode("utf-8", "surrogateescape")
            found.append(Sent(text, Message(below), rest[:length]))
