"""Which recordings are to go: asked for by a person, or kept as long as was said.

In: a ledger's path, the time. Out: their rows. What is under a legal hold is told, too,
and stays. Opens the database for reading only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.ledger.read import opened
from eslflow.ledger.subject import LOST_US, for_, has_orders, held_calls
from eslflow.ledger.there import unreadable

Line = dict[str, Any]

_ENDED = "r.erased_at IS NULL AND (r.state IS NOT NULL OR r.asked_at < ?)"
_PAST = f"""
SELECT r.* FROM recordings r WHERE {_ENDED} AND EXISTS (
    SELECT 1 FROM choices c WHERE c.call_uuid = r.call_uuid AND c.retain_s > 0
    AND coalesce(nullif(r.stopped_at, 0), r.asked_at) + c.retain_s * 1000000 <= ?)
ORDER BY r.asked_at
"""

WEEK_US = 7 * 86_400_000_000
QUIET_US = 30 * 86_400_000_000
"""How long no call may have come; after that, the clock is doubted."""


class Past(NamedTuple):
    """A recording that was kept as long as its purposes say."""

    line: Line
    until: int
    """When that was over."""
    is_held: bool
    """Whether a legal hold keeps it all the same."""


def until(recording: Mapping[str, Any], retains: Mapping[str, int]) -> int:
    """Return until when a recording may be kept; 0: a purpose says no end.

    The purpose that lasts longest decides. `retains`: seconds, by the purpose.
    """
    spans = [retains.get(name, 0) for name in recording["purposes"].split()]
    if not spans or 0 in spans:
        return 0
    ended_at: int = recording["stopped_at"] or recording["asked_at"]
    return ended_at + max(spans) * 1_000_000


def requested(path: Path, now: int) -> list[tuple[Line, str]]:
    """Return recordings of people who are being erased, each with why it goes."""
    sql = (
        "SELECT r.*, e.erasure FROM erasing e JOIN recordings r "
        f"ON r.call_uuid = e.call_uuid WHERE {_ENDED} ORDER BY r.asked_at"
    )
    with _reading(path) as db:
        if not has_orders(db):
            return []
        stay = held_calls(db)
        return [
            (dict(row), for_(row["erasure"]))
            for row in db.execute(sql, _lost(now))
            if row["call_uuid"] not in stay
        ]


def past(path: Path, now: int) -> Iterator[Past]:
    """Yield the recordings whose time is over."""
    with _reading(path) as db:
        held = held_calls(db)
        for row in db.execute(_PAST, (*_lost(now), now)):
            retains = _retains(db, row["call_uuid"])
            over = until(row, retains)
            if over and over <= now:
                yield Past(dict(row), over, row["call_uuid"] in held)


def gap(path: Path, now: int) -> int:
    """Return when the last call came before a long time without any; 0: there is none.

    A clock that was set years ahead makes all recordings due at once. Calls of the last
    week say nothing for it: they may have been kept by that clock.
    """
    with _reading(path) as db:
        sql = "SELECT max(offered_at) FROM calls WHERE offered_at <= ?"
        (last,) = db.execute(sql, (now - WEEK_US,)).fetchone()
        return int(last) if last and last < now - WEEK_US - QUIET_US else 0


def _retains(db: sqlite3.Connection, call: str) -> dict[str, int]:
    """Return how long each purpose of a call may keep; asked twice: the last word."""
    sql = "SELECT purpose, retain_s FROM choices WHERE call_uuid = ? ORDER BY seq"
    return dict(tuple(row) for row in db.execute(sql, (call,)))


def held(path: Path) -> set[str]:
    """Return the calls of which nothing may be deleted."""
    with _reading(path) as db:
        return held_calls(db)


def _lost(now: int) -> tuple[int]:
    return (now - LOST_US,)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(opened(path)) as db:
        db.row_factory = sqlite3.Row
        try:
            yield db
        except sqlite3.Error as error:
            raise unreadable(db, error) from error
