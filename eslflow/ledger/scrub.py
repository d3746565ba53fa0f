"""Nothing of what was deleted stays in the ledger's files.

In: a ledger's path, texts that were deleted. Out: the write-ahead log emptied, and the
database written anew where bytes of them are still in its free space. SQLite overwrites
what is deleted (`secure_delete`), but a page that was split may keep an old copy. Must
not keep the controller's writer waiting where that can be put off.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from eslflow.errors import StoreError
from eslflow.ledger.subject import LEAST_COMMON, SIDES
from eslflow.ledger.where import digits, ends_of

PATIENCE_MS = 10_000
"""How long a command waits for a commit of the controller."""
SMALL = 200_000_000
"""Bytes of a ledger that is written anew within the time that its writer waits."""
CHUNK = 1 << 20
SHORT, LONG = 4, 60
"""A shorter text stands in other rows, too; a longer one is known by its beginning."""

Seen = dict[bytes, tuple[int, bool]]
"""How often bytes are in the file, and whether they may be of others, too."""

MARK = "INSERT OR IGNORE INTO erasing VALUES ('', '', 0)"
"""Written with what is deleted: that its traces are still to be removed."""
_DONE = "DELETE FROM erasing WHERE call_uuid = ''"


def patterns(texts: Iterable[str]) -> dict[bytes, bool]:
    """Return the bytes to be looked for, and whether others may have the same."""
    found: dict[bytes, bool] = {}
    for text in texts:
        number = digits(text)[::-1]
        if len(number) >= LEAST_COMMON and number in text.lstrip("+"):
            ends = ends_of(text)
            found[ends.encode()] = found[ends[::-1].encode()] = False
        elif len(text) >= SHORT:
            found[text[:LONG].encode()] = True
    return found


def is_due(db: sqlite3.Connection) -> bool:
    """Whether traces of what was deleted are still to be removed."""
    sql = "SELECT 1 FROM erasing WHERE call_uuid = ''"
    return db.execute(sql).fetchone() is not None


def scrub(path: Path, texts: Iterable[str] | None, may_block: bool) -> bool:
    """Remove the traces of texts; None: nobody knows any more which they were.

    To look for them takes a process that has no other connection to the ledger: when a
    file is closed, all locks on it that its process holds are gone. Returns whether it
    is done: a large ledger is not written anew unless it may block.

    Raises:
        StoreError: others kept the ledger busy all the time.
    """
    try:
        with _opened(path) as db:
            empty_log(db)
        seen = None if texts is None else _count(path, patterns(texts))
        with _opened(path) as db:
            if seen is None or _has_traces(db, seen):
                if not may_block and path.stat().st_size > SMALL:
                    return False
                db.execute("VACUUM")
            db.execute(_DONE)
            empty_log(db)
    except sqlite3.Error as error:
        raise StoreError(
            f"what was erased may still leave traces in {path}: {error}. The next "
            "round of eslflow serve removes them, or eslflow retention run"
        ) from error
    return True


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        db.execute("PRAGMA secure_delete = ON")
        yield db


def empty_log(db: sqlite3.Connection) -> None:
    """Write the log into the database, and cut it to nothing.

    Raises:
        OperationalError: somebody reads or writes all the time.
    """
    busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("it is in use")


def _has_traces(db: sqlite3.Connection, seen: Seen) -> bool:
    return any(
        many > (_alive(db, text) if may_be_others else _number_alive(db, text, many))
        for text, many, may_be_others in (
            (pattern.decode(), many, others)
            for pattern, (many, others) in seen.items()
            if many
        )
    )


def _number_alive(db: sqlite3.Connection, text: str, many: int) -> int:
    """Return as many as were seen, if a call still has the number, else 0."""
    sql = "SELECT 1 FROM calls WHERE {0} >= :ends AND {0} < :ends || ':'"
    found = (
        db.execute(sql.format(f"{side}_digits"), {"ends": ends}).fetchone()
        for side in SIDES
        for ends in (text, text[::-1])
    )
    return many if any(found) else 0


def _count(path: Path, wanted: dict[bytes, bool]) -> Seen:
    """Return how often each stands in a file, which is read in parts."""
    counts = dict.fromkeys(wanted, 0)
    rest = max(map(len, wanted), default=1) - 1
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(CHUNK):
            both = before + chunk
            for pattern in counts:
                # What lies within the part before was counted with it.
                start = max(0, len(before) - len(pattern) + 1)
                counts[pattern] += both.count(pattern, start)
            before = both[max(0, len(both) - rest) :]
    return {pattern: (many, wanted[pattern]) for pattern, many in counts.items()}


def _alive(db: sqlite3.Connection, text: str) -> int:
    """Return how often a text stands in rows that are not deleted."""
    times = "(length({0}) - length(replace({0}, :text, ''))) / length(:text)"
    calls, words = times.format("caller_name"), times.format("text")
    sql = (
        f"SELECT (SELECT coalesce(sum({calls}), 0) FROM calls) + "
        f"(SELECT coalesce(sum({words}), 0) FROM personal)"
    )
    return int(db.execute(sql, {"text": text}).fetchone()[0])
