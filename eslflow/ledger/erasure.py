"""Erasing whom calls were with, and the tombstone that proves it.

In: a person as `subject` found them, who asks and why. Out: what is to be erased is
noted first, then, when the files are gone, numbers, names and words are deleted, and
`erasures` says in the chain what was done. Whatever is proof stays, and names nobody.
It may be killed at any moment:

      done                                  | what the next round finds and does
      nothing is noted yet                  | nothing was erased
      it is noted, and some files are gone  | the rest of the files, then the rest
      numbers and names are gone            | traces in the ledger's file are removed

A call that goes on is left until it has ended.
"""

from __future__ import annotations

import fcntl
import hmac
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from eslflow.call.records import Erasure
from eslflow.errors import StoreError
from eslflow.ledger import scrub
from eslflow.ledger.append import append
from eslflow.ledger.read import opened
from eslflow.ledger.subject import (
    BOTH,
    LOST_US,
    SIDES,
    Subject,
    for_,
    has_orders,
    held_calls,
    holds,
)
from eslflow.ledger.writer import connect

log = logging.getLogger("eslflow")

SUBJECT = "subject"
BEGUN, DONE = "begun", "done"


class Order(NamedTuple):
    """Who wants a person erased."""

    at: int
    who: str
    reason: str
    mark: str
    """The keyed hash of the number."""


def new_key() -> bytes:
    """Return a key that makes of a number what nobody can guess."""
    return os.urandom(16)


def mark_of(key: bytes, number: str) -> str:
    """Return what stands for a number in a tombstone."""
    return hmac.digest(key, number.encode(), "sha256").hex()


def going(db: sqlite3.Connection, calls: Iterable[str], now: int) -> set[str]:
    """Return those of some calls that have not ended."""
    return {uuid for uuid in calls if _is_going(db, uuid, now)}


def _is_going(db: sqlite3.Connection, uuid: str, now: int) -> bool:
    call = "SELECT 1 FROM calls WHERE uuid = ? AND ended_at IS NULL AND offered_at > ?"
    file = "SELECT 1 FROM recordings WHERE call_uuid = ? AND state IS NULL "
    values = (uuid, now - LOST_US)
    found = (db.execute(sql, values) for sql in (call, file + "AND asked_at > ?"))
    return any(row.fetchone() for row in found)


class Begun(NamedTuple):
    """An erasure that is noted."""

    number: int
    texts: list[str]
    """Words that are deleted already."""


def begin(path: Path, subject: Subject, order: Order) -> Begun:
    """Note what is to be erased, for good; delete words beside those of calls.

    Raises:
        StoreError: it cannot be kept; nothing is erased.
    """
    row = Erasure(
        order.at,
        SUBJECT,
        BEGUN,
        order.who,
        order.reason,
        order.mark,
        0,
        len(subject.sides),
        0,
        len(subject.marks),
    )
    with closing(_opened(path)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
            append(db, [row], set())
            last = "SELECT seq FROM sqlite_sequence WHERE name = 'erasures'"
            number = int(db.execute(last).fetchone()[0])
            new = "INSERT OR REPLACE INTO erasing VALUES (?, ?, ?)"
            db.executemany(
                new, [(uuid, side, number) for uuid, side in subject.sides.items()]
            )
            # Without these words nobody would know any more whom a hold is for.
            marks = subject.marks - {held.mark for held in holds(db)}
            delete = "DELETE FROM personal WHERE hash = ? RETURNING text"
            found = [db.execute(delete, (mark,)).fetchall() for mark in marks]
            db.execute(scrub.MARK)
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"the ledger {path} cannot be written: {error}") from error
        return Begun(number, [text for rows in found for (text,) in rows])


