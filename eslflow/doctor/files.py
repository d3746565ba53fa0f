"""Files and folders of a site: who else on this machine may read or change them.

In: a site's settings. Out: findings on rights, on what brings recordings to rest, and
on the room that is left. Changes
nothing, and shows nothing of what it reads.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from eslflow.clock import Clock
from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.errors import EslflowError
from eslflow.recordings import age, forms, hook
from eslflow.recordings.space import Space
from eslflow.settings import FILE, Settings

IDENTITY = b"AGE-SECRET-KEY-1"
LONGEST_KEY = 10_000
"""Bytes up to which a file may be one that `recordings keygen` wrote."""
RIGHTS, DISK, REST = "rights", "disk", "at rest"


def is_open(path: Path, right: int = stat.S_IROTH) -> bool:
    """Whether everybody on this machine has a right to a path, and can get there.

    Raises:
        OSError: there is no such path, or it cannot be looked at.
    """
    path = path.resolve()
    if not path.stat().st_mode & right:
        return False
    return all(map(_passable, path.parents))


def _passable(folder: Path) -> bool:
    """Whether everybody can pass through a folder."""
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def rights(settings: Settings, password: Path | None = None) -> Iterator[Finding]:
    """Yield what others on this machine may do to what a site keeps.

    `password` is the file in which that of the event socket stands, if it does.
    """
    faults = list(_faults(settings, password))
    yield from faults
    if not faults:
        text = "ledger, passwords, tokens and recordings are closed to other users"
        yield ok(RIGHTS, text)


def _faults(settings: Settings, password: Path | None) -> Iterator[Finding]:
    for what, paths in _secrets(settings, password).items():
        try:
            there = [path for path in paths if path.exists()]
            read = [path for path in there if is_open(path)]
            written = [path for path in there if is_open(path, stat.S_IWOTH)]
        except OSError as problem:
            yield warning(
                RIGHTS,
                f"{problem.filename} cannot be looked at: {problem.strerror}",
                "Nobody knows who can read what is there.",
                "Run eslflow doctor as the user that runs eslflow serve, or as root",
            )
            continue
        if read or written:
            may = " and ".join(["read"] * bool(read) + ["change"] * bool(written))
            names = " ".join(str(path) for path in there if path in read + written)
            yield error(
                RIGHTS,
                f"every user of this machine can {may} {names}",
                f"There stands {what}.",
                f"chmod o= {names}",
            )
    yield from _changeable(settings)
    yield from _identities(settings)
    yield from _folder(settings.recordings)


def _changeable(settings: Settings) -> Iterator[Finding]:
    """Yield what others could change so that calls go otherwise."""
    site = settings.folder
    for path in (site, site / FILE, settings.flows, settings.sounds):
        with suppress(OSError):
            if is_open(path, stat.S_IWOTH):
                yield error(
                    RIGHTS,
                    f"every user of this machine can change {path}",
                    "Who changes it decides what callers are asked, and what is "
                    "recorded.",
                    f"chmod o-w {path}",
                )


def _identities(settings: Settings) -> Iterator[Finding]:
    """Yield keys that decrypt recordings, and lie beside them."""
    found: list[Path] = []
    with suppress(OSError):
        for path in sorted(settings.folder.iterdir()):
            if path.is_file() and path.stat().st_size <= LONGEST_KEY:
                found += [path] * (IDENTITY in path.read_bytes())
    for path in found:
        if is_open(path):
            yield error(
                RIGHTS,
                f"every user of this machine can read the key {path}",
                "With it, all recordings can be decrypted.",
                f"Move it to another machine; until then: chmod o= {path}",
            )
        else:
            yield warning(
                RIGHTS,
                f"the key {path} lies beside what it decrypts",
                "Who gets at the site gets at all recordings. To encrypt, eslflow "
                "needs only the recipient in eslflow.yaml.",
                f"Move {path} to another machine, and keep a copy there",
            )


def _secrets(settings: Settings, password: Path | None) -> dict[str, list[Path]]:
    """Return files that are nobody's business, by what stands in them."""
    ledger, control = settings.ledger, settings.control
    beside = ("", "-wal", "-shm", ".spill.jsonl")
    found = {
        "who called, and what they agreed to": [
            ledger.with_name(ledger.name + end) for end in beside
        ]
    }
    if control is not None:
        found["who may use the control API"] = [control.tokens]
    if password is not None:
        found["the password of the event socket"] = [password]
    return found


def _folder(recordings: Path) -> Iterator[Finding]:
    """Yield who else can get into the folder of recordings; files in it are 0644."""
    mend = (
        f"chgrp freeswitch {recordings}; chmod 2770 {recordings} (if the switch runs "
        "in the group freeswitch)"
    )
    try:
        if not is_open(recordings, stat.S_IXOTH):
            return
    except FileNotFoundError:
        yield warning(
            RIGHTS,
            f"there is no folder {recordings} yet",
            "eslflow serve makes it, for its own user alone to write to.",
            f"mkdir {recordings}; {mend}",
        )
        return
    except OSError:
        return
    yield error(
        RIGHTS,
        f"every user of this machine can get into {recordings}",
        "FreeSWITCH makes files that everybody can read: all recordings can be heard.",
        mend,
    )


def at_rest(settings: Settings) -> Iterator[Finding]:
    """Yield whether what becomes of recordings after their calls can be done at all."""
    wanted = settings.recording
    found: list[str] = []
    try:
        if wanted.convert:
            forms.demand_library()
            found.append(f"converted to {wanted.convert.value}")
        if wanted.encrypt_to:
            age.recipients(wanted.encrypt_to)
            found.append("encrypted")
        if wanted.hook:
            hook.demand_program(wanted.hook)
            found.append(f"handed to {wanted.hook[0]}")
    except EslflowError as problem:
        means = "eslflow serve does not start; one that runs goes on with what it has."
        mend = "See recording: in eslflow.yaml, and docs/recording.md"
        yield error(REST, str(problem), means, mend)
        return
    if found:
        yield ok(REST, f"recordings can be {', '.join(found)}")


def room(settings: Settings, clock: Clock) -> Finding:
    """Return whether there is room for recordings, and for the ledger."""
    folder = settings.recordings
    while not folder.is_dir():
        folder = folder.parent
    problem = Space(folder, settings.free_space, clock).problem()
    if problem:
        return error(
            DISK,
            problem,
            "Calls go on, and none of them is recorded.",
            "Make room on that disk, or lower free_space: in eslflow.yaml",
        )
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize / 1e9
    return ok(DISK, f"{free:.1f} GB are free for recordings in {folder}")
