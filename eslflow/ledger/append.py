"""Rows added to the end of the ledger.

In: rows, a database that is locked for writing. Out: they and their links in the chain,
inside the transaction that goes on. Must not begin or end one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from eslflow.call.records import Choice, NoticePlayed, RecordingAction, Row
from eslflow.errors import StoreError
from eslflow.ledger.chain import open_chain
from eslflow.ledger.lean import Lean
from eslflow.ledger.rows import KEPT_NOTICE, held, statements, text

_OF_CALLS = (Choice, RecordingAction)
"""Rows that are stored with a number in place of their call's uuid."""


def append(
    db: sqlite3.Connection,
    rows: Iterable[Row],
    known: set[NoticePlayed],
    lean: Lean | None = None,
) -> None:
    """Write rows inside a transaction that has the lock: the chain ends in one place.

    Notices join those that are known; `lean` knows numbers of the same connection.

    Raises:
        StoreError: the words of a notice were others before.
    """
    new = _without_kept(db, rows, known)
    lean = lean or Lean(db)
    lean.meet(held([row.call_uuid for row in new if isinstance(row, _OF_CALLS)]))
    for sql, values in statements(new, open_chain(db), lean.stored):
        db.execute(sql, values)


def _without_kept(
    db: sqlite3.Connection, rows: Iterable[Row], known: set[NoticePlayed]
) -> list[Row]:
    """Return rows without the notices that are there already."""
    new: list[Row] = []
    for row in rows:
        if type(row) is NoticePlayed:
            if row in known:
                continue
            known.add(row)
            if _is_kept(db, row):
                continue
        new.append(row)
    return new


def _is_kept(db: sqlite3.Connection, row: NoticePlayed) -> bool:
    """Whether a notice is there; refuse words that were not those of its version."""
    found = db.execute(KEPT_NOTICE, row[:4]).fetchone()
    if found and found != (text(row.text), row.audio_sha256):
        raise StoreError(
            f"notice '{row.notice}' v{row.version} ({row.language}) of flow "
            f"'{row.flow}' was played before with other words or audio: "
            "give it a new version"
        )
    return found is not None
