"""The tables."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import (
    CallOffered,
    Choice,
    Look,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    RecordingErased,
    RecordingHooked,
    RecordingSettled,
    RecordingStored,
    State,
)
from eslflow.ledger.migrations import migrate, migrations


@pytest.fixture
def db():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        yield db


def test_migrating_twice_changes_nothing_and_every_column_is_there(db):
    migrate(db)
    before = db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    migrate(db)
    assert (
        before == db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    )
    for table, row in (
        ("calls", CallOffered),
        ("choices", Choice),
        ("recordings", RecordingBegun),
        ("recordings", RecordingEnded),
        ("recordings", RecordingChecked),
        ("recordings", RecordingStored),
        ("recordings", RecordingSettled),
        ("recordings", RecordingHooked),
        ("recordings", RecordingErased),
        ("recording_actions", RecordingAction),
        ("looks", Look),
    ):
        columns = {line[1] for line in db.execute(f"PRAGMA table_info({table})")}
        assert set(row._fields) <= columns


def test_every_state_can_be_stored_and_no_other(db):
    migrate(db)
    sql = db.execute("SELECT sql FROM sqlite_master WHERE name = 'choices'").fetchone()[
        0
    ]
    allowed = sql.partition("IN (")[2].partition(")")[0].replace("'", "").split(", ")
    assert allowed == [state.value for state in State]


def test_an_older_ledger_keeps_its_proof_and_gets_the_new_columns(db):
    migrations.apply(Database(db), stop_before="what_the_file_holds")
    db.execute(
        "INSERT INTO recording_actions (recording_id, call_uuid, at, action, reason, "
        "step, reply, verified) VALUES ('u-1', 'u', 5, 'start', 'step', 's', '+OK', 1)"
    )
    migrate(db)
    sql = "SELECT recording_id, at, asked_at, leg_uuid, path FROM recording_actions"
    assert db.execute(sql).fetchall() == [("u-1", 5, 0, "", "")]


@pytest.mark.parametrize(
    "change", ["UPDATE notices SET text = 'x'", "DELETE FROM notices"]
)
def test_the_words_that_choices_rest_on_stay_in_an_older_ledger_too(db, change):
    migrations.apply(Database(db), stop_before="notices_are_proof_too")
    db.execute("INSERT INTO notices VALUES ('f', 'n', 1, 'en', 'Press 1.', '', 1, '')")
    migrate(db)
    with pytest.raises(sqlite3.IntegrityError, match="notices are proof: append only"):
        db.execute(change)
    assert db.execute("SELECT text FROM notices").fetchall() == [("Press 1.",)]


@pytest.mark.parametrize("change", ["UPDATE looks SET who = 'x'", "DELETE FROM looks"])
def test_an_older_ledger_keeps_who_looked_from_now_on(db, change):
    migrations.apply(Database(db), stop_before="forms_and_looks")
    db.execute(
        "INSERT INTO recordings (id, call_uuid, leg_uuid, path, purposes, step, "
        "asked_at, verdict) VALUES ('u-1', 'u', 'u', '/r', 'p', 's', 1, 'intact')"
    )
    migrate(db)
    sql = "SELECT form, source, hook_result FROM recordings"
    assert db.execute(sql).fetchall() == [(None, None, None)]
    db.execute(
        "INSERT INTO looks (at, who, what, call_uuid, recording_id, reason) "
        "VALUES (1, 'anne', 'decrypt', 'u', 'u-1', 'a complaint')"
    )
    with pytest.raises(sqlite3.IntegrityError, match="looks are proof: append only"):
        db.execute(change)


def test_choices_of_an_older_ledger_have_no_receipt_and_say_nothing_of_files(db):
    migrations.apply(Database(db), stop_before="receipts_and_withdrawals")
    old = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
    new = ("receipt", "on_withdrawal", "who", "remark")
    later = (*new, "rests_on")
    names = [name for name in Choice._fields if name not in later]
    values = [str(getattr(old, name)) for name in names]
    marks = ", ".join("?" * len(names))
    db.execute(f"INSERT INTO choices ({', '.join(names)}) VALUES ({marks})", values)
    migrate(db)
    found = db.execute(f"SELECT {', '.join(new)} FROM choices").fetchall()
    assert found == [("", "", "", "")]


def test_receipts_are_found_by_an_index(db):
    migrate(db)
    where = "receipt = '12345674' AND receipt <> ''"
    plan = db.execute(f"EXPLAIN QUERY PLAN SELECT call_uuid FROM choices WHERE {where}")
    assert "choices_receipt" in plan.fetchall()[0][3]
