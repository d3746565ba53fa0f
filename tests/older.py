"""Ledgers as they once were."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from eslflow.ledger.migrations import migrations

_FIRST = Path(__file__).parent / "ledgers" / "first.sql"


def first(path: Path, stage: str = "") -> Path:
    """Make what the first eslflow that took calls wrote, and bring it to a stage.

    It holds an agreed, a refused and an unanswered call, dumped by sqlite3.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(_FIRST.read_text(encoding="utf-8"))
        if stage:
            migrations.apply(Database(db), stop_before=stage)
    return path


def stages() -> list[str]:
    """Return the names of all migrations but the first."""
    with closing(sqlite3.connect(":memory:")) as db:
        return [step.name for step in migrations.pending(Database(db))][1:]
