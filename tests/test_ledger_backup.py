"""A copy of a ledger."""

import os
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import CallOffered, Look
from eslflow.errors import StoreError
from eslflow.ledger import backup as module
from eslflow.ledger.backup import backup
from eslflow.ledger.migrations import migrations
from eslflow.ledger.read import Reader
from eslflow.ledger.verify import head, verify
from eslflow.ledger.writer import Ledger, write

AT = 1_795_474_026_000_000


def rows(number):
    call = CallOffered(f"u-{number}", "inbound", "", "", "1", "t", "", "", AT)
    return [call, Look(AT, "anna", "show", f"u-{number}", "", "asked")]


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "site" / "eslflow.db"
    found.parent.mkdir()
    write(found, rows(1))
    return found


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "copy.db"


def test_a_copy_holds_the_same_and_is_one_private_file(path, copy):
    assert backup(path, copy) == head(path)
    assert os.listdir(copy.parent) == ["copy.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    with Reader(copy) as ledger:
        assert ledger.call("u-1")["call"]["called"] == "1"
    assert verify(copy).broken is None
    # Reading leaves nothing beside it.
    assert os.listdir(copy.parent) == ["copy.db"]


def test_a_copy_can_take_the_ledgers_place(path, copy):
    backup(path, copy)
    for old in path.parent.iterdir():
        old.unlink()
    copy.rename(path)
    write(path, rows(2))
    assert verify(path).broken is None
    assert head(path).place == 2


def test_it_is_whole_while_calls_go_on(path, copy):
    stop, done = threading.Event(), []

    def call():
        with Ledger(path) as ledger:
            number = 2
            while not stop.is_set():
                committed = threading.Event()
                ledger.keep(rows(number), lambda problem, e=committed: e.set())
                committed.wait()
                done.append(number)
                number += 1

    writing = threading.Thread(target=call)
    writing.start()
    try:
        places = []
        for _ in range(10):
            before = len(done)
            places.append((before, backup(path, copy, replace=True).place))
            assert verify(copy).broken is None
    finally:
        stop.set()
        writing.join()
    # What was acknowledged before is in it.
    assert all(place >= before + 1 for before, place in places)


def test_what_is_there_is_replaced_only_when_asked(path, copy):
    copy.write_text("precious")
    with pytest.raises(StoreError, match="is there already"):
        backup(path, copy)
    assert copy.read_text() == "precious"
    assert os.listdir(copy.parent) == ["copy.db"]
    backup(path, copy, replace=True)
    assert verify(copy).broken is None


def test_a_name_that_is_taken_meanwhile_is_not_replaced(path, copy, monkeypatch):
    looked_at = module._looked_at

    def taken(new):
        copy.write_text("precious")
        return looked_at(new)

    monkeypatch.setattr(module, "_looked_at", taken)
    with pytest.raises(StoreError, match="is there already"):
        backup(path, copy)
    assert copy.read_text() == "precious"
    assert os.listdir(copy.parent) == ["copy.db"]


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".spill.jsonl"])
def test_the_ledgers_own_files_are_no_place_for_it(path, end):
    place = path.with_name(path.name + end)
    with pytest.raises(StoreError, match="belongs to the ledger itself"):
        backup(path, place, replace=True)
    assert verify(path).broken is None


def test_a_folder_is_no_place_for_it(path, copy):
    with pytest.raises(StoreError, match="is a folder"):
        backup(path, copy.parent)
    with pytest.raises(StoreError, match="No such file"):
        backup(path, copy.parent / "none" / "copy.db")


def test_there_must_be_a_ledger(copy, tmp_path):
    with pytest.raises(StoreError, match="there is no ledger"):
        backup(tmp_path / "none.db", copy)
    assert os.listdir(copy.parent) == []


def test_a_broken_chain_is_not_copied(path, copy):
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER looks_no_update")
        db.execute("UPDATE looks SET who = 'nobody'")
        db.commit()
    with pytest.raises(StoreError, match=r"chain is broken.*looks 1.*eslflow doctor"):
        backup(path, copy)
    assert os.listdir(copy.parent) == []


def test_a_damaged_ledger_is_not_copied(path, copy):
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'calls_offered'"
        (page,) = db.execute(sql).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StoreError, match="is damaged.*eslflow doctor"):
        backup(path, copy)
    assert os.listdir(copy.parent) == []


def test_a_disk_that_is_full_leaves_nothing(path, copy, monkeypatch):
    def full(new):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(module, "damage", full)
    with pytest.raises(StoreError, match="disk is full"):
        backup(path, copy)
    assert os.listdir(copy.parent) == []


def test_a_ledger_older_than_the_chain_is_copied_too(copy, tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="chain_of_proof")
    assert backup(path, copy) is None
    assert copy.exists()
