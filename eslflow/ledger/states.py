"""The last word on each purpose of a call, and which rows have a state.

In: an open ledger, a state. Out: the numbers of its choices, newest first, one by one.
No index has every choice by its state: few sets of terms have a state, the rows of each
are in order, and they are merged, so that the newest of a state are found as fast
whether it is a rare one or not. Must not decide what is looked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from heapq import merge

from eslflow.ledger.there import is_there

# The last word of each who was asked on each purpose of a call: a question that is
# still open shows as `requested`, an answered one by its answer. A call that comes
# back, and ends before it is asked again, has still given its answer. When a recording
# started stands in its own row only after its end; until then, the switch's word on the
# start tells.
CONSENTS = """
SELECT c.seq, c.call_uuid, c.at, calls.caller, calls.caller_name, calls.called,
       c.flow, c.purpose, c.basis, c.state, c.reason, c.key, c.notice,
       c.notice_version, c.language, c.heard_ms, c.tries, c.performed_by, c.party,
       EXISTS (SELECT 1 FROM recordings r WHERE r.call_uuid = c.call_uuid
               AND (r.started_at > 0 OR EXISTS (
                    SELECT 1 FROM recording_actions a WHERE a.call_uuid = r.call_uuid
                    AND a.recording_id = r.id AND a.action = 'start' AND a.verified))
               AND ' ' || r.purposes || ' ' LIKE '% ' || c.purpose || ' %') AS recorded
FROM choices c LEFT JOIN calls ON calls.uuid = c.call_uuid
WHERE NOT EXISTS (SELECT 1 FROM choices later WHERE later.call_uuid = c.call_uuid
                  AND later.purpose = c.purpose
                  AND (later.party = c.party
                       OR (c.state = 'not_asked' AND c.reason <> 'other_first'))
                  AND (later.state <> 'not_asked', later.seq)
                      > (c.state <> 'not_asked', c.seq))
"""

FEW = 2000
"""Rows that are found sooner than those of a span of time."""


def rows_of_choices(db: sqlite3.Connection) -> str:
    """Return the table that has a row for each choice."""
    # An older ledger has them all in one.
    return "choice_rows" if is_there(db, "choice_rows") else "choices"


def are_few(db: sqlite3.Connection, state: str) -> bool:
    """Whether a state has few rows."""
    if rows_of_choices(db) == "choices":
        return True
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM choice_rows WHERE terms IN "
        "(SELECT id FROM choice_terms WHERE state = ?) LIMIT ?)"
    )
    return int(db.execute(sql, (state, FEW + 1)).fetchone()[0]) <= FEW


def newest_of(db: sqlite3.Connection, state: str) -> Iterator[int]:
    """Yield the numbers of a state's choices, newest first."""
    if rows_of_choices(db) == "choices":
        sql = "SELECT seq FROM choices WHERE state = ? ORDER BY seq DESC"
        return _numbers(db, sql, state)
    terms = db.execute("SELECT id FROM choice_terms WHERE state = ?", (state,))
    sql = "SELECT seq FROM choice_rows WHERE terms = ? ORDER BY seq DESC"
    each = [_numbers(db, sql, number) for (number,) in terms.fetchall()]
    return merge(*each, reverse=True)


def _numbers(db: sqlite3.Connection, sql: str, value: str | int) -> Iterator[int]:
    return (int(row[0]) for row in db.execute(sql, (value,)))
