"""Which files a command means: by path, or by name within the site."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from eslflow.check.load import flow_files
from eslflow.errors import NotFound
from eslflow.flow.problems import listed
from eslflow.settings import FILE, Settings, load_settings
from eslflow.site import site_flows

FLOWS = "flows"
"""The folder of a site's flows, unless its settings name another."""
_FLOW = re.compile(r"^flow:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


def settings_or_none(site: Path) -> Settings | None:
    """Return the site's settings, or None where there is no site."""
    return load_settings(site) if (site / FILE).exists() else None


def flow_paths(site: Path, names: Sequence[str]) -> list[Path]:
    """Return the files of flows named by path or by name; all of the site by default.

    Raises:
        NotFound: there is neither such a file nor such a flow.
        SettingsError: there is no site to take flows from.
    """
    if not names:
        return site_flows(load_settings(site))
    return [_flow_path(site, name) for name in names]


def _flow_path(site: Path, name: str) -> Path:
    is_path = "/" in name or name.endswith((".yaml", ".yml"))
    if name and Path(name).is_dir() and (is_path or not name.strip(".")):
        is_site = (Path(name) / FILE).exists()
        hint = f". Or leave it out, with --site {name}" if is_site else ""
        raise NotFound(f"{name} is a folder: name a flow, or its file{hint}")
    if is_path:
        if not os.path.lexists(name):
            raise NotFound(f"there is no file {name}{_alike(Path(name))}")
        return Path(name)
    settings = settings_or_none(site)
    folder = settings.flows if settings else site / FLOWS
    path = folder / f"{name}.yaml"
    if path.exists():
        return path
    files = flow_files(folder)
    for other in files:
        if name and name_in(other) == name:
            return other
    known = {path.stem for path in files} | {name_in(path) for path in files}
    known.discard("")
    near = get_close_matches(name, known, 1)
    hint = (
        f" Did you mean {near[0]}?" if near else f" There are: {listed(sorted(known))}"
    )
    if settings is None:
        hint = (
            f" Nor is there a site in {site}: make one (eslflow init FOLDER) and name "
            "it (eslflow --site FOLDER ...), or name a flow by its file: NAME.yaml"
        )
    raise NotFound(f"there is no flow {name} in {folder}.{hint}")


def _alike(path: Path) -> str:
    """Return what was meant by the name of a file that is not there, if it shows."""
    names = [file.name for file in flow_files(path.parent)]
    near = get_close_matches(path.name, names, 1)
    return f". Did you mean {path.parent / near[0]}?" if near else ""


def name_in(path: Path) -> str:
    """Return what a flow calls itself, which may be another name than its file's.

    Read without the rest, which may be wrong; empty when it cannot be.
    """
    if not path.is_file():
        return ""
    try:
        found = _FLOW.search(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""


def named_in(path: Path) -> str:
    """Return what a flow is called, for all that can be read of it."""
    return name_in(path) or path.stem


def command_line(site: Path, *words: str) -> str:
    """Return a command of eslflow on a site, as it can be typed here."""
    where = () if site == Path() else ("--site", str(site))
    return shlex.join(("eslflow", *where, *words))


def sounds_beside(site: Path, flow: Path) -> Path:
    """Return the sounds folder: the site's, or for other flows one that is near.

    That is `sounds` beside a folder `flows`, as in a site; else beside the file itself.
    """
    settings = settings_or_none(site)
    folder = flow.resolve().parent
    if settings is not None and folder == settings.flows:
        return settings.sounds
    return (folder.parent if folder.name == FLOWS else folder) / "sounds"
