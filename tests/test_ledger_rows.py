"""Rows to SQL."""

from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.records import CallEnded, Choice, State
from eslflow.ledger.rows import MOST_ROWS, digits, statements, text


def test_beginnings_are_written_before_their_ends():
    ended = CallEnded("u", 1, "lost", "", "")
    granted = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
    order = [sql.split()[0] for sql, _ in statements([ended, granted, ended])]
    assert order == ["INSERT", "UPDATE"]


def test_the_end_of_a_number_comes_first():
    assert digits("+49 (30) 12-34") == "43210394"
    assert digits("anonymous") == ""
    assert len(digits("1" * 99)) == 15


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_any_text_can_be_held(value):
    held = text(value)
    assert held.encode("utf-8").decode() == held
    assert "\0" not in held
    ended = CallEnded("u", 1, "lost", value, "s")
    ((_, values),) = statements([ended])
    assert values[3] == held


@given(st.integers(1, 200))
def test_rows_of_any_number_are_each_written_once_in_their_order(many):
    rows = [CallEnded(f"call {n}", n, "lost", "", "") for n in range(many)]
    written = [value for _, values in statements(rows) for value in values[::5]]
    assert written == [row.uuid for row in rows]


def test_batches_of_every_size_need_few_statements():
    ended = CallEnded("u", 1, "lost", "", "")
    said = {sql for many in range(1, 500) for sql, _ in statements([ended] * many)}
    assert len(said) == MOST_ROWS
