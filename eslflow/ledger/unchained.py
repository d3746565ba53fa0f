"""What stands beside the chain: what rows of proof share, and words set apart from it.

In: an open ledger. Out: the first that is not as eslflow writes it. Each row that
others share is written together with the first that rests on it, and no row is ever
deleted: one without any was put there by something else. Words may be erased, and not
changed.
Must not judge the rows that are chained: `verify` does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from eslflow.ledger.personal import hashed

ADDED = "something else than eslflow inserted it"
_SHARED = {
    "call_ids": ("uuid", (("choice_rows", "call"), ("action_rows", "call"))),
    "choice_terms": ("''", (("choice_rows", "terms"),)),
    "action_terms": ("''", (("action_rows", "terms"),)),
}
"""Each with what names a call, and the columns that name one of its rows."""


class Odd(NamedTuple):
    """A row that is not as it was written."""

    table: str
    seq: int
    call: str
    problem: str


def odd(db: sqlite3.Connection) -> Odd | None:
    """Return the first row that is not as it was written."""
    db.text_factory = _as_it_is
    return next(_spare(db), None) or next(_words(db), None)


def _as_it_is(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


def _spare(db: sqlite3.Connection) -> Iterator[Odd]:
    """Yield what nothing rests on."""
    for table, (call, uses) in _SHARED.items():
        unused = " AND ".join(
            f"id NOT IN (SELECT {column} FROM {rows})" for rows, column in uses
        )
        sql = f"SELECT id, {call} FROM {table} WHERE {unused} ORDER BY id"
        for number, uuid in db.execute(sql):
            yield Odd(table, number, str(uuid), f"is in no row of proof: {ADDED}")


def _words(db: sqlite3.Connection) -> Iterator[Odd]:
    """Yield words that are not those of their hash."""
    for seq, mark, call, key, text in db.execute("SELECT rowid, * FROM personal"):
        is_kind = isinstance(key, bytes) and isinstance(text, str)
        if not is_kind or mark != hashed(key, text):
            problem = f"was changed: it holds the words of another hash than {mark}"
            yield Odd("personal", seq, call, problem)
