"""Notices that files of a site have changed, for sites that reload by themselves.

In: settings. Out: a call whenever flows, scenarios, settings or audio have changed and
then stayed as they are for a round: an editor may write a file in several goes. Must
not open a file. What it misses or takes amiss costs nothing: a reload looks at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from eslflow.settings import FILE, Settings

EVERY_S = 2.0
"""How often it looks."""

Stamps = dict[str, tuple[int, ...]]


class Watch:
    """What the files looked like."""

    def __init__(self, settings: Settings, changed: Callable[[], object]) -> None:
        self._settings = settings
        self._changed = changed
        self._told = self._last = self._stamps()

    def look(self) -> None:
        """Look once; tell a change when it has settled."""
        before, self._last = self._last, self._stamps()
        if self._last == before and self._last != self._told:
            self._told = self._last
            self._changed()

    def looked(self) -> None:
        """Take in that somebody looks at the files now, whatever they look like."""
        self._told = self._stamps()

    def _stamps(self) -> Stamps:
        """Return what changes when a file does."""
        settings = self._settings
        found = {str(settings.folder / FILE): _stamp(settings.folder / FILE)}
        for path in settings.flows.glob("[!.]*.yaml"):
            found[str(path)] = _stamp(path)
        for folder, _, names in os.walk(settings.sounds):
            for name in names:
                path = Path(folder, name)
                found[str(path)] = _stamp(path)
        return found


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size)
