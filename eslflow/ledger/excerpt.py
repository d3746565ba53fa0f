"""What a ledger holds of one call, as it was hashed: to be handed to somebody else.

In: a ledger's path and a call. Out: its rows of proof with their places in the chain,
the words that stand beside them, and the rows that are not chained. Opens the database
for reading only. Must not hand out a row that is not the one of its hash.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path as File
from typing import Any, NamedTuple

from eslflow.errors import StoreError
from eslflow.ledger.chain import BEGIN, FORMS, Form
from eslflow.ledger.personal import MARK
from eslflow.ledger.read import opened
from eslflow.ledger.tree import Path, TreeHead, grow

Line = dict[str, Any]

_NOTICES = (
    "WHERE (flow, notice, version, language) IN (SELECT flow, notice, "
    "notice_version, language FROM choices WHERE call_uuid = ? AND notice <> '')"
)


class Linked(NamedTuple):
    """A row of proof, and where it hangs in the chain."""

    place: int
    hash: bytes
    text: str
    """What is hashed: canonical JSON, with the hash of the row before in it."""


class Excerpt(NamedTuple):
    """All that is kept of a call."""

    links: tuple[Linked, ...]
    """By place."""
    words: dict[str, tuple[bytes, str]]
    """What may name a person: key and words, by the hash that stands in the row."""
    call: Line
    recordings: tuple[Line, ...]
    trees: dict[TreeHead, dict[int, Path]]
    """Heads of the tree over the chain, with the way of each row there."""


def excerpt(
    path: File, call: str, upto: TreeHead | None = None, looked_at: int = 0
) -> Excerpt:
    """Return what a ledger holds of a call, as it is now.

    Rows that came after somebody looked at that time are left out. All lead to the
    newest head of the tree, and to one that was kept elsewhere.

    Raises:
        StoreError: it cannot be read, or a row is not as it was written.
    """
    with _reading(path) as db:
        db.execute("BEGIN")
        links = _until(tuple(_links(db, call)), looked_at)
        calls = _lines(db, "SELECT * FROM calls WHERE uuid = ?", call)
        sql = "SELECT * FROM recordings WHERE call_uuid = ? ORDER BY asked_at, id"
        recordings = tuple(_lines(db, sql, call))
        words = _words(db, call, links)
        places = [link.place for link in links]
        trees = dict([_tree(db, places, _last(db))])
        if upto is not None:
            trees |= [_grown(db, places, upto)]
    return Excerpt(
        links, words, calls[0] if calls else {"uuid": call}, recordings, trees
    )


@contextmanager
def _reading(path: File) -> Iterator[sqlite3.Connection]:
    try:
        with closing(opened(path)) as db:
            yield db
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreError(f"the ledger {path} cannot be read: {error}") from error


def _words(
    db: sqlite3.Connection, call: str, links: Iterable[Linked]
) -> dict[str, tuple[bytes, str]]:
    """Return the words that these rows speak of."""
    spoken = "".join(link.text for link in links if MARK in link.text)
    sql = "SELECT hash, key, text FROM personal WHERE call_uuid = ?"
    found = db.execute(sql, (call,))
    return {mark: (key, text) for mark, key, text in found if mark in spoken}


def _links(db: sqlite3.Connection, call: str) -> Iterable[Linked]:
    rows = {
        (kind, row[0]): row[1:]
        for kind, form in FORMS.items()
        if (where := _of_call(form))
        for row in db.execute(
            f"SELECT seq, {', '.join(form.columns)} FROM {form.table} {where} "
            "ORDER BY seq",
            (call,),
        )
    }
    places = [_place(db, *named) for named in rows]
    for place, kind, seq, hash_ in sorted(places):
        form, values = FORMS[kind], rows[kind, seq]
        text = ""
        if tuple(map(type, values)) == form.types:
            text = form.text(values, place, _hash_at(db, place - 1).hex(), seq)
        if sha256(text.encode()).digest() != hash_:
            raise StoreError(
                f"{form.table} {seq} at place {place} is not as it was written, and "
                "proves nothing: see eslflow consents verify"
            )
        yield Linked(place, hash_, text)


def _of_call(form: Form) -> str:
    """Return which rows of a table are of a call; empty: none are of any."""
    if form.table == "notices":
        return _NOTICES
    return "WHERE call_uuid = ?" if "call_uuid" in form.columns else ""


def _until(links: tuple[Linked, ...], looked_at: int) -> tuple[Linked, ...]:
    """Return links up to the last look of a time; all, if there is none."""
    for last in range(len(links), 0, -1):
        said = json.loads(links[last - 1].text)
        if (said["table"], said.get("at")) == ("looks", looked_at):
            return links[:last]
    return links


def _place(db: sqlite3.Connection, kind: int, seq: int) -> tuple[int, int, int, bytes]:
    """Return the link of a row: found by halves, for each table's rows are in order."""
    # Nothing has a place before its number; and where it is, all before it are, too.
    low, high = seq, _last(db) + 1
    while low < high:
        middle = (low + high) // 2
        found = _next(db, kind, middle, high)
        if found is None or found[2] > seq:
            high = middle
        elif found[2] == seq:
            return found
        else:
            low = found[0] + 1
    raise StoreError(
        f"{FORMS[kind].table} {seq} has no place in the chain: see eslflow consents "
        "verify"
    )


def _next(
    db: sqlite3.Connection, kind: int, place: int, end: int
) -> tuple[int, int, int, bytes] | None:
    """Return the first link of a table from a place on."""
    sql = (
        "SELECT place, kind, seq, CAST(hash AS BLOB) FROM chain "
        "WHERE place >= ? AND place < ? AND kind = ? ORDER BY place LIMIT 1"
    )
    found: tuple[int, int, int, bytes] | None
    found = db.execute(sql, (place, end, kind)).fetchone()
    return found


def _tree(
    db: sqlite3.Connection, places: Iterable[int], size: int
) -> tuple[TreeHead, dict[int, Path]]:
    """Return the head of the tree up to a place, and the ways there."""
    sql = "SELECT CAST(hash AS BLOB) FROM chain WHERE place <= ? ORDER BY place"
    hashes = (row[0] for row in db.execute(sql, (size,)))
    return grow(hashes, [place for place in places if place <= size])


def _grown(
    db: sqlite3.Connection, places: Iterable[int], upto: TreeHead
) -> tuple[TreeHead, dict[int, Path]]:
    """Return the tree of a head that was kept elsewhere, if it is of this ledger."""
    head, ways = _tree(db, places, upto.size)
    if head != upto:
        raise StoreError(
            f"this ledger has not grown out of {upto}: up to there, its head is {head}"
        )
    if not ways:
        raise StoreError(f"no row of the call had been written when {upto} was kept")
    return head, ways


def tree_head(path: File, size: int | None = None) -> TreeHead:
    """Return the head of the tree over a ledger's chain, or over its start.

    Raises:
        StoreError: it cannot be read.
    """
    with _reading(path) as db:
        return _tree(db, (), _last(db) if size is None else size)[0]


def _last(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(place), 0) FROM chain").fetchone()[0])


def _hash_at(db: sqlite3.Connection, place: int) -> bytes:
    if not place:
        return BEGIN.hash
    sql = "SELECT CAST(hash AS BLOB) FROM chain WHERE place = ?"
    found = db.execute(sql, (place,)).fetchone()
    if found is None:
        raise StoreError(
            f"place {place} is gone from the chain: see eslflow consents verify"
        )
    return bytes(found[0])


def _lines(db: sqlite3.Connection, sql: str, call: str) -> list[Line]:
    found = db.execute(sql, (call,))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
