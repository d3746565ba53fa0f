"""Whether a ledger has a table or a column: an older one lacks what came later.

In: an open ledger, names. Out: yes or no. Must not add what is missing.
"""

from __future__ import annotations

import sqlite3

_TABLE = "SELECT 1 FROM sqlite_master WHERE name = ?"
_COLUMN = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"


def is_there(db: sqlite3.Connection, table: str, column: str = "") -> bool:
    """Whether there is a table or a view, and in it a column."""
    names = (table, column) if column else (table,)
    return db.execute(_COLUMN if column else _TABLE, names).fetchone() is not None
