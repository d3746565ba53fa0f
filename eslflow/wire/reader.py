"""Messages out of bytes, however the network cut them.

In: chunks of bytes. Out: whole messages, in order. Must not wait, read or decode
values; what no FreeSWITCH sends raises `ProtocolError`, and the reader is then spent.
"""

from __future__ import annotations

import re

from eslflow.errors import ProtocolError
from eslflow.wire.message import Message

MOST_HEAD = 4 * 1024 * 1024
"""Longest header block, in bytes: a 64 KB name, encoded, stands in some ten headers."""
MOST_BODY = 8 * 1024 * 1024
"""Longest body, in bytes."""

_LENGTH = re.compile(rb"\nContent-Length:")
_DIGITS = re.compile(rb"[0-9]{1,9}")


class Reader:
    """Collects bytes until a message is whole."""

    __slots__ = ("_buffer", "_most_body", "_most_head", "_searched")

    def __init__(self, most_head: int = MOST_HEAD, most_body: int = MOST_BODY) -> None:
        self._buffer = b""
        self._searched = 0
        self._most_head = most_head
        self._most_body = most_body

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes; return the messages they complete.

        Raises:
            ProtocolError: a block too long, or a length that is no length.
        """
        buffer = self._buffer + data if self._buffer else data
        messages = []
        at = 0
        while True:
            while buffer.startswith(b"\n", at):
                at += 1  # blank lines before a block are nothing
            end = buffer.find(b"\n\n", max(at, self._searched))
            if end < 0:
                self._searched = max(0, len(buffer) - 1 - at)
                break
            head = buffer[at:end]
            self._check(len(head), head)
            whole = end + 2 + self._body_length(head)
            if len(buffer) < whole:
                self._searched = end - at
                break
            messages.append(Message(head, buffer[end + 2 : whole]))
            at, self._searched = whole, 0
        self._buffer = buffer[at:] if at else buffer
        if end < 0:
            self._check(len(self._buffer), self._buffer)
        return messages

    @property
    def pending(self) -> int:
        """How many bytes wait for the rest of their message."""
        return len(self._buffer)

    def _check(self, size: int, head: bytes) -> None:
        if size > self._most_head:
            raise ProtocolError("a header block that does not end", head[:80])

    def _body_length(self, head: bytes) -> int:
        at = head.find(b"Content-Length:")
        if at < 0 or (at and head[at - 1 : at] != b"\n"):
            found = _LENGTH.search(head) if at >= 0 else None
            if found is None:
                return 0
            at = found.end()
        else:
            at += 15
        end = head.find(b"\n", at)
        text = (head[at:end] if end >= 0 else head[at:]).strip()
        if not _DIGITS.fullmatch(text) or int(text) > self._most_body:
            raise ProtocolError("a Content-Length that is none", text)
        return int(text)
