"""Words in proof that may name a person: kept beside it, so that they can be erased.

In: the values of a row, or rows as they were read. Out: the same with a keyed hash in
place of such words, and the words with their key; or the words again. Who a call was
with stands in `calls` only; but a reason that somebody typed, or a file that the
dialplan named, may hold a number, too.

The row is chained with the hash, and stays. Once words and key are gone, nobody can try
numbers until one has this hash.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

COLUMNS = {
    "choices": ("remark",),
    "recording_actions": ("path",),
    "looks": ("reason", "subject"),
    "holds": ("reason", "subject"),
    "erasures": ("reason",),
}
"""Where such words stand, where a table has these columns."""
NUMBERED = {"choices": ("who",), "recording_actions": ("reason", "reply")}
"""Where the office or the switch is named; but who pressed a key may have been called
outside, and the switch may repeat what it was told."""
NAMES = frozenset(
    name for names in (*COLUMNS.values(), *NUMBERED.values()) for name in names
)
MARK = "personal:"
ERASED = "(erased)"
_LEAST = 6
"""Digits of a number outside; an extension is shorter."""
_OUTSIDE = re.compile(f"[0-9]{{{_LEAST}}}").search


class Personal(NamedTuple):
    """A row of the table `personal`."""

    hash: str
    """What stands in the row of proof."""
    call_uuid: str
    key: bytes
    text: str


def hashed(key: bytes, text: str) -> str:
    """Return what stands for words in a row of proof."""
    found = hmac.digest(key, text.encode(errors="surrogateescape"), "sha256")
    return f"{MARK}{found.hex()}"


class Places(NamedTuple):
    """Where in a row such words stand, and the call that they belong to."""

    words: tuple[int, ...]
    call: int | None
    """None: they belong to no call."""
    numbered: tuple[int, ...] = ()
    """Where only what looks like a number is such a word."""

    def found(self, values: Sequence[Any]) -> list[int]:
        """Return the places that hold such words in a row."""
        # Nearly all rows hold none, and most such columns a short word or nothing.
        found = [place for place in self.words if values[place]]
        for place in self.numbered:
            if len(values[place]) >= _LEAST and _OUTSIDE(values[place]):
                found.append(place)
        return found


def places(table: str, columns: Sequence[str]) -> Places | None:
    """Return where a table's rows may name a person; None: they cannot."""
    words, numbered = (
        tuple(columns.index(n) for n in of.get(table, ()) if n in columns)
        for of in (COLUMNS, NUMBERED)
    )
    if not words and not numbered:
        return None
    call = columns.index("call_uuid") if "call_uuid" in columns else None
    return Places(words, call, numbered)


def apart(
    values: Sequence[Any], places: Places
) -> tuple[Sequence[Any], list[Personal]]:
    """Return values with hashes in place of words, and those words."""
    kept, rest = list(values), []
    call = "" if places.call is None else kept[places.call]
    for place in places.found(values):
        key = os.urandom(16)
        mark = hashed(key, kept[place])
        rest.append(Personal(mark, call, key, kept[place]))
        kept[place] = mark
    return kept, rest


def together(line: dict[str, Any], text_of: Callable[[str], str | None]) -> None:
    """Put the words into a row that was read; what is erased is said to be."""
    for name in NAMES & line.keys():
        value = line[name]
        if isinstance(value, str) and value.startswith(MARK):
            found = text_of(value)
            line[name] = ERASED if found is None else found
