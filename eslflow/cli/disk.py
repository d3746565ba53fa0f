"""The flows of a site as their files are now, good or not.

In: settings. Out: which file holds which flow, and texts. Writes a file whole or not
at all. Must not judge what is in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from eslflow.check import flow_files, load_flow
from eslflow.errors import FlowErrors
from eslflow.flow.model import Flow
from eslflow.settings import Settings


class Disk:
    """What lies in the folder of flows."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.flows
        self.files: dict[str, Path] = {}
        """By flow; a file that does not load is taken for the flow of its name."""
        self.flows: dict[str, Flow] = {}
        """Those that load."""
        for path in flow_files(settings.flows):
            try:
                flow = load_flow(path)
            except FlowErrors:
                self.files.setdefault(path.stem, path)
            else:
                self.files[flow.name] = path
                self.flows[flow.name] = flow

    def path(self, name: str, file: str = "") -> Path:
        """Return the file of a flow, or where it belongs."""
        path = self.files.get(name, self._folder / (file or f"{name}.yaml"))
        return path.resolve()

    def text(self, name: str, file: str = "") -> str | None:
        """Return the text of a flow's file; None: there is none."""
        data = present(self.path(name, file))
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def parts(self, name: str) -> set[str]:
        """Return a flow and those inside it, as far as it loads."""
        flow = self.flows.get(name)
        return {name, *(v.flow for v in flow.versions)} if flow else {name}


def present(path: Path) -> bytes | None:
    """Return what is in a file now; None: it is not there."""
    try:
        return path.read_bytes() if path.is_file() else None
    except FileNotFoundError:
        return None


def put(texts: Mapping[Path, bytes | None]) -> None:
    """Write files, each whole; None: the file goes. All are written, or none.

    Raises:
        OSError: one of them cannot be written.
    """
    before = {path: present(path) for path in texts}
    done: list[Path] = []
    try:
        for path, data in texts.items():
            _put(path, data)
            done.append(path)
    except OSError:
        for path in done:
            _put(path, before[path])
        raise


def _put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
        return
    # Not *.yaml: nobody takes it for a flow.
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("wb") as file:
            if path.exists():
                _alike(path, file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _alike(path: Path, number: int) -> None:
    """Give a new file the mode, and if we may the owner, of the one it replaces."""
    found = path.stat()
    os.fchmod(number, found.st_mode & 0o7777)
    with suppress(PermissionError):
        os.fchown(number, found.st_uid, found.st_gid)
