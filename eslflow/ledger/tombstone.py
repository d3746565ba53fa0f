"""What was erased, as the chain has it.

In: a ledger's path, the number of an erasure. Out: who asked for it, when and why, what
was done since, and where in the chain each of it stands. Names nobody: the person is
there as a keyed hash. Opens the database for reading only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from eslflow.errors import NotFound, StoreError
from eslflow.ledger.chain import KINDS
from eslflow.ledger.personal import together
from eslflow.ledger.read import opened
from eslflow.ledger.subject import for_
from eslflow.ledger.there import is_there

Line = dict[str, Any]

EXPIRED = "expired"
_FILES = """
SELECT a.at, a.recording_id, a.call_uuid, a.reply, r.purposes, r.sha256
FROM recording_actions a JOIN recordings r ON r.id = a.recording_id
WHERE a.action = 'erase' AND a.reason = ? AND a.at > ? AND a.at <= ? ORDER BY a.seq
"""


def erasures(path: Path) -> list[Line]:
    """Return all that was asked for and all retention, the newest first.

    Each with what was done for it since, and how many calls are `left`.
    """
    with closing(_reading(path)) as db:
        lines = _all(db, "SELECT * FROM erasures ORDER BY seq DESC", ())
        sql = "SELECT erasure, count(*) FROM erasing GROUP BY erasure"
        left = dict(map(tuple, db.execute(sql)))
    asked = {
        line["seq"]: {**line, "left": left.get(line["seq"], 0)}
        for line in lines
        if not line["erasure"]
    }
    for done in lines:
        # Whoever has the file can have changed it: the chain tells, not this.
        if order := asked.get(done["erasure"]):
            for what in ("recordings", "words"):
                order[what] += done[what]
    return list(asked.values())


def erasure(path: Path, number: int) -> Line:
    """Return an erasure, what was `done` for it, which `recordings` went.

    Raises:
        NotFound: there is none of this number.
    """
    with closing(_reading(path)) as db:
        sql = "SELECT * FROM erasures WHERE seq = ? AND erasure = 0"
        found = _all(db, sql, [number])
        if not found:
            raise NotFound(f"there is no erasure {number}: see eslflow retention list")
        row = _placed(db, found[0])
        sql = "SELECT * FROM erasures WHERE erasure = ? ORDER BY seq"
        done = [_placed(db, line) for line in _all(db, sql, [number])]
        sql = "SELECT 1 FROM erasing WHERE erasure = ?"
        left = len(_all(db, sql, [number]))
        return {**row, "done": done, "left": left, "files": _files(db, row)}


def _files(db: sqlite3.Connection, row: Mapping[str, Any]) -> list[Line]:
    if row["kind"] == "subject":
        return _all(db, _FILES, [for_(row["seq"]), 0, 2**62])
    sql = "SELECT max(at) AS at FROM erasures WHERE kind = 'retention' AND seq < ?"
    (before,) = _all(db, sql, [row["seq"]])
    return _all(db, _FILES, [EXPIRED, before["at"] or 0, row["at"]])


def _placed(db: sqlite3.Connection, row: Line) -> Line:
    """Add where in the chain a row stands."""
    sql = "SELECT place, lower(hex(hash)) AS hash FROM chain WHERE kind = ? AND seq = ?"
    (link,) = _all(db, sql, [KINDS["erasures"], row["seq"]])
    return {**row, **link}


def _all(db: sqlite3.Connection, sql: str, values: Any) -> list[Line]:
    def text_of(mark: str) -> str | None:
        found = db.execute("SELECT text FROM personal WHERE hash = ?", (mark,))
        row = found.fetchone()
        return row["text"] if row else None

    lines = [dict(row) for row in db.execute(sql, values)]
    for line in lines:
        together(line, text_of)
    return lines


def _reading(path: Path) -> sqlite3.Connection:
    db = opened(path)
    db.row_factory = sqlite3.Row
    if is_there(db, "erasing"):
        return db
    db.close()
    raise StoreError(f"nothing was ever erased by order in {path}")
