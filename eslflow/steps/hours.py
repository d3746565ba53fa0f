"""`hours`: choose the next step by the time of the call.

In: the name of hours that the flow declares. Out: the ending `open`, `closed` or
`holiday`, the last leading where `closed` does unless the flow says otherwise. The time
is that of the call's latest event; nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.flow.options import Name, option
from eslflow.flow.week import CLOSED, HOLIDAY, OPEN
from eslflow.steps.step import AT_ONCE, Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class OpeningHours(Step):
    """Chooses the next step by the time of the call."""

    kind: ClassVar[str] = "hours"
    endings: ClassVar[tuple[str, ...]] = (OPEN, CLOSED, HOLIDAY)
    like: ClassVar[Mapping[str, str]] = {HOLIDAY: CLOSED}
    fallbacks: ClassVar[frozenset[str]] = frozenset(endings)
    waits: ClassVar[bool] = False

    hours: str = option(Name("hours"), help="The hours that are looked at.")

    def run(self, live: Live) -> Road:
        """Look at the clock of the hours' zone."""
        state, holiday = live.flow.hours[self.hours].state(live.now)
        live.tell(f"{self.hours}: {state}{f' ({holiday})' if holiday else ''}")
        yield from AT_ONCE
        return state
