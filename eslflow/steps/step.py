"""What every kind of step has: a name, a place to go for each ending, what it records.

In: the options of one step, converted by the loader. Out: a generator that yields
commands and returns the name of its ending. Must not do I/O or read a clock.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.commands import Command
from eslflow.call.events import Event
from eslflow.flow.model import From, Record
from eslflow.flow.options import RECORD_FROM, RECORD_WANTED, Field, option

if TYPE_CHECKING:
    from eslflow.steps.live import Live

Road = Generator[Command, Event | None, str]
"""A step on its way: yields commands, is resumed with events, returns its ending."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """The part that all kinds share."""

    kind: ClassVar[str]
    """Word that names the kind in a flow file; also its first option."""
    endings: ClassVar[tuple[str, ...]]
    """How it can end; each may name the step to go to, else the next one below."""

    name: str
    targets: Mapping[str, str] = field(default_factory=dict)
    """Step to go to, by ending; the loader fills in every ending (`` = hang up)."""
    record: Record = option(
        RECORD_WANTED, Record.OFF, "Whether the call is recorded while the step runs."
    )
    record_from: From = option(
        RECORD_FROM,
        From.STEP,
        "The moment from which it is recorded.",
        key="from",
    )

    @abstractmethod
    def run(self, live: Live) -> Road:
        """Walk the step; return the name of its ending."""


__all__ = ["Field", "Road", "Step"]
