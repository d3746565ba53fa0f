"""Rows that the database would not take, kept beside it until it does.

In: rows. Out: lines of JSON, each with an id, so that replaying a line twice writes it
once. A grant that could not be kept in time permitted nothing; when it is written at
last, its reason says `kept_late`.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eslflow.call import records
from eslflow.call.records import Choice, Row, State
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


class Spill:
    """The file beside the database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits in it."""
        try:
            return self.path.stat().st_size == 0
        except FileNotFoundError:
            return True

    def add(self, keeps: Sequence[Sequence[Row]]) -> None:
        """Append rows, each group under an id of its own, and wait for the disk.

        Raises:
            OSError: this file cannot be written either.
        """
        lines = []
        for rows in keeps:
            entry = {"id": uuid.uuid4().hex, "rows": [_entry(_late(r)) for r in rows]}
            lines.append(json.dumps(entry, ensure_ascii=True) + "\n")
        with self.path.open("a", encoding="ascii") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield what waits: id and rows; a line that a crash cut off is left out."""
        if self.is_empty:
            return
        with self.path.open(encoding="ascii") as file:
            for line in file:
                if line.endswith("\n"):
                    entry = json.loads(line)
                    yield entry["id"], [_row(row) for row in entry["rows"]]

    def clear(self) -> None:
        """Forget what was written to the database."""
        self.path.unlink(missing_ok=True)


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
