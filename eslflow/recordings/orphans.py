"""Files of recordings that the ledger does not know.

In: the site's folder, what is known. Out: files at rest that nobody can account for.
Must not open or move them, follow a link, nor take what is not named as recordings are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import gmtime

from eslflow.recordings.days import DAY_S

QUIET_S = 60
"""A file that was written to less long ago may still be recorded, and its row be on its
way. A recorder writes every 4 s at the slowest (measured)."""
_NAME = re.compile(
    r"([0-9A-Za-z][0-9A-Za-z-]{0,63}-[0-9]{1,6})\.(wav|flac|opus)(\.age)?"
)
_DIGITS = re.compile(r"[0-9]+")


def strays(
    folder: Path, is_known: Callable[[str], bool], now: int, is_quick: bool = False
) -> Iterator[Path]:
    """Yield the files that are not known, by name; `now` in microseconds.

    A quick look is at the files of today and yesterday only.
    """
    for day in _recent(folder, now) if is_quick else _days(folder):
        for entry in _entries(day):
            named = _NAME.fullmatch(entry.name)
            if named is None:
                continue
            if _is_at_rest(entry, now) and not is_known(named[1]):
                yield Path(entry.path)


def _recent(folder: Path, now: int) -> Iterator[Path]:
    for seconds in (now // 1_000_000 - DAY_S, now // 1_000_000):
        day = gmtime(seconds)
        yield folder / f"{day.tm_year:04}/{day.tm_mon:02}/{day.tm_mday:02}"


def _days(folder: Path) -> Iterator[Path]:
    """Yield the folders of all days; what is not named so is not ours."""
    for year in _folders(folder):
        for month in _folders(year):
            yield from _folders(month)


def _folders(place: Path) -> Iterator[Path]:
    for entry in _entries(place):
        is_number = _DIGITS.fullmatch(entry.name) is not None
        if is_number and entry.is_dir(follow_symlinks=False):
            yield Path(entry.path)


def _entries(place: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        # Not there, or not for us: the auditor tells of files that cannot be read.
        return []


def _is_at_rest(entry: os.DirEntry[str], now: int) -> bool:
    try:
        is_file = entry.is_file(follow_symlinks=False)
        written_at = entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return False
    return is_file and written_at < now / 1e6 - QUIET_S
