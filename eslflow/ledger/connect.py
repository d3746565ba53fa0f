"""A ledger opened for writing, with today's tables; and rows of a command in it.

In: a path. Out: a connection whose commits are durable, or rows written at once beside
a controller that may write too. Must not keep a transaction open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path

from eslflow.call.records import Row
from eslflow.errors import StoreError
from eslflow.ledger.append import append
from eslflow.ledger.lean import MOST_MET
from eslflow.ledger.migrations import migrate
from eslflow.ledger.rights import make
from eslflow.ledger.rows import STATEMENTS
from eslflow.ledger.spill import Spill

BUSY_MS = 2000
"""How long another process may hold the database before rows are refused."""

LOG_PAGES = 4000
"""How many pages, of 4 KB, the log holds before they move into the file: four times as
many as by default, for most of them are written again and again."""


def spill_of(path: Path) -> Spill:
    """Return what waits beside a ledger to be written into it."""
    return Spill(path.with_name(path.name + ".spill.jsonl"))


def connect(path: Path) -> sqlite3.Connection:
    """Open a ledger for writing, with today's tables.

    Raises:
        StoreError: it cannot be opened, or is no ledger.
    """
    make(path)
    try:
        with ExitStack() as if_it_fails:
            db = sqlite3.connect(
                path,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=STATEMENTS + MOST_MET,
            )
            if_it_fails.callback(db.close)
            db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
            # What is deleted or moved leaves nothing behind in the file.
            db.execute("PRAGMA secure_delete = ON")
            migrate(db)
            # What a statement keeps to undo itself needs no file; what moves a whole
            # table may need a large one.
            db.execute("PRAGMA temp_store = MEMORY")
            if_it_fails.pop_all()
            return db
    except sqlite3.Error as error:
        hint = "Is the folder there and writable, and the file an eslflow ledger?"
        raise StoreError(f"cannot open the ledger {path}: {error}. {hint}") from error


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write rows at once, beside a controller that may write too: for commands.

    Raises:
        StoreError: they could not be written.
    """
    with closing(connect(path)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
            append(db, rows, set())
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"the ledger {path} cannot be written: {error}") from error
