"""Which files a command means."""

import os
from pathlib import Path

import pytest

from eslflow.cli.places import (
    command_line,
    flow_paths,
    named_in,
    settings_or_none,
    sounds_beside,
)
from eslflow.errors import NotFound, SettingsError


def test_flows_are_named_by_path_or_by_name(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.yaml").write_text("")
    other = tmp_path / "b.yml"
    other.write_text("")
    assert flow_paths(tmp_path, [str(other), "a"])[0] == other
    assert flow_paths(tmp_path, ["a"]) == [tmp_path / "flows" / "a.yaml"]
    with pytest.raises(NotFound, match="there is no flow zz") as told:
        flow_paths(tmp_path, ["zz"])
    assert "make one (eslflow init FOLDER)" in str(told.value)


def test_a_file_that_is_not_there_is_told_with_what_was_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match=r"^there is no file flows/b\.yaml$"):
        flow_paths(tmp_path, ["flows/b.yaml"])
    for name in ("support.yaml", "hours.yaml"):
        (tmp_path / name).write_text("")
    with pytest.raises(NotFound, match=r"suport\.yaml\. Did you mean support\.yaml\?$"):
        flow_paths(tmp_path, ["suport.yaml"])


def test_a_link_that_leads_nowhere_is_a_file(tmp_path):
    link = tmp_path / "a.yaml"
    link.symlink_to(tmp_path / "none")
    assert flow_paths(tmp_path, [str(link)]) == [link]


def test_a_flow_is_found_by_what_it_calls_itself_too(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    (tmp_path / "flows").mkdir()
    path = tmp_path / "flows" / "clinic.yaml"
    path.write_text("# flow: other\nflow: 'praxis'  # ours\n")
    (tmp_path / "flows" / "latin.yaml").write_bytes(b"flow: \xe9\n")
    (tmp_path / "flows" / "none.yaml").write_text("")
    os.mkfifo(tmp_path / "flows" / "pipe.yaml")
    assert flow_paths(tmp_path, ["praxis", "clinic"]) == [path, path]
    with pytest.raises(NotFound, match=r"Did you mean praxis\?"):
        flow_paths(tmp_path, ["praxiss"])
    for name in ("", "sales"):
        with pytest.raises(
            NotFound, match="There are: clinic, latin, none, pipe, praxis$"
        ):
            flow_paths(tmp_path, [name])


def test_a_folder_is_no_flow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match=r"^\. is a folder: name a flow, or its file$"):
        flow_paths(tmp_path, ["."])
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(NotFound, match=r"^a\.yaml is a folder"):
        flow_paths(tmp_path, ["a.yaml"])
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


def test_a_flow_is_called_what_it_says_or_what_its_file_is_called(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("flow: b\nsteps: {]\n")
    assert named_in(path) == "b"
    path.write_text("steps: {}\n")
    assert named_in(path) == "a"


def test_a_command_is_told_as_it_can_be_typed():
    here = command_line(Path(), "check", "my flow.yaml")
    assert here == "eslflow check 'my flow.yaml'"
    there = command_line(Path("/srv/eslflow"), "prompts", "build")
    assert there == "eslflow --site /srv/eslflow prompts build"


def test_a_flow_outside_a_site_has_its_sounds_beside_its_folder(tmp_path):
    assert settings_or_none(tmp_path) is None
    path = tmp_path / "flows" / "a.yaml"
    assert sounds_beside(tmp_path, path) == tmp_path / "sounds"


def test_a_file_by_itself_has_its_sounds_beside_it(tmp_path):
    for place in (tmp_path, tmp_path / "mine"):
        assert sounds_beside(tmp_path, place / "readme.yaml") == place / "sounds"
