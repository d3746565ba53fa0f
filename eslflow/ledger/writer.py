"""The one thread that writes: many calls' rows in one commit.

In: groups of rows from any thread. Out: rows in SQLite, durable (`synchronous=FULL`)
before whoever asked is told. Nobody waits on the disk but this thread. A group is
written whole or not at all; what the database refuses goes to the spill file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from eslflow.call.records import NoticePlayed, RecordingAction, Remembered, Row
from eslflow.clock import running_s
from eslflow.errors import StoreError
from eslflow.ledger.chain import open_chain
from eslflow.ledger.memory import Asked, last_choice
from eslflow.ledger.migrations import migrate
from eslflow.ledger.rows import KEPT_NOTICE, STATEMENTS, statements, text
from eslflow.ledger.spill import Spill
from eslflow.wire.terms import RecordAction

MOST_AT_ONCE = 500
"""Groups in one commit."""
BUSY_MS = 2000
"""How long another process may hold the database before rows are refused."""
GATHER_S = 0.1
"""How long rows that nobody waits for gather before they are committed."""
BUSY = 3
"""Groups in one commit that show that more are on their way."""
PAUSE_S = 0.02
"""How long a busy ledger gathers before the next commit, which costs more than a call.
Where calls are few, nobody waits for others."""
ENOUGH = 120
"""Groups waiting that are worth a commit, however short the time since the last."""
RETRY_S = 5.0
"""How often the spill file is tried again while nothing else is written."""

_ONE_AT_FAULT = (StoreError, sqlite3.IntegrityError, TypeError)

Done = Callable[[str], None]
Recalls = Callable[["Remembered | None", str], None]
"""Told what was found, or why nothing could be."""


@dataclass(frozen=True)
class Health:
    """How the ledger is."""

    problem: str
    """Why the last commit failed; empty when it did not."""
    waiting: int
    """Groups that wait for their commit."""
    has_spilled: bool
    """Whether rows wait in the spill file."""


class _Keep(NamedTuple):
    rows: Sequence[Row]
    done: Done | None


class Ledger:
    """Writes what calls keep. Use as a context manager, or call `close`."""

    def __init__(self, path: Path, notify: Callable[[], None] | None = None) -> None:
        self.path = path
        self._notify = notify
        self._waiting: deque[_Keep] = deque()
        self._asked: deque[tuple[Asked, Recalls]] = deque()
        self._some = threading.Event()
        self._urgent = threading.Event()
        self._closing = threading.Event()
        self._enough = threading.Event()
        self._finished: deque[tuple[Done, str]] = deque()
        self._spill = spill_of(path)
        self._notices: set[NoticePlayed] = set()
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
        self._waiting.append(_Keep(rows, done))
        is_urgent = done is not None or any(map(_is_silence, rows))
        if is_urgent and not self._urgent.is_set():
            self._urgent.set()
        if not self._some.is_set():
            self._some.set()
        if len(self._waiting) == ENOUGH:
            self._enough.set()

    def remember(self, asked: tuple[str, str, int], done: Recalls) -> None:
        """Look for a number's last choice about a purpose since then; tell `done`.

        What was kept before the question is seen. Without `notify` it is told in the
        writer's thread, else it waits in `finished`.
        """
        self._asked.append((Asked(*asked), done))
        self._urgent.set()
        self._some.set()

    def finished(self) -> list[tuple[Done, str]]:
        """Return the callbacks that are due, once; call it after `notify` did."""
        due = []
        while self._finished:
            due.append(self._finished.popleft())
        return due

    def health(self) -> Health:
        """Return how the ledger is."""
        waiting = len(self._waiting)
        return Health(self._problem, waiting, not self._spill.is_empty)

    def close(self) -> None:
        """Write everything that waits, and stop."""
        if self._thread.is_alive():
            self._closing.set()
            self._enough.set()
            self._some.set()
            self._urgent.set()
            self._thread.join()

    def __enter__(self) -> Ledger:
        """Return the ledger."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _run(self) -> None:
        rested_at = 0.0
        while not (self._closing.is_set() and not (self._waiting or self._asked)):
            self._some.wait(None if self._spill.is_empty else RETRY_S)
            self._urgent.wait(GATHER_S)
            if not self._closing.is_set():
                self._enough.wait(max(0.0, rested_at - running_s()))
            self._enough.clear()
            self._some.clear()
            self._urgent.clear()
            # Who asks while rows are written, must see those kept just before, too.
            asked = len(self._asked)
            is_busy = self._write_all() >= BUSY
            for _ in range(asked):
                self._look(*self._asked.popleft())
            rested_at = running_s() + PAUSE_S if is_busy else 0.0
        self._db.close()

    def _write_all(self) -> int:
        """Write what waits now; return how many groups that were."""
        if not self._waiting and not self._spill.is_empty:
            self._replay()
        # What comes meanwhile is for the next round: it gathers first.
        count = left = len(self._waiting)
        while left:
            most = min(left, MOST_AT_ONCE)
            self._write([self._waiting.popleft() for _ in range(most)])
            left -= most
        return count

    def _write(self, batch: list[_Keep]) -> None:
        """Commit a batch; when one group is at fault, the others do without it."""
        problem = self._commit(batch)
        if isinstance(problem, _ONE_AT_FAULT) and len(batch) > 1:
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
            self._insert([row for keep in batch for row in keep.rows])
            self._db.execute("COMMIT")
        except (sqlite3.Error, StoreError, OverflowError, TypeError) as error:
            self._notices = known
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            return error
        return None

    def _insert(self, rows: Sequence[Row]) -> None:
        known = set(self._notices)
        append(self._db, rows, known)
        self._notices = known

    def _look(self, asked: Asked, done: Recalls) -> None:
        choice, problem = None, ""
        try:
            choice = last_choice(self._db, asked)
        except sqlite3.Error as error:
            problem = _words(error)
        if self._notify is None:
            done(choice, problem)
        else:
            self._finished.append((partial(done, choice), problem))
            self._notify()

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
                    self._insert(rows)
                self._db.execute("COMMIT")
            self._spill.clear()
        except (sqlite3.Error, StoreError, OSError, ValueError) as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._problem = _words(error)


