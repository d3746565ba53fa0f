"""Who may read the ledger: it names callers, and what they agreed to.

In: the ledger's path. Out: files for their owner alone; what others could read is
closed to them; how it is opened by who only reads. Must not take a group's right to
read: an office may want one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

MODE = 0o600
"""Of what is made; SQLite gives its journal the rights of the database."""
MOST = 0o640
BESIDE = ("", "-wal", "-shm", ".spill.jsonl", ".refused.jsonl")


def make(path: Path) -> None:
    """Make an empty file, unless there is one, before anybody else could open it."""
    # What is in the way is told by whoever opens it.
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE))


def for_reading(path: Path) -> str:
    """Return the URI by which SQLite opens a ledger for reading only.

    It writes beside even then, into the index of the log. Where nobody can write, as on
    a copy that an auditor was given, it is told that nothing will change.
    """
    uri = f"file:{quote(str(path.resolve()))}?mode=ro"
    log = path.with_name(f"{path.name}-wal")
    is_rest = os.statvfs(path).f_flag & os.ST_RDONLY and not log.exists()
    return f"{uri}&immutable=1" if is_rest else uri


def close_to_others(path: Path) -> list[str]:
    """Take from others what they may do with a ledger; return what to tell of it."""
    told = []
    for end in BESIDE:
        file = path.with_name(path.name + end)
        try:
            mode = file.stat().st_mode & 0o777
            if mode & ~MOST:
                file.chmod(mode & MOST)
                told.append(f"others could read or write {file}: now they cannot")
        except FileNotFoundError:
            continue
        except OSError as error:
            hint = f"run chmod o-rwx,g-wx {file} as its owner"
            told.append(f"others may read or write {file} ({error.strerror}): {hint}")
    return told
