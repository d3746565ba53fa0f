"""One thing that can happen in a call of a proof.

In: nothing. Out: plain values. Must not know what it does (`happens` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eslflow.wire.terms import StrEnum


class Sort(StrEnum):
    """What kind of thing happens."""

    CALLER = "caller"
    """The caller does something, or nothing in time."""
    PERSON = "person"
    """Somebody else does."""
    TIME = "time"
    """Time passes."""
    WORKS = "works"
    """The switch or the ledger does what it was asked to."""
    FAILS = "fails"
    """It does not."""
    LEAVES = "leaves"
    """The caller hangs up."""


class Choice(NamedTuple):
    """One thing that can happen."""

    what: str
    arg: str = ""
    sort: Sort = Sort.WORKS

    @property
    def is_fair(self) -> bool:
        """Whether nothing goes wrong in it, and nobody interferes."""
        return self.sort in (Sort.CALLER, Sort.WORKS)


Choices = Iterator[Choice]
