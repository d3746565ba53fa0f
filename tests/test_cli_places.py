"""Which files a command means."""

import pytest

from eslflow.cli.places import flow_paths, settings_or_none, sounds_beside
from eslflow.errors import NotFound, SettingsError


def test_flows_are_named_by_path_or_by_name(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.yaml").write_text("")
    assert flow_paths(tmp_path, ["x/b.yaml", "a"])[0].name == "b.yaml"
    assert flow_paths(tmp_path, ["a"]) == [tmp_path / "flows" / "a.yaml"]
    with pytest.raises(NotFound, match="there is no flow zz"):
        flow_paths(tmp_path, ["zz"])


def test_a_folder_is_no_flow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match=r"^\. is a folder: name a flow, or its file$"):
        flow_paths(tmp_path, ["."])
    (tmp_path / "eslflow.yaml").write_text("")
    with pytest.raises(NotFound, match=f"Or leave it out, with --site {tmp_path}$"):
        flow_paths(tmp_path, [str(tmp_path)])


def test_without_names_the_sites_flows_are_meant(tmp_path):
    with pytest.raises(SettingsError):
        flow_paths(tmp_path, [])
    (tmp_path / "eslflow.yaml").write_text("flows: mine\nsounds: noise\n")
    with pytest.raises(SettingsError, match="there are no flows"):
        flow_paths(tmp_path, [])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text("")
    assert [path.name for path in flow_paths(tmp_path, [])] == ["a.yaml"]
    assert sounds_beside(tmp_path, tmp_path / "mine" / "a.yaml").name == "noise"


def test_a_flow_outside_a_site_has_its_sounds_beside_its_folder(tmp_path):
    assert settings_or_none(tmp_path) is None
    path = tmp_path / "flows" / "a.yaml"
    assert sounds_beside(tmp_path, path) == tmp_path / "sounds"
