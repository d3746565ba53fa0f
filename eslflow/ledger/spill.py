"""Rows that the database would not take, kept beside it until it does.

In: rows. Out: lines of JSON, each with an id, so that replaying a line twice writes it
once. A grant that could not be kept in time permitted nothing; when it is written at
last, its reason says `kept_late`. What a full disk does not let be written here either
waits in memory, behind what is in the file. What the database will never take, and what
is no row any more, is set aside in a second file. Must not judge what that is.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from eslflow.call import records
from eslflow.call.records import Choice, Row, State
from eslflow.ledger.rights import make
from eslflow.wire.terms import RecordAction

KEPT_LATE = "kept_late"

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        records.CallOffered,
        records.CallEnded,
        records.NoticePlayed,
        records.Choice,
        records.RecordingBegun,
        records.RecordingEnded,
        records.RecordingChecked,
        records.RecordingStored,
        records.RecordingSettled,
        records.RecordingHooked,
        records.RecordingErased,
        records.RecordingAction,
        records.RecordingWished,
        records.Look,
        records.FlowVersion,
        records.FlowServed,
        records.LegalHold,
        records.Erasure,
        records.AgentAgreed,
    )
}
_GRANTS = (State.GRANTED, State.VERBAL)
_ENUMS = {"Choice": ("state", State), "RecordingAction": ("action", RecordAction)}


MOST_HELD = 100_000
"""Groups that wait in memory; with a full disk, that is a day of a busy office."""


class Waiting(NamedTuple):
    """A group that waits."""

    line: bytes
    """As it stands in the file."""
    id: str
    """Empty: this is no group any more."""
    rows: list[Row]


class Spill:
    """The file beside the database, and what waits for room in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refused = path.with_name(path.name.replace(".spill.", ".refused."))
        """What will never be written into the database, for a person to look at."""
        self.lost = 0
        """Groups for which there was no room in memory either."""
        self._held: list[bytes] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits in it."""
        return not self._held and not size(self.path)

    @property
    def held(self) -> int:
        """How many groups wait in memory only."""
        return len(self._held)

    def add(self, keeps: Sequence[Sequence[Row]]) -> None:
        """Append rows, each group under an id of its own, and wait for the disk.

        Raises:
            OSError: this file cannot be written either; they wait in memory.
        """
        for rows in keeps:
            entry = {"id": uuid.uuid4().hex, "rows": [_entry(_late(r)) for r in rows]}
            if len(self._held) < MOST_HELD:
                self._held.append(json.dumps(entry).encode("ascii") + b"\n")
            else:
                self.lost += 1
        self.settle()

    def settle(self) -> None:
        """Write what waits in memory into the file: all of it, or nothing.

        Raises:
            OSError: it still cannot be written.
        """
        if self._held:
            _append(self.path, self._held)
            self._held.clear()

    def read(self) -> Iterator[Waiting]:
        """Yield what waits, in order; a last line that a crash cut off is left out."""
        if size(self.path):
            with self.path.open("rb") as file:
                # No end of a line: it was not written whole, and nobody was told so.
                yield from (_waiting(line) for line in file if line.endswith(b"\n"))
        yield from map(_waiting, self._held)

    def set_aside(self, lines: Sequence[bytes]) -> None:
        """Put lines where they are in nobody's way, unless they are there already.

        Raises:
            OSError: they cannot be written there.
        """
        there = self.refused.read_bytes() if size(self.refused) else b""
        new = [line for line in lines if line not in there]
        if new:
            _append(self.refused, new)

    def clear(self) -> None:
        """Forget what was written to the database."""
        self._held.clear()
        self.path.unlink(missing_ok=True)


def size(path: Path) -> int:
    """Return how many bytes are in a file; none if it is not there.

    One that cannot be looked at may hold some: whoever reads it is told why.
    """
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError:
        return 1


def _append(path: Path, lines: Sequence[bytes]) -> None:
    """Append lines and wait for the disk; what a crash has cut off before, is ended."""
    make(path)
    # Not buffered: what a full disk did not take must not be tried again on closing.
    with path.open("a+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        try:
            _write(file, (b"" if _is_whole(file, end) else b"\n") + b"".join(lines))
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(end)
            raise


def _is_whole(file: BinaryIO, end: int) -> bool:
    file.seek(max(0, end - 1))
    return not end or file.read(1) == b"\n"


def _write(file: BinaryIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _waiting(line: bytes) -> Waiting:
    try:
        entry = json.loads(line)
        rows = [_row(row) for row in entry["rows"]]
        return Waiting(line, str(entry["id"]), rows)
    except (ValueError, LookupError, TypeError, AttributeError):
        return Waiting(line, "", [])


def _late(row: Row) -> Row:
    if isinstance(row, Choice) and row.state in _GRANTS:
        return row._replace(reason=KEPT_LATE)
    return row


def _entry(row: Row) -> dict[str, Any]:
    return {"row": type(row).__name__, **row._asdict()}


def _row(entry: dict[str, Any]) -> Row:
    name = entry.pop("row")
    if name in _ENUMS:
        field, enum = _ENUMS[name]
        entry[field] = enum(entry[field])
    row: Row = _KINDS[name](**entry)
    return row
