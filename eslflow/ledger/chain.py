"""The chain: the hash of each proof row rests on that of the row before.

In: the values of rows, in the order in which they are written. Out: their links, for
the table `chain`. One chain for all tables of proof. Knows how a row is hashed, and
where the chain ends; must not write, and judges nothing: `verify` does.

A row is hashed as canonical JSON (RFC 8785): its columns, its `table` and `seq` there,
its `place` in the chain, and the hash that is `previous`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from json import JSONEncoder
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, NamedTuple, get_type_hints

from eslflow.call.records import (
    AgentAgreed,
    Choice,
    Erasure,
    LegalHold,
    Look,
    NoticePlayed,
    RecordingAction,
)

_encode = JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
# Python's own way to write a text as JSON is that of RFC 8785 already. Most rows name
# the call or the recording that one just before did.
quote = lru_cache(1024)(encode_basestring)
_HEAD_TEXT = re.compile("([0-9]{1,18}):([0-9a-f]{64})")
_OWN = ("place", "previous", "seq")


class Head(NamedTuple):
    """A link to hold on to: it stands for all that was written before."""

    place: int
    """Its place in the chain, from 1 on; 0: nothing was written."""
    hash: bytes

    def __str__(self) -> str:
        """Return it as it is kept elsewhere."""
        return f"{self.place}:{self.hash.hex()}"


BEGIN = Head(0, bytes(32))
"""What the first row rests on."""


def head_of(text: str) -> Head:
    """Return the head that `str` made this of.

    Raises:
        ValueError: it is none.
    """
    found = _HEAD_TEXT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no head: it looks like 41:9f86d0... (64 digits)")
    return Head(int(found[1]), bytes.fromhex(found[2]))


class Link(NamedTuple):
    """A row of the table `chain`."""

    place: int
    kind: int
    """Which table its row is in: its number in `FORMS`."""
    seq: int
    hash: bytes


class Form:
    """How the rows of one table are hashed."""

    def __init__(
        self,
        table: str,
        record: type[Any],
        first: int,
        free: Sequence[str],
        rows: str = "",
    ) -> None:
        self.table = table
        self.rows = rows or table
        """The table that its rows are stored in, where `table` is a view."""
        self.columns: tuple[str, ...] = record._fields
        self.later = {
            name: record._field_defaults[name] for name in self.columns[first:]
        }
        """Columns that came after the chain had begun. At rest they are left out, so
        that what was hashed before there were any stays true."""
        hints = get_type_hints(record)
        # A bool is a number, too.
        self.types = tuple(
            int if issubclass(hints[name], int) else str for name in self.columns
        )
        """What SQLite gives back."""
        self._names = [name for name in self.columns if name not in free]
        self._fixed = itemgetter(*map(self.columns.index, self._names))
        texts = [n for n in free if self.types[self.columns.index(n)] is str]
        numbers = [n for n in free if n not in texts]
        self._texts = _getter([self.columns.index(n) for n in texts])
        self._numbers = _getter([self.columns.index(n) for n in numbers])
        slots = [*texts, *numbers, *_OWN]
        self._slots = sorted(slots)
        self._sort = _getter([slots.index(name) for name in self._slots])
        # Most columns hold what they held in many rows before.
        self._template = lru_cache(1024)(self._make_template)

    def text(self, values: Sequence[Any], place: int, previous: str, seq: int) -> str:
        """Return what is hashed of a row: canonical JSON."""
        texts, numbers = map(quote, self._texts(values)), self._numbers(values)
        slots = (*texts, *numbers, place, previous, seq)
        return self._template(self._fixed(values)) % self._sort(slots)

    def _make_template(self, fixed: tuple[Any, ...]) -> str:
        parts = {name: f'"{name}":%s' for name in self._slots}
        parts["previous"] = '"previous":"%s"'
        parts["table"] = f'"table":"{self.table}"'
        for name, value in zip(self._names, fixed, strict=True):
            if name not in self.later or value != self.later[name]:
                parts[name] = f'"{name}":{_encode(value)}'.replace("%", "%%")
        return "{" + ",".join(parts[name] for name in sorted(parts)) + "}"


def _getter(places: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what takes values from some places: always as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    (place,) = places
    return lambda values: (values[place],)


FORMS = {
    1: Form(
        "notices", NoticePlayed, 8, ("audio_ms", "audio_sha256", "text", "version")
    ),
    2: Form("choices", Choice, 21, ("at", "call_uuid", "heard_ms"), "choice_rows"),
    3: Form(
        "recording_actions",
        RecordingAction,
        11,
        ("asked_at", "at", "call_uuid", "recording_id"),
        "action_rows",
    ),
    4: Form("looks", Look, 6, ("at", "call_uuid", "reason", "recording_id")),
    5: Form("agents", AgentAgreed, 8, ("agent", "at", "version")),
    6: Form("holds", LegalHold, 5, ("at", "reason", "subject")),
    7: Form(
        "erasures",
        Erasure,
        10,
        ("at", "calls", "erasure", "reason", "recordings", "subject", "words"),
    ),
}
"""Each with how many columns its table had when the chain began, and with those that
differ from row to row. What is here is for ever: hashes rest on it."""
KINDS = {form.table: kind for kind, form in FORMS.items()}


Hold = Callable[[Sequence[Any]], Sequence[Any]]
"""Makes of values what SQLite holds of them."""


class Chain:
    """The end of the chain, inside one transaction that adds to it."""

    def __init__(self, head: Head, last: dict[str, int]) -> None:
        self._place, self._previous = head.place, head.hash.hex()
        self._last = last

    def add(
        self, kind: int, values: Sequence[Any], hold: Hold
    ) -> tuple[Sequence[Any], tuple[int, int, int, bytes]]:
        """Return the next row of a table as SQLite can hold it, and its `Link`."""
        table = FORMS[kind].table
        seq = self._last[table] = self._last[table] + 1
        values, link = self.link(kind, seq, values, hold)
        return (seq, *values), link

    def link(
        self, kind: int, seq: int, values: Sequence[Any], hold: Hold
    ) -> tuple[Sequence[Any], tuple[int, int, int, bytes]]:
        """Return a row that has its seq already as it can be held, and its `Link`."""
        form = FORMS[kind]
        self._place += 1
        text = form.text(values, self._place, self._previous, seq)
        # What SQLite cannot hold is hashed as it is stored; it is seldom there.
        if "\\" in text or not text.isascii():
            values = hold(values)
            text = form.text(values, self._place, self._previous, seq)
        found = sha256(text.encode()).digest()
        self._previous = found.hex()
        return values, (self._place, kind, seq, found)


# Whatever somebody has made of the last hash, calls go on and are kept: `verify` tells.
_HEAD = "SELECT place, CAST(hash AS BLOB) FROM chain ORDER BY place DESC LIMIT 1"
# In one row: for each, the interpreter's lock is let go and waited for.
_SEQ = ", ".join(f"max(CASE name WHEN '{f.rows}' THEN seq END)" for f in FORMS.values())
_SEQS = f"SELECT {_SEQ} FROM sqlite_sequence"


def read_head(db: Any) -> Head:
    """Return where the chain of a database ends."""
    found = db.execute(_HEAD).fetchone()
    return Head(*found) if found else BEGIN


def open_chain(db: Any) -> Chain:
    """Return the chain of a database that is locked for writing, to add to it."""
    seqs = db.execute(_SEQS).fetchone()
    tables = (form.table for form in FORMS.values())
    last = {table: seq or 0 for table, seq in zip(tables, seqs, strict=True)}
    return Chain(read_head(db), last)
