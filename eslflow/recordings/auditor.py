"""After the call: every recording is looked into once, and what is bad is put away.

In: the ledger's recordings that nobody has checked. Out: rows of what was found,
alarms, bad files in quarantine. Must not decide what is bad (`audit` does), nor look
twice. It may be stopped anywhere: what has no row is looked at again, where it is by
then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from eslflow.call.records import RecordingChecked
from eslflow.call.records import Row as Kept
from eslflow.clock import Clock
from eslflow.errors import Elsewhere
from eslflow.ledger.read import Reader
from eslflow.recordings import quarantine
from eslflow.recordings.audit import Audited, Finding, Verdict, audit, without_file
from eslflow.recordings.days import make_days
from eslflow.recordings.spans import Row

MOMENT_US = 2_000_000
"""RECORD_STOP comes when the file is closed; the rows of its actions may be later."""
QUIET_US = 60_000_000
"""Nobody saw a lost recording end: it has ended when its file does not grow. A recorder
writes 64 KB at once, every 4 s at the slowest (measured)."""
MOST_AT_ONCE = 50
"""A controller that is to stop waits for the round that is under way."""


class _Seen(NamedTuple):
    size: int
    since: int


class Auditor:
    """Looks into the recordings of a site. To be used from one thread."""

    def __init__(
        self,
        ledger: Path,
        keep: Callable[[Sequence[Kept]], None],
        folder: Path,
        clock: Clock,
        alarm: Callable[[str], None],
        driven: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """`driven` says which calls go on: it is asked in the auditor's thread."""
        self._ledger = ledger
        self._keep = keep
        self._folder = folder
        self._clock = clock
        self._alarm = alarm
        self._driven = driven
        self._done: set[str] = set()
        """Kept, though the ledger may not have written it yet."""
        self._told: set[str] = set()
        """Could not be read, and that was told."""
        self._seen: dict[str, _Seen] = {}
        """Lost recordings whose files may still grow."""

    def run_due(self) -> list[RecordingChecked]:
        """Look into what has ended and was not looked into; return what was found."""
        make_days(self._folder, self._clock.now())
        checked: list[RecordingChecked] = []
        with Reader(self._ledger) as ledger:
            due = ledger.unchecked(self._clock.now() - MOMENT_US)
            self._forget(set(due))
            for name in due:
                if len(checked) == MOST_AT_ONCE:
                    break
                if name in self._done:
                    continue
                recording = ledger.recording(name)
                if self._has_ended(recording):
                    row = self._check(recording, ledger.actions(recording))
                    checked += [row] if row else []
        return checked

    def _forget(self, due: set[str]) -> None:
        """Remember nothing of what has its row by now."""
        self._done &= due
        self._told &= due
        self._seen = {id_: seen for id_, seen in self._seen.items() if id_ in due}

    def _has_ended(self, recording: Row) -> bool:
        if recording["state"] == "stopped":
            return True
        if recording["call_uuid"] in self._driven():
            # It was taken over: its file may rest, for the caller is on hold.
            self._seen.pop(recording["id"], None)
            return False
        now, size = self._clock.now(), self._size(recording["path"])
        seen = self._seen.get(recording["id"])
        if size is None:
            return True
        if seen is None or seen.size != size:
            self._seen[recording["id"]] = _Seen(size, now)
            return False
        return now - seen.since >= QUIET_US

    def _size(self, path: str) -> int | None:
        try:
            found = quarantine.find(self._folder, path)
            return found.lstat().st_size if found else None
        except (Elsewhere, OSError):
            return None

    def _check(self, recording: Row, actions: Sequence[Row]) -> RecordingChecked | None:
        try:
            found, path = look(self._folder, recording, actions)
        except OSError as error:
            self._cannot(recording, error)
            return None
        row = put_away(self._folder, recording, found, path, self._clock.now())
        self._keep((row,))
        self._done.add(row.id)
        if found.findings:
            self._alarm(told(row))
        return row

    def _cannot(self, recording: Row, error: OSError) -> None:
        """Tell once that a file cannot be read; it is tried again and again."""
        if recording["id"] not in self._told:
            self._told.add(recording["id"])
            words = f"{recording['path']} cannot be checked: {error.strerror}. "
            words += "Let eslflow read what FreeSWITCH writes: see docs/freeswitch.md"
            self._alarm(f"recording {recording['id']}: {words}")


def look(
    folder: Path, recording: Row, actions: Sequence[Row]
) -> tuple[Audited, Path | None]:
    """Look into a recording, wherever it is; return what was found, and the file.

    Raises:
        OSError: it is there, and cannot be read.
    """
    try:
        path = quarantine.find(folder, recording["path"])
        if path is None:
            return without_file(recording), None
        with quarantine.opened(folder, path) as fd:
            found = audit(fd, recording, actions)
    except Elsewhere as error:
        return Audited((Finding(Verdict.MISSING, str(error)),)), None
    return found, path


def put_away(
    folder: Path, recording: Row, found: Audited, path: Path | None, now: int
) -> RecordingChecked:
    """Move a bad file to quarantine; return the row of what was found."""
    words = found.words
    verdict = found.verdict
    if path is not None and quarantine.is_quarantined(folder, path) and not words:
        # Whoever put it there had a reason that the file does not show.
        verdict, words = Verdict.DAMAGED, "it was in quarantine already: see the log"
    elif path is not None and verdict is not Verdict.INTACT:
        try:
            path = quarantine.move(folder, path)
        except OSError as error:
            words += f"\nit could not be moved to quarantine: {error.strerror or error}"
    return RecordingChecked(
        id=recording["id"],
        checked_at=now,
        verdict=str(verdict),
        path=recording["path"] if path is None else str(path),
        sha256=found.sha256,
        bytes=found.bytes,
        file_ms=found.ms,
        findings=words,
    )


def told(row: RecordingChecked) -> str:
    """Return what was found in one line, for a log."""
    words = "; ".join(row.findings.split("\n"))
    return f"recording {row.id} is {row.verdict}: {words} ({row.path})"
