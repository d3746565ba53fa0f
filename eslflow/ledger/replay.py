"""What waited beside the ledger, written into it: in order, and each group once.

In: a database, what waits. Out: rows in it. A group that the database will never take
is set aside, so that what came after it is written all the same. Must not go on behind
one that only waits for the disk.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from itertools import islice

from eslflow.errors import StoreError
from eslflow.ledger.append import append
from eslflow.ledger.spill import Spill, Waiting

log = logging.getLogger("eslflow")

AT_ONCE = 500
"""Groups in one commit."""
AT_FAULT = (
    StoreError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    TypeError,
    ValueError,
    OverflowError,
)
"""A group that meets this does so each time; others have no part in it."""


def replay(db: sqlite3.Connection, spill: Spill) -> None:
    """Write what waits, then forget it; what was written before is left out.

    Raises:
        sqlite3.Error: the database does not take it yet.
        OSError: what waits cannot be read, or nothing can be set aside.
    """
    waiting = spill.read()
    while batch := list(islice(waiting, AT_ONCE)):
        try:
            _commit(db, batch)
        except AT_FAULT:
            refused = _one_by_one(db, batch)
            spill.set_aside(refused)
            if refused:
                told = "ALARM: %d groups of rows that the ledger refuses are in %s"
                log.error(told, len(refused), spill.refused)
    spill.clear()


def _one_by_one(db: sqlite3.Connection, batch: Sequence[Waiting]) -> list[bytes]:
    """Write groups on their own; return the lines of those that cannot be."""
    refused = []
    for waiting in batch:
        try:
            _commit(db, [waiting])
        except AT_FAULT:
            refused.append(waiting.line)
    return refused


def _commit(db: sqlite3.Connection, batch: Sequence[Waiting]) -> None:
    try:
        db.execute("BEGIN IMMEDIATE")
        for waiting in batch:
            if not waiting.id:
                raise ValueError("a line is no group of rows")
            new = "INSERT OR IGNORE INTO replayed VALUES (?)"
            if db.execute(new, (waiting.id,)).rowcount:
                # Which notices are known is looked up: should this be taken back, they
                # are not.
                append(db, waiting.rows, set())
        db.execute("COMMIT")
    finally:
        undo(db)


def undo(db: sqlite3.Connection) -> None:
    """Take back a transaction that was not committed."""
    if db.in_transaction:
        db.execute("ROLLBACK")
