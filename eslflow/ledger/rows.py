"""Rows to SQL: one statement for all rows of a kind in a batch.

In: the records of `call.records`. Out: statements, each with one JSON array of rows.
SQLite reads the array itself, so that a batch of any size takes the interpreter's lock
a few times only, and calls go on meanwhile. Bytes of a caller's name that were not
UTF-8 are written as `\\xNN`, because SQLite's text cannot hold them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    Look,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    RecordingHooked,
    RecordingSettled,
    RecordingStored,
    Row,
)

MOST_DIGITS = 15
"""E.164 has no longer numbers."""

_ODD = re.compile("[\x00\ud800-\udfff]")
_ODD_JSON = re.compile(r"\\u0000|\\ud[89a-f]")


def text(value: str) -> str:
    """Return a text that SQLite can hold; what it cannot is made visible."""
    return _ODD.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", value)


def digits(number: str) -> str:
    """Return a number's digits, last first, so that its end can be looked up.

    `+49 30 1234`, `0049301234` and `0301234` share their last digits; reversed, an
    index finds them.
    """
    return "".join(c for c in number if "0" <= c <= "9")[::-1][:MOST_DIGITS]


def _insert(table: str, names: Iterable[str], conflict: str = "") -> str:
    columns = tuple(names)
    values = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(len(columns)))
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {values} FROM json_each(?) WHERE true {conflict}"
    )


def _update(table: str, key: str, names: Iterable[str]) -> str:
    """Return an update by a row's key; the other columns stand as in the row."""
    columns = tuple(names)
    sets = ", ".join(
        f"{name} = json_extract(j.value, '$[{place}]')"
        for place, name in enumerate(columns)
        if name != key
    )
    place = columns.index(key)
    return (
        f"UPDATE {table} SET {sets} FROM json_each(?) AS j "
        f"WHERE {table}.{key} = json_extract(j.value, '$[{place}]')"
    )


def _call(row: CallOffered) -> tuple[Any, ...]:
    return (*row, digits(row.caller), digits(row.called))


# A call that is handed over twice keeps what was known of it first.
_AGAIN = "ON CONFLICT (uuid) DO UPDATE SET ended_at = NULL, ending = NULL, cause = NULL"
_SAME = "ON CONFLICT DO NOTHING"

# In the order in which a batch is written: what is completed comes after its beginning.
_KINDS: tuple[tuple[type[Any], str, Callable[[Any], tuple[Any, ...]]], ...] = (
    (
        CallOffered,
        _insert(
            "calls", (*CallOffered._fields, "caller_digits", "called_digits"), _AGAIN
        ),
        _call,
    ),
    (NoticePlayed, _insert("notices", NoticePlayed._fields, _SAME), tuple),
    (Choice, _insert("choices", Choice._fields), tuple),
    (RecordingBegun, _insert("recordings", RecordingBegun._fields, _SAME), tuple),
    (RecordingAction, _insert("recording_actions", RecordingAction._fields), tuple),
    (RecordingEnded, _update("recordings", "id", RecordingEnded._fields), tuple),
    (RecordingChecked, _update("recordings", "id", RecordingChecked._fields), tuple),
    (RecordingStored, _update("recordings", "id", RecordingStored._fields), tuple),
    (RecordingSettled, _update("recordings", "id", RecordingSettled._fields), tuple),
    (RecordingHooked, _update("recordings", "id", RecordingHooked._fields), tuple),
    (Look, _insert("looks", Look._fields), tuple),
    (CallEnded, _update("calls", "uuid", CallEnded._fields), tuple),
)

SAME_NOTICE = (
    "SELECT 1 FROM notices WHERE flow = ? AND notice = ? AND version = ?"
    " AND language = ? AND text = ? AND audio_sha256 = ?"
)


def statements(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Yield the statements that write rows, in order, each with its JSON array."""
    by_kind: dict[type[Any], list[Any]] = {}
    for row in rows:
        by_kind.setdefault(type(row), []).append(row)
    for kind, sql, values in _KINDS:
        found = by_kind.get(kind)
        if found:
            yield sql, _json([values(row) for row in found])


def _json(rows: list[tuple[Any, ...]]) -> str:
    data = json.dumps(rows)
    if _ODD_JSON.search(data):
        clean = [[text(v) if isinstance(v, str) else v for v in row] for row in rows]
        return json.dumps(clean)
    return data
