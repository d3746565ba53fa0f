"""One `serve` for each site: a lock that is gone when its process is, however it ends.

In: the site's folder. Out: the lock while it is held, or a refusal that says who holds
it. Must not be broken by anybody: the kernel alone lets go of it.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eslflow.errors import EslflowError

LOCK = "eslflow.lock"
"""In the site's folder; stays there, and holds the number of who serves or served."""

log = logging.getLogger("eslflow")


@contextmanager
def only_one(site: Path) -> Iterator[None]:
    """Hold the site's lock.

    Raises:
        EslflowError: another process serves this site.
    """
    path = site / LOCK
    try:
        lock = _opened(path)
    except OSError as error:
        log.warning(
            "cannot lock the site: %s: %s. Nothing keeps a second serve away",
            path,
            error.strerror,
        )
        yield
        return
    try:
        _take(lock, path)
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    """Open the file; one that somebody else has left can be locked as well.

    Whoever inherits it would hold the lock too; Python lets nobody.
    """
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except PermissionError:
        return os.open(path, os.O_RDONLY)


def _alive(number: bytes) -> str:
    """Return a process's number if there is such a process, else nothing."""
    if not number.isdigit() or len(number) > 9:
        return ""
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return ""
    except OSError:
        # Somebody else's.
        return number.decode()
    return number.decode()


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = _alive(os.pread(lock, 20, 0).strip())
        raise EslflowError(
            f"another eslflow serves this site already (process {who or 'unknown'} "
            f"holds {path}). Stop it first: systemctl stop eslflow, or kill "
            f"{who or 'it'}; or make a site of its own for this one: eslflow init"
        ) from None
    # Who holds it is told only where it may be written.
    with suppress(OSError):
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
