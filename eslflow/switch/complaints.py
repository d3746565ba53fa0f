"""Complaints about peers: some of them, and of the rest only how many.

Whoever can connect could fill the disk with lines of the log otherwise.

In: texts. Out: lines of the log. Must not drop the first of them, nor the number.
"""

from __future__ import annotations

import logging

from eslflow.switch.timers import Handle, Timers

log = logging.getLogger("eslflow.switch")

MOST = 10
"""Told as they are, of each span of time."""
SPAN_S = 60.0


class Complaints:
    """What is wrong with peers."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._left = MOST
        self._untold = 0
        self._span: Handle | None = None

    def tell(self, text: str) -> None:
        """Tell it, unless there were too many in this minute: then count it."""
        if self._span is None:
            self._span = self._timers.after(SPAN_S, self._over)
        if self._left:
            self._left -= 1
            log.warning("%s", text)
            if not self._left:
                log.warning("of more like these, only their number is told")
        else:
            self._untold += 1

    def close(self) -> None:
        """Tell how many were not told, and wait no longer."""
        if self._span is not None:
            self._span.cancel()
            self._over()

    def _over(self) -> None:
        if self._untold:
            log.warning(
                "and %d more connections were refused or dropped within %d s",
                self._untold,
                SPAN_S,
            )
        self._left, self._untold, self._span = MOST, 0, None
