"""What a caller has chosen before: the last choice about a purpose, by their number.

In: an open ledger, a number in one spelling, a purpose, a time. Out: that choice, if
there is one since then. Only what a caller did counts, never what was taken over from
an earlier choice, so that nothing is remembered for longer than was said. Must not
decide what follows from it.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from eslflow.call.records import Remembered, State

# The plus keeps SQLite from beginning with all choices of a state or a time; and the
# index of numbers, which has no empty ones, is used if that is said.
_LAST = """
SELECT c.call_uuid, c.at, c.state, c.flow, c.notice, c.notice_version
FROM calls JOIN choices c ON c.call_uuid = calls.uuid
WHERE calls.caller_key = ? AND calls.caller_key <> '' AND +c.purpose = ?
      AND +c.at >= ? AND c.party = 'caller' AND c.rests_on = ''
      AND +c.state IN ('granted', 'refused', 'withdrawn', 'expired')
ORDER BY c.seq DESC LIMIT 1
"""


class Asked(NamedTuple):
    """What is looked for."""

    number: str
    """Of the caller, in one spelling."""
    purpose: str
    since: int
    """Microseconds since 1970."""


def last_choice(db: sqlite3.Connection, asked: Asked) -> Remembered | None:
    """Return the caller's last choice, or None."""
    row = db.execute(_LAST, asked).fetchone()
    if row is None:
        return None
    call, at, state, flow, notice, version = row
    return Remembered(call, at, State(state), flow, notice, version)
