"""Rows added to the end of the ledger, inside a transaction of somebody else's."""

from contextlib import closing

import pytest

from eslflow.errors import StoreError
from eslflow.ledger.append import append
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import connect
from tests.test_ledger_writer import NOTICE, choice


@pytest.fixture
def path(tmp_path):
    return tmp_path / "eslflow.db"


def test_what_is_added_is_chained_when_it_is_committed(path):
    with closing(connect(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        append(db, [NOTICE, choice("a")], set())
        db.execute("ROLLBACK")
        assert verify(path).head.place == 0
        db.execute("BEGIN IMMEDIATE")
        append(db, [choice("b")], set())
        db.execute("COMMIT")
    assert verify(path).head.place == 1
    assert verify(path).broken is None


def test_a_notice_is_kept_once_and_never_with_other_words(path):
    with closing(connect(path)) as db:
        known = set()
        append(db, [NOTICE, NOTICE], known)
        assert known == {NOTICE}
        append(db, [NOTICE], set())
        with pytest.raises(StoreError, match="give it a new version"):
            append(db, [NOTICE._replace(text="Press 1!")], set())
        assert db.execute("SELECT count(*) FROM notices").fetchone() == (1,)