def finish(
    path: Path, now: int, texts: Sequence[str] | None = None, *, beside: bool
) -> bool:
    """Erase whom those calls were with whose files are gone; return if that is all.

    `texts` are traces of what was deleted before; None: they are not known, or the
    process has other connections to the ledger (see `scrub`). `beside`: a controller
    writes, too, and is not to be kept waiting while calls go on.

    Raises:
        StoreError: the ledger cannot be written; what is left is done another time.
    """
    gone: list[str] = []
    with closing(opened(path)) as db:
        if not has_orders(db):
            return True
    with closing(_opened(path)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
            for number, sides in _noted(db, now).items():
                _forget(db, number, sides, now, gone)
            is_due = scrub.is_due(db)
            may_block = not beside or _is_quiet(db, now)
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"the ledger {path} cannot be written: {error}") from error
    if not is_due:
        return True
    return scrub.scrub(path, None if texts is None else [*texts, *gone], may_block)


def _is_quiet(db: sqlite3.Connection, now: int) -> bool:
    """Whether no call goes on, as far as the ledger knows."""
    sql = "SELECT 1 FROM calls WHERE ended_at IS NULL AND offered_at > ?"
    return db.execute(sql, (now - LOST_US,)).fetchone() is None


@contextmanager
def alone(path: Path, waits: bool) -> Iterator[bool]:
    """Yield whether nobody else erases now, nor will until this is left."""
    # The folder, which both a command's user and that of serve can open.
    fd = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(fd)


def _opened(path: Path) -> sqlite3.Connection:
    db = connect(path)
    db.execute(f"PRAGMA busy_timeout = {scrub.PATIENCE_MS}")
    return db


def _noted(db: sqlite3.Connection, now: int) -> dict[int, dict[str, str]]:
    """Return, by erasure, the calls that have ended and of which no file is left."""
    sql = (
        "SELECT erasure, call_uuid, side FROM erasing e WHERE call_uuid <> '' "
        "AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.call_uuid = e.call_uuid "
        "AND r.erased_at IS NULL) ORDER BY erasure"
    )
    found: dict[int, dict[str, str]] = {}
    stay = held_calls(db)
    for number, uuid, side in db.execute(sql).fetchall():
        if uuid not in stay and not _is_going(db, uuid, now):
            found.setdefault(number, {})[uuid] = side
    return found


def _forget(
    db: sqlite3.Connection,
    number: int,
    sides: dict[str, str],
    now: int,
    gone: list[str],
) -> None:
    """Delete who some calls were with, and say so."""
    words = files = 0
    for uuid, side in sides.items():
        for one in SIDES if side == BOTH else (side,):
            gone += _blank(db, uuid, one)
        sql = "SELECT text FROM personal WHERE call_uuid = ?"
        gone += [text for (text,) in db.execute(sql, (uuid,))]
        sql = "DELETE FROM personal WHERE call_uuid = ?"
        words += db.execute(sql, (uuid,)).rowcount
        sql = "SELECT count(*) FROM recordings WHERE call_uuid = ? AND erased_for = ?"
        files += db.execute(sql, (uuid, for_(number))).fetchone()[0]
        db.execute("DELETE FROM erasing WHERE call_uuid = ?", (uuid,))
    sql = "SELECT who, subject FROM erasures WHERE seq = ?"
    who, mark = db.execute(sql, (number,)).fetchone()
    many = (number, len(sides), files, words)
    append(db, [Erasure(now, SUBJECT, DONE, who, "", mark, *many)], set())
    db.execute(scrub.MARK)
    log.info("erasure %d: %d calls name the person no more", number, len(sides))


def _blank(db: sqlite3.Connection, uuid: str, side: str) -> Iterator[str]:
    """Delete a side of a call; yield what stood there."""
    name = "caller_name" if side == SIDES[0] else "''"
    sql = f"SELECT {side}, {side}_key, {name} FROM calls WHERE uuid = ?"
    yield from db.execute(sql, (uuid,)).fetchone() or ()
    sets = f"{side} = '', {side}_digits = '', {side}_key = ''"
    if side == SIDES[0]:
        sets += ", caller_name = ''"
    db.execute(f"UPDATE calls SET {sets} WHERE uuid = ?", (uuid,))
