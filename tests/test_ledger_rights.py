"""Who may read the ledger."""

from pathlib import Path

import pytest

from eslflow.call.records import Look
from eslflow.ledger.rights import close_to_others, for_reading, make
from eslflow.ledger.spill import Spill
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import Ledger, write
from tests.disk import mounted, remount


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_new_ledger_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "x.db"
    with Ledger(path):
        beside = [mode(file) for file in tmp_path.iterdir()]
        assert len(beside) == 3
        assert set(beside) == {0o600}


def test_a_new_spill_is_for_its_owner_alone(tmp_path):
    spill = Spill(tmp_path / "x.db.spill.jsonl")
    spill.add([[Look(7, "anne", "show", "u-1", "", "")]])
    assert mode(spill.path) == 0o600


def test_what_is_there_stays(tmp_path):
    path = tmp_path / "x.db"
    path.write_text("mine")
    path.chmod(0o644)
    make(path)
    make(tmp_path / "none" / "x.db")
    assert (path.read_text(), mode(path)) == ("mine", 0o644)


def test_an_old_ledger_is_closed_to_others_and_told_once(tmp_path):
    path = tmp_path / "x.db"
    wal = tmp_path / "x.db-wal"
    for file, before in ((path, 0o644), (wal, 0o666)):
        file.touch()
        file.chmod(before)
    told = close_to_others(path)
    assert [mode(path), mode(wal)] == [0o640, 0o640]
    assert told == [
        f"others could read or write {file}: now they cannot" for file in (path, wal)
    ]
    assert close_to_others(path) == []


def test_what_is_not_ours_to_close_is_told_with_the_command(tmp_path, monkeypatch):
    path = tmp_path / "x.db"
    path.touch()
    path.chmod(0o644)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    (told,) = close_to_others(path)
    assert f"run chmod o-rwx,g-wx {path} as its owner" in told


@pytest.fixture
def medium(tmp_path):
    """A file system of its own, which can be made read-only."""
    with mounted(tmp_path) as folder:
        yield folder


def test_where_nobody_can_write_it_is_read_all_the_same(medium):
    path = medium / "x?&.db"
    write(path, [Look(7, "anne", "show", "u-1", "", "")])
    assert "immutable" not in for_reading(path)
    remount(medium, "ro")
    assert verify(path).head.place == 1


def test_a_log_that_is_left_is_not_passed_over(medium):
    path = medium / "x.db"
    with Ledger(path):
        write(path, [Look(7, "anne", "show", "u-1", "", "")])
        left = {file: file.read_bytes() for file in medium.iterdir()}
    for file, content in left.items():
        file.write_bytes(content)
    remount(medium, "ro")
    assert verify(path).head.place == 1
