"""Recordings that were kept as long as their purposes say: deleted, and that is kept.

In: the ledger's recordings, what purposes said when callers were asked. Out: files
removed, each with its row, and a row of the whole, which stands in the chain. The proof
of what was agreed to stays. Must not delete what is under a legal hold, nor what a
purpose has no end for, nor because of a clock that nothing in the ledger agrees with.
Cut off anywhere, the next run does the rest (`erase`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from eslflow.call.records import Erasure
from eslflow.call.records import Row as Kept
from eslflow.clock import Clock
from eslflow.errors import ClockDoubted
from eslflow.ledger.due import gap, past
from eslflow.recordings.erase import EXPIRED, Eraser

DAY_US = 86_400_000_000
MOST_AT_ONCE = 500
"""Recordings of a round: whoever stops eslflow does not wait for all of them."""
KIND, DONE = "retention", "done"


class Retention:
    """Deletes what was kept long enough, once a day."""

    def __init__(
        self,
        ledger: Path,
        keep: Callable[[Sequence[Kept]], None],
        eraser: Eraser,
        clock: Clock,
        alarm: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._ledger = ledger
        self._keep = keep
        self._eraser = eraser
        self._clock = clock
        self._alarm = alarm
        self._is_doubted = False
        self._ran_at = 0
        self._done: set[str] = set()
        """Kept, though the ledger may not have written it yet."""

    def run_daily(self) -> None:
        """Delete what is due, unless that was done within a day.

        After years there may be very much: then it goes in parts, a round each.
        """
        now = self._clock.now()
        # A clock that was put back since must not keep it from running for years.
        if 0 <= now - self._ran_at < DAY_US:
            return
        try:
            count = self.run("", most=MOST_AT_ONCE)
        except ClockDoubted as error:
            if not self._is_doubted:
                self._alarm(str(error))
            self._is_doubted = True
            return
        self._is_doubted = False
        if count == 0:
            self._ran_at = now
            self._done.clear()

    def run(self, who: str, most: int | None = None, *, even_so: bool = False) -> int:
        """Delete what is due; return how many recordings that were.

        Raises:
            ClockDoubted: the clock may be wrong, and nobody said that it is right.
        """
        now, count = self._clock.now(), 0
        for found in past(self._ledger, now):
            if count == most:
                break
            name = found.line["id"]
            if found.is_held or name in self._done:
                continue
            if not (count or even_so):
                demand_clock(self._ledger, now)
            if self._eraser.erase(found.line, EXPIRED):
                self._done.add(name)
                count += 1
        if count:
            row = Erasure(self._clock.now(), KIND, DONE, who, "", "", 0, 0, count, 0)
            self._keep((row,))
        return count


def demand_clock(ledger: Path, now: int) -> None:
    """Refuse to delete by a clock that may have been set ahead.

    Raises:
        ClockDoubted: it says that no call came for long.
    """
    last = gap(ledger, now)
    if last:
        raise ClockDoubted(
            f"no recording is deleted for its age: the clock says {_day(now)}, and "
            f"after {_day(last)} no call was kept for over 30 days. Set the clock, "
            "or if it is right, say so: eslflow retention run --even-so"
        )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, tz=timezone.utc).date().isoformat()
