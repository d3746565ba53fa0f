"""Where recordings may lie."""

import os

import pytest

from eslflow.errors import Elsewhere
from eslflow.recordings import quarantine
from eslflow.recordings.quarantine import find, move, opened, within
from tests.files import put

DAY = "2027/01/15"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recordings"


def mode(path):
    return path.stat().st_mode & 0o7777


def test_a_bad_file_is_moved_to_where_nobody_else_reads_it(folder):
    path = put(folder / DAY / "u-1-1.wav", b"bad")
    path.chmod(0o644)
    moved = move(folder, path)
    assert moved == folder / "quarantine" / DAY / "u-1-1.wav"
    assert (moved.read_bytes(), path.exists()) == (b"bad", False)
    assert mode(moved) == 0o600
    for place in (moved.parent, *moved.parent.parents[:3]):
        assert mode(place) == 0o700
    assert mode(folder) != 0o700
    assert move(folder, moved) == moved


def test_nothing_in_quarantine_is_overwritten(folder, monkeypatch):
    moved = [
        move(folder, put(folder / DAY / "u-1-1.wav", data)) for data in (b"1", b"2")
    ]
    assert [path.name for path in moved] == ["u-1-1.wav", "u-1-1.1.wav"]
    assert [path.read_bytes() for path in moved] == [b"1", b"2"]
    assert find(folder, str(folder / DAY / "u-1-1.wav")) == moved[1]
    monkeypatch.setattr(quarantine, "_MOST_NAMESAKES", 2)
    with pytest.raises(FileExistsError):
        move(folder, put(folder / DAY / "u-1-1.wav", b"3"))


def test_a_file_is_found_where_it_was_made_or_in_quarantine(folder):
    path = folder / DAY / "u-1-1.wav"
    assert find(folder, str(path)) is None
    put(path, b"")
    assert find(folder, str(path)) == path
    moved = move(folder, path)
    assert find(folder, str(path)) == moved
    assert find(folder, str(moved)) == moved
    assert within(folder, str(moved)) == within(folder, str(path))


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "{}/../x.wav",
        "{}",
        "u.wav",
        "",
        "{}x/u.wav",
        "{}/a/../../b",
        "{}/a\0",
    ],
)
def test_a_path_out_of_the_folder_is_refused(folder, path):
    with pytest.raises(Elsewhere, match="see recordings: in eslflow.yaml"):
        find(folder, path.format(folder))


def test_no_link_is_followed(folder, tmp_path):
    secret = put(tmp_path / "elsewhere" / "u.wav", b"secret")
    folder.mkdir()
    (folder / "u.wav").symlink_to(secret)
    (folder / "2027").symlink_to(secret.parent)
    for path in (folder / "u.wav", folder / "2027" / "u.wav"):
        with pytest.raises(Elsewhere, match="link"), opened(folder, path):
            pass


def test_a_folder_that_is_a_link_itself_is_the_administrators(folder, tmp_path):
    put(tmp_path / "disk" / "u.wav", b"sound")
    folder.symlink_to(tmp_path / "disk")
    with opened(folder, folder / "u.wav") as fd:
        assert os.read(fd, 9) == b"sound"


def test_what_is_no_file_is_not_waited_for(folder):
    folder.mkdir()
    os.mkfifo(folder / "u.wav")
    with (
        pytest.raises(Elsewhere, match="is no file"),
        opened(folder, folder / "u.wav"),
    ):
        pass


def test_the_switchs_own_file_is_moved_even_if_its_mode_stays(folder, monkeypatch):
    path = put(folder / DAY / "u-1-1.wav", b"bad")
    (folder / "quarantine" / DAY).mkdir(parents=True)

    def refused(*_, **__):
        raise PermissionError

    monkeypatch.setattr(type(path), "chmod", refused)
    assert move(folder, path).read_bytes() == b"bad"
