"""Looks are written as all proof is, and read again."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import Look
from eslflow.errors import StoreError
from eslflow.ledger import looks as module
from eslflow.ledger.looks import keep, looks
from eslflow.ledger.migrations import migrations
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import connect, write

FIRST = Look(5, "dpo", "show", "u-1", "", "letter")
MORE = Look(7, "eve", "list calls", "", "", "")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "eslflow.db"
    write(path, [])
    return path


def test_they_are_chained_and_their_words_stand_apart(path):
    assert keep(path, [FIRST])
    assert keep(path, [MORE])
    assert verify(path).head.place == 2
    assert verify(path).broken is None
    newest, oldest = looks(path)
    assert (newest["who"], newest["what"], newest["reason"]) == ("eve", MORE.what, "")
    assert (oldest["call_uuid"], oldest["reason"]) == ("u-1", "letter")
    with closing(connect(path)) as db:
        (kept,) = db.execute("SELECT reason FROM looks WHERE seq = 1").fetchone()
        assert kept.startswith("personal:")
        db.execute("DELETE FROM personal")
    assert looks(path, call="u-1")[0]["reason"] == "(erased)"


def test_they_are_found(path):
    keep(path, [FIRST, MORE])
    for words, ats in (
        ({"call": "u-1"}, [5]),
        ({"who": "eve"}, [7]),
        ({"since": 6}, [7]),
        ({"until": 6}, [5]),
        ({"limit": 1}, [7]),
        ({"who": "nobody"}, []),
    ):
        assert [line["at"] for line in looks(path, **words)] == ats


def test_an_older_ledger_is_left_as_it_is(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="shared_terms")
    assert not keep(path, [FIRST])
    assert looks(path) == []
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as db:
        db.execute("CREATE TABLE choices (seq)")
    assert looks(tmp_path / "old.db") == []


def test_what_cannot_be_written_or_read_is_told(path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_MS", 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"cannot be written: database is locked"):
            keep(path, [FIRST])
        db.execute("ROLLBACK")
        db.execute("DROP TABLE looks")
        db.execute("CREATE TABLE looks (odd)")
    with pytest.raises(StoreError, match="cannot be read"):
        looks(path)


def test_no_ledger_is_begun_by_looking(tmp_path):
    with pytest.raises(StoreError):
        keep(tmp_path / "none.db", [FIRST])
    assert list(tmp_path.iterdir()) == []
