"""What many rows of proof have in common is kept once.

In: the values of a row, as they are hashed. Out: those of the same row as it is stored:
a number in place of its call's uuid, another in place of all that earlier rows held,
too. The views `choices` and `recording_actions` give the row as it was. Inside one
transaction that has the lock; must not change what is hashed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from eslflow.ledger.chain import FORMS

MOST_KNOWN = 20_000
"""Calls, and as many sets of terms, whose numbers are not looked up again."""

MOST_MET = 32
"""Calls that get their numbers in one statement; more take several."""

Values = Sequence[Any]


class _Shape(NamedTuple):
    """How the rows of one table of proof are stored."""

    terms: str
    """The table of what rows have in common."""
    columns: tuple[str, ...]
    """What a row itself holds, but for its seq, call and terms."""


_SHAPES = {
    "choices": _Shape(
        "choice_terms", ("at", "heard_ms", "receipt", "remark", "rests_on")
    ),
    "recording_actions": _Shape(
        "action_terms", ("recording_id", "at", "asked_at", "leg_uuid", "path")
    ),
}
COLUMNS = {
    table: ("seq", "call", "terms", *shape.columns) for table, shape in _SHAPES.items()
}
"""Of the stored rows."""


class _Table:
    """Splits the rows of one table."""

    def __init__(self, table: str) -> None:
        shape = _SHAPES[table]
        (form,) = (form for form in FORMS.values() if form.table == table)
        # A row begins with its seq.
        place = {name: at for at, name in enumerate(form.columns, 1)}
        shared = [n for n in form.columns if n not in (*shape.columns, "call_uuid")]
        self.call = place["call_uuid"]
        self.own = itemgetter(*(place[name] for name in shape.columns))
        self.shared = itemgetter(*(place[name] for name in shared))
        marks = ", ".join("?" * len(shared))
        same = " AND ".join(f"{name} = ?" for name in shared)
        self.find = f"SELECT id FROM {shape.terms} WHERE {same}"
        self.add = f"INSERT INTO {shape.terms} ({', '.join(shared)}) VALUES ({marks})"


_TABLES = {table: _Table(table) for table in _SHAPES}
_FIND_CALL = "SELECT id FROM call_ids WHERE uuid = ?"
_ADD_CALL = "INSERT INTO call_ids (uuid) VALUES (?)"


class Lean:
    """Finds the numbers, or gives new ones."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._calls: dict[str, int] = {}
        self._terms: dict[tuple[str, Values], int] = {}

    def forget(self) -> None:
        """Know none any more: those given last were rolled back."""
        self._calls.clear()
        self._terms.clear()

    def meet(self, calls: Iterable[str]) -> None:
        """Give numbers to new calls in few statements, not in two for each.

        Where one of them was there already, `stored` looks for each.
        """
        new = [call for call in dict.fromkeys(calls) if call not in self._calls]
        for at in range(0, len(new), MOST_MET):
            met = new[at : at + MOST_MET]
            done = self._db.execute(_add_calls(len(met)), met)
            if done.rowcount == len(met):
                # SQLite numbers the rows of a statement one by one, from the highest.
                last: Any = done.lastrowid
                for number, call in enumerate(met, last - len(met) + 1):
                    _know(self._calls, call, number)

    def stored(self, table: str, values: Values) -> Values:
        """Return a chained row as it is stored; one of another table as it is."""
        split = _TABLES.get(table)
        if split is None:
            return values
        call, terms = values[split.call], (table, split.shared(values))
        call_id = self._calls.get(call)
        if call_id is None:
            call_id = self._number(_FIND_CALL, _ADD_CALL, (call,))
            _know(self._calls, call, call_id)
        terms_id = self._terms.get(terms)
        if terms_id is None:
            terms_id = self._number(split.find, split.add, terms[1])
            _know(self._terms, terms, terms_id)
        return (values[0], call_id, terms_id, *split.own(values))

    def _number(self, find: str, add: str, values: Values) -> int:
        found = self._db.execute(find, values).fetchone()
        number: Any = found[0] if found else self._db.execute(add, values).lastrowid
        return int(number)


@cache
def _add_calls(many: int) -> str:
    rows = ", ".join(["(?)"] * many)
    return f"INSERT INTO call_ids (uuid) VALUES {rows} ON CONFLICT DO NOTHING"


def _know(known: dict[Any, int], what: Any, number: int) -> None:
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[what] = number
