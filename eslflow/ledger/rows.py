"""Rows to SQL: a few statements for all rows of a kind in a batch.

In: the records of `call.records`. Out: statements, each with the values of many rows,
so that a batch of any size takes the interpreter's lock a few times only, and calls go
on meanwhile. Bytes of a caller's name that were not UTF-8 are written as `\\xNN`,
because SQLite's text cannot hold them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain as joined
from typing import Any, NamedTuple

from eslflow.call.records import (
    AgentAgreed,
    CallEnded,
    CallOffered,
    Choice,
    Erasure,
    FlowServed,
    FlowVersion,
    LegalHold,
    Look,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    RecordingErased,
    RecordingHooked,
    RecordingSettled,
    RecordingStored,
    RecordingWished,
    Row,
)
from eslflow.ledger.chain import FORMS, Chain, Link
from eslflow.ledger.chain import KINDS as CHAINED
from eslflow.ledger.lean import COLUMNS as LEAN
from eslflow.ledger.personal import Personal, apart, places
from eslflow.ledger.where import digits

_ODD = re.compile("[\x00\ud800-\udfff]")


def text(value: str) -> str:
    """Return a text that SQLite can hold; what it cannot is made visible."""
    return _ODD.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", value)


class _Kind(NamedTuple):
    """How the rows of one kind are written."""

    table: str
    columns: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]] = tuple
    conflict: str = ""
    """What becomes of a row that is there already."""
    key: str = ""
    """Rows that complete another one: the column that names it."""


def _action(row: RecordingAction) -> tuple[Any, ...]:
    # Hashed as it is read again.
    return (*row[:7], int(row.verified), *row[8:])


def _call(row: CallOffered) -> tuple[Any, ...]:
    return (*row, digits(row.caller), digits(row.called))


# A call that is handed over twice keeps what was known of it first.
_AGAIN = "ON CONFLICT (uuid) DO UPDATE SET ended_at = NULL, ending = NULL, cause = NULL"
_SAME = "ON CONFLICT DO NOTHING"

_KINDS: dict[type[Any], _Kind] = {
    CallOffered: _Kind(
        "calls",
        (*CallOffered._fields, "caller_digits", "called_digits"),
        _call,
        conflict=_AGAIN,
    ),
    NoticePlayed: _Kind("notices", ("seq", *NoticePlayed._fields)),
    Choice: _Kind("choices", LEAN["choices"]),
    RecordingBegun: _Kind("recordings", RecordingBegun._fields, conflict=_SAME),
    RecordingAction: _Kind("recording_actions", LEAN["recording_actions"], _action),
    RecordingWished: _Kind("wishes", RecordingWished._fields),
    RecordingEnded: _Kind("recordings", RecordingEnded._fields, key="id"),
    RecordingChecked: _Kind("recordings", RecordingChecked._fields, key="id"),
    RecordingStored: _Kind("recordings", RecordingStored._fields, key="id"),
    RecordingSettled: _Kind("recordings", RecordingSettled._fields, key="id"),
    RecordingHooked: _Kind("recordings", RecordingHooked._fields, key="id"),
    RecordingErased: _Kind("recordings", RecordingErased._fields, key="id"),
    Look: _Kind("looks", ("seq", *Look._fields)),
    FlowVersion: _Kind("flow_versions", FlowVersion._fields, conflict=_SAME),
    FlowServed: _Kind("flow_log", FlowServed._fields),
    LegalHold: _Kind("holds", ("seq", *LegalHold._fields)),
    Erasure: _Kind("erasures", ("seq", *Erasure._fields)),
    AgentAgreed: _Kind("agents", ("seq", *AgentAgreed._fields)),
    CallEnded: _Kind("calls", CallEnded._fields, key="uuid"),
    Link: _Kind("chain", Link._fields),
    Personal: _Kind("personal", Personal._fields),
}
"""In the order in which a batch is written: beginnings before what completes them."""
_STORED = {form.table: form.rows for form in FORMS.values()}
_ROUTES = {
    kind: (
        written.values,
        # Which values of proof may name a person.
        places(written.table, getattr(kind, "_fields", ())),
        CHAINED.get(written.table),
        written.table,
    )
    for kind, written in _KINDS.items()
}
"""What is done with each row on its way to a statement."""
MOST_ROWS = 32
"""In one statement; a batch of more takes several."""
STATEMENTS = len(_KINDS) * MOST_ROWS
"""How many different ones there are, so that all can be kept prepared."""

KEPT_NOTICE = (
    "SELECT text, audio_sha256 FROM notices"
    " WHERE flow = ? AND notice = ? AND version = ? AND language = ?"
)


Stored = Callable[[str, Sequence[Any]], Sequence[Any]]
"""Makes of a row of a table that is proof what is stored of it (see `lean`)."""


def statements(
    rows: Iterable[Row], chain: Chain, stored: Stored
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the statements that write rows, in order, each with its values.

    What is proof is added to the chain.
    """
    by_kind: dict[type[Any], list[Sequence[Any]]] = defaultdict(list)
    links = by_kind[Link]
    for row in rows:
        kind = type(row)
        to_values, personal, chained, table = _ROUTES[kind]
        values: Sequence[Any] = to_values(row)
        if personal and personal.found(values):
            values, words = apart(held(values), personal)
            by_kind[Personal].extend(words)
        if chained:
            values, link = chain.add(chained, values, held)
            values = stored(table, values)
            links.append(link)
        by_kind[kind].append(values)
    for of_kind, written in _KINDS.items():
        found = by_kind.get(of_kind, [])
        at = 0
        while at < len(found):
            many = min(MOST_ROWS, len(found) - at)
            flat = list(joined.from_iterable(found[at : at + many]))
            is_held = of_kind is Link or written.table in CHAINED
            yield _statement(written, many), flat if is_held else held(flat)
            at += many


@cache
def _statement(kind: _Kind, many: int) -> str:
    """Return the statement that writes this many rows of a kind."""
    table, columns, _, conflict, key = kind
    table = _STORED.get(table, table)
    row = f"({', '.join('?' * len(columns))})"
    rows = ", ".join([row] * many)
    if not key:
        into = f"{table} ({', '.join(columns)})"
        return f"INSERT INTO {into} VALUES {rows} {conflict}".rstrip()
    # SQLite names the columns of VALUES so.
    place = {name: f"new.column{n}" for n, name in enumerate(columns, 1)}
    sets = ", ".join(f"{name} = {place[name]}" for name in columns if name != key)
    return (
        f"UPDATE {table} SET {sets} FROM (VALUES {rows}) AS new "
        f"WHERE {table}.{key} = {place[key]}"
    )


def held(values: Sequence[Any]) -> Sequence[Any]:
    """Return what SQLite can hold of values; nearly all are so."""
    words = "".join([value for value in values if isinstance(value, str)])
    if words.isascii() and "\0" not in words:
        return values
    return [text(value) if isinstance(value, str) else value for value in values]
