"""Where the shipped flows and sounds are found, and that all of them are shipped."""

from __future__ import annotations

import configparser
import os
import shutil
from pathlib import Path

import pytest

from eslflow import shipped
from eslflow.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


def section(name: str) -> dict[str, list[str]]:
    """Return a section of setup.cfg: lists of words by key."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return {key: words.split() for key, words in config[name].items()}


def data_files() -> dict[str, list[str]]:
    """Return what is installed beside the package: patterns by folder."""
    return section("options.data_files")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the package lie in the site-packages of an empty prefix, as pip puts it."""
    site = tmp_path / "lib" / "site-packages"
    site.mkdir(parents=True)
    monkeypatch.setattr(shipped, "_BESIDE", site)
    monkeypatch.syspath_prepend(site)
    return site


def install(site: Path, data: Path) -> Path:
    """Lay the data files out as pip does; return their folder."""
    known = site / "eslflow-0.1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Name: eslflow\nVersion: 0.1.0\n")
    rows = ["eslflow/__init__.py,,"]
    for name in ("flows/support.yaml", "sounds/generated.json"):
        file = data / "share" / "eslflow" / name
        file.parent.mkdir(parents=True)
        file.touch()
        rows.append(f"{os.path.relpath(file, site)},,")
    (known / "RECORD").write_text("\n".join(rows))
    return data / "share" / "eslflow"


def test_a_checkout_uses_its_own_flows_and_sounds() -> None:
    assert shipped.flows() == ROOT / "flows"
    assert shipped.sounds() == ROOT / "sounds"


@pytest.mark.parametrize("moved", ["", "local"], ids=["beside lib", "elsewhere"])
def test_an_installation_is_asked_where_its_files_went(
    site: Path, tmp_path: Path, moved: str
) -> None:
    share = install(site, tmp_path / moved)
    assert shipped.flows() == share / "flows"
    assert shipped.sounds() == share / "sounds"


def test_a_lost_folder_is_named_with_its_remedy(site: Path, tmp_path: Path) -> None:
    shutil.rmtree(install(site, tmp_path) / "sounds")
    with pytest.raises(SettingsError, match=r"the sounds .* pip install"):
        shipped.sounds()


def test_an_installation_without_data_files_has_no_flows(
    site: Path, tmp_path: Path
) -> None:
    install(site, tmp_path)
    (site / "eslflow-0.1.0.dist-info" / "RECORD").write_text("eslflow/__init__.py,,")
    with pytest.raises(SettingsError, match="the flows"):
        shipped.flows()


@pytest.mark.usefixtures("site")
def test_a_package_that_was_never_installed_has_no_flows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(SettingsError, match="the flows"):
        shipped.flows()


@pytest.mark.parametrize("name", ["flows", "sounds"])
def test_setup_cfg_ships_every_file_to_its_own_place(name: str) -> None:
    shipped_to = {
        file: folder
        for folder, patterns in data_files().items()
        for pattern in patterns
        for file in ROOT.glob(pattern)
    }
    lost = {
        str(file.relative_to(ROOT))
        for file in (ROOT / name).rglob("*")
        if file.is_file()
        and shipped_to.get(file) != f"share/eslflow/{file.parent.relative_to(ROOT)}"
    }
    assert not lost, f"add to [options.data_files] of setup.cfg: {sorted(lost)}"


def test_setup_cfg_names_no_folder_that_is_gone() -> None:
    gone = {
        pattern
        for patterns in data_files().values()
        for pattern in patterns
        if not (ROOT / pattern).parent.is_dir()
    }
    assert gone == set()


def test_setup_cfg_ships_what_is_no_code_inside_the_package() -> None:
    packed = {
        file
        for package, patterns in section("options.package_data").items()
        for pattern in patterns
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    lost = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "eslflow").rglob("*")
        if file.is_file() and file.suffix not in {".py", ".pyc"} and file not in packed
    }
    assert not lost, f"add to [options.package_data] of setup.cfg: {sorted(lost)}"
