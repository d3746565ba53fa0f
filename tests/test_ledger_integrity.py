"""Whether the file of a ledger is whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eslflow.errors import StoreError
from eslflow.ledger import integrity
from eslflow.ledger.damage import damaged
from eslflow.ledger.integrity import damage, strange
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


OLDER = Path(__file__).parent / "ledgers"


@pytest.mark.parametrize("name", [None, "first.sql", "before_shared_terms.sql"])
def test_triggers_and_views_of_every_ledger_are_as_they_should_be(tmp_path, name):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript((OLDER / name).read_text() if name else "")
    if name:
        # Of one that is older nothing is known.
        assert strange(path) == []
    connect(path).close()
    assert strange(path) == []


CHANGES = {
    "DROP TRIGGER chain_no_delete": "chain_no_delete",
    "DROP TRIGGER choice_terms_no_update": "choice_terms_no_update",
    "DROP TRIGGER personal_no_update": "personal_no_update",
    "DROP TRIGGER looks_no_update; CREATE TRIGGER looks_no_update BEFORE UPDATE ON "
    "looks BEGIN SELECT 1; END": "looks_no_update",
    "CREATE TRIGGER mine AFTER INSERT ON calls BEGIN DELETE FROM calls; END": "mine",
    "DROP VIEW recording_actions; CREATE VIEW recording_actions AS SELECT * FROM "
    "action_rows": "recording_actions",
}


@pytest.mark.parametrize(("sql", "name"), CHANGES.items())
def test_a_trigger_or_a_view_that_is_not_ours_is_named(path, sql, name):
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)
    assert name in strange(path)


def test_there_must_be_one(tmp_path):
    with pytest.raises(StoreError, match="there is no ledger"):
        damage(tmp_path / "none.db")
    with pytest.raises(StoreError, match="there is no ledger"):
        strange(tmp_path / "none.db")


def test_a_disk_that_cannot_be_read_is_told(path, monkeypatch):
    class Broken:
        def execute(self, sql, values=()):
            raise sqlite3.OperationalError("disk I/O error")

        def close(self):
            """Nothing is open."""

    monkeypatch.setattr(integrity, "opened", lambda path: Broken())
    assert damage(path) == "disk I/O error"
    with pytest.raises(StoreError, match="cannot be read: disk I/O error"):
        strange(path)
