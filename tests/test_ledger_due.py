"""Which recordings are to go."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import Choice, LegalHold, RecordingErased, State
from eslflow.errors import StoreError
from eslflow.ledger.due import held, past, requested, until
from eslflow.ledger.erasure import Order, begin
from eslflow.ledger.migrations import migrations
from eslflow.ledger.subject import HELD, LOST_US, RELEASED, read
from eslflow.ledger.writer import write
from tests.persons import ANNA, DAY_S, NORMAL, Office

DAY_US = DAY_S * 1_000_000


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def old(office, days, uuid="a", **given):
    """Keep a recording that ended so many days ago; its purpose says 30."""
    at = office.now - days * DAY_US
    office.ends(uuid, at=at)
    return office.records(uuid, at=at, **given)


def due(office):
    return [
        (found.line["id"], found.is_held) for found in past(office.ledger, office.now)
    ]


@pytest.mark.parametrize(("days", "is_due"), [(29, False), (31, True), (400, True)])
def test_a_recording_is_due_when_its_purpose_says_so(office, days, is_due):
    old(office, days)
    assert due(office) == [("a-1", False)] * is_due


def test_the_purpose_that_lasts_longest_decides():
    line = {"purposes": "training evidence", "stopped_at": 5_000_000, "asked_at": 1}
    assert until(line, {"training": 3, "evidence": 9}) == 14_000_000
    assert until({**line, "stopped_at": 0}, {"training": 3, "evidence": 9}) == 9_000_001
    assert until({**line, "stopped_at": None}, {"training": 1, "evidence": 1}) == (
        1_000_001
    )


@pytest.mark.parametrize(
    "retains", [{}, {"training": 3}, {"training": 3, "evidence": 0}]
)
def test_a_purpose_without_an_end_keeps_it(retains):
    line = {"purposes": "training evidence", "stopped_at": 5, "asked_at": 1}
    assert until(line, retains) == 0
    assert until({**line, "purposes": ""}, retains) == 0


def test_what_was_said_last_holds(office):
    old(office, 40)
    again = Choice(
        "a", office.now, State.GRANTED, "training", "consent", 90 * DAY_S, "sales",
        "f1", "ask", "e",
    )  # fmt: skip
    write(office.ledger, [again])
    assert due(office) == []
    assert [f.line["id"] for f in past(office.ledger, office.now + 60 * DAY_US)] == [
        "a-1"
    ]


def test_what_is_gone_or_still_runs_is_not_due(office):
    old(office, 40)
    office.ends("b")
    office.records("b", is_over=False, asked_at=office.now - LOST_US // 2)
    assert due(office) == [("a-1", False)]
    write(office.ledger, [RecordingErased("a-1", office.now, "expired")])
    assert due(office) == []


def test_one_whose_end_nobody_saw_is_over_after_a_day(office):
    at = office.now - 40 * DAY_US
    office.ends("a", at=at)
    office.records("a", is_over=False, at=at)
    assert due(office) == [("a-1", False)]


def test_what_is_held_is_told(office):
    old(office, 40)
    write(office.ledger, [LegalHold(1, HELD, "x", "court", ANNA)])
    assert due(office) == [("a-1", True)]
    assert held(office.ledger) == {"a"}
    write(office.ledger, [LegalHold(2, RELEASED, "x", "over", ANNA)])
    assert due(office) == [("a-1", False)]
    assert held(office.ledger) == set()


def test_what_a_person_ordered_is_due_at_once(office):
    office.talked()
    assert requested(office.ledger, office.now) == []
    order = Order(office.now, "dpo", "file 17", "5f")
    begin(office.ledger, read(office.ledger, ANNA, NORMAL), order)
    found = {line["id"]: why for line, why in requested(office.ledger, office.now)}
    assert found == {
        "anna-1-1": "erased by order 1",
        "anna-3-1": "erased by order 1",
    }


def test_an_older_ledger_has_no_orders_and_what_is_none_is_told(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="erasures_and_holds")
    assert requested(path, 1) == []
    assert list(past(path, 1)) == []
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TABLE recordings")
    with pytest.raises(StoreError, match="cannot be read"):
        list(past(path, 1))
