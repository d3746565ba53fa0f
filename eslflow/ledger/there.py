"""Whether a ledger has a table or a column: an older one lacks what came later.

In: an open ledger, names. Out: yes or no. Must not add what is missing.
"""

from __future__ import annotations

import sqlite3

from eslflow.errors import StoreError

NEWEST = "assurance_of_numbers"
"""What `migrations` does last: known here, so that who only asks need not import it."""
_TABLE = "SELECT 1 FROM sqlite_master WHERE name = ?"
_COLUMN = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"


def is_there(db: sqlite3.Connection, table: str, column: str = "") -> bool:
    """Whether there is a table or a view, and in it a column."""
    names = (table, column) if column else (table,)
    return db.execute(_COLUMN if column else _TABLE, names).fetchone() is not None


def is_current(db: sqlite3.Connection) -> bool:
    """Whether a ledger has today's tables."""
    sql = "SELECT 1 FROM _sqlite_migrations WHERE name = ?"
    return (
        is_there(db, "_sqlite_migrations")
        and db.execute(sql, (NEWEST,)).fetchone() is not None
    )


def unreadable(db: sqlite3.Connection, error: sqlite3.Error) -> StoreError:
    """Return why a ledger cannot be read: what an older one lacks is no damage."""
    why = str(error)
    if why.startswith("no such") and not is_current(db):
        why = "it is older than this eslflow, and eslflow serve brings it up to date"
    return StoreError(f"the ledger cannot be read: {why}")
