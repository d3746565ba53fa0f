"""What a controller sends, taken apart: the mirror image of `wire.command`.

In: bytes in any split. Out: commands. Must not judge them: that is the channel's part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from eslflow.wire.message import Message

_WORD = re.compile(r"'([^']*)'|(\S+)")


def words(text: str) -> list[str]:
    """Split an argument as FreeSWITCH does: blanks separate, `'` quotes."""
    return [quoted or bare for quoted, bare in _WORD.findall(text)]


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
    def rest(self) -> str:
        """What follows the first word."""
        return self.line.partition(" ")[2]

    @property
    def is_hangup(self) -> bool:
        """Whether a `sendmsg` hangs up, without an application."""
        return self._value("call-command") == "hangup"

    @property
    def app(self) -> str:
        """The application a `sendmsg` executes; empty for other commands."""
        return self._value("execute-app-name")

    @property
    def arg(self) -> str:
        """The argument of an application, in a header or in the body."""
        if self.is_hangup:
            return self._value("hangup-cause")
        return self._value("execute-app-arg") or _text(self.body)

    @property
    def mark(self) -> str:
        """`Event-UUID`, to come back as `Application-UUID`."""
        return self._value("Event-UUID") or self._value("event-uuid")

    @property
    def job(self) -> str:
        """`Job-UUID` of a `bgapi`."""
        return self._value("Job-UUID") or self._value("job-uuid")

    def _value(self, name: str) -> str:
        """Return a header; FreeSWITCH does not percent-decode what it is sent."""
        return _text(self.headers.raw(name) or b"")


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
            length = _length(head) if blank else 0
            if not blank or len(rest) < length:
                return found
            self._buffer = rest[length:]
            line, _, below = head.partition(b"\n")
            found.append(Sent(_text(line), Message(below), rest[:length]))


def _length(head: bytes) -> int:
    message = Message(head)
    digits = message.get("content-length") or message.get("Content-Length") or ""
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
