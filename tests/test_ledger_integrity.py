"""Whether the file of a ledger is whole."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.errors import StoreError
from eslflow.ledger import integrity
from eslflow.ledger.damage import damaged
from eslflow.ledger.integrity import damage
from eslflow.ledger.read import Reader
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import connect, write
from tests.test_ledger_verify import proof


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "eslflow.db"
    connect(found).close()
    return found


def test_a_whole_one_has_no_damage(path):
    assert damage(path) == ""


def test_a_page_that_was_written_over_is_told(path):
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'calls_offered'"
        (page,) = db.execute(sql).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(data)
    assert damage(path) != ""
    assert "\n" not in damage(path)


def test_an_index_that_hides_a_row_from_look_ups_is_told(path):
    for number in range(4):
        write(path, proof(number))
    with closing(sqlite3.connect(path)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'choice_rows_call'"
        base = (db.execute(sql).fetchone()[0] - 1) * size
    data = bytearray(path.read_bytes())
    # Its first cell: how long it and its kinds are, then these; call 1 becomes call 0.
    cell = base + int.from_bytes(data[base + 8 : base + 10], "big")
    assert data[cell + 2] == 9
    data[cell + 2] = 8
    path.write_bytes(data)
    with Reader(path) as ledger:
        assert len(ledger.choices("call-0")) == 1
    assert verify(path).broken is None
    assert damaged(path) == ""
    assert "choice_rows_call" in damage(path)


def test_there_must_be_one(tmp_path):
    with pytest.raises(StoreError, match="there is no ledger"):
        damage(tmp_path / "none.db")


def test_a_disk_that_cannot_be_read_is_told(path, monkeypatch):
    class Broken:
        def execute(self, sql):
            raise sqlite3.OperationalError("disk I/O error")

        def close(self):
            """Nothing is open."""

    monkeypatch.setattr(integrity, "opened", lambda path: Broken())
    assert damage(path) == "disk I/O error"
