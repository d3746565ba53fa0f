"""Recordings that were kept as long as their purposes say: deleted, and that is kept.

In: the ledger's recordings, what purposes said when callers were asked. Out: files
removed, each with its row, and a row of the whole, which stands in the chain. The proof
of what was agreed to stays. Must not delete what is under a legal hold, nor what a
purpose has no end for. Cut off anywhere, the next run does the rest (`erase`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from eslflow.call.records import Erasure
from eslflow.call.records import Row as Kept
from eslflow.clock import Clock
from eslflow.ledger.due import past
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
    ) -> None:
        self._ledger = ledger
        self._keep = keep
        self._eraser = eraser
        self._clock = clock
        self._ran_at = 0
        self._done: set[str] = set()
        """Kept, though the ledger may not have written it yet."""

    def run_daily(self) -> None:
        """Delete what is due, unless that was done within a day.

        After years there may be very much: then it goes in parts, a round each.
        """
        now = self._clock.now()
        if now - self._ran_at >= DAY_US and self.run("", most=MOST_AT_ONCE) == 0:
            self._ran_at = now
            self._done.clear()

    def run(self, who: str, most: int | None = None) -> int:
        """Delete what is due; return how many recordings that were."""
        now, count = self._clock.now(), 0
        for found in past(self._ledger, now):
            if count == most:
                break
            name = found.line["id"]
            if found.is_held or name in self._done:
                continue
            if self._eraser.erase(found.line, EXPIRED):
                self._done.add(name)
                count += 1
        if count:
            row = Erasure(self._clock.now(), KIND, DONE, who, "", "", 0, 0, count, 0)
            self._keep((row,))
        return count
