"""The conditions of a look-up, each with its values.

In: what is looked for: a span of time, a value, a number however it is written. Out:
the part of a statement after its tables, and values for its marks. Must not run it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Normal = Callable[[str], str]
"""Puts a number in one spelling, E.164 where it can."""

LEAST_DIGITS = 4
"""Fewer digits of a number would find half the town."""
MOST_DIGITS = 15
"""E.164 has no longer numbers."""

_NO_DIGITS = re.compile("[^0-9]+")


def digits(number: str) -> str:
    """Return a number's digits, last first, so that its end can be looked up.

    `+49 30 1234`, `0049301234` and `0301234` share their last digits; reversed, an
    index finds them.
    """
    return _NO_DIGITS.sub("", number)[::-1][:MOST_DIGITS]


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

    def number(
        self,
        number: str,
        column: str,
        normal: Normal | None = None,
        *,
        is_often: bool = False,
    ) -> None:
        """Demand that a call, whose uuid a column has, is of a number.

        Of a number that is often found, the table `calls` is to be joined.
        """
        if not number:
            return
        tests = list(_tests(number, normal, "+" if is_often else ""))
        if is_often:
            part = f"({' OR '.join(f'({sql})' for sql, _ in tests)})"
        else:
            part = f"{column} IN ({' UNION '.join(_CALLS + sql for sql, _ in tests)})"
        self.add(part, *(value for _, values in tests for value in values))

    def sql(self, word: str) -> str:
        """Return all of them after a word; empty where there is none."""
        return f"{word} {' AND '.join(self._parts)}" if self._parts else ""


_CALLS = "SELECT uuid FROM calls WHERE "


def _tests(
    number: str, normal: Normal | None, plus: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """Yield what finds a number however it is written: by its last digits, or as it is.

    One that can be spelt as E.164 is found by that; by its digits then only where
    that was not kept. Each has an index, which a plus forbids.
    """
    ends = ends_of(number)
    key = normal(number) if normal else ""
    for side in (f"{plus}calls.caller", f"{plus}calls.called"):
        by_digits = f"{side}_digits >= ? AND {side}_digits < ?", [ends, ends + ":"]
        if len(ends) < LEAST_DIGITS:
            yield f"{side}_digits = ? AND {side} = ?", [digits(number), number]
        elif not key.startswith("+"):
            yield by_digits
        else:
            yield f"{by_digits[0]} AND {side}_key NOT LIKE '+%'", by_digits[1]
            # Said twice, so that the index is used, which has no empty ones.
            yield f"{side}_key = ? AND {side}_key <> ''", [key]


def calls_up_to(
    limit: int, number: str, normal: Normal | None = None
) -> tuple[str, list[Any]]:
    """Return what counts a number's calls, up to a limit, and its values."""
    tests = list(_tests(number, normal))
    each = (f"SELECT * FROM ({_CALLS}{sql} LIMIT ?)" for sql, _ in tests)
    values = [value for _, found in tests for value in (*found, limit)]
    sql = f"SELECT count(*) AS n FROM ({' UNION ALL '.join(each)} LIMIT ?)"
    return sql, [*values, limit]
