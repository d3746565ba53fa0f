"""Messages out of bytes, however the network cut them.

In: chunks of bytes. Out: whole messages, in order. Must not wait, read or decode
values; what no FreeSWITCH sends raises `ProtocolError`, and the reader is then spent.
"""

from __future__ import annotations

import re
from functools import lru_cache

from eslflow.errors import ProtocolError
from eslflow.wire.message import Message, PlainEvent, Usual

MOST_HEAD = 4 * 1024 * 1024
"""Longest header block, in bytes: a 64 KB name, encoded, stands in some ten headers."""
MOST_BODY = 8 * 1024 * 1024
"""Longest body, in bytes."""

_REPLY = b"Content-Type: command/reply\nReply-Text: +OK"
_API = b"Content-Type: api/response\nContent-Length: "
_USUAL = {
    _REPLY + b"\n\n": Usual(_REPLY),
    _API + b"4\n\n+OK\n": Usual(_API + b"4", b"+OK\n"),
    _API + b"12\n\n+OK Success\n": Usual(_API + b"12", b"+OK Success\n"),
}
"""Every other message is one of these; one of each will do."""
_ONE = re.compile(b"|".join(map(re.escape, _USUAL)))
_KNOWN = re.compile(
    rb"Content-Length: (\d{1,9})\nContent-Type: text/event-plain\n\n"
    rb"(?=Event-Name: ([A-Z_]+)\n)|(?:%b){1,8}" % _ONE.pattern
)
"""How nearly all events begin (mod_event_socket.c), or some usual answers in a row."""
_LENGTH = b"Content-Length:"
_MOST_DIGITS = 9


@lru_cache(256)
def _answers(row: bytes) -> tuple[Message, ...]:
    """Return the usual answers that stand in a row: what was asked at once."""
    return tuple([_USUAL[one] for one in _ONE.findall(row)])


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
        messages: list[Message] = []
        searched, self._searched = self._searched, 0
        at = 0
        while at < len(buffer):
            known = _KNOWN.match(buffer, at)
            if known is not None and not known.lastindex:
                messages += _answers(known[0])
                at = known.end()
                continue
            if known is not None:
                begin, size = known.end(), int(known[1])
                if size > self._most_body:
                    self._allowed(known[1])
            elif buffer.startswith(b"\n", at):
                at += 1  # blank lines before a block are nothing
                continue
            else:
                begin, size = self._head(buffer, at, max(at, searched))
            whole = begin + size
            if len(buffer) < whole:
                break
            self._searched = 0
            if known is not None and known.end(2) < whole:
                messages.append(PlainEvent(buffer[begin - 1 : whole], known[2]))
            else:
                messages.append(Message(buffer[at : begin - 2], buffer[begin:whole]))
            at = whole
        self._buffer = buffer[at:] if at else buffer
        return messages

    @property
    def pending(self) -> int:
        """How many bytes wait for the rest of their message."""
        return len(self._buffer)

    def _check(self, head: bytes) -> None:
        if len(head) > self._most_head:
            raise ProtocolError("a header block that does not end", head[:80])

    def _head(self, buffer: bytes, at: int, searched: int) -> tuple[int, int]:
        """Return where a body begins, and how long it is; or what is not there yet."""
        end = buffer.find(b"\n\n", searched)
        if end < 0:
            self._check(buffer[at:])
            self._searched = max(0, len(buffer) - 1 - at)
            return len(buffer), 1
        self._searched = end - at
        return end + 2, self._body_length(buffer[at:end])

    def _body_length(self, head: bytes) -> int:
        self._check(head)
        at = 0 if head.startswith(_LENGTH) else head.find(b"\n" + _LENGTH) + 1
        if not at and not head.startswith(_LENGTH):
            return 0
        end = head.find(b"\n", at)
        return self._allowed(
            head[at + len(_LENGTH) : end if end >= 0 else None].strip()
        )

    def _allowed(self, text: bytes) -> int:
        """Return the length that a header names."""
        size = int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else -1
        if not 0 <= size <= self._most_body:
            raise ProtocolError("a Content-Length that is none", text)
        return size
