"""What is compared when the switch is held against the ledger, and what was found.

In: nothing. Out: plain values, and what whoever compares must be able to read. Must not
judge (`reconcile` does), nor ask the switch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from eslflow.call.records import Row
from eslflow.flow.model import Flow

Kept = dict[str, Any]
Keep = Callable[[Sequence[Row]], None]


class Books(Protocol):
    """What was kept, and where it lies."""

    def open_calls(self) -> list[Kept]:
        """Return everything kept of each call that has no end, or an open file."""

    def recording_at(self, path: str) -> tuple[Kept, Kept] | None:
        """Return the recording in a file, and everything kept of its call."""

    def strays(self) -> list[str]:
        """Return files of recordings that the ledger does not know, at rest."""

    def problem(self) -> str:
        """Return why the ledger does not know everything yet; empty: it does."""

    def set_aside(self, path: str) -> str:
        """Put a file into quarantine; return why it could not be."""

    def flow(self, sha256: str) -> Flow | None:
        """Return the version of a flow that has this hash, if it was kept."""


class Finding(NamedTuple):
    """Something that was not as it should be, and what was done about it."""

    what: str
    """`unpermitted`, `orphan`, `adopted`, `alone` (it goes on, and nobody can take it
    over), `ended`, or `blind` (the ledger does not know everything)."""
    call: str
    path: str
    text: str
    """In words for a person."""

    @property
    def is_bad(self) -> bool:
        """Whether something was recorded that nobody has permitted, or may be."""
        return self.what in ("unpermitted", "orphan", "blind")


class Leg(NamedTuple):
    """Who a caller talks with, as the switch knows it."""

    uuid: str
    number: str
    since: int = 0
    """When they were bridged, in microseconds, to the second; 0: unknown."""
    is_held: bool = False
    """They have put the caller on hold."""
    holds: bool = False
    """The caller has put them on hold."""


class Talk(NamedTuple):
    """A call that goes on without a controller."""

    kept: Kept
    path: str
    """Of its recording, which runs or should."""
    leg: Leg | None
