"""Whether the ledger is whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eslflow.call.records import CallOffered, Look
from eslflow.doctor.finding import Level
from eslflow.doctor.ledger import looked_at
from eslflow.ledger.writer import connect, spill_of, write

AT = 1_795_474_026_000_000
CALL = CallOffered("u-1", "inbound", "", "", "100", "test", "", "", AT)


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "eslflow.db"
    write(found, [CALL, Look(AT, "anna", "show", "u-1", "", "asked")])
    return found


def test_a_whole_one_is_told_with_the_head_of_its_chain(path):
    (finding,) = looked_at(path)
    assert finding.level is Level.OK
    assert "1 rows, up to 1:" in finding.text


def test_one_that_is_not_there_yet_is_told(tmp_path):
    (finding,) = looked_at(tmp_path / "none.db")
    assert finding.level is Level.WARNING
    assert "there is no ledger" in finding.text


def test_one_whose_folder_is_not_there_is_an_error(tmp_path):
    (finding,) = looked_at(tmp_path / "none" / "x.db")
    assert finding.level is Level.ERROR
    assert f"there is no folder {tmp_path / 'none'} for the ledger" in finding.text


def test_a_row_that_was_changed_is_told(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER looks_no_update")
        db.execute("UPDATE looks SET who = 'nobody'")
        db.commit()
    (finding,) = looked_at(path)
    assert finding.level is Level.ERROR
    assert "its chain is broken: place 1: looks 1" in finding.text


def test_a_trigger_that_is_gone_is_told(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER looks_no_update")
    (finding,) = looked_at(path)
    assert finding.level is Level.ERROR
    assert finding.text.endswith("are not eslflow's: looks_no_update")


def test_a_damaged_index_is_told_with_what_makes_it_anew(path):
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'calls_offered'"
        (page,) = db.execute(sql).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    base = (page - 1) * size
    # Its only cell: its length and that of its kinds, these, then the time.
    cell = base + int.from_bytes(data[base + 8 : base + 10], "big")
    data[cell + 1 + data[cell + 1]] ^= 1
    path.write_bytes(data)
    (finding,) = looked_at(path)
    assert finding.level is Level.ERROR
    assert f"an index of {path} is damaged: " in finding.text
    with closing(sqlite3.connect(path)) as db:
        db.execute("REINDEX")
    (finding,) = looked_at(path)
    assert finding.level is Level.OK


def test_a_damaged_file_is_told(path):
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'calls_offered'"
        (page,) = db.execute(sql).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    (finding,) = looked_at(path)
    assert finding.level is Level.ERROR
    assert f"{path} is damaged" in finding.text


def test_what_is_no_ledger_is_told(tmp_path):
    path = tmp_path / "eslflow.db"
    path.write_bytes(b"no ledger at all, but a letter")
    (finding,) = looked_at(path)
    assert finding.level is Level.ERROR
    assert "cannot be read as a ledger" in finding.text


def test_rows_that_wait_beside_it_are_told(tmp_path):
    path = tmp_path / "eslflow.db"
    connect(path).close()
    spill_of(path).add([[CALL]])
    whole, waiting = looked_at(path)
    assert whole.level is Level.OK
    assert waiting.level is Level.WARNING
    assert "spill.jsonl" in waiting.text


def test_one_that_is_not_for_us_is_told(path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    (finding,) = looked_at(path)
    assert finding.level is Level.ERROR
    assert finding.text == f"{path} cannot be looked at"
