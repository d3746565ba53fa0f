"""What was erased, as the chain has it."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import Erasure, RecordingAction, RecordingErased
from eslflow.errors import NotFound, StoreError
from eslflow.ledger.chain import FORMS
from eslflow.ledger.migrations import migrations
from eslflow.ledger.tombstone import erasure, erasures
from eslflow.ledger.verify import head
from eslflow.ledger.writer import write
from eslflow.wire.terms import RecordAction
from tests.persons import Office

RETAINED = Erasure(9, "retention", "done", "", "", "", 0, 0, 1, 0)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def expires(office, uuid, at):
    office.ends(uuid)
    office.records(uuid)
    gone = RecordingAction(
        f"{uuid}-1", uuid, at, RecordAction.ERASE, "expired", "", "1 file removed", True
    )
    write(office.ledger, [RecordingErased(f"{uuid}-1", at, "expired"), gone])


def test_each_run_of_retention_has_what_went_since_the_one_before(office):
    expires(office, "a", 8)
    write(office.ledger, [RETAINED])
    expires(office, "b", 15)
    expires(office, "c", 16)
    write(office.ledger, [RETAINED._replace(at=20, recordings=2)])
    first, second = erasure(office.ledger, 1), erasure(office.ledger, 2)
    assert [file["recording_id"] for file in first["files"]] == ["a-1"]
    assert [file["recording_id"] for file in second["files"]] == ["b-1", "c-1"]
    assert second["files"][0]["purposes"] == "training"
    assert [line["seq"] for line in erasures(office.ledger)] == [2, 1]


def test_it_stands_in_the_chain_where_it_says(office):
    write(office.ledger, [RETAINED._replace(reason="yearly")])
    found, end = erasure(office.ledger, 1), head(office.ledger)
    assert (found["place"], found["hash"]) == (end.place, end.hash.hex())
    assert found["reason"] == "yearly"
    assert FORMS[7].table == "erasures"


def test_one_that_never_was_is_told(office):
    with pytest.raises(NotFound, match="there is no erasure 3: see eslflow retention"):
        erasure(office.ledger, 3)
    write(office.ledger, [RETAINED, RETAINED._replace(kind="subject", erasure=1)])
    with pytest.raises(NotFound, match="no erasure 2"):
        erasure(office.ledger, 2)


def test_an_older_ledger_has_erased_nothing_by_order(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="erasures_and_holds")
    with pytest.raises(StoreError, match="nothing was ever erased by order"):
        erasures(path)
