"""The call in the forms of standards, as parts of a bundle: made of its facts.

In: facts, and who answers for the recordings. Out: bytes, or why a form cannot be had.
Must not look anything up: whoever checks a bundle makes the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from eslflow.bundle.facts import Facts
from eslflow.exports import iso27560, kantara, table, vcon
from eslflow.office import Office

Kept = dict[str, Any]
Export = Callable[[Facts], "bytes | str"]
"""Returns a part; where it cannot be made, the name of the sentence that says why."""

NO_OFFICE, NOBODY, ODD = "no office", "nobody agreed", "odd"
_ODD = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a form raises at values that no call of eslflow has, such as a time in the year
99999: it is told, and the rest of the bundle stands."""


def as_json(value: Any) -> bytes:
    """Return JSON that is the same whenever its value is."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def _csv(facts: Facts) -> bytes | str:
    try:
        lines = table.last_words(facts.kept)
        return "".join([table.header(), *map(table.row, lines)]).encode()
    except _ODD:
        return ODD


def _named(make: Callable[[Kept, Office], Any]) -> Export:
    """Return what makes an export that names the office."""

    def export(facts: Facts) -> bytes | str:
        if facts.made.office is None:
            return NO_OFFICE
        try:
            found = make(facts.kept, facts.made.office)
            return as_json(found) if found else NOBODY
        except _ODD:
            return ODD

    return export


EXPORTS: Mapping[str, Export] = {
    "exports/consents.csv": _csv,
    "exports/iso27560.json": _named(iso27560.records),
    "exports/kantara.json": _named(kantara.receipts),
    "exports/vcon.json": _named(vcon.vcon),
}


def left_out(facts: Facts) -> dict[str, str]:
    """Return the exports that cannot be made, each with why."""
    made = {name: export(facts) for name, export in EXPORTS.items()}
    return {name: why for name, why in made.items() if isinstance(why, str)}
