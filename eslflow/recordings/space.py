"""Room for recordings: what is free on their disk, and what calls may need of it.

In: the folder of recordings, how much is to stay free. Out: why nothing more should be
recorded. FreeSWITCH is silent about a full disk (measured), so it is asked before.
"""

from __future__ import annotations

import os
from pathlib import Path

from eslflow.clock import Clock

BYTES_PER_S = 32_000
"""What a recorder writes in a second: two channels, 8000 samples of 16 bits."""
AGAIN_US = 1_000_000
"""How long an answer holds: a disk does not fill within a second."""
_GB = 1e9


class Space:
    """Watches the room that is left; cheap enough to be asked for each call."""

    def __init__(self, folder: Path, least: int, clock: Clock) -> None:
        self._folder = folder
        self._least = least
        self._clock = clock
        self._asked_at = 0
        self._problem = ""

    def problem(self) -> str:
        """Return why nothing more should be recorded; empty: there is room."""
        now = self._clock.now()
        # A clock that was set back must not make an old answer hold for hours.
        if not 0 <= now - self._asked_at < AGAIN_US:
            self._asked_at = now
            self._problem = self._look()
        return self._problem

    def _look(self) -> str:
        try:
            found = os.statvfs(self._folder)
        except OSError as error:
            return f"the room in {self._folder} is unknown: {error.strerror}"
        free = found.f_bavail * found.f_frsize
        if free < self._least:
            minutes = free // BYTES_PER_S // 60
            return (
                f"{free / _GB:.2f} GB are free in {self._folder}, room for {minutes} "
                f"minutes of one call; free_space: asks for {self._least / _GB:g} GB"
            )
        # Some file systems make inodes as they go, and count none.
        if found.f_files and not found.f_favail:
            return f"there is no room for another file in {self._folder} (no inodes)"
        return ""
