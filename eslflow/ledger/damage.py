"""Whether the files of a ledger are damaged: found before somebody rests on them.

In: a ledger's path. Out: what is damaged, in words; empty: nothing was found. Must not
change the files, for they are what a ledger can be saved from. Whether rows are what
they were is another question: `verify` answers it.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from eslflow.errors import StoreError
from eslflow.ledger.read import opened

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
"""Its last bit tells the order of bytes in sums."""
_WORD = 0xFFFFFFFF
_SIGNS = b"\x40\x20\x20"
"""What each database has from its 22nd byte on."""
_SIGNS_AT = 21

Sum = tuple[int, int]


class _Frame(NamedTuple):
    """A page in the log of a database."""

    is_good: bool
    is_commit: bool
    """Whether it ends a transaction, as far as it can be read."""


def was_database(start: bytes) -> bool:
    """Whether a file that begins so was a database once, and is damaged now."""
    signs = start[_SIGNS_AT : _SIGNS_AT + len(_SIGNS)]
    return signs == _SIGNS or (len(start) > _SIGNS_AT and not any(start))


def damaged(path: Path) -> str:
    """Look through a ledger's file, beside whoever writes it.

    Raises:
        StoreError: it cannot be opened, and told why.
    """
    with closing(opened(path)) as db:
        return damaged_in(db, path)


def damaged_in(db: sqlite3.Connection, path: Path) -> str:
    """Look through a file that is open."""
    try:
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"{path} cannot be looked through: {error}") from error
        found = str(error)
    return "" if found == "ok" else f"{path} is damaged: {' '.join(found.split())}"


def damaged_log(path: Path) -> str:
    """Look through the log beside a ledger (`-wal`), before anybody opens that.

    SQLite reads it up to the first frame whose sum is wrong, and drops the rest without
    a word: right for what a power cut has torn, which is the last transaction at most,
    because each is on the disk before the next begins. More than that was acknowledged.
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        while problem := _torn(log, data := log.read_bytes()):
            with log.open("rb") as file:
                # Somebody began it anew meanwhile: half of what was read is old.
                if file.read(_HEADER.size) == data[: _HEADER.size]:
                    return problem
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{log} cannot be read: {error.strerror}"
    return ""


def _torn(log: Path, data: bytes) -> str:
    bad = commits = 0
    for number, frame in enumerate(_frames(data), 1):
        bad = bad or (0 if frame.is_good else number)
        commits += bool(bad) and frame.is_commit
        if commits > 1 and frame.is_good:
            return (
                f"{log} is damaged: its frame {number} was written after frame {bad}, "
                "which cannot be read any more"
            )
    return ""


def _frames(data: bytes) -> Iterator[_Frame]:
    if len(data) < _HEADER.size + _FRAME.size:
        return
    magic, _, page, _, *salts, sum1, sum2 = _HEADER.unpack_from(data)
    order = ">" if magic & 1 else "<"
    before = _sum(data[: _HEADER.size - 8], order, (0, 0))
    is_good = magic & ~1 == _MAGIC and before == (sum1, sum2)
    if not is_good:
        # Nothing is known but what the file beside it has, and that may be gone, too.
        return
    for at in range(
        _HEADER.size, len(data) - page - _FRAME.size + 1, _FRAME.size + page
    ):
        _, size, *found, sum1, sum2 = _FRAME.unpack_from(data, at)
        body = data[at : at + 8] + data[at + _FRAME.size : at + _FRAME.size + page]
        right = _sum(body, order, before) if found == salts else None
        # The next one rests on the sum that stands here, be it right or not.
        before = (sum1, sum2)
        # One salt alone is enough: the other may be what is damaged. What is left of
        # an earlier use of the log has neither.
        is_ours = found[0] == salts[0] or found[1] == salts[1]
        yield _Frame(right == before, is_ours and size > 0)


def _sum(data: bytes, order: str, before: Sum) -> Sum:
    """Return SQLite's own sum: of words, two at a time."""
    one, two = before
    for first, second in struct.iter_unpack(f"{order}2I", data):
        one = (one + first + two) & _WORD
        two = (two + second + one) & _WORD
    return one, two
