"""Where recordings may lie: within the site's folder, or in its quarantine.

In: paths from the ledger. Out: files opened for reading, and bad ones moved to where
only eslflow reads them. Must not open what lies elsewhere, follow a link, overwrite or
delete.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eslflow.errors import Elsewhere

QUARANTINE = "quarantine"
"""Beside the years: `recordings/quarantine/YYYY/MM/DD/<name>.wav`."""
_MOST_NAMESAKES = 10


def within(folder: Path, path: str) -> Path:
    """Return a recording's path relative to the folder.

    Raises:
        Elsewhere: it leads out of the folder.
    """
    given = Path(path)
    # Not resolved: what a link leads to is not ours, wherever that is.
    is_inside = given.is_relative_to(folder) and given != folder
    if not is_inside or ".." in given.parts or "\0" in path:
        raise Elsewhere(
            f"{path!r} is not in the site's folder {folder}, and was not opened: "
            "see recordings: in eslflow.yaml"
        )
    relative = given.relative_to(folder)
    if relative.parts[0] == QUARANTINE:
        relative = Path(*relative.parts[1:])
    return relative


def find(folder: Path, path: str) -> Path | None:
    """Return where a recording is now: where it was made, or in quarantine.

    Raises:
        Elsewhere: its path leads out of the folder.
    """
    relative = within(folder, path)
    place = folder / relative
    if os.path.lexists(place):
        return place
    target = folder / QUARANTINE / relative
    if not os.path.lexists(target.parent):
        return None
    # The newest of that name has the highest number.
    moved = [name for name in _names(target) if os.path.lexists(name)]
    return moved[-1] if moved else None


def is_quarantined(folder: Path, path: Path) -> bool:
    """Whether a file lies in quarantine."""
    return path.is_relative_to(folder / QUARANTINE)


@contextmanager
def opened(folder: Path, path: Path) -> Iterator[int]:
    """Open a recording for reading; no link on the way is followed.

    Raises:
        Elsewhere: it is no file, or a link leads there.
        OSError: it cannot be read.
    """
    real = Path(os.path.realpath(folder)) / path.parent.relative_to(folder)
    if Path(os.path.realpath(path.parent)) != real:
        raise Elsewhere(f"{path} lies behind a link, and was not opened")
    # A pipe would make us wait for somebody to write to it.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    if path.is_symlink():
        raise Elsewhere(f"{path} is a link, and was not opened")
    fd = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Elsewhere(f"{path} is no file, and was not opened")
        yield fd
    finally:
        os.close(fd)


def move(folder: Path, path: Path) -> Path:
    """Move a recording to quarantine; return where it is now.

    Raises:
        OSError: it cannot be moved.
    """
    if is_quarantined(folder, path):
        return path
    target = folder / QUARANTINE / path.relative_to(folder)
    _make(folder, target.parent)
    target = _free(target)
    _hide(path)
    os.replace(path, target)
    for changed in (target.parent, path.parent):
        sync(changed)
    return target


def _make(folder: Path, target: Path) -> None:
    """Make the folders of quarantine, each for eslflow alone."""
    missing = [place for place in (target, *target.parents) if folder in place.parents]
    for place in reversed(missing):
        if not place.is_dir():
            place.mkdir(mode=0o700)
            # The mask of the process may take away, and a group's folder adds.
            place.chmod(0o700)
            sync(place.parent)


def _names(target: Path) -> Iterator[Path]:
    """Yield the names that a file may have in quarantine."""
    yield target
    for number in range(1, _MOST_NAMESAKES):
        yield target.with_name(f"{target.stem}.{number}{target.suffix}")


def _free(target: Path) -> Path:
    """Return a name that nothing has: what is there already is never overwritten."""
    for name in _names(target):
        if not os.path.lexists(name):
            return name
    raise FileExistsError(f"{target} is there, and {_MOST_NAMESAKES} of that name")


def _hide(path: Path) -> None:
    """Take the file from all others; the switch's own file may refuse that."""
    try:
        path.chmod(0o600)
    except PermissionError:
        # The folder that it goes to is closed to them.
        return


def sync(folder: Path) -> None:
    """Let the names in a folder be on disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
