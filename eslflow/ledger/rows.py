"""Rows to SQL: one prepared statement and one tuple a row.

In: the records of `call.records`. Out: statements with their values. This is the hot
path of the writer, so nothing is looked up by name twice. Bytes of a caller's name that
were not UTF-8 are written as `\\xNN`, because SQLite's text cannot hold them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from enum import Enum
from operator import attrgetter
from typing import Any

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    Row,
)

MOST_DIGITS = 15
"""E.164 has no longer numbers."""

_ODD = re.compile("[\\x00\\ud800-\\udfff]")


def text(value: str) -> str:
    """Return a text that SQLite can hold; what it cannot is made visible."""
    if _ODD.search(value):
        return _ODD.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", value)
    return value


def digits(number: str) -> str:
    """Return a number's digits, last first, so that its end can be looked up.

    `+49 30 1234`, `0049301234` and `0301234` share their last digits; reversed, an
    index finds them.
    """
    return "".join(c for c in number if "0" <= c <= "9")[::-1][:MOST_DIGITS]


def _insert(row: type[Any], more: tuple[str, ...] = (), suffix: str = "") -> str:
    names = [field.name for field in dataclasses.fields(row)] + list(more)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {row.table} ({', '.join(names)}) VALUES ({marks}) {suffix}"


# A call that is handed over twice keeps what was known of it first.
_CALL = _insert(
    CallOffered,
    ("caller_digits", "called_digits"),
    "ON CONFLICT (uuid) DO UPDATE SET ended_at = NULL, ending = NULL, cause = NULL",
)
_CALL_ENDED = (
    "UPDATE calls SET ended_at = ?, ending = ?, cause = ?, last_step = ? WHERE uuid = ?"
)
_BEGUN = _insert(RecordingBegun, suffix="ON CONFLICT (id) DO NOTHING")
_ENDED = (
    "UPDATE recordings SET started_at = ?, stopped_at = ?, ms = ?, cause = ?, state = ?"
    " WHERE id = ?"
)
_NOTICE = _insert(NoticePlayed, suffix="ON CONFLICT DO NOTHING")
SAME_NOTICE = (
    "SELECT 1 FROM notices WHERE flow = ? AND notice = ? AND version = ?"
    " AND language = ? AND text = ? AND audio_sha256 = ?"
)


def _getter(row: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in dataclasses.fields(row)))


_call = _getter(CallOffered)
_choice = _getter(Choice)
_notice = _getter(NoticePlayed)
_begun = _getter(RecordingBegun)
_action = _getter(RecordingAction)


def _plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        value.value
        if isinstance(value, Enum)
        else text(value)
        if isinstance(value, str)
        else value
        for value in values
    )


def _offered(row: CallOffered) -> tuple[Any, ...]:
    return (*_plain(_call(row)), digits(row.caller), digits(row.called))


def _call_ended(row: CallEnded) -> tuple[Any, ...]:
    return (row.ended_at, row.ending, text(row.cause), row.last_step, row.uuid)


def _recording_ended(row: RecordingEnded) -> tuple[Any, ...]:
    cause = text(row.cause)
    return (row.started_at, row.stopped_at, row.ms, cause, row.state, row.id)


STATEMENTS: dict[type[Any], tuple[str, Callable[[Any], tuple[Any, ...]]]] = {
    CallOffered: (_CALL, _offered),
    CallEnded: (_CALL_ENDED, _call_ended),
    NoticePlayed: (_NOTICE, lambda row: _plain(_notice(row))),
    Choice: (_insert(Choice), lambda row: _plain(_choice(row))),
    RecordingBegun: (_BEGUN, lambda row: _plain(_begun(row))),
    RecordingEnded: (_ENDED, _recording_ended),
    RecordingAction: (_insert(RecordingAction), lambda row: _plain(_action(row))),
}


def statement(row: Row) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that writes a row, and its values."""
    sql, values = STATEMENTS[type(row)]
    return sql, values(row)
