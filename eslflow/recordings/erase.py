"""What is deleted because a consent was withdrawn, or because a person asked for it.

In: the ledger's recordings, the withdrawals of their calls, who is to be erased. Out:
files removed, then rows of that; the recording's row and all that was asked of its
recorder stay as proof. Must not touch a file of which any purpose still holds, nor what
is under a legal hold, nor follow a link. It may be killed at any moment:

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

from eslflow.call.records import Reason, RecordingAction, RecordingErased, State
from eslflow.call.records import Row as Kept
from eslflow.clock import Clock
from eslflow.errors import Elsewhere
from eslflow.ledger import due as orders
from eslflow.ledger.read import Reader
from eslflow.recordings import quarantine
from eslflow.wire.terms import RecordAction

PATIENCE_US = 600_000_000
"""How long a file is left to be looked into first: what was found in it stays kept."""
WITHDRAWN = "withdrawn"
PRIVATE = Reason.PRIVATE.value
EXPIRED = "expired"
_BECAUSE = {
    WITHDRAWN: "the consent was withdrawn",
    PRIVATE: "the call was made private",
    EXPIRED: "it was kept as long as its purposes say",
}
"""Why a recording goes; whatever else that is, a person has asked for it."""
DELETE = "delete"
"""What a purpose says whose recordings go; as `flow.model.OnWithdrawal` spells it."""

Line = Mapping[str, Any]


def holding(recording: Line, choices: Iterable[Line]) -> list[str]:
    """Return the purposes that a recording may still be kept for; none: it is to go.

    One holds it unless it was withdrawn after the recording had begun, and says delete.
    None does in a call that was made private then, where the flow says delete.
    """
    later = [
        choice
        for choice in choices
        if choice["on_withdrawal"] == DELETE and choice["at"] >= recording["asked_at"]
    ]
    if any(choice["reason"] == Reason.PRIVATE.value for choice in later):
        return []
    withdrawn = State.WITHDRAWN.value
    gone = {choice["purpose"] for choice in later if choice["state"] == withdrawn}
    return [name for name in recording["purposes"].split() if name not in gone]


def _ends_it(choice: Line) -> bool:
    """Whether it makes the call private, and what was recorded before goes."""
    return (choice["reason"], choice["on_withdrawal"]) == (PRIVATE, DELETE)


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
            asked = orders.requested(self._ledger, self._clock.now())
            names = {line["id"] for line in due} | {line["id"] for line, _ in asked}
            self._done &= names
            self._told &= names
            held = orders.held(self._ledger) if due else set()
            for line in due:
                if line["call_uuid"] in held or not self._has_rested(line):
                    continue
                choices = ledger.choices(line["call_uuid"])
                if not holding(line, choices):
                    is_private = any(_ends_it(choice) for choice in choices)
                    self.erase(line, PRIVATE if is_private else WITHDRAWN)
        for line, why in asked:
            self.erase(line, why)

    def _has_rested(self, line: Line) -> bool:
        """Whether it was looked into, or nobody will do that any more."""
        ended_at = line["stopped_at"] or line["asked_at"]
        waited = self._clock.now() - ended_at >= self._patience_us
        return line["checked_at"] is not None or waited

    def erase(self, line: Line, why: str) -> bool:
        """Delete a recording, and keep that; return whether it is gone."""
        name = line["id"]
        if name in self._done:
            return True
        try:
            count = erase(self._folder, line["path"])
        except (OSError, Elsewhere) as error:
            if name not in self._told:
                self._told.add(name)
                problem = getattr(error, "strerror", None) or error
                because = _BECAUSE.get(why, "its erasure was asked for")
                words = f"{because}, and it cannot be deleted"
                self._alarm(f"recording {name}: {words}: {problem} ({line['path']})")
            return False
        now = self._clock.now()
        words = f"{count} file{'' if count == 1 else 's'} removed"
        action = RecordingAction(
            recording_id=name,
            call_uuid=line["call_uuid"],
            at=now,
            action=RecordAction.ERASE,
            reason=why,
            step="",
            reply=words,
            verified=True,
            asked_at=now,
        )
        self._keep((RecordingErased(name, now, why), action))
        self._done.add(name)
        self._tell(f"recording {name} was {why}: {words}")
        return True
