"""What the commands that erase share: files first, then who it was, then its traces.

In: a site's settings. Out: what could not be done, in words. Must not run beside a
controller's own round of it (see `ledger.erasure.alone`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import click

from eslflow.clock import SystemClock
from eslflow.errors import StoreError, visible
from eslflow.ledger.erasure import finish as forget
from eslflow.ledger.subject import Subject, names
from eslflow.ledger.writer import spill_of, write
from eslflow.recordings.erase import Eraser
from eslflow.settings import Settings

MOST = 100_000_000
"""Bytes of a file that is searched: what is larger is audio, or no text."""


def demand_no_spill(ledger: Path) -> None:
    """Refuse to erase while rows wait beside the ledger: they may name anybody.

    Raises:
        StoreError: some do.
    """
    spill = spill_of(ledger)
    if not spill.is_empty:
        raise StoreError(
            f"rows wait in {spill.path} to be written into the ledger, and may name "
            "the person: eslflow serve writes them when it can. Erase then"
        )


def eraser(
    settings: Settings, problems: list[str], *, is_silent: bool = False
) -> Eraser:
    """Return what removes files, at once; what it cannot is added to the problems."""
    return Eraser(
        settings.ledger,
        lambda rows: write(settings.ledger, rows),
        settings.recordings,
        SystemClock(),
        problems.append,
        lambda text: None if is_silent else click.echo(visible(text)),
        patience_us=0,
    )


def finish(
    settings: Settings,
    texts: Sequence[str] | None,
    *,
    beside: bool,
    is_silent: bool = False,
) -> list[str]:
    """Do all that is ordered and not done yet; return what could not be.

    `texts` were deleted already; None: nobody knows which. `beside`: a controller
    writes, too.

    Raises:
        StoreError: the ledger cannot be written.
    """
    problems: list[str] = []
    eraser(settings, problems, is_silent=is_silent).run_due()
    now = SystemClock().now()
    if not forget(settings.ledger, now, texts, beside=beside):
        problems.append(
            f"{settings.ledger} is large, and still holds traces of what was deleted "
            "in its free space: eslflow serve writes it anew when no call goes on"
        )
    return problems


def naming(settings: Settings, subject: Subject) -> list[str]:
    """Return files of the site that name the person, and are not for us to change."""
    ledger = settings.ledger
    own = {settings.recordings, ledger}
    own |= {ledger.with_name(ledger.name + end) for end in ("-wal", "-shm")}
    found = [path for path in _files(settings.folder, own) if _names(path, subject.key)]
    return [
        f"{path} names the number: it is not eslflow's to change, do it by hand"
        for path in found
    ]


def _files(folder: Path, without: set[Path]) -> Iterator[Path]:
    """Yield the files below a folder; no link is followed."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path in without:
            continue
        if path.is_dir():
            yield from _files(path, without)
        elif path.is_file():
            yield path


def _names(path: Path, key: str) -> bool:
    if path.suffix == ".wav":
        return False
    try:
        if path.stat().st_size > MOST:
            return False
        texts = _members(path) if path.suffix == ".zip" else [path.read_bytes()]
        return any(names(data.decode(errors="replace"), key) for data in texts)
    except (OSError, BadZipFile):
        return False


def _members(path: Path) -> Iterator[bytes]:
    with ZipFile(path) as file:
        for entry in file.infolist():
            yield entry.filename.encode()
            if entry.file_size <= MOST:
                yield file.read(entry)
