"""What stands beside the chain is as eslflow wrote it, or is named."""

from contextlib import closing

import pytest

from eslflow.ledger.unchained import odd
from eslflow.ledger.writer import connect, write
from tests.test_ledger_verify import proof


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "eslflow.db"
    for number in range(4):
        write(path, proof(number))
    with closing(connect(path)) as db:
        assert odd(db) is None
        yield db


def test_a_call_that_only_choices_or_only_actions_have_is_none_to_tell(db):
    db.execute("DROP TRIGGER action_rows_no_delete")
    db.execute("DELETE FROM action_rows WHERE call = 1")
    assert odd(db) is None
    db.execute("DROP TRIGGER choice_rows_no_delete")
    db.execute("DELETE FROM choice_rows WHERE call = 2")
    assert odd(db) is None
    db.execute("DELETE FROM choice_rows WHERE call = 1")
    assert odd(db)[:3] == ("call_ids", 1, "call-0")


def test_the_first_terms_that_nothing_rests_on_are_told(db):
    columns = "action, reason, step, reply, verified"
    sql = f"INSERT INTO action_terms ({columns}) SELECT ?, reason, step, reply, 1"
    for word in ("begin", "end"):
        db.execute(f"{sql} FROM action_terms LIMIT 1", (word,))
    found = odd(db)
    assert found[:3] == ("action_terms", 3, "")
    assert found.problem == (
        "is in no row of proof: something else than eslflow inserted it"
    )


def test_bytes_that_are_no_text_are_told_too(db):
    db.execute("INSERT INTO call_ids VALUES (99, CAST(x'66ff' AS TEXT))")
    assert odd(db)[:3] == ("call_ids", 99, "f\udcff")


def test_words_may_be_erased_and_not_changed(db):
    db.execute("DELETE FROM personal WHERE rowid = 1")
    assert odd(db) is None
    db.execute("DROP TRIGGER personal_no_update")
    db.execute("UPDATE personal SET text = text || 'x' WHERE rowid = 2")
    found = odd(db)
    assert (found.table, found.seq) == ("personal", 2)
    assert found.problem.startswith("was changed: it holds the words of another hash")
