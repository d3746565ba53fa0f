"""What a ledger has, and what an older one lacks."""

from contextlib import closing

from eslflow.ledger.there import is_there
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
