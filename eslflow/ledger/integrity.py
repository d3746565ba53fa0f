"""Whether the file of a ledger is whole, as SQLite sees it, its indexes too.

In: a path. Out: what is broken in it, and what guards it no more. Reads only, beside a
controller that writes. An index that lacks a row hides it from look-ups, though the
chain holds: so the quick check of `damage`, which `serve` makes, is not enough for who
wants to know.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from eslflow.errors import StoreError
from eslflow.ledger.migrations import migrate
from eslflow.ledger.read import opened
from eslflow.ledger.there import is_current

MOST = 3
"""Faults that are told: a broken page brings hundreds."""


def damage(path: Path) -> str:
    """Return what is broken; empty: nothing is.

    Raises:
        StoreError: there is no ledger, or it cannot be opened.
    """
    try:
        with closing(opened(path)) as db:
            lines = [
                str(row[0]) for row in db.execute(f"PRAGMA integrity_check({MOST})")
            ]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)
    return "" if lines == ["ok"] else "; ".join(lines).replace("\n", " ")


def strange(path: Path) -> list[str]:
    """Return the triggers and views that are not as eslflow makes them.

    Without the first, rows of proof could be changed in place; the second are what
    look-ups see. What was changed by that, `verify` tells. Of a ledger that is older
    than this eslflow nothing is known.

    Raises:
        StoreError: there is no ledger, or it cannot be read.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        wanted = _rules(fresh)
    try:
        with closing(opened(path)) as db:
            found = _rules(db) if is_current(db) else wanted
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreError(f"the ledger {path} cannot be read: {error}") from error
    return sorted({name for name, _ in wanted ^ found})


def _rules(db: sqlite3.Connection) -> set[tuple[str, str]]:
    sql = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    return {(str(name), str(text)) for name, text in db.execute(sql)}
