"""One message of the event socket: a block of headers and, by its length, a body.

In: the bytes of a header block and a body. Out: values, looked up lazily, each split
from its line before it is decoded. Must not decide anything by a value: FreeSWITCH's
encoding cannot be undone with certainty (a literal `%0A` arrives unescaped).
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from eslflow.errors import ProtocolError
from eslflow.wire.terms import ContentType


def decode(raw: bytes) -> str:
    """Undo the percent encoding of one value; bytes that are not UTF-8 stay data.

    They become lone surrogates, so that `text.encode("utf-8", "surrogateescape")`
    gives them back.
    """
    if b"%" in raw:
        raw = unquote_to_bytes(raw)
    return raw.decode("utf-8", "surrogateescape")


_PLAIN = b"text/event-plain"
_NAME = b"Event-Name: "
_OK = b"Content-Type: command/reply\nReply-Text: +OK"

_marks: dict[str, tuple[bytes, bytes]] = {}
"""How a header's line begins, by its name, on the first line of a block and elsewhere.

The names are ours, so they are few."""


def _mark(name: str) -> tuple[bytes, bytes]:
    first = name.encode("ascii") + b":"
    marks = first, b"\n" + first
    if len(_marks) < 1000:
        _marks[name] = marks
    return marks


class Message:
    """Headers and body as they came; the first header of a name is the one that counts.

    FreeSWITCH itself reads the first of two headers of one name (switch_event.c), and
    a line without a colon is no header at all.
    """

    __slots__ = ("_head", "body")

    def __init__(self, head: bytes, body: bytes = b"") -> None:
        self._head = head
        self.body = body

    def raw(self, name: str) -> bytes | None:
        """Return the bytes of a header as they came, or None."""
        head = self._head
        first, mark = _marks.get(name) or _mark(name)
        if head.startswith(first):
            at = len(first)
        else:
            at = head.find(mark)
            if at < 0:
                return None
            at += len(mark)
        end = head.find(b"\n", at)
        return (head[at:end] if end >= 0 else head[at:]).strip()

    def last(self, name: str) -> str | None:
        """Return a header decoded that a block has once and late, or None.

        An event's own come after those of the channel and its variables, so that they
        are found sooner from the end.
        """
        head = self._head
        first, mark = _marks.get(name) or _mark(name)
        at = head.rfind(mark)
        if at >= 0:
            at += len(mark)
        elif head.startswith(first):
            at = len(first)
        else:
            return None
        end = head.find(b"\n", at)
        return decode(head[at : end if end >= 0 else None].strip())

    def get(self, name: str) -> str | None:
        """Return a header decoded, or None."""
        raw = self.raw(name)
        return None if raw is None else decode(raw)

    def need(self, name: str) -> str:
        """Return a header that must be there.

        Raises:
            ProtocolError: the header is missing.
        """
        raw = self.raw(name)
        if raw is None:
            raise ProtocolError(f"no {name} header", self._head)
        return decode(raw)

    def variable(self, name: str) -> str | None:
        """Return a channel variable decoded, or None.

        A channel has each once (switch_channel.c, switch_channel_set_variable), and
        the newest, which are asked for, come last.
        """
        return self.last("variable_" + name)

    def items(self) -> list[tuple[str, str]]:
        """Return every header in order, decoded; for people and tests."""
        pairs = []
        for line in self._head.split(b"\n"):
            name, colon, value = line.partition(b":")
            if colon:
                pairs.append((name.decode("latin-1"), decode(value.strip())))
        return pairs

    @property
    def event_name(self) -> bytes:
        """Name of the event that the body begins with, as it came; else empty.

        FreeSWITCH writes the name first (switch_event.c), so nothing is searched; only
        CUSTOM events have their subclass before it.
        """
        body = self.body
        if not body.startswith(_NAME) or not self._head.endswith(_PLAIN):
            return b""
        return body[len(_NAME) : body.find(b"\n")]

    @property
    def is_plain_ok(self) -> bool:
        """Whether it is the usual answer to a command, word by word."""
        return self._head.startswith(_OK)

    @property
    def content_type(self) -> str:
        """`Content-Type`, or the empty string (a bare event block has none)."""
        return self.get("Content-Type") or ""

    @property
    def reply(self) -> str:
        """The switch's answer: `Reply-Text`, or the body of an api response."""
        if self.content_type == ContentType.API_RESPONSE:
            return self.body.decode("utf-8", "surrogateescape").strip()
        return (self.get("Reply-Text") or "").strip()

    @property
    def is_ok(self) -> bool:
        """Whether the answer is not an error; an empty reply is no promise."""
        reply = self.reply
        return bool(reply) and not reply.startswith("-")

    def event(self) -> Message:
        """Return the event that the body of a `text/event-plain` message is.

        Raises:
            ProtocolError: the body is no header block.
        """
        body = self.body
        end = body.find(b"\n\n")
        if end < 0:
            raise ProtocolError("an event without its blank line", body)
        if end == len(body) - 2:
            return Message(body)
        return Message(body[:end], body[end + 2 :])

    def __repr__(self) -> str:
        """Show the start of the block."""
        return f"Message({self._head[:60]!r}, {len(self.body)} bytes)"


class Usual(Message):
    """An answer that says yes in the usual words; the reader has one of each."""

    __slots__ = ()
    is_plain_ok = True
