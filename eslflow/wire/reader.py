"""Messages out of bytes, however the network cut them.

In: chunks of bytes. Out: whole messages, in order. Must not wait, read or decode
values; what no FreeSWITCH sends raises `ProtocolError`, and the reader is then spent.
"""

from __future__ import annotations

import re

from eslflow.errors import ProtocolError
from eslflow.wire.message import Message

MOST_HEAD = 4 * 1024 * 1024
"""Longest header block, in bytes: a 64 KB caller name, encoded, stands in some ten headers."""
MOST_BODY = 8 * 1024 * 1024
"""Longest body, in bytes."""

_LENGTH = re.compile(rb"(?:^|\n)Content-Length:[ \t]*([^\n]*)")
_DIGITS = re.compile(rb"[0-9]{1,9}")


class Reader:
    """Collects bytes until a message is whole."""

    def __init__(self, most_head: int = MOST_HEAD, most_body: int = MOST_BODY) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._head: bytes | None = None
        self._length = 0
        self._most_head = most_head
        self._most_body = most_body

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes; return the messages they complete.

        Raises:
            ProtocolError: a block too long, or a length that is no length.
        """
        self._buffer += data
        messages = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    @property
    def pending(self) -> int:
        """How many bytes wait for the rest of their message."""
        return len(self._buffer) + len(self._head or b"")

    def _next(self) -> Message | None:
        if self._head is None and not self._read_head():
            return None
        if len(self._buffer) < self._length:
            return None
        head, body = self._head or b"", bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        self._head = None
        return Message(head, body)

    def _read_head(self) -> bool:
        """Move one header block out of the buffer; blank lines before it are nothing."""
        buffer = self._buffer
        blank = 0
        while buffer[blank : blank + 1] == b"\n":
            blank += 1
        if blank:
            del buffer[:blank]
            self._searched = 0
        end = buffer.find(b"\n\n", self._searched)
        if (len(buffer) if end < 0 else end) > self._most_head:
            raise ProtocolError("a header block that does not end", bytes(buffer[:80]))
        if end < 0:
            self._searched = max(0, len(buffer) - 1)
            return False
        self._head = bytes(buffer[:end])
        self._length = self._body_length(self._head)
        del buffer[: end + 2]
        self._searched = 0
        return True

    def _body_length(self, head: bytes) -> int:
        found = _LENGTH.search(head)
        if found is None:
            return 0
        text = found[1].strip()
        if not _DIGITS.fullmatch(text) or int(text) > self._most_body:
            raise ProtocolError("a Content-Length that is none", found[0].strip())
        return int(text)
