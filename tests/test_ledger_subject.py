"""One person in the ledger, and nobody else."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from eslflow.call.records import CallOffered, LegalHold, Look
from eslflow.e164 import normaliser
from eslflow.errors import NotFound
from eslflow.ledger.migrations import migrations
from eslflow.ledger.subject import (
    HELD,
    RELEASED,
    find,
    has_orders,
    held_calls,
    held_of,
    holds,
    may_be_same,
    names,
    over,
    read,
)
from eslflow.ledger.writer import connect, write

ANNA = "+4930123456"
GERMAN = normaliser("DE")
NOWHERE = normaliser()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "eslflow.db"
    write(path, [])
    return path


def has(path, uuid, caller, called="100", normal=GERMAN, name="", at=5):
    call = CallOffered(
        uuid, "inbound", caller, name, called, "f", "0", "e", at, normal(caller),
        normal(called),
    )  # fmt: skip
    write(path, [call])


@pytest.mark.parametrize("kept", ["+4930123456", "004930123456", "030 123456"])
@pytest.mark.parametrize("asked", ["+49 30 123456", "0049-30-123456", "(030) 123456"])
def test_every_spelling_finds_every_other(path, kept, asked):
    has(path, "a", kept)
    has(path, "b", "100", kept, name="Front desk")
    has(path, "c", kept, kept)
    found = read(path, asked, GERMAN)
    assert found.key == ANNA
    assert found.sides == {"a": "caller", "b": "called", "c": "both"}
    # The name is the caller's.
    assert found.names == ()
    assert found.is_known


def test_what_was_kept_before_the_site_named_its_country_is_found(path):
    has(path, "a", "030123456", normal=NOWHERE)
    has(path, "b", "+4930123456", normal=NOWHERE)
    has(path, "c", "30123456", normal=NOWHERE)
    has(path, "d", "130123456", normal=NOWHERE)
    assert set(read(path, "030123456", GERMAN).sides) == {"a", "b", "c"}
    assert set(read(path, "+4930123456", NOWHERE).sides) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "other",
    ["+4330123456", "+49301234567", "+4930123457", "+4940123456", "123456"],
)
def test_nobody_else_is_taken_for_the_person(path, other):
    has(path, "a", ANNA)
    has(path, "b", other)
    assert set(read(path, ANNA, GERMAN).sides) == {"a"}


def test_an_extension_is_not_the_end_of_a_number(path):
    has(path, "a", "1001")
    has(path, "b", "+49301001")
    assert set(read(path, "1001", GERMAN).sides) == {"a"}


def test_a_number_that_several_may_have_is_to_be_named_whole(path):
    has(path, "a", "+4930123456", normal=NOWHERE)
    has(path, "b", "+4330123456", normal=NOWHERE)
    with pytest.raises(NotFound, match=r"several numbers end like 030123456: \+4330"):
        read(path, "030123456", NOWHERE)


@pytest.mark.parametrize("number", ["", "anonymous", "Anna", "0000000000"])
def test_what_is_no_number_finds_nobody(path, number):
    with pytest.raises(NotFound, match="is no number of a person"):
        read(path, number, GERMAN)


def test_the_newest_call_is_first(path):
    for at, uuid in ((5, "a"), (9, "b"), (7, "c")):
        has(path, uuid, ANNA, name=f"Anna {uuid}", at=at)
    found = read(path, ANNA, GERMAN)
    assert list(found.sides) == ["b", "c", "a"]
    assert found.names == ("Anna a", "Anna c", "Anna b")


@pytest.mark.parametrize(
    "text",
    [
        "+4930123456",
        "call 030 / 12 34 56 back",
        "+49 (0) 30 123456 17",
        "on 3.5. (030) 123456, at noon",
        "0049 30 123456",
        "49-30-123456",
        "30123456",
    ],
)
def test_a_text_names_a_number_in_whatever_spelling(text):
    assert names(text, ANNA)
    assert names(text, "030123456")


@pytest.mark.parametrize(
    "text", ["", "Anna", "0301234567 and 17", "file 123456", "+4940123456"]
)
def test_a_text_about_something_else_does_not(text):
    assert not names(text, ANNA)


def test_a_short_number_is_named_by_itself_only():
    assert names("ask 1001", "1001")
    assert not names("+49301001", "1001")
    assert not names("10 01", "1001")


@given(st.from_regex(r"\+49[1-9][0-9]{6,10}", fullmatch=True), st.text(max_size=9))
def test_a_number_is_found_in_any_text_that_has_it(number, around):
    assert names(f"{around} {number} {around}", number)


def test_words_about_the_person_are_found_in_calls_of_others_too(path):
    write(
        path,
        [
            Look(1, "x", "decrypt", "other", "", "he named 030 123456"),
            Look(2, "x", "show", "", "", "letter of Ms Lee", ANNA),
            Look(3, "x", "show", "", "", "letter of Mr Ford", "+4930999999"),
            LegalHold(4, HELD, "x", "court", ANNA),
        ],
    )
    with closing(connect(path)) as db:
        marks = find(db, ANNA, GERMAN).marks
        sql = "SELECT text FROM personal WHERE hash = ?"
        found = sorted(db.execute(sql, (mark,)).fetchone()[0] for mark in marks)
    assert found == [ANNA, ANNA, "court", "he named 030 123456", "letter of Ms Lee"]


def test_a_hold_is_in_force_until_it_is_released_and_may_come_again(path):
    has(path, "a", ANNA)
    has(path, "b", "100", "030123456")
    has(path, "c", "+4930999999")
    rows = [
        LegalHold(1, HELD, "x", "court", ANNA),
        LegalHold(2, HELD, "x", "police", "+4930999999"),
        LegalHold(3, RELEASED, "y", "over", ANNA),
    ]
    for count, held in ((1, {"a", "b"}), (2, {"a", "b", "c"}), (3, {"c"})):
        write(path, [rows[count - 1]])
        with closing(connect(path)) as db:
            assert held_calls(db) == held
    write(path, [rows[0]._replace(at=4, reason="again")])
    last = held_of(path)[-1]
    assert (last.key, last.at, last.who, last.reason) == (ANNA, 4, "x", "again")
    with closing(connect(path)) as db:
        assert len(holds(db)) == 2


def test_a_hold_holds_for_calls_to_come(path):
    write(path, [LegalHold(1, HELD, "x", "court", ANNA)])
    has(path, "a", "030 123456")
    with closing(connect(path)) as db:
        assert held_calls(db) == {"a"}


def test_a_ledger_that_no_newer_eslflow_has_written_to_is_read(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="erasures_and_holds")
        assert holds(db) == []
        assert not has_orders(db)
        assert not find(db, ANNA, GERMAN).is_known


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("+4930123456", "030123456", True),
        ("+4930123456", "004930123456", True),
        ("030123456", "+4930123456", True),
        ("+4930123456", "+4330123456", False),
        ("+4930123456", "030123457", False),
        # An extension is not the end of a number.
        ("123456", "+4930123456", False),
        ("100", "100", True),
    ],
)
def test_two_spellings_may_be_of_one_person(path, one, other, may_be):
    assert may_be_same(one, other) is may_be
    write(path, [LegalHold(1, HELD, "x", "court", one)])
    assert [held.key for held in over(held_of(path), other)] == [one] * may_be
