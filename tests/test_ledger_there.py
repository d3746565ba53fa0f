"""What a ledger has, and what an older one lacks."""

import sqlite3
from contextlib import closing

from sqlite_utils import Database

from eslflow.ledger.migrations import migrations
from eslflow.ledger.there import is_current, is_there, unreadable
from eslflow.ledger.writer import connect


def test_tables_views_and_their_columns_are_there_or_not(tmp_path):
    with closing(connect(tmp_path / "eslflow.db")) as db:
        assert is_there(db, "looks")
        assert is_there(db, "choices")
        assert is_there(db, "looks", "subject")
        assert is_there(db, "choices", "receipt")
        assert not is_there(db, "nothing")
        assert not is_there(db, "nothing", "subject")
        assert not is_there(db, "looks", "nothing")


def test_a_ledger_is_current_when_the_newest_migration_was_made(tmp_path):
    names = [migration.name for migration in migrations._migrations]
    for newest in (*names, None):
        path = tmp_path / f"{newest}.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            migrations.apply(Database(db), stop_before=newest)
            assert is_current(db) is (newest is None)
    with closing(sqlite3.connect(tmp_path / "empty.db")) as db:
        assert not is_current(db)


def test_what_an_older_ledger_lacks_is_no_damage(tmp_path):
    missing = sqlite3.OperationalError("no such column: party")
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        assert "eslflow serve brings it up to date" in str(unreadable(db, missing))
        broken = sqlite3.DatabaseError("database disk image is malformed")
        assert str(unreadable(db, broken)).endswith("image is malformed")
    with closing(connect(tmp_path / "eslflow.db")) as db:
        assert str(unreadable(db, missing)).endswith("no such column: party")
