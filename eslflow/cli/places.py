"""Which files a command means: by path, or by name within the site."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from eslflow.check.load import flow_files
from eslflow.errors import NotFound, SettingsError
from eslflow.settings import FILE, Settings, load_settings


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
        settings = load_settings(site)
        paths = flow_files(settings.flows)
        if not paths:
            raise SettingsError(f"there are no flows (*.yaml) in {settings.flows}")
        return paths
    return [_flow_path(site, name) for name in names]


def _flow_path(site: Path, name: str) -> Path:
    if name and Path(name).is_dir() and ("/" in name or not name.strip(".")):
        is_site = (Path(name) / FILE).exists()
        hint = f". Or leave it out, with --site {name}" if is_site else ""
        raise NotFound(f"{name} is a folder: name a flow, or its file{hint}")
    if "/" in name or name.endswith((".yaml", ".yml")):
        return Path(name)
    settings = settings_or_none(site)
    folder = settings.flows if settings else site / "flows"
    path = folder / f"{name}.yaml"
    if path.exists():
        return path
    near = get_close_matches(name, [p.stem for p in flow_files(folder)], 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise NotFound(f"there is no flow {name} in {folder}.{hint}")


def sounds_beside(site: Path, flow: Path) -> Path:
    """Return the sounds folder: the site's, or the one beside the flow's folder."""
    settings = settings_or_none(site)
    if settings is not None and flow.resolve().parent == settings.flows:
        return settings.sounds
    return flow.resolve().parent.parent / "sounds"
