"""Who looks at what is kept: written before they may, and read by who answers for it.

In: a ledger's path, rows, what is asked for. Out: rows in the chain, beside a
controller that may write too; rows, the newest first. Must not bring a ledger up to
date, which takes minutes, nor import what does: a look-up is waited for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from eslflow.call.records import Look
from eslflow.errors import StoreError
from eslflow.ledger.append import append
from eslflow.ledger.personal import together
from eslflow.ledger.read import opened
from eslflow.ledger.there import is_current, is_there
from eslflow.ledger.where import Where

Line = dict[str, Any]

BUSY_MS = 2000
"""How long another process may hold the ledger before nobody may look."""


def keep(path: Path, rows: Iterable[Look]) -> bool:
    """Write rows at once; return False if the ledger is older than this eslflow.

    Raises:
        StoreError: they could not be written.
    """
    try:
        uri = f"file:{quote(str(path.resolve()))}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            db.execute("PRAGMA synchronous = FULL")
            if not is_current(db):
                return False
            db.execute("BEGIN IMMEDIATE")
            append(db, rows, set())
            db.execute("COMMIT")
            return True
    except sqlite3.Error as error:
        raise StoreError(f"the ledger {path} cannot be written: {error}") from error


def looks(
    path: Path,
    *,
    call: str = "",
    who: str = "",
    since: int = 0,
    until: int = 0,
    limit: int = -1,
) -> list[Line]:
    """Return who looked, when, at what and why; a limit of -1 is none.

    Raises:
        StoreError: there is no ledger, or it cannot be read.
    """
    where = Where(since, until, "at")
    where.equal("call_uuid", call)
    where.equal("who", who)
    sql = f"SELECT * FROM looks {where.sql('WHERE')} ORDER BY seq DESC LIMIT ?"
    try:
        with closing(opened(path)) as db:
            db.row_factory = sqlite3.Row
            has_some = is_there(db, "looks")
            rows = db.execute(sql, [*where.values, limit]) if has_some else ()
            lines = [dict(row) for row in rows]
            for line in lines:
                together(line, lambda mark: _text(db, mark))
            return lines
    except sqlite3.Error as error:
        raise StoreError(f"the ledger {path} cannot be read: {error}") from error


def _text(db: sqlite3.Connection, mark: str) -> str | None:
    found = db.execute("SELECT text FROM personal WHERE hash = ?", (mark,)).fetchone()
    return str(found[0]) if found else None
