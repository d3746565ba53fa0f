"""The files of flows as they are now."""

import os
from pathlib import Path

import pytest

from eslflow.cli.disk import Disk, present, put
from eslflow.settings import Settings
from tests.test_cli_candidate import SMALL

OUTER = "flow: outer\nsteps:\n  in: {flow: small}\n  b: {queue: x}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "other.yaml").write_text(OUTER)
    (tmp_path / "bad.yaml").write_text("flow: something\n")
    return tmp_path


@pytest.fixture
def disk(folder):
    return Disk(Settings(folder=folder, flows=folder))


def test_each_flow_has_its_file_also_if_it_does_not_load(folder, disk):
    assert disk.files == {
        "small": folder / "small.yaml",
        "outer": folder / "other.yaml",
        "bad": folder / "bad.yaml",
    }
    assert set(disk.flows) == {"small", "outer"}
    assert disk.parts("outer") == {"outer", "small"}
    assert disk.parts("bad") == {"bad"}


def test_a_file_that_is_gone_belongs_where_it_was(folder, disk):
    assert disk.path("outer", "any.yaml") == folder / "other.yaml"
    assert disk.path("gone", "was.yaml") == folder / "was.yaml"
    assert disk.path("gone") == folder / "gone.yaml"
    assert disk.text("gone") is None
    assert disk.text("small") == SMALL


def test_a_file_is_written_whole_with_the_mode_it_had(folder):
    path = folder / "small.yaml"
    path.chmod(0o640)
    link = folder / "open"
    with path.open() as held:
        os.link(path, link)
        put({path: b"new"})
        assert held.read() == SMALL
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.read_text() == SMALL
    assert not [name for name in os.listdir(folder) if name.startswith(".")]


def test_files_that_were_not_there_come_and_go(folder):
    path = folder / "fresh.yaml"
    put({path: b"x"})
    assert present(path) == b"x"
    put({path: None})
    assert present(path) is None
    os.mkfifo(path)
    assert present(path) is None


def test_when_one_cannot_be_written_none_is(folder):
    good, new, bad = folder / "small.yaml", folder / "new.yaml", folder / "no/a.yaml"
    with pytest.raises(OSError, match="No such file"):
        put({good: b"x", new: b"y", bad: b"z"})
    assert good.read_text() == SMALL
    assert not new.exists()
    assert not [name for name in os.listdir(folder) if name.startswith(".")]


def test_a_file_of_somebody_else_can_be_replaced_all_the_same(folder, monkeypatch):
    def refuse(number, user, group):
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refuse)
    put({folder / "small.yaml": b"x"})
    assert Path(folder / "small.yaml").read_bytes() == b"x"
