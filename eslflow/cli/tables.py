"""Tables for people, times as they read them, and nothing that moves their cursor.

In: rows of values. Out: text. Imports nothing but the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from eslflow.errors import EslflowError, visible

_AGO = re.compile(r"([0-9]{1,6})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return aligned columns under their names; control characters are made visible."""
    cells = [[visible(str(value)) for value in row] for row in rows]
    widths = [
        max([len(name), *(len(row[place]) for row in cells)])
        for place, name in enumerate(names)
    ]
    lines = [names, *cells]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def local(micros: int | None) -> str:
    """Return a time as people here read it."""
    if not micros:
        return ""
    at = datetime.fromtimestamp(micros / 1e6, tz=timezone.utc).astimezone()
    return at.strftime("%Y-%m-%d %H:%M:%S")


def iso(micros: int | None) -> str | None:
    """Return a time as programs read it: UTC, ISO 8601, to the microsecond."""
    if not micros:
        return None
    at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str | None, now: datetime) -> int:
    """Return a date, a date with time, or a span back from now, in microseconds.

    Raises:
        EslflowError: it is none of these.
    """
    if not text:
        return 0
    ago = _AGO.fullmatch(text)
    if ago:
        return int((now.timestamp() - int(ago[1]) * _SECONDS[ago[2]]) * 1e6)
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise EslflowError(
            f"{text!r} is no time: write 2026-11-24, 2026-11-24T15:30 or 7d "
            "(m, h, d, w)"
        ) from error
    return int(at.astimezone().timestamp() * 1e6)
