"""One person in the ledger: every call with a number, on either side of it.

In: an open ledger, a number however it is written. Out: the calls, on which side the
person was, how the number and the name are spelt there, and words that tell of them.
Must not take somebody else for this person: what is found may be erased.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.errors import NotFound
from eslflow.ledger.read import opened
from eslflow.ledger.there import is_there, unreadable
from eslflow.ledger.where import Normal, digits

SIDES = ("caller", "called")
BOTH = "both"
HELD, RELEASED = "held", "released"
LOST_US = 86_400_000_000
"""A call of which no end was seen by then is over."""
LEAST_COMMON = 7
"""Digits from the end that tell a number outside from any other, near enough."""
SHORTEST = 5
"""Digits of a number without the code of its country."""
_SPACED = r"(?:\(0\)|[ ().\-/])*"
"""What may stand between two digits of a number, for the eye."""


class Subject(NamedTuple):
    """What is kept of a person."""

    key: str
    """The number in one spelling."""
    numbers: tuple[str, ...]
    """How it is spelt in calls."""
    names: tuple[str, ...]
    """What the network said the person was called."""
    sides: dict[str, str]
    """On which side of which call, the newest call first."""
    marks: frozenset[str]
    """Hashes of words beside the proof that tell of the person, besides those of the
    calls."""

    @property
    def is_known(self) -> bool:
        """Whether anything is kept."""
        return bool(self.sides or self.marks)


def find(db: sqlite3.Connection, number: str, normal: Normal) -> Subject:
    """Return what is kept of who has a number.

    Raises:
        NotFound: it is no number, or may be that of several people.
    """
    key = normal(number)
    if not key:
        raise NotFound(f"{number!r} is no number of a person: write it with + or 0")
    lines = [line for side in SIDES for line in _on_side(db, key, side)]
    _demand_one(number, lines)
    sides: dict[str, str] = {}
    for _, uuid, side, *_ in sorted(lines, key=lambda line: line[0], reverse=True):
        sides[uuid] = BOTH if sides.get(uuid, side) != side else side
    names = (name for *_, side_, _n, _k, name in lines if name and side_ == SIDES[0])
    return Subject(
        key,
        tuple(dict.fromkeys(line[3] for line in lines)),
        tuple(dict.fromkeys(names)),
        sides,
        frozenset(_marks(db, key)),
    )


_Found = tuple[int, str, str, str, str, str]
"""When, in which call, on which side; the number, its key, the name."""


def _on_side(db: sqlite3.Connection, key: str, side: str) -> Iterator[_Found]:
    """Yield the calls in which the number stands on a side."""
    ends = digits(key)[:LEAST_COMMON]
    if key.startswith("+") or len(ends) == LEAST_COMMON:
        where, values = f"{side}_digits >= ? AND {side}_digits < ?", [ends, ends + ":"]
    else:
        # An extension is not the end of a number.
        where, values = f"{side}_digits = ? AND {side} = ?", [digits(key), key]
    rows = db.execute(
        f"SELECT offered_at, uuid, {side}, {side}_key, caller_name FROM calls "
        f"WHERE {where} ORDER BY offered_at",
        values,
    )
    for at, uuid, number, kept, name in rows:
        are_whole = kept.startswith("+") and key.startswith("+")
        if kept == key if are_whole else _may_be(key, number):
            yield at, uuid, side, number, kept, name


def _may_be(key: str, number: str) -> bool:
    """Whether two numbers are the same, written with and without what begins them."""
    one, other = (digits(text)[::-1].lstrip("0") for text in (key, number))
    return one.endswith(other) or other.endswith(one)


def may_be_same(one: str, other: str) -> bool:
    """Whether two spellings may be of one person, as far as they can tell."""
    are_whole = one.startswith("+") and other.startswith("+")
    shorter = min(len(digits(one)), len(digits(other)))
    if are_whole or shorter < LEAST_COMMON:
        return one == other
    return _may_be(one, other)


def _demand_one(number: str, lines: list[_Found]) -> None:
    whole = sorted({kept for *_, kept, _ in lines if kept.startswith("+")})
    if len(whole) > 1:
        several = ", ".join(whole[:6])
        raise NotFound(f"several numbers end like {number}: {several}. Name it whole")


def names(text: str, key: str) -> bool:
    """Whether a text names a number, in whatever spelling."""
    return _pattern(key).search(text) is not None


@lru_cache
def _pattern(key: str) -> re.Pattern[str]:
    """Return what finds a number, with or without the code of its country."""
    plain = re.sub("[^0-9]", "", key).lstrip("0")
    if len(plain) < LEAST_COMMON:
        return re.compile(f"(?<![0-9]){re.escape(key)}(?![0-9])")
    # How long the code is, is not known here: one to three digits.
    codes = (1, 2, 3) if key.startswith("+") else ()
    home = "|".join(
        _SPACED.join(plain[code:]) for code in codes if len(plain) - code >= SHORTEST
    )
    without = f"|(?:(?<![0-9])|0){_SPACED}(?:{home})" if home else ""
    return re.compile(f"(?:{_SPACED.join(plain)}{without})(?![0-9])")


_BESIDE = {
    "looks": ("reason", "subject"),
    "holds": ("reason", "subject"),
}
"""Rows about a person and no call of theirs: who names the one, names the other."""


def _marks(db: sqlite3.Connection, key: str) -> Iterator[str]:
    words = db.execute("SELECT hash, text FROM personal")
    found = {mark for mark, text in words if names(text, key)}
    yield from found
    for table, (reason, subject) in _BESIDE.items():
        if not is_there(db, table, subject):
            continue
        sql = f"SELECT {reason}, {subject} FROM {table} WHERE {subject} <> ''"
        yield from (why for why, whose in db.execute(sql) if whose in found and why)


def read(path: Path, number: str, normal: Normal) -> Subject:
    """Return what a ledger keeps of who has a number (see `find`).

    Raises:
        NotFound: it is no number, or may be that of several people.
        StoreError: the ledger cannot be read.
    """
    with closing(opened(path)) as db:
        try:
            return find(db, number, normal)
        except sqlite3.Error as error:
            raise unreadable(db, error) from error


class Held(NamedTuple):
    """A legal hold that is in force."""

    key: str
    """The number as it was spelt then."""
    at: int
    who: str
    reason: str
    mark: str
    """The hash that the number has in proof."""


def holds(db: sqlite3.Connection) -> list[Held]:
    """Return the legal holds in force, in order."""
    if not is_there(db, "holds", "subject"):
        return []
    rows: list[Any] = db.execute(
        "SELECT h.at, h.state, h.who, coalesce(r.text, ''), s.text, s.hash "
        "FROM holds h LEFT JOIN personal r ON r.hash = h.reason "
        "JOIN personal s ON s.hash = h.subject ORDER BY h.seq"
    ).fetchall()
    found: dict[str, Held] = {}
    for at, state, who, reason, key, mark in rows:
        found.pop(key, None)
        if state == HELD:
            found[key] = Held(key, at, who, reason, mark)
    return list(found.values())


def held_of(path: Path) -> list[Held]:
    """Return the legal holds that a ledger has in force."""
    with closing(opened(path)) as db:
        return holds(db)


def over(found: Iterable[Held], key: str) -> list[Held]:
    """Return those holds that may be for who has a number."""
    return [held for held in found if may_be_same(held.key, key)]


def calls_of(path: Path, key: str) -> set[str]:
    """Return the calls that a hold for a number keeps."""
    with closing(opened(path)) as db:
        return set(_calls_of(db, key))


def _calls_of(db: sqlite3.Connection, key: str) -> Iterator[str]:
    return (line[1] for side in SIDES for line in _on_side(db, key, side))


def held_calls(db: sqlite3.Connection) -> set[str]:
    """Return the calls of which nothing may be deleted."""
    return {uuid for hold in holds(db) for uuid in _calls_of(db, hold.key)}


def for_(order: int) -> str:
    """Return why a recording is deleted that a person's order is about."""
    return f"erased by order {order}"


def has_orders(db: sqlite3.Connection) -> bool:
    """Whether something is being erased by order."""
    if not is_there(db, "erasing"):
        return False
    return db.execute("SELECT 1 FROM erasing").fetchone() is not None