def _is_silence(row: Row) -> bool:
    """Whether it tells of silence that is to be: who comes after us must know of it."""
    if not isinstance(row, RecordingAction):
        return False
    is_meant = row.action is RecordAction.STOP and not row.verified
    return is_meant or row.action is RecordAction.MASK


def spill_of(path: Path) -> Spill:
    """Return what waits beside a ledger to be written into it."""
    return Spill(path.with_name(path.name + ".spill.jsonl"))


def connect(path: Path) -> sqlite3.Connection:
    """Open a ledger for writing, with today's tables.

    Raises:
        StoreError: it cannot be opened, or is no ledger.
    """
    try:
        with ExitStack() as if_it_fails:
            db = sqlite3.connect(
                path,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=STATEMENTS,
            )
            if_it_fails.callback(db.close)
            db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            # What is deleted or moved leaves nothing behind in the file.
            db.execute("PRAGMA secure_delete = ON")
            # What a statement keeps to undo itself needs no file.
            db.execute("PRAGMA temp_store = MEMORY")
            migrate(db)
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


def append(
    db: sqlite3.Connection, rows: Iterable[Row], known: set[NoticePlayed]
) -> None:
    """Write rows inside a transaction that has the lock: the chain ends in one place.

    Notices join those that are known.

    Raises:
        StoreError: the words of a notice were others before.
    """
    new = _without_kept(db, rows, known)
    for sql, values in statements(new, open_chain(db)):
        db.execute(sql, values)


def _without_kept(
    db: sqlite3.Connection, rows: Iterable[Row], known: set[NoticePlayed]
) -> list[Row]:
    """Return rows without the notices that are there already."""
    new: list[Row] = []
    for row in rows:
        if type(row) is NoticePlayed:
            if row in known:
                continue
            known.add(row)
            if _is_kept(db, row):
                continue
        new.append(row)
    return new


def _is_kept(db: sqlite3.Connection, row: NoticePlayed) -> bool:
    """Whether a notice is there; refuse words that were not those of its version."""
    found = db.execute(KEPT_NOTICE, row[:4]).fetchone()
    if found and found != (text(row.text), row.audio_sha256):
        raise StoreError(
            f"notice '{row.notice}' v{row.version} ({row.language}) of flow "
            f"'{row.flow}' was played before with other words or audio: "
            "give it a new version"
        )
    return found is not None


def _words(problem: Exception | None) -> str:
    return "" if problem is None else f"{problem}"
