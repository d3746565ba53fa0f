"""Whether all proof is as it was written: the chain, walked from its first row.

In: a ledger's path, and the head of the chain as somebody kept it elsewhere. Out: a
verdict that names the first broken row. Opens the database for reading only, beside a
controller that writes. Must not mend anything.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.errors import StoreError
from eslflow.ledger.chain import BEGIN, FORMS, Form, Head, Link, read_head
from eslflow.ledger.read import opened
from eslflow.ledger.there import is_there
from eslflow.ledger.unchained import ADDED, odd

_Row = tuple[Any, ...]

CHUNK = 20_000
"""Links that are walked at a time: each such part can be walked on its own."""
FEW = 10
"""Parts that take less time than starting other processes for them."""


class Broken(NamedTuple):
    """The first row that is not as it was written."""

    place: int
    """In the chain; 0: it has none."""
    table: str
    """Empty: nobody can say which row it was."""
    seq: int
    call: str
    problem: str
    """What is wrong, and what should be there."""

    def __str__(self) -> str:
        """Tell it in a line."""
        where = f"place {self.place}: " if self.place else ""
        row = f"{self.table} {self.seq}" if self.table else "a row"
        call = f" (call {self.call})" if self.call else ""
        return f"{where}{row}{call} {self.problem}"


class Verdict(NamedTuple):
    """What was found."""

    head: Head
    """Where the chain ends."""
    broken: Broken | None


class _Ends(NamedTuple):
    """What a ledger held when it was opened: it may grow meanwhile."""

    head: Head
    rows: dict[str, int]
    """How many are in each table."""
    written: dict[str, int]
    """How many were ever written into each."""


def verify(path: Path, since: Head | None = None) -> Verdict:
    """Walk through all proof.

    Raises:
        StoreError: the ledger cannot be read, or has no chain yet.
    """
    with _reading(path) as db:
        ends = _ends(db)
        # As many as there are: should a place be missing, it is one of these.
        broken = _walk(path, ends.rows["chain"])
        broken = broken or _beside(db, ends) or _cut_off(db, ends)
        if broken is None and (found := odd(db)):
            broken = Broken(0, *found)
        if since and (broken is None or broken.place > since.place):
            broken = _other(db, ends, since) or broken
        return Verdict(ends.head, broken)


def head(path: Path) -> Head:
    """Return where the chain of a ledger ends.

    Raises:
        StoreError: the ledger cannot be read, or has no chain yet.
    """
    with _reading(path) as db:
        _demand_chain(db)
        return read_head(db)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(opened(path)) as db:
            yield db
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreError(f"the ledger {path} cannot be read: {error}") from error


def _demand_chain(db: sqlite3.Connection) -> None:
    if not is_there(db, "chain"):
        raise StoreError(
            "this ledger is older than the chain: eslflow serve chains what is there "
            "when it starts"
        )
    if not all(is_there(db, form.rows) for form in FORMS.values()):
        raise StoreError(
            "this ledger is older than this eslflow: eslflow serve brings it up to "
            "date when it starts"
        )


def _ends(db: sqlite3.Connection) -> _Ends:
    _demand_chain(db)
    tables = [*[form.rows for form in FORMS.values()], "chain"]
    db.execute("BEGIN")
    rows = {table: _count(db, table) for table in tables}
    written = dict.fromkeys(tables, 0)
    written.update(db.execute("SELECT name, seq FROM sqlite_sequence"))
    ends = _Ends(read_head(db), rows, written)
    db.execute("COMMIT")
    return ends


def _count(db: sqlite3.Connection, table: str) -> int:
    # The rows themselves, not those of an index.
    sql = f"SELECT count(*) FROM {table} NOT INDEXED"
    return int(db.execute(sql).fetchone()[0])


def _walk(path: Path, last: int) -> Broken | None:
    parts = [(path, after, min(after + CHUNK, last)) for after in range(0, last, CHUNK)]
    with ExitStack() as stack:
        holds: Iterable[bool] = map(_holds, parts)
        if len(parts) > FEW and (cpus := os.cpu_count() or 1) > 1:
            # Each part needs but the last hash of the one before, as it is kept.
            pool = ProcessPoolExecutor(cpus, get_context("spawn"))
            stack.callback(pool.shutdown, cancel_futures=True)
            holds = pool.map(_holds, parts)
        for (_, after, to), is_good in zip(parts, holds, strict=True):
            if not is_good:
                return _first_of(path, after, to)
    return None


def _holds(part: tuple[Path, int, int]) -> bool:
    """Whether a part of the chain holds, its rows being read in one go."""
    path, after, to = part
    sql = "SELECT * FROM chain WHERE place > ? AND place <= ? ORDER BY place"
    with closing(opened(path)) as db:
        try:
            links = db.execute(sql, (after, to)).fetchall()
            before = _link_at(db, after)
            if before is None or len(links) != to - after:
                return False
            return all(_one_by_one(db, links, before))
        except (sqlite3.DatabaseError, KeyError, TypeError):
            # A text is none any more, a number no number, a row no row, or no table of
            # proof.
            return False


def _one_by_one(
    db: sqlite3.Connection, links: Sequence[_Row], before: Link
) -> Iterator[bool]:
    """Yield whether each link is what its row and the link before make it."""
    rows = {kind: _rows(db, kind, links) for kind in FORMS}
    hash_ = before.hash
    for place, (at, kind, seq, kept) in enumerate(links, before.place + 1):
        row = next(rows[kind], None)
        found = _hash(FORMS[kind], place, hash_.hex(), row) if row else None
        yield row is not None and (at, seq, kept) == (place, row[0], found)
        hash_ = kept


def _link_at(db: sqlite3.Connection, place: int) -> Link | None:
    if not place:
        return Link(0, 0, 0, BEGIN.hash)
    found = db.execute("SELECT * FROM chain WHERE place = ?", (place,)).fetchone()
    return Link(*found) if found else None


def _rows(db: sqlite3.Connection, kind: int, links: Iterable[_Row]) -> Iterator[_Row]:
    """Return the rows of a table that a part of the chain speaks of."""
    found = [seq for _, of_kind, seq, _ in links if of_kind == kind]
    if not found:
        return iter(())
    sql = f"{_select(kind)} WHERE seq BETWEEN ? AND ? ORDER BY seq"
    return db.execute(sql, (min(found), max(found)))


def _select(kind: int) -> str:
    form = FORMS[kind]
    return f"SELECT seq, {', '.join(form.columns)} FROM {form.table}"


def _hash(form: Form, place: int, previous: str, row: _Row) -> bytes | None:
    """Return the hash that a row should have; None: it can have none."""
    seq, *values = row
    if tuple(map(type, values)) != form.types:
        return None
    text = form.text(values, place, previous, seq)
    return sha256(text.encode(errors="surrogateescape")).digest()


# What is wrong, in words: place by place, which takes longer.


def _first_of(path: Path, after: int, to: int) -> Broken:
    with closing(opened(path)) as db:
        db.text_factory = _as_it_is
        return _first(db, after, to)


def _as_it_is(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


def _first(db: sqlite3.Connection, after: int, to: int) -> Broken:
    """Return what is broken first in a part that does not hold."""
    last = dict.fromkeys(FORMS, 0)
    sql = "SELECT kind, max(seq) FROM chain WHERE place <= ? GROUP BY kind"
    last.update(db.execute(sql, (after,)))
    before, double = _link_at(db, after), None
    for place in range(after + 1, to + 1):
        try:
            link = _link_at(db, place)
        except sqlite3.DatabaseError as error:
            return Broken(place, "", 0, "", f"cannot be read in the chain: {error}")
        if link is None or before is None:
            return _without_link(db, place, last)
        broken = _judged(db, link, before) or _between(db, link, last[link.kind])
        if broken and broken.problem != _DOUBLE:
            return broken
        double = double or broken
        last[link.kind] = link.seq
        before = link
    if double:
        return double
    raise StoreError("the ledger changes while it is read: try again")


def _judged(db: sqlite3.Connection, link: Link, before: Link) -> Broken | None:
    """Return what is wrong with a link and the row that it names."""
    if link.kind not in FORMS or not isinstance(link.hash, bytes):
        what = f"cannot be found: the chain names table {link.kind}, row {link.seq}"
        return Broken(link.place, "", 0, "", what)
    previous = before.hash.hex()
    try:
        row = _row(db, link.kind, link.seq)
    except sqlite3.DatabaseError as error:
        what = f"cannot be read: {error}. Its hash was {link.hash.hex()}"
        return _broken(link, None, what)
    if row and _is_next(link, previous, row):
        return None
    others = _numbered(db, link.kind, link.seq)
    if any(_is_next(link, previous, other) for other in others):
        # The other one has a damaged number: where it should be, it is missed.
        return _broken(link, row, _DOUBLE) if row else None
    row = row or next(iter(others), None)
    if row is None:
        return _broken(link, None, f"is gone. Its hash was {link.hash.hex()}")
    found = _hash(FORMS[link.kind], link.place, previous, row)
    problem = f"was changed. Its hash should be {link.hash.hex()}"
    if found is None:
        return _broken(link, row, f"{problem}, and a value is not of its kind")
    return _broken(link, row, _either(db, link, found, problem))


def _either(db: sqlite3.Connection, link: Link, found: bytes, problem: str) -> str:
    """Tell a changed row from a changed hash: the next row rests on the right one."""
    right, after, row = found.hex(), None, None
    with suppress(sqlite3.DatabaseError):
        after = _link_at(db, link.place + 1)
        row = _row(db, after.kind, after.seq) if after and after.kind in FORMS else None
    if after and row and _is_next(after, right, row):
        wrong = link.hash.hex()
        return f"has another hash in the chain: it is {wrong}, not {right}"
    return f"{problem}, and is {right}"


def _is_next(link: Link, previous: str, row: _Row) -> bool:
    return _hash(FORMS[link.kind], link.place, previous, row) == link.hash


_DOUBLE = "is there twice: something else than eslflow wrote one of the two"


def _row(db: sqlite3.Connection, kind: int, seq: int) -> _Row | None:
    row: _Row | None = db.execute(f"{_select(kind)} WHERE seq = ?", (seq,)).fetchone()
    return row


def _numbered(db: sqlite3.Connection, kind: int, seq: int) -> list[_Row]:
    """Return all rows of a number; a damaged one may hide another from the index."""
    with suppress(sqlite3.DatabaseError):
        return db.execute(f"{_select(kind)} WHERE +seq = ?", (seq,)).fetchall()
    return []


def _broken(link: Link, row: _Row | None, problem: str) -> Broken:
    form = FORMS[link.kind]
    named = dict(zip(form.columns, row[1:], strict=True)) if row else {}
    call = str(named.get("call_uuid", ""))
    return Broken(link.place, form.table, link.seq, call, problem)


def _between(db: sqlite3.Connection, link: Link, last: int) -> Broken | None:
    """Return a row that stands between two of its table, and in no place."""
    sql = f"{_select(link.kind)} WHERE seq > ? AND seq < ? ORDER BY seq LIMIT 1"
    row = db.execute(sql, (last, link.seq)).fetchone()
    if row is None:
        return None
    return _broken(Link(0, link.kind, row[0], b""), row, _INSERTED)


_INSERTED = f"is not in the chain: {ADDED}"


def _without_link(db: sqlite3.Connection, place: int, last: dict[int, int]) -> Broken:
    """Return the row whose place in the chain is gone."""
    gone = "is gone from the chain"
    written = dict(db.execute("SELECT name, seq FROM sqlite_sequence"))
    for kind, seq in last.items():
        sql = "SELECT min(seq) FROM chain WHERE place > ? AND kind = ?"
        (linked,) = db.execute(sql, (place, kind)).fetchone()
        sql = f"{_select(kind)} WHERE seq > ? ORDER BY seq LIMIT 1"
        row = db.execute(sql, (seq,)).fetchone()
        if row and (linked is None or row[0] < linked):
            return _broken(Link(place, kind, row[0], b""), row, gone)
        if (linked or written.get(FORMS[kind].rows, 0) + 1) > seq + 1:
            lost = Link(place, kind, seq + 1, b"")
            return _broken(lost, None, f"{gone}, and from its table")
    return Broken(place, "", 0, "", f"{gone}, and from its table")


def _beside(db: sqlite3.Connection, ends: _Ends) -> Broken | None:
    """Return a row that no link names, though the chain holds."""
    if sum(ends.rows[form.rows] for form in FORMS.values()) == ends.rows["chain"]:
        return None
    return next(filter(None, (_unlinked(db, kind) for kind in FORMS)), None)


def _unlinked(db: sqlite3.Connection, kind: int) -> Broken | None:
    linked = "SELECT seq FROM chain WHERE kind = ?"
    rows = f"{FORMS[kind].rows} NOT INDEXED"
    # One that was made in the file may have the number of another.
    double = f"SELECT seq FROM {rows} GROUP BY +seq HAVING count(*) > 1"
    sql = (
        f"SELECT seq FROM {rows} WHERE seq NOT IN ({linked}) OR +seq IN ({double}) "
        "ORDER BY +seq LIMIT 1"
    )
    if (found := db.execute(sql, (kind,)).fetchone()) is None:
        return None
    return _broken(Link(0, kind, found[0], b""), _row(db, kind, found[0]), _INSERTED)


def _cut_off(db: sqlite3.Connection, ends: _Ends) -> Broken | None:
    """Return the first of the last rows, if they are gone with their places."""
    place, written = ends.head.place, ends.written["chain"]
    for kind, form in FORMS.items():
        sql = f"SELECT coalesce(max(seq), 0) FROM {form.rows}"
        (last,) = db.execute(sql).fetchone()
        if ends.written[form.rows] > last:
            lost = Link(place + 1, kind, last + 1, b"")
            return _broken(lost, None, "is gone, and the end of the chain with it")
    if written > place:
        return Broken(place + 1, "", 0, "", f"is gone: {written} were written")
    return None


def _other(db: sqlite3.Connection, ends: _Ends, since: Head) -> Broken | None:
    """Return what is wrong if the chain once had another link there."""
    if since.place > ends.head.place:
        what = f"is gone: the chain ends at place {ends.head.place}"
        return Broken(since.place, "", 0, "", what)
    link = _link_at(db, since.place)
    if link is None or link.hash == since.hash:
        return None
    return _broken(
        link,
        _row(db, link.kind, link.seq),
        f"had the hash {since.hash.hex()}, and has {link.hash.hex()}: the whole chain "
        "was written anew, after a change there or before",
    )
