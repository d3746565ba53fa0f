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

    def run_daily(self) -> None:
        """Delete what is due, unless that was done within a day."""
        now = self._clock.now()
        if now - self._ran_at >= DAY_US:
            self.run("")
            self._ran_at = now

    def run(self, who: str, reason: str = "") -> int:
        """Delete what is due; return how many recordings that were."""
        now = self._clock.now()
        due = [found.line for found in past(self._ledger, now) if not found.is_held]
        count = sum(self._eraser.erase(line, EXPIRED) for line in due)
        if count:
            at = self._clock.now()
            row = Erasure(at, KIND, DONE, who, reason, "", 0, 0, count, 0)
            self._keep((row,))
        return count
