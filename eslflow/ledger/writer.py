"""The one thread that writes: many calls' rows in one commit.

In: groups of rows from any thread. Out: rows in SQLite, durable (`synchronous=FULL`)
before whoever asked is told. Nobody waits on the disk but this thread. A group is
written whole or not at all; what the database refuses goes to the spill file, and what
comes after it waits behind it: rows are written in the order in which they were kept.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from eslflow.call.records import NoticePlayed, RecordingAction, Remembered, Row
from eslflow.clock import running_s
from eslflow.errors import StoreError, on_one_line
from eslflow.ledger.append import append as append
from eslflow.ledger.connect import connect as connect
from eslflow.ledger.connect import spill_of as spill_of
from eslflow.ledger.connect import write as write
from eslflow.ledger.damage import damaged_in, damaged_log
from eslflow.ledger.lean import Lean
from eslflow.ledger.memory import Asked, last_choice
from eslflow.ledger.replay import AT_FAULT, replay, undo
from eslflow.ledger.spill import size
from eslflow.wire.terms import RecordAction

MOST_AT_ONCE = 500
"""Groups in one commit."""
GATHER_S = 0.1
"""How long rows that nobody waits for gather before they are committed."""
BUSY = 10
"""Groups in one commit that show that more are on their way: some twelve calls begin
each second. Of fewer, a commit holds no more than gather by themselves."""
PAUSE_S = 0.013
"""How long a busy ledger gathers before the next commit, which costs more than a call:
callers who agree wait for it. Where calls are few, nobody waits for others."""
ENOUGH = 120
"""Groups waiting that are worth a commit, however short the time since the last."""
RETRY_S = 5.0
"""How often the spill file is tried again while nothing else is written."""

log = logging.getLogger("eslflow")

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
    """Whether rows wait in the spill file, or in memory for room in it."""
    refused: str = ""
    """The file with rows that will never be written; empty: there are none."""


_MEND = "What to do then: docs/ledger.md, A damaged ledger"


class _Keep(NamedTuple):
    rows: Sequence[Row]
    done: Done | None


class Ledger:
    """Writes what calls keep. Use as a context manager, or call `close`."""

    def __init__(
        self,
        path: Path,
        notify: Callable[[], None] | None = None,
        *,
        is_patient: bool = False,
    ) -> None:
        """Open a ledger; a patient one begins without, and tries again.

        Raises:
            StoreError: it cannot be opened, and is not patient.
        """
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
        self._had_file = path.exists()
        self._damage = damaged_log(path)
        self._db: sqlite3.Connection | None = None
        problem = self._catch_up()
        if not (is_patient or self._is_open()):
            raise StoreError(problem)
        self._is(problem)
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
        if not self._urgent.is_set() and (done or any(map(_is_silence, rows))):
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
        refused = str(self._spill.refused) if size(self._spill.refused) else ""
        waiting = len(self._waiting)
        return Health(self._problem, waiting, not self._spill.is_empty, refused)

    def doubt(self, problem: str) -> None:
        """Write nothing more into a database that is damaged; empty: it is not.

        What is written into one may be lost with it, so that it waits beside it.
        """
        if self._is_open():
            self._damage = problem
            self._some.set()
            self._urgent.set()

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
            self._some.wait(None if self._is_well() else RETRY_S)
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
        self._end()

    def _is_open(self) -> bool:
        return self._db is not None

    def _is_well(self) -> bool:
        return not self._problem and self._is_open() and self._spill.is_empty

    def _end(self) -> None:
        if self._db is not None:
            self._db.close()
        if self._spill.held:
            log.error(
                "the ledger %s: %d groups of rows are lost, neither it nor its spill "
                "file could be written",
                self.path,
                self._spill.held,
            )

    def _write_all(self) -> int:
        """Write what waits now; return how many groups that were."""
        if not self._waiting and not (self._is_well() and not self._damage):
            self._is(self._catch_up())
        # What comes meanwhile is for the next round: it gathers first.
        count = left = len(self._waiting)
        while left:
            most = min(left, MOST_AT_ONCE)
            self._write([self._waiting.popleft() for _ in range(most)])
            left -= most
        return count

    def _write(self, batch: list[_Keep]) -> None:
        """Commit a batch; when one group is at fault, the others do without it."""
        waits, db = self._catch_up(), self._db
        problem = None if waits or db is None else self._commit(db, batch)
        if isinstance(problem, AT_FAULT) and len(batch) > 1:
            for keep in batch:
                self._write([keep])
            return
        told = waits or _words(problem)
        if waits or isinstance(problem, sqlite3.Error):
            told += self._spill_over(batch)
        self._is(told)
        self._tell(batch, told)

    def _catch_up(self) -> str:
        """Open what is not open, write what waits; return why it cannot be."""
        try:
            if self._damage:
                raise StoreError(f"{self._damage}. {_MEND}")
            if self._db is None:
                self._db = self._open()
                self._lean = Lean(self._db)
            if not self._spill.is_empty:
                replay(self._db, self._spill)
        except (sqlite3.Error, StoreError, OSError) as error:
            # Once there is room again for a file, memory is not where it waits.
            with suppress(OSError):
                self._spill.settle()
            return _words(error)
        return ""

    def _open(self) -> sqlite3.Connection:
        """Open the database; what waits is for one that is sound.

        Raises:
            StoreError: it cannot be opened, is damaged, or is gone.
        """
        if self._had_file and not self.path.exists():
            raise StoreError(f"the ledger {self.path} is gone. {_MEND}")
        with ExitStack() as if_it_fails:
            db = connect(self.path)
            if_it_fails.callback(db.close)
            problem = "" if self._spill.is_empty else damaged_in(db, self.path)
            if problem:
                raise StoreError(f"{problem}. {_MEND}")
            if_it_fails.pop_all()
            return db

    def _is(self, problem: str) -> None:
        """Note how the ledger is, and tell it when that changes."""
        before, self._problem = self._problem, problem
        if problem and problem != before:
            log.error(
                "ALARM: the ledger is not written, calls go on unrecorded: %s",
                on_one_line(problem),
            )
        elif before and not problem:
            log.warning("the ledger is written again, and so is what has waited")

    def _commit(self, db: sqlite3.Connection, batch: list[_Keep]) -> Exception | None:
        known = set(self._notices)
        try:
            db.execute("BEGIN IMMEDIATE")
            self._insert(db, [row for keep in batch for row in keep.rows])
            db.execute("COMMIT")
        except (sqlite3.Error, *AT_FAULT) as error:
            self._notices = known
            self._lean.forget()
            with suppress(sqlite3.Error):
                undo(db)
            return error
        return None

    def _insert(self, db: sqlite3.Connection, rows: Sequence[Row]) -> None:
        known = set(self._notices)
        append(db, rows, known, self._lean)
        self._notices = known

    def _look(self, asked: Asked, done: Recalls) -> None:
        choice, problem = None, ""
        try:
            if self._db is None:
                problem = self._problem
            else:
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

    def _spill_over(self, batch: list[_Keep]) -> str:
        """Put a batch beside the database; return what is to be said of it."""
        try:
            self._spill.add([keep.rows for keep in batch])
        except OSError as error:
            lost = f", {self._spill.lost} groups are lost" if self._spill.lost else ""
            why = f"nor could the spill file be written: {error.strerror}"
            return f"; {why}; rows wait in memory{lost}"
        return ""


def _is_silence(row: Row) -> bool:
    """Whether it tells of silence that is to be: who comes after us must know of it."""
    if type(row) is not RecordingAction:
        return False
    is_meant = row.action is RecordAction.STOP and not row.verified
    return is_meant or row.action is RecordAction.MASK


def _words(problem: Exception | None) -> str:
    return "" if problem is None else f"{problem}"
