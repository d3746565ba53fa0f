"""Whether the file of a ledger is whole, as SQLite sees it, its indexes too.

In: a path. Out: what is broken in it. Reads only, beside a controller that writes. An
index that lacks a row hides it from look-ups, though the chain holds: so the quick
check of `damage`, which `serve` makes, is not enough for who wants to know.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from eslflow.ledger.read import opened

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
