"""The files that go into a bundle: audio, the flow, recordings, each by its hash.

In: hashes that rows name, and folders to look in. Out: bytes, or open files, and what
is not there. Never takes a file for another: what has not the hash, is not it. Must not
decrypt anywhere but in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from hashlib import sha256 as digest
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from eslflow.bundle.facts import Zone
from eslflow.bundle.filed import part_of
from eslflow.errors import Sealed
from eslflow.recordings import age, quarantine
from eslflow.recordings.sound import sha256
from eslflow.recordings.stored import hidden

Line = dict[str, Any]

MOST = 100_000_000
"""Bytes of a prompt; what is larger is none."""


def by_hash(
    wanted: Iterable[str], folders: Iterable[Path], kind: str
) -> dict[str, bytes]:
    """Return the files of these hashes, wherever in the folders they lie."""
    left, found = set(wanted) - {""}, {}
    for path in _files(folders, kind):
        if not left:
            break
        data = path.read_bytes()
        name = digest(data).hexdigest()
        if name in left:
            found[name] = data
            left.remove(name)
    return found


def _files(folders: Iterable[Path], kind: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob(f"*.{kind}")):
            if path.is_file() and path.stat().st_size <= MOST:
                yield path


class Recordings:
    """The recordings of a call that may be handed out."""

    def __init__(self, folder: Path, lines: Sequence[Line], is_wanted: bool) -> None:
        self._folder = folder
        self.left_out: dict[str, str] = {}
        """Parts, each with why it is not to be had: a sentence's name."""
        self.found: dict[str, _File] = {}
        """Parts that are to be had."""
        for number, line in enumerate(lines, 1):
            name = part_of(number, line)
            why, path = ("not asked", None) if not is_wanted else self._find(line)
            if path is None:
                self.left_out[name] = why
            else:
                self.found[name] = _File(line, path)

    def _find(self, line: Line) -> tuple[str, Path | None]:
        """Return where a recording is; else why it is not to be had."""
        if line.get("erased_at"):
            return "erased", None
        if line.get("verdict") != "intact":
            return "not intact" if line.get("checked_at") else "not checked", None
        if not line.get("sha256"):
            return "empty", None
        path = quarantine.find(self._folder, line["path"])
        if path is None:
            return "gone", None
        with quarantine.opened(self._folder, path) as fd:
            is_it = sha256(fd) == (line.get("stored_sha256") or line["sha256"])
        return "changed", path if is_it else None

    def demand(self, identities: Sequence[Any]) -> None:
        """Demand what decrypts, if anything is encrypted.

        Raises:
            Sealed: nothing does.
        """
        for file in self.found.values():
            if file.is_encrypted and not identities:
                raise Sealed(
                    f"{file.line['id']} is encrypted: say which --identity is to "
                    "decrypt it, or leave --with-recording out"
                )

    def open(
        self, stack: ExitStack, identities: Sequence[Any]
    ) -> Iterator[tuple[str, BinaryIO]]:
        """Yield each recording in the clear, open until the stack is closed.

        Raises:
            Sealed: it cannot be decrypted with these identities.
        """
        for name, (line, path) in self.found.items():
            fd = stack.enter_context(quarantine.opened(self._folder, path))
            file: BinaryIO = stack.enter_context(os.fdopen(os.dup(fd), "rb"))
            if self.found[name].is_encrypted:
                plain = stack.enter_context(hidden())
                age.decrypt(file, plain, identities)
                plain.flush()
                if sha256(plain.fileno()) != line["plain_sha256"]:
                    raise Sealed(
                        f"{line['id']}: what was decrypted is not what was encrypted"
                    )
                file = plain
            yield name, file


class _File(NamedTuple):
    line: Line
    path: Path

    @property
    def is_encrypted(self) -> bool:
        return str(self.line.get("form") or "").endswith(".age")


def zones(times: Iterable[int]) -> tuple[Zone, ...]:
    """Return what the clocks here showed at these times, as far as it changed."""
    found: list[Zone] = []
    for at in sorted(times):
        here = datetime.fromtimestamp(at / 1e6, tz=timezone.utc).astimezone()
        offset = here.utcoffset()
        seconds = round(offset.total_seconds()) if offset else 0
        name = here.tzname() or ""
        if not found or found[-1][1:] != (seconds, name):
            found.append(Zone(at, seconds, name))
    return tuple(found)
