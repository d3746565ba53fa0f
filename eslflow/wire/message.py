"""One message of the event socket: a block of headers and, by its length, a body.

In: the bytes of a header block and a body. Out: values, looked up lazily, each split
from its line before it is decoded. Must not decide anything by a value: FreeSWITCH's
encoding cannot be undone with certainty (a literal `%0A` arrives unescaped).
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from eslflow.errors import ProtocolError
from eslflow.wire.terms import ContentType

_PERCENT = ord("%")


def decode(raw: bytes) -> str:
    """Undo the percent encoding of one value; bytes that are not UTF-8 stay data.

    They become lone surrogates, so that `text.encode("utf-8", "surrogateescape")`
    gives them back.
    """
    if _PERCENT in raw:
        raw = unquote_to_bytes(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape")


_PLAIN = b"text/event-plain"
_NAME = b"Event-Name: "
_WITH_BODY = frozenset({b"BACKGROUND_JOB", b"CUSTOM"})
_OK = b"\nContent-Type: command/reply\nReply-Text: +OK"


class _Marks(dict[str, bytes]):
    """How a header's line begins, by its name. The names are ours, so they are few."""

    def __missing__(self, name: str) -> bytes:
        mark = b"\n" + name.encode("ascii") + b":"
        if len(self) < MOST_MARKS:
            self[name] = mark
        return mark


MOST_MARKS = 1000
_marks = _Marks()


def _value(head: bytes, at: int) -> str:
    """Return the rest of a line, without blanks around it, decoded."""
    end = head.find(b"\n", at)
    raw = (head[at:end] if end >= 0 else head[at:]).strip()
    # Nearly all are plain, and a call asks for thirty: not worth a call of its own.
    if _PERCENT in raw:
        return decode(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return decode(raw)


def _name_of(head: bytes, body: bytes) -> bytes:
    is_named = body.startswith(_NAME) and head.endswith(_PLAIN)
    return body[len(_NAME) : body.find(b"\n")] if is_named else b""


class Message:
    """Headers and body as they came; the first header of a name is the one that counts.

    FreeSWITCH itself reads the first of two headers of one name (switch_event.c), and
    a line without a colon is no header at all.
    """

    __slots__ = ("_head", "body", "event_name")

    def __init__(self, head: bytes, body: bytes = b"") -> None:
        # So that every line has a line feed before it, and is found by that.
        self._head = b"\n" + head
        self.body = body
        self.event_name = _name_of(head, body)
        """Name of the event that the body begins with, as it came; else empty.

        FreeSWITCH writes the name first (switch_event.c), so nothing is searched; only
        CUSTOM events have their subclass before it.
        """

    def raw(self, name: str) -> bytes | None:
        """Return the bytes of a header as they came, or None."""
        mark, head = _marks[name], self._head
        at = head.find(mark)
        if at < 0:
            return None
        end = head.find(b"\n", at + 1)
        return head[at + len(mark) : end if end >= 0 else None].strip()

    def last(self, name: str) -> str | None:
        """Return a header decoded that a block has once and late, or None.

        An event's own come after those of the channel and its variables, so that they
        are found sooner from the end.
        """
        mark, head = _marks[name], self._head
        at = head.rfind(mark)
        return None if at < 0 else _value(head, at + len(mark))

    def get(self, name: str) -> str | None:
        """Return a header decoded, or None."""
        mark, head = _marks[name], self._head
        at = head.find(mark)
        return None if at < 0 else _value(head, at + len(mark))

    def need(self, name: str) -> str:
        """Return a header that must be there.

        Raises:
            ProtocolError: the header is missing.
        """
        raw = self.raw(name)
        if raw is None:
            raise ProtocolError(f"no {name} header", self._head[1:])
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
        return _apart(self.body)

    def has(self, lines: bytes) -> bool:
        """Whether whole lines are there, with the line feeds around them."""
        # Not `in`: bytes would take it for a number first, and fail, each time.
        return self._head.find(lines) >= 0

    def __repr__(self) -> str:
        """Show the start of the block."""
        return f"Message({self._head[1:60]!r}, {len(self.body)} bytes)"


def _apart(event: bytes) -> Message:
    """Return an event, and its body apart."""
    end = event.find(b"\n\n")
    if end < 0:
        raise ProtocolError("an event without its blank line", event)
    return Message(event[: end + 1], event[end + 2 :])


class Usual(Message):
    """An answer that says yes in the usual words; the reader has one of each."""

    __slots__ = ()
    is_plain_ok = True


class PlainEvent(Message):
    """An event that came in the usual way: without its envelope, its name first.

    It is its own `event()`, unless it has a body of its own.
    """

    __slots__ = ()
    is_plain_ok = False
    content_type = ContentType.EVENT_PLAIN.value

    def __init__(self, block: bytes, event_name: bytes) -> None:
        # The line feed at its begin is the envelope's last.
        self._head = block
        self.body = b""
        self.event_name = event_name

    def event(self) -> Message:
        """Return the event: itself, or one with its body apart.

        The events of a channel have no body of their own (switch_channel.c), so that
        the end of their headers need not be searched for.

        Raises:
            ProtocolError: it does not end.
        """
        if self.event_name not in _WITH_BODY and self._head.endswith(b"\n\n"):
            return self
        return _apart(self._head[1:])
