"""What is deleted because a consent was withdrawn: the file first, then its row.

In: the ledger's recordings, and the withdrawals of their calls. Out: files removed, and
rows of that; the recording's row and all that was asked of its recorder stay as proof.
Must not touch a file of which any purpose still holds, nor follow a link. It may be
killed at any moment:

      done                                 | what the next round finds and does
      the file is there                    | it is removed
      the file is removed, and no row yet  | there is nothing left; the row is written
      its row is in the ledger             | nothing
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eslflow.call.records import RecordingAction, RecordingErased, State
from eslflow.call.records import Row as Kept
from eslflow.clock import Clock
from eslflow.errors import Elsewhere
from eslflow.ledger.read import Reader
from eslflow.recordings import quarantine
from eslflow.wire.terms import RecordAction

PATIENCE_US = 600_000_000
"""How long a file is left to be looked into first: what was found in it stays kept."""
WITHDRAWN = "withdrawn"
DELETE = "delete"
"""What a purpose says whose recordings go; as `flow.model.OnWithdrawal` spells it."""

Line = Mapping[str, Any]


def holding(recording: Line, choices: Iterable[Line]) -> list[str]:
    """Return the purposes that a recording may still be kept for; none: it is to go.

    One holds it unless it was withdrawn after the recording had begun, and says delete.
    """
    gone = {
        choice["purpose"]
        for choice in choices
        if choice["state"] == State.WITHDRAWN.value
        and choice["on_withdrawal"] == DELETE
        and choice["at"] >= recording["asked_at"]
    }
    return [name for name in recording["purposes"].split() if name not in gone]


def erase(folder: Path, path: str) -> int:
    """Remove every file of a recording, in whatever form; return how many there were.

    Raises:
        Elsewhere: its path leads out of the folder, or behind a link.
        OSError: one cannot be removed.
    """
    relative = quarantine.within(folder, path)
    count = 0
    # First where it was made: what is put into quarantine meanwhile, is found there.
    for place in (folder / relative, folder / quarantine.QUARANTINE / relative):
        names = list(_names(folder, place))
        for name in names:
            name.unlink(missing_ok=True)
        if names:
            quarantine.sync(place.parent)
        count += len(names)
    return count


def _names(folder: Path, place: Path) -> Iterator[Path]:
    """Yield what is named after a recording; its own name has no dots."""
    if not place.parent.is_dir():
        return
    real = Path(os.path.realpath(folder)) / place.parent.relative_to(folder)
    if Path(os.path.realpath(place.parent)) != real:
        raise Elsewhere(f"{place} lies behind a link, and was not removed")
    bare = place.name.partition(".")[0]
    with os.scandir(place.parent) as found:
        for entry in found:
            if entry.name.removeprefix(".").partition(".")[0] == bare:
                yield place.with_name(entry.name)


class Eraser:
    """Deletes what is to go. Where files are converted, to be used from that thread."""

    def __init__(
        self,
        ledger: Path,
        keep: Callable[[Sequence[Kept]], None],
        folder: Path,
        clock: Clock,
        alarm: Callable[[str], None],
        tell: Callable[[str], None],
        patience_us: int = PATIENCE_US,
    ) -> None:
        self._ledger = ledger
        self._keep = keep
        self._folder = folder
        self._clock = clock
        self._alarm = alarm
        self._tell = tell
        self._patience_us = patience_us
        self._done: set[str] = set()
        """Kept, though the ledger may not have written it yet."""
        self._told: set[str] = set()
        """Could not be removed, and that was told."""

    def run_due(self) -> None:
        """Delete what is to go by now."""
        with Reader(self._ledger) as ledger:
            due = ledger.withdrawn_recordings()
            names = {line["id"] for line in due}
            self._done &= names
            self._told &= names
            for line in due:
                if line["id"] in self._done or not self._has_rested(line):
                    continue
                if not holding(line, ledger.choices(line["call_uuid"])):
                    self._erase(line)

    def _has_rested(self, line: Line) -> bool:
        """Whether it was looked into, or nobody will do that any more."""
        ended_at = line["stopped_at"] or line["asked_at"]
        waited = self._clock.now() - ended_at >= self._patience_us
        return line["checked_at"] is not None or waited

    def _erase(self, line: Line) -> None:
        try:
            count = erase(self._folder, line["path"])
        except (OSError, Elsewhere) as error:
            if line["id"] not in self._told:
                self._told.add(line["id"])
                why = getattr(error, "strerror", None) or error
                words = "the consent was withdrawn, and it cannot be deleted"
                self._alarm(f"recording {line['id']}: {words}: {why} ({line['path']})")
            return
        now = self._clock.now()
        words = f"{count} file{'' if count == 1 else 's'} removed"
        action = RecordingAction(
            recording_id=line["id"],
            call_uuid=line["call_uuid"],
            at=now,
            action=RecordAction.ERASE,
            reason=WITHDRAWN,
            step="",
            reply=words,
            verified=True,
            asked_at=now,
        )
        self._keep((RecordingErased(line["id"], now, WITHDRAWN), action))
        self._done.add(line["id"])
        self._tell(f"recording {line['id']} was withdrawn: {words}")
