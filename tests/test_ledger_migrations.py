"""The tables."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import CallOffered, Choice, RecordingAction, State
from eslflow.ledger.migrations import migrate


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
        ("recording_actions", RecordingAction),
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
