"""A copy of a ledger, made while it is written: whole, proved to be, and private.

In: a ledger, a path for the copy. Out: the head of the copy's chain. What was committed
before it began is in it. It stands under its name only once all of it was looked at;
until then, and if anything fails, nothing does. Must not change the ledger.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from errno import EEXIST
from pathlib import Path
from uuid import uuid4

from eslflow.errors import StoreError
from eslflow.ledger.chain import Head
from eslflow.ledger.integrity import damage
from eslflow.ledger.read import opened
from eslflow.ledger.there import is_there
from eslflow.ledger.verify import verify


def backup(path: Path, copy: Path, replace: bool = False) -> Head | None:
    """Write a copy; return where its chain ends (None: it is older than the chain).

    Raises:
        StoreError: there is no ledger, it is not whole, the copy cannot be written, or
            something stands in its place and is not to be replaced.
    """
    _demand_room(path, copy, replace)
    new = copy.with_name(f".{copy.name}.{uuid4().hex}")
    try:
        _copy(path, new)
        head = _looked_at(new)
        _put(new, copy, replace)
    except sqlite3.Error as error:
        raise StoreError(f"cannot write {copy}: {error}") from error
    except OSError as error:
        if error.errno == EEXIST:
            raise _taken(copy) from error
        raise StoreError(f"cannot write {copy}: {error.strerror}") from error
    finally:
        for left in (new, new.with_name(f"{new.name}-journal")):
            with suppress(OSError):
                left.unlink()
    return head


def _taken(copy: Path) -> StoreError:
    return StoreError(f"{copy} is there already: name another file, or use --force")


def _demand_room(path: Path, copy: Path, replace: bool) -> None:
    """Refuse a place for the copy that something else needs.

    Raises:
        StoreError: it is the ledger's own, a folder's, or somebody's file.
    """
    if copy.is_dir():
        raise StoreError(f"{copy} is a folder: name a file in it")
    beside = {f"{path.name}{end}" for end in ("", "-wal", "-shm", ".spill.jsonl")}
    if copy.resolve() in {path.resolve().with_name(name) for name in beside}:
        raise StoreError(f"{copy} belongs to the ledger itself: name another file")
    if os.path.lexists(copy) and not replace:
        raise _taken(copy)


def _copy(path: Path, new: Path) -> None:
    """Copy the ledger as it is at this moment."""
    with closing(opened(path)) as source:
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(new, isolation_level=None)) as target:
            # All at once: who writes meanwhile is not kept from it (WAL), and copying
            # page by page would begin anew with each commit.
            source.backup(target)
            # A copy is one file, and stays one when it is read.
            target.execute("PRAGMA journal_mode = DELETE")
    _sync(new)


def _looked_at(new: Path) -> Head | None:
    """Return the end of a copy's chain.

    Raises:
        StoreError: it is not whole.
    """
    problem = damage(new)
    if problem:
        hint = "eslflow doctor tells what mends it"
        told = f"the ledger is damaged, and no copy was kept: {problem}. {hint}"
        raise StoreError(told)
    with closing(opened(new)) as db:
        if not is_there(db, "chain"):
            return None
    found = verify(new)
    if found.broken:
        raise StoreError(
            f"the ledger's chain is broken, and no copy was kept: {found.broken}. "
            "eslflow doctor tells what to compare it with"
        )
    return found.head


def _put(new: Path, copy: Path, replace: bool) -> None:
    """Give a file its name."""
    if replace:
        new.replace(copy)
    else:
        # Fails if somebody has taken the name meanwhile; renaming would not.
        os.link(new, copy)
        new.unlink()
    _sync(copy.parent)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
