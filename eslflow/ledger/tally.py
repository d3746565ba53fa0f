"""How many agreed: questions counted, without the names of who was asked.

In: a ledger's path, a span of time. Out: counts, and the newest answers. A question is
each time that somebody was asked for a consent and the ledger has what became of it;
what was taken over from an earlier call is none. Opens the database for reading only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.call.records import State
from eslflow.ledger.read import opened
from eslflow.ledger.states import rows_of_choices
from eslflow.ledger.there import unreadable

QUARTER_US = 900_000_000
"""Times are counted by the quarter of an hour: no time zone cuts one."""
YES = (State.GRANTED.value, State.VERBAL.value)
ANSWERS = (
    *YES,
    State.REFUSED.value,
    State.UNANSWERED.value,
    State.HUNG_UP.value,
)
"""What becomes of a question."""

# The plus keeps SQLite from an index, by which it would read each row on its own.
_ASKED = f"""
+c.state IN {ANSWERS} AND c.basis = 'consent' AND c.rests_on = ''
AND c.reason <> 'more'
"""
_TALLY = """
SELECT c.flow, c.notice, c.notice_version, c.purpose, c.state, {queue} AS queue,
       c.at / {quarter} AS quarter, count(*) AS questions
FROM choices c LEFT JOIN calls ON calls.uuid = c.call_uuid
WHERE {asked} AND c.seq BETWEEN ? AND ? AND c.at >= ? AND c.at < ?
GROUP BY c.flow, c.notice, c.notice_version, c.purpose, c.state, queue, quarter
"""
_SPAN = """
SELECT coalesce((SELECT min(seq) FROM {rows} WHERE at >= ?), 1),
       coalesce((SELECT max(seq) FROM {rows} WHERE at < ?), 0)
"""
_NEWEST = """
SELECT c.flow, c.notice, c.state, c.call_uuid, c.party,
       coalesce(CASE c.party WHEN 'callee' THEN calls.called_key
                ELSE calls.caller_key END, '') AS who
FROM choices c LEFT JOIN calls ON calls.uuid = c.call_uuid
WHERE {asked} ORDER BY c.seq DESC LIMIT ?
"""
_FOREVER = 2**62


class Count(NamedTuple):
    """Questions that have all of this in common."""

    flow: str
    notice: str
    version: int
    purpose: str
    state: str
    queue: str
    quarter: int
    """Which quarter of an hour since 1970."""
    questions: int


class Answer(NamedTuple):
    """What became of one question."""

    flow: str
    notice: str
    state: str
    call_uuid: str
    party: str
    who: str
    """The number of who was asked, in one spelling; empty: nobody knows."""

    @property
    def is_yes(self) -> bool:
        """Whether it was agreed to."""
        return self.state in YES


def tally(path: Path, since: int = 0, until: int = 0) -> list[Count]:
    """Count questions of a span in microseconds since 1970; 0: no bound.

    Raises:
        StoreError: the ledger cannot be read.
    """
    until = until or _FOREVER
    with closing(opened(path)) as db:
        columns = [row[1] for row in _all(db, "PRAGMA table_info(calls)", ())]
        sql = _TALLY.format(
            queue="coalesce(calls.queue, '')" if "queue" in columns else "''",
            quarter=QUARTER_US,
            asked=_ASKED,
        )
        span = _SPAN.format(rows=rows_of_choices(db))
        ((first, last),) = _all(db, span, (since, until))
        return [Count(*row) for row in _all(db, sql, (first, last, since, until))]


def newest(path: Path, most: int) -> list[Answer]:
    """Return what became of the newest questions, the newest first.

    Raises:
        StoreError: the ledger cannot be read.
    """
    with closing(opened(path)) as db:
        sql = _NEWEST.format(asked=_ASKED)
        return [Answer(*row) for row in _all(db, sql, (most,))]


def _all(db: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    try:
        return db.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        raise unreadable(db, error) from error
