"""The one thread that writes: many calls' rows in one commit.

In: groups of rows from any thread. Out: rows in SQLite, durable (`synchronous=FULL`)
before whoever asked is told. Nobody waits on the disk but this thread. A group is
written whole or not at all; what the database refuses goes to the spill file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from eslflow.call.records import NoticePlayed, Row
from eslflow.errors import StoreError
from eslflow.ledger.migrations import migrate
from eslflow.ledger.rows import SAME_NOTICE, statement, text
from eslflow.ledger.spill import Spill

MOST_AT_ONCE = 500
"""Groups in one commit."""
BUSY_MS = 2000
"""How long another process may hold the database before rows are refused."""
RETRY_S = 5.0
"""How often the spill file is tried again while nothing else is written."""

Done = Callable[[str], None]


@dataclass(frozen=True)
class Health:
    """How the ledger is."""

    problem: str
    """Why the last commit failed; empty when it did not."""
    waiting: int
    """Groups that wait for their commit."""
    has_spilled: bool
    """Whether rows wait in the spill file."""


@dataclass(frozen=True)
class _Keep:
    rows: Sequence[Row]
    done: Done | None


class Ledger:
    """Writes what calls keep. Use as a context manager, or call `close`."""

    def __init__(self, path: Path, notify: Callable[[], None] | None = None) -> None:
        self.path = path
        self._notify = notify
        self._queue: SimpleQueue[_Keep | None] = SimpleQueue()
        self._finished: deque[tuple[Done, str]] = deque()
        self._spill = Spill(path.with_name(path.name + ".spill.jsonl"))
        self._notices: set[tuple[str, str, int, str, str, str]] = set()
        self._problem = ""
        self._db = connect(path)
        self._replay()
        self._thread = threading.Thread(
            target=self._run, name="eslflow-ledger", daemon=True
        )
        self._thread.start()

    def keep(self, rows: Sequence[Row], done: Done | None = None) -> None:
        """Write rows soon, all or none; `done("")` follows their durable commit.

        `done` gets a reason instead when they could not be written. Without `notify` it
        is called in the writer's thread, else it waits in `finished`.
        """
        self._queue.put(_Keep(rows, done))

    def finished(self) -> list[tuple[Done, str]]:
        """Return the callbacks that are due, once; call it after `notify` did."""
        due = []
        while self._finished:
            due.append(self._finished.popleft())
        return due

    def health(self) -> Health:
        """Return how the ledger is."""
        waiting = self._queue.qsize()
        return Health(self._problem, waiting, not self._spill.is_empty)

    def close(self) -> None:
        """Write everything that waits, and stop."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def __enter__(self) -> Ledger:
        """Return the ledger."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch: list[_Keep] = []
            is_open = self._take(batch)
            if batch:
                self._write(batch)
            elif not self._spill.is_empty:
                self._replay()
        self._db.close()

    def _take(self, batch: list[_Keep]) -> bool:
        """Collect what waits; return False when the ledger is being closed."""
        try:
            keep = self._queue.get(timeout=None if self._spill.is_empty else RETRY_S)
            while keep is not None:
                batch.append(keep)
                if len(batch) == MOST_AT_ONCE:
                    return True
                keep = self._queue.get_nowait()
        except Empty:
            return True
        return False

    def _write(self, batch: list[_Keep]) -> None:
        """Commit a batch; when one group is at fault, the others do without it."""
        problem = self._commit(batch)
        if isinstance(problem, (StoreError, sqlite3.IntegrityError)) and len(batch) > 1:
            for keep in batch:
                self._write([keep])
            return
        self._problem = _words(problem)
        if isinstance(problem, (sqlite3.OperationalError, sqlite3.DatabaseError)):
            self._spill_over(batch)
        self._tell(batch, self._problem)
        if problem is None and not self._spill.is_empty:
            self._replay()

    def _commit(self, batch: list[_Keep]) -> Exception | None:
        known = set(self._notices)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for keep in batch:
                for row in keep.rows:
                    self._insert(row)
            self._db.execute("COMMIT")
        except (sqlite3.Error, StoreError, OverflowError) as error:
            self._notices = known
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            return error
        return None

    def _insert(self, row: Row) -> None:
        if isinstance(row, NoticePlayed):
            words = (row.flow, row.notice, row.version, row.language)
            key = (*words, text(row.text), row.audio_sha256)
            if key in self._notices:
                return
            self._db.execute(*statement(row))
            if self._db.execute(SAME_NOTICE, key).fetchone() is None:
                raise StoreError(
                    f"notice '{row.notice}' v{row.version} ({row.language}) of flow "
                    f"'{row.flow}' was played before with other words or audio: "
                    "give it a new version"
                )
            self._notices.add(key)
        else:
            self._db.execute(*statement(row))

    def _tell(self, batch: list[_Keep], problem: str) -> None:
        due = [(keep.done, problem) for keep in batch if keep.done is not None]
        if self._notify is None:
            for done, reason in due:
                done(reason)
        elif due:
            self._finished.extend(due)
            self._notify()

    def _spill_over(self, batch: list[_Keep]) -> None:
        try:
            self._spill.add([keep.rows for keep in batch])
        except OSError as error:
            self._problem += f"; nor could the spill file be written: {error.strerror}"

    def _replay(self) -> None:
        """Write what an earlier failure left behind, each group once."""
        try:
            for identity, rows in self._spill.read():
                self._db.execute("BEGIN IMMEDIATE")
                new = "INSERT OR IGNORE INTO replayed VALUES (?)"
                if self._db.execute(new, (identity,)).rowcount:
                    for row in rows:
                        self._insert(row)
                self._db.execute("COMMIT")
            self._spill.clear()
        except (sqlite3.Error, StoreError, OSError, ValueError) as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._problem = _words(error)


def connect(path: Path) -> sqlite3.Connection:
    """Open a ledger for writing, with today's tables.

    Raises:
        StoreError: it cannot be opened, or is no ledger.
    """
    try:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        migrate(db)
    except sqlite3.Error as error:
        hint = "Is the folder there and writable, and the file an eslflow ledger?"
        raise StoreError(f"cannot open the ledger {path}: {error}. {hint}") from error
    return db


def _words(problem: Exception | None) -> str:
    return "" if problem is None else f"{problem}"
