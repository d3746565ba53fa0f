"""Finds the flows and the sounds that come with eslflow.

In: where this package lies. Out: folders to copy from. Must not write: a site has its
own copies, and an update brings new ones here.
"""

from __future__ import annotations

import sys
from pathlib import Path

from eslflow.errors import SettingsError

SETTINGS = "eslflow.yaml"
"""The file that makes a folder a site."""

_BESIDE = Path(__file__).resolve().parent.parent
"""A checkout, when eslflow runs out of one."""
_RECORD = "share/eslflow/flows/support.yaml"
"""One file of setup.cfg's data_files, to find the others by."""


def flows() -> Path:
    """Return the folder of the shipped flows."""
    return folder("flows")


def sounds() -> Path:
    """Return the folder of the shipped sounds."""
    return folder("sounds")


def folder(name: str) -> Path:
    """Return the shipped folder of that name, `flows` or `sounds`.

    Raises:
        SettingsError: the installation has lost it.
    """
    share = _BESIDE if _is_checkout(_BESIDE) else _installed()
    if share is not None and (share / name).is_dir():
        return share / name
    raise SettingsError(
        f"the {name} that come with eslflow are not on this machine: "
        f"run {sys.executable} -m pip install --force-reinstall eslflow"
    )


def _is_checkout(root: Path) -> bool:
    return (root / "setup.cfg").is_file() and (root / "flows").is_dir()


def _installed() -> Path | None:
    """Return the share folder that pip wrote, wherever it was told to put it.

    The prefix alone would not do: `--user`, `--prefix` and distributions move it.
    """
    # Takes 20 ms to import, and only `init` comes here.
    from importlib.metadata import PackageNotFoundError, files

    try:
        known = files("eslflow") or []
    except PackageNotFoundError:
        return None
    for file in known:
        if file.as_posix().endswith(_RECORD):
            return Path(str(file.locate())).resolve().parent.parent
    return None
