"""A ledger opened for writing."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import Look
from eslflow.errors import StoreError
from eslflow.ledger import connect as module
from eslflow.ledger.connect import LOG_PAGES, connect, spill_of, write

LOOK = Look(7, "anne", "show", "u-1", "", "file 17")


def test_what_is_committed_is_durable_and_what_is_deleted_is_gone(tmp_path):
    with closing(connect(tmp_path / "eslflow.db")) as db:
        found = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "temp_store")
        }
    full, on, memory = 2, 1, 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "secure_delete": on,
        "temp_store": memory,
    }


def test_a_file_that_is_no_ledger_is_refused_with_what_to_look_for(tmp_path):
    path = tmp_path / "eslflow.db"
    path.write_text("my holiday in Wales\n" * 1000)
    with pytest.raises(StoreError, match="Is the folder there and writable"):
        connect(path)


def test_rows_of_a_command_are_there_at_once(tmp_path):
    path = tmp_path / "eslflow.db"
    write(path, [LOOK])
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT who, reason FROM looks").fetchone()[0] == "anne"


def test_a_command_that_cannot_write_says_so_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_MS", 10)
    path = tmp_path / "eslflow.db"
    connect(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"eslflow\.db.*locked"):
            write(path, [LOOK])
        other.execute("ROLLBACK")
        assert other.execute("SELECT count(*) FROM looks").fetchone()[0] == 0


def test_what_waits_stands_beside_the_ledger(tmp_path):
    assert spill_of(tmp_path / "a.db").path == tmp_path / "a.db.spill.jsonl"


def test_the_log_moves_into_the_file_when_there_is_much_in_it(tmp_path):
    with closing(connect(tmp_path / "a.db")) as db:
        (pages,) = db.execute("PRAGMA wal_autocheckpoint").fetchone()
    assert pages == LOG_PAGES
