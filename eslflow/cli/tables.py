"""Tables for people, times as they read them, and nothing that moves their cursor.

In: rows of values, the width of the terminal. Out: text. Imports nothing slow.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from eslflow.errors import EslflowError, columns, visible

_AGO = re.compile(r"([0-9]{1,6})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


BETWEEN = 2
"""Blanks between columns."""
LEAST = 8
"""A column is not cut below this: the start of a uuid, which names a call."""
MOST = 60
"""Nothing that a caller sends may push the other columns out of sight."""


def room() -> int:
    """Return how wide a table may be: the terminal, or 0 (as it likes) for a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def table(
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    width: int = 0,
    spare: Sequence[str] = (),
) -> str:
    """Return aligned columns under their names; control characters are made visible.

    To fit a width, the first column shows the start of each name, then the spare
    columns are left out in their order, then the widest column is cut.
    """
    lines = [list(names), *map(_shown, rows)]
    if not _fits(lines, width):
        lines = [[line[0][:LEAST], *line[1:]] for line in lines]
    for name in spare:
        if not _fits(lines, width):
            place = lines[0].index(name)
            lines = [line[:place] + line[place + 1 :] for line in lines]
    while not _fits(lines, width) and max(_widths(lines)) > LEAST:
        widest = max(_widths(lines))
        lines = [[_cut(cell, widest - 1) for cell in line] for line in lines]
    widths = _widths(lines)
    return "\n".join("".join(map(_padded, line, widths)).rstrip() for line in lines)


def _shown(row: Sequence[object]) -> list[str]:
    *cells, last = (visible(str(value)) for value in row)
    return [*(_cut(cell, MOST) for cell in cells), last]


def _cut(cell: str, width: int) -> str:
    """Return a cell that takes no more columns than that."""
    if columns(cell) <= width:
        return cell
    while columns(cell) >= width:
        cell = cell[:-1]
    return f"{cell}\u2026"


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell) + BETWEEN)


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(columns, column)) for column in zip(*lines, strict=True)]


def _fits(lines: Sequence[Sequence[str]], width: int) -> bool:
    widths = _widths(lines)
    return not width or sum(widths) + BETWEEN * (len(widths) - 1) <= width


def counted(count: int, noun: str) -> str:
    """Return how many there are of something, in words."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def local(micros: int | None, *, exact: bool = False) -> str:
    """Return a time as people here read it; exact: to the millisecond."""
    if not micros:
        return ""
    at = datetime.fromtimestamp(micros / 1e6, tz=timezone.utc).astimezone()
    text = at.strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}.{micros // 1000 % 1000:03}" if exact else text


def iso(micros: int | None) -> str | None:
    """Return a time as programs read it: UTC, ISO 8601, to the microsecond."""
    if not micros:
        return None
    at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str | None, now: datetime) -> int:
    """Return a date, a date with time, or a span back from now, in microseconds.

    None is before 1970: nothing is kept from then.

    Raises:
        EslflowError: it is none of these.
    """
    if not text:
        return 0
    ago = _AGO.fullmatch(text)
    if ago:
        return max(1, int((now.timestamp() - int(ago[1]) * _SECONDS[ago[2]]) * 1e6))
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise EslflowError(
            f"{text!r} is no time: write 2026-11-24, 2026-11-24T15:30 or 7d "
            "(m, h, d, w)"
        ) from error
    # Python knows no local time of the year 1, nor of the last day of 9999.
    if not 1 < at.year < 9999:
        at = at.replace(tzinfo=timezone.utc)
    return max(1, int(at.timestamp() * 1e6))
