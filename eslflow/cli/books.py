"""What reconciliation reads and moves: the ledger's rows, the files of recordings.

In: a site's folders. Out: rows, and files put away; all of it in a thread, for calls
do not wait for a disk. Must not judge (`switch.reconcile` does).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from gevent import get_hub

from eslflow.cli.versions import flow_of
from eslflow.clock import Clock
from eslflow.errors import Elsewhere, FlowErrors, NotFound, StoreError
from eslflow.flow.model import Flow
from eslflow.ledger.read import Reader
from eslflow.ledger.versions import Versions
from eslflow.ledger.writer import spill_of
from eslflow.recordings import quarantine
from eslflow.recordings.orphans import strays

Kept = dict[str, Any]
Found = TypeVar("Found")


class SiteBooks:
    """The books of one site (`switch.findings.Books`)."""

    def __init__(
        self,
        ledger: Path,
        folder: Path,
        clock: Clock,
        is_quick: bool = False,
        waits: Callable[[], bool] | None = None,
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._clock = clock
        self._is_quick = is_quick
        """Only files of the last days are looked through."""
        self._waits = waits or (lambda: not spill_of(ledger).is_empty)
        """Whether rows wait; a controller has some in memory, too."""

    def open_calls(self) -> list[Kept]:
        """Return everything kept of each call that has no end, or an open file."""
        return self._read(_open_calls)

    def recording_at(self, path: str) -> tuple[Kept, Kept] | None:
        """Return the recording in a file, and everything kept of its call."""
        return self._read(lambda ledger: _recording_at(ledger, path))

    def strays(self) -> list[str]:
        """Return files of recordings that the ledger does not know, at rest."""
        folder, now = self._folder, self._clock.now()
        return self._read(
            lambda ledger: [
                str(path)
                for path in strays(folder, ledger.has_recording, now, self._is_quick)
            ]
        )

    def problem(self) -> str:
        """Return why the ledger does not know everything yet; empty: it does."""
        if not self._waits():
            return ""
        return (
            f"rows wait to be written into {self._ledger}: eslflow serve writes them "
            "when the disk has room and the ledger can be written"
        )

    def set_aside(self, path: str) -> str:
        """Put a file into quarantine; return why it could not be."""
        problem: str = get_hub().threadpool.apply(self._move, (path,))
        return problem

    def flow(self, sha256: str) -> Flow | None:
        """Return the version of a flow that has this hash, if it was kept."""
        found: Flow | None = get_hub().threadpool.apply(self._flow, (sha256,))
        return found

    def _flow(self, sha256: str) -> Flow | None:
        try:
            with Versions(self._ledger) as versions:
                flow = flow_of(versions, sha256)
        except (NotFound, StoreError, FlowErrors):
            return None
        # A text that somebody has changed is another flow.
        return flow if flow.sha256 == sha256 else None

    def _move(self, path: str) -> str:
        try:
            found = quarantine.find(self._folder, path)
            if found is None:
                return "there is no file"
            quarantine.move(self._folder, found)
        except Elsewhere as error:
            return str(error)
        except OSError as error:
            return f"it could not be moved to quarantine: {error.strerror or error}"
        return ""

    def _read(self, look: Callable[[Reader], Found]) -> Found:
        """Look something up in a thread.

        Raises:
            StoreError: the ledger cannot be read.
        """
        found: Found | StoreError = get_hub().threadpool.apply(self._look, (look,))
        if isinstance(found, StoreError):
            raise found
        return found

    def _look(self, look: Callable[[Reader], Found]) -> Found | StoreError:
        """Run in the thread, where gevent prints what is raised."""
        try:
            with Reader(self._ledger) as ledger:
                return look(ledger)
        except StoreError as error:
            return error


def _open_calls(ledger: Reader) -> list[Kept]:
    found = (_call(ledger, uuid) for uuid in ledger.unended())
    return [kept for kept in found if kept is not None]


def _recording_at(ledger: Reader, path: str) -> tuple[Kept, Kept] | None:
    row = ledger.recording_at(path)
    kept = _call(ledger, row["call_uuid"]) if row else None
    return (row, kept) if row and kept else None


def _call(ledger: Reader, uuid: str) -> Kept | None:
    try:
        return {**ledger.call(uuid), "wishes": ledger.wishes(uuid)}
    except NotFound:
        # A recording without its call.
        return None
