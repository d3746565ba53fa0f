"""The conditions of a look-up, each with its values.

In: what is looked for: a span of time, a value, a number however it is written. Out:
the part of a statement after its tables, and values for its marks. Must not run it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Normal = Callable[[str], str]
"""Puts a number in one spelling, E.164 where it can."""

LEAST_DIGITS = 4
"""Fewer digits of a number would find half the town."""


def ends_of(number: str) -> str:
    """Return a number's last digits, the last first, that all its spellings share."""
    # The 0 of a country's own calls is written along, but not sent.
    plain = number.replace("(0)", "")
    is_whole = plain.lstrip(" (")[:1] in ("+", "0")
    digits = "".join(c for c in plain if "0" <= c <= "9")
    # A country code may stand in one spelling and not in the other.
    return (digits.lstrip("0") if is_whole else digits)[::-1][:9]


class Where:
    """Conditions and their values."""

    def __init__(self, since: int, until: int, column: str) -> None:
        self._parts: list[str] = []
        self.values: list[Any] = []
        if since:
            self.add(f"{column} >= ?", since)
        if until:
            self.add(f"{column} < ?", until)

    def add(self, part: str, *values: Any) -> None:
        """Add a condition of one's own."""
        self._parts.append(part)
        self.values += values

    def equal(self, column: str, value: str) -> None:
        """Demand a value, if one is given."""
        if value:
            self.add(f"{column} = ?", value)

    def number(self, number: str, table: str, normal: Normal | None = None) -> None:
        """Find a number however it is written: by its last digits, or as it is.

        One that can be spelt as E.164 is found by that; by its digits then only where
        that was not kept.
        """
        if not number:
            return
        ends = ends_of(number)
        if len(ends) < LEAST_DIGITS:
            exact = f"({table}.caller = ? OR {table}.called = ?)"
            self.add(exact, number, number)
            return
        key = normal(number) if normal else ""
        values = [ends, ends + ":"]
        parts = "SELECT uuid FROM calls WHERE {0}_digits >= ? AND {0}_digits < ?"
        if key.startswith("+"):
            values.append(key)
            parts += " AND {0}_key NOT LIKE '+%'"
            # Said twice, so that the index is used, which has no empty ones.
            parts += " UNION SELECT uuid FROM calls WHERE {0}_key = ? AND {0}_key <> ''"
        each = " UNION ".join(map(parts.format, ("caller", "called")))
        self.add(f"{table}.uuid IN ({each})", *values, *values)

    def sql(self, word: str) -> str:
        """Return all of them after a word; empty where there is none."""
        return f"{word} {' AND '.join(self._parts)}" if self._parts else ""
