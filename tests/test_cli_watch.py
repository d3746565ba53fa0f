"""Files of a site that change."""

import os

import pytest

from eslflow.cli.watch import Watch
from eslflow.settings import load_settings
from tests.test_cli_candidate import SMALL


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/small.yaml").write_text(SMALL)
    (tmp_path / "sounds/small/en").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def told():
    return []


@pytest.fixture
def watch(site, told):
    return Watch(load_settings(site), lambda: told.append(1))


@pytest.mark.parametrize(
    "name",
    [
        "flows/small.yaml",
        "flows/small.scenarios.yaml",
        "flows/new.yaml",
        "eslflow.yaml",
        "sounds/small/en/welcome.wav",
    ],
)
def test_a_change_is_told_once_when_it_has_settled(site, told, watch, name):
    watch.look()
    assert told == []
    (site / name).write_text("half of ")
    watch.look()
    (site / name).write_text("half of it")
    watch.look()
    assert told == []
    watch.look()
    watch.look()
    assert told == [1]


def test_a_file_that_is_gone_is_a_change(site, told, watch):
    (site / "flows/small.yaml").unlink()
    (site / "eslflow.yaml").unlink()
    watch.look()
    watch.look()
    assert told == [1]


def test_a_file_that_another_takes_the_place_of_is_a_change(site, told, watch):
    path, new = site / "flows/small.yaml", site / "new"
    before = path.stat()
    new.write_text(SMALL)
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)
    watch.look()
    watch.look()
    assert told == [1]


def test_a_change_that_is_taken_back_at_once_is_none(site, told, watch):
    path = site / "flows/small.yaml"
    before = path.stat()
    path.write_text("x" * before.st_size)
    watch.look()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    watch.look()
    watch.look()
    assert told == []


def test_what_somebody_has_looked_at_is_no_change_and_what_comes_then_is(
    site, told, watch
):
    path = site / "flows/small.yaml"
    path.write_text("other")
    watch.looked()
    watch.look()
    watch.look()
    assert told == []
    path.write_text("yet another")
    watch.look()
    watch.look()
    assert told == [1]


def test_other_files_are_none_of_its_business(site, told, watch):
    (site / "flows/small.yaml~").write_text("a copy")
    (site / "eslflow.db").write_text("")
    watch.look()
    watch.look()
    assert told == []
