"""Counting who agreed."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import CallEnded, CallOffered, Choice, State
from eslflow.errors import StoreError
from eslflow.ledger.tally import QUARTER_US, Answer, newest, tally
from eslflow.ledger.writer import write

QUARTER = 2_000_000
AT = QUARTER * QUARTER_US


def asked(uuid, state, at=AT, **fields):
    row = Choice(
        uuid, at, state, "training", "consent", 0, "support", "f0", "ask", "e",
        notice="rec", notice_version=1,
    )  # fmt: skip
    return row._replace(**fields)


def call(uuid, queue="", caller="", called=""):
    offered = CallOffered(
        uuid, "inbound", caller, "", called, "support", "f0", "e", AT, caller, called
    )
    return offered, CallEnded(uuid, AT + 9, "hung_up", "", "talk", queue)


@pytest.fixture
def ledger(tmp_path):
    def write_(*rows):
        write(tmp_path / "eslflow.db", rows)
        return tmp_path / "eslflow.db"

    return write_


def test_answers_are_counted_by_all_that_is_asked_for(ledger):
    path = ledger(
        *call("a", "sales"),
        *call("b", "sales"),
        *call("c", "support"),
        asked("a", State.REQUESTED),
        asked("a", State.GRANTED),
        asked("b", State.GRANTED, AT + QUARTER_US - 1),
        asked("c", State.REFUSED, AT + QUARTER_US, notice_version=2),
        asked("gone", State.HUNG_UP),
    )
    assert sorted(tally(path)) == [
        ("support", "rec", 1, "training", "granted", "sales", QUARTER, 2),
        ("support", "rec", 1, "training", "hung_up", "", QUARTER, 1),
        ("support", "rec", 2, "training", "refused", "support", QUARTER + 1, 1),
    ]


@pytest.mark.parametrize(
    "row",
    [
        asked("a", State.REQUESTED),
        asked("a", State.NOT_ASKED),
        asked("a", State.WITHDRAWN),
        asked("a", State.EXPIRED),
        asked("a", State.REFUSED, rests_on="b", reason="remembered"),
        asked("a", State.UNANSWERED, reason="more"),
        asked("a", State.GRANTED, basis="contract"),
    ],
)
def test_what_is_no_answer_to_a_question_does_not_count(ledger, row):
    path = ledger(row, asked("z", State.VERBAL))
    assert [count.state for count in tally(path)] == ["verbal"]
    assert [answer.call_uuid for answer in newest(path, 9)] == ["z"]


def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(ledger):
    # Written later than what came after it, as from the spill file.
    path = ledger(
        asked("c", State.GRANTED, AT + 2),
        asked("a", State.GRANTED, AT),
        asked("b", State.GRANTED, AT + 1),
    )

    def many(since, until=0):
        return sum(count.questions for count in tally(path, since, until))

    assert (many(0), many(AT), many(AT + 1), many(AT + 3)) == (3, 3, 2, 0)
    assert (many(AT, AT + 2), many(0, AT)) == (2, 0)


def test_the_newest_come_first_with_who_was_asked(ledger):
    path = ledger(
        *call("a", caller="+491", called="+492"),
        asked("a", State.REFUSED),
        asked("a", State.GRANTED, party="callee"),
        asked("b", State.UNANSWERED),
    )
    found = newest(path, 2)
    assert [(a.call_uuid, a.who, a.is_yes) for a in found] == [
        ("b", "", False),
        ("a", "+492", True),
    ]
    assert newest(path, 9)[2] == Answer(
        "support", "rec", "refused", "a", "caller", "+491"
    )


def test_a_ledger_that_knows_of_no_queues_is_counted_too(ledger):
    path = ledger(*call("a", "sales"), asked("a", State.GRANTED))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("ALTER TABLE calls DROP COLUMN queue")
    assert [count.queue for count in tally(path)] == [""]


def test_a_ledger_that_cannot_be_read_is_told(ledger):
    path = ledger(asked("a", State.GRANTED))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE calls")
    for look in (lambda: tally(path), lambda: newest(path, 9)):
        with pytest.raises(StoreError, match="cannot be read"):
            look()
