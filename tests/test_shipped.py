"""Where the shipped flows and sounds are found, and that all of them are shipped."""

from __future__ import annotations

import configparser
import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType

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


def install(prefix: Path, data: Path) -> ModuleType:
    """Lay files out as pip does, and return `shipped` as imported from there."""
    site = prefix / "lib" / "site-packages"
    (site / "eslflow").mkdir(parents=True)
    copied = Path(shutil.copy(shipped.__file__, site / "eslflow"))
    known = site / "eslflow-0.1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Name: eslflow\nVersion: 0.1.0\n")
    rows = ["eslflow/shipped.py,,"]
    for name in ("flows/support.yaml", "sounds/generated.json"):
        file = data / "share" / "eslflow" / name
        file.parent.mkdir(parents=True)
        file.touch()
        rows.append(f"{os.path.relpath(file, site)},,")
    (known / "RECORD").write_text("\n".join(rows))
    spec = importlib.util.spec_from_file_location("shipped_elsewhere", copied)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_checkout_uses_its_own_flows_and_sounds() -> None:
    assert shipped.flows() == ROOT / "flows"
    assert shipped.sounds() == ROOT / "sounds"


@pytest.mark.parametrize("moved", ["", "local"], ids=["beside lib", "elsewhere"])
def test_an_installation_is_asked_where_its_files_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    elsewhere = install(tmp_path, tmp_path / moved)
    monkeypatch.syspath_prepend(tmp_path / "lib" / "site-packages")
    share = tmp_path / moved / "share" / "eslflow"
    assert elsewhere.flows() == share / "flows"
    assert elsewhere.sounds() == share / "sounds"


def test_a_lost_folder_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = install(tmp_path, tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "lib" / "site-packages")
    shutil.rmtree(tmp_path / "share" / "eslflow" / "sounds")
    with pytest.raises(SettingsError, match=r"the sounds .* pip install"):
        elsewhere.sounds()


def test_a_package_that_was_never_installed_has_no_flows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = install(tmp_path, tmp_path)
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(SettingsError, match="the flows"):
        elsewhere.flows()


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
