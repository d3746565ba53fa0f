"""Rows of a state are found newest first, whether it is a rare one or not."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import Choice, State
from eslflow.ledger import states
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import write

ROW = Choice("u", 1, State.GRANTED, "p", "consent", 90, "f", "0", "ask", "e")
RARE = (30, 31)
MANY = 60


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "eslflow.db"
    rows = [
        ROW._replace(
            call_uuid=f"u{n}",
            at=n,
            key=f"{n % 7}",
            purpose=f"p{n % 2}",
            state=State.WITHDRAWN if n in RARE else State.GRANTED,
        )
        for n in range(1, MANY + 1)
    ]
    write(path, rows)
    return path


def numbers(lines):
    return [int(line["call_uuid"][1:]) for line in lines]


@pytest.fixture
def ledger(path):
    with Reader(path) as ledger:
        yield ledger


@pytest.mark.parametrize("few", [0, 5, 1000])
def test_all_of_a_state_are_found_newest_first(ledger, few, monkeypatch):
    monkeypatch.setattr(states, "FEW", few)
    common = [n for n in range(MANY, 0, -1) if n not in RARE]
    for asked, expected in (
        ({"state": "withdrawn"}, [31, 30]),
        ({"state": "withdrawn", "limit": 1}, [31]),
        ({"state": "withdrawn", "limit": -1}, [31, 30]),
        ({"state": "withdrawn", "purpose": "p0"}, [30]),
        ({"state": "withdrawn", "since": 31}, [31]),
        ({"state": "withdrawn", "until": 31}, [30]),
        ({"state": "withdrawn", "call": "u30"}, [30]),
        ({"state": "granted", "limit": 4}, common[:4]),
        ({"state": "granted", "limit": -1}, common),
        ({"state": "granted", "since": 28, "until": 34}, [33, 32, 29, 28]),
        ({"state": "granted", "purpose": "p1"}, [n for n in common if n % 2]),
        ({"state": "refused"}, []),
    ):
        assert numbers(ledger.consents(**asked)) == expected


@pytest.mark.parametrize(
    ("state", "are_few"), [("withdrawn", True), ("granted", False)]
)
def test_a_state_has_few_rows_or_not(path, state, are_few, monkeypatch):
    monkeypatch.setattr(states, "FEW", 2)
    with closing(sqlite3.connect(path)) as db:
        assert states.are_few(db, state) is are_few


def test_the_newest_are_found_one_by_one(path):
    with closing(sqlite3.connect(path)) as db:
        found = states.newest_of(db, "granted")
        assert [next(found), next(found)] == [MANY, MANY - 1]


def test_a_ledger_that_no_newer_eslflow_has_written_to_is_read_too(tmp_path):
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        db.execute("CREATE TABLE choices (seq INTEGER PRIMARY KEY, state TEXT)")
        db.executemany(
            "INSERT INTO choices (state) VALUES (?)", [("a",), ("b",), ("a",)]
        )
        assert states.rows_of_choices(db) == "choices"
        assert list(states.newest_of(db, "a")) == [3, 1]
        assert states.are_few(db, "a")


def test_each_who_was_asked_has_a_last_word(tmp_path):
    path = tmp_path / "eslflow.db"
    callee = ROW._replace(party="callee")
    write(
        path,
        [
            callee._replace(state=State.NOT_ASKED, reason="other_first"),
            ROW._replace(state=State.REFUSED),
            callee._replace(call_uuid="v"),
            ROW._replace(call_uuid="v", state=State.NOT_ASKED),
            ROW._replace(call_uuid="w"),
            callee._replace(call_uuid="w"),
            callee._replace(call_uuid="w", state=State.EXPIRED),
        ],
    )
    with Reader(path) as ledger:
        lines = ledger.consents(limit=-1)
    assert [(c["call_uuid"], c["party"], c["state"]) for c in lines] == [
        ("w", "callee", "expired"),
        ("w", "caller", "granted"),
        ("v", "callee", "granted"),
        ("u", "caller", "refused"),
        ("u", "callee", "not_asked"),
    ]
