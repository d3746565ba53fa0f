"""Rows to SQL."""

from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.records import CallEnded, Choice, RecordingAction, State
from eslflow.ledger import rows as module
from eslflow.ledger.chain import BEGIN, KINDS, Chain
from eslflow.ledger.lean import COLUMNS
from eslflow.ledger.rows import MOST_ROWS, text
from eslflow.wire.terms import RecordAction

GRANTED = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")


def statements(rows):
    def stored(table, values):
        return values[: len(COLUMNS.get(table, values))]

    return module.statements(rows, Chain(BEGIN, dict.fromkeys(KINDS, 0)), stored)


def test_beginnings_are_written_before_their_ends():
    ended = CallEnded("u", 1, "lost", "", "")
    order = [sql.split()[:3] for sql, _ in statements([ended, GRANTED, ended])]
    assert order == [
        ["INSERT", "INTO", "choice_rows"],
        ["UPDATE", "calls", "SET"],
        ["INSERT", "INTO", "chain"],
    ]


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
    written = [value for _, values in statements(rows) for value in values[::6]]
    assert written == [row.uuid for row in rows]


def test_batches_of_every_size_need_few_statements():
    ended = CallEnded("u", 1, "lost", "", "")
    said = {sql for many in range(1, 500) for sql, _ in statements([ended] * many)}
    assert len(said) == MOST_ROWS


def test_proof_is_chained_in_the_order_in_which_it_is_kept():
    stop = RecordAction.STOP
    action = RecordingAction("u-1", "u", 1, stop, "hangup", "s", "+OK", True)
    *_, (sql, links) = statements([action, GRANTED, action])
    assert sql.startswith("INSERT INTO chain (place, kind, seq, hash)")
    choices, actions = KINDS["choices"], KINDS["recording_actions"]
    assert links[:3] == [1, actions, 1]
    assert links[4:7] == [2, choices, 1]
    assert links[8:11] == [3, actions, 2]


def test_what_is_chained_is_written_with_its_number():
    for sql, values in statements([GRANTED, GRANTED]):
        if "INTO choice_rows" in sql:
            assert sql.startswith("INSERT INTO choice_rows (seq, call, terms, ")
            assert values[0] == 1
            assert values[len(values) // 2] == 2
