"""Erasing whom calls were with, and the tombstone that proves it."""

import multiprocessing
from contextlib import closing

import pytest

from eslflow.call.records import CallEnded, CallOffered, RecordingEnded, RecordingErased
from eslflow.errors import StoreError
from eslflow.ledger.erasure import (
    LOST_US,
    Order,
    alone,
    begin,
    finish,
    going,
    mark_of,
    new_key,
)
from eslflow.ledger.subject import for_, read
from eslflow.ledger.tombstone import erasure, erasures
from eslflow.ledger.writer import connect, write
from tests.persons import ANNA, NORMAL, Office


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def order(office, reason="file 17", mark="5f"):
    return Order(office.now, "dpo", reason, mark)


def begins(office):
    return begin(office.ledger, read(office.ledger, ANNA, NORMAL), order(office))


def erased(office, *calls, number=1):
    """Let the files of some calls be gone."""
    rows = [RecordingErased(f"{uuid}-1", office.now, for_(number)) for uuid in calls]
    write(office.ledger, rows)


def test_it_is_noted_before_anything_is_erased(office):
    office.talked()
    begun = begins(office)
    assert (begun.number, len(begun.texts)) == (1, 2)
    assert office.call("anna-1")["call"]["caller"] == "030123456"
    found = erasure(office.ledger, 1)
    assert (found["state"], found["left"], found["done"]) == ("begun", 3, [])
    assert office.is_whole()


def test_who_it_was_is_erased_when_the_files_are_gone(office):
    office.talked()
    begins(office)
    assert finish(office.ledger, office.now, [], beside=True)
    assert [row["calls"] for row in erasure(office.ledger, 1)["done"]] == [1]
    assert office.call("anna-1")["call"]["caller"] == "030123456"
    assert office.call("anna-2")["call"]["caller"] == ""
    erased(office, "anna-1", "anna-3")
    assert finish(office.ledger, office.now, [], beside=True)
    found = erasure(office.ledger, 1)
    assert found["left"] == 0
    assert [(row["calls"], row["recordings"]) for row in found["done"]] == [
        (1, 0),
        (2, 2),
    ]
    assert office.traces() == []
    # Nothing is left to do, and nothing is said once more.
    assert finish(office.ledger, office.now, [], beside=True)
    assert len(erasure(office.ledger, 1)["done"]) == 2
    assert office.is_whole()


def test_two_people_at_once_have_a_tombstone_each(office):
    office.talked()
    begins(office)
    ben = read(office.ledger, "+4930123457", NORMAL)
    begin(office.ledger, ben, order(office, "file 18", "6e"))
    erased(office, "anna-1", "anna-3")
    erased(office, "ben-1", number=2)
    finish(office.ledger, office.now, beside=False)
    first, second = erasure(office.ledger, 1), erasure(office.ledger, 2)
    assert [(row["calls"], row["subject"]) for row in first["done"]] == [(3, "5f")]
    assert [(row["calls"], row["subject"]) for row in second["done"]] == [(1, "6e")]
    assert [row["seq"] for row in erasures(office.ledger)] == [2, 1]


def test_a_call_that_goes_on_is_left_and_a_lost_one_is_not(office):
    office.ends("new", is_over=False)
    office.ends("lost", is_over=False, at=office.now - LOST_US - 1)
    with closing(connect(office.ledger)) as db:
        assert going(db, ["new", "lost"], office.now) == {"new"}
    begins(office)
    finish(office.ledger, office.now, [], beside=True)
    assert office.call("new")["call"]["caller"] == "030123456"
    assert office.call("lost")["call"]["caller"] == ""
    write(office.ledger, [CallEnded("new", office.now, "hung_up", "", "talk")])
    finish(office.ledger, office.now, [], beside=True)
    assert office.call("new")["call"]["caller"] == ""


def test_a_file_that_is_still_written_keeps_its_call(office):
    office.ends("a")
    office.records("a", is_over=False, asked_at=office.now)
    with closing(connect(office.ledger)) as db:
        assert going(db, ["a"], office.now) == {"a"}
    ended = RecordingEnded("a-1", office.now, office.now, 9, "", "stopped")
    write(office.ledger, [ended])
    with closing(connect(office.ledger)) as db:
        assert going(db, ["a"], office.now) == set()


def test_a_call_that_comes_back_does_not_bring_the_number_back(office):
    """A call that is handed over once more keeps what was known of it first."""
    office.ends("a")
    begins(office)
    finish(office.ledger, office.now, [], beside=True)
    again = CallOffered("a", "inbound", ANNA, "", "100", "f", "0", "e", 9, ANNA, "100")
    write(office.ledger, [again])
    assert office.call("a")["call"]["caller"] == ""


def test_while_calls_go_on_a_large_ledger_is_not_written_anew(office, monkeypatch):
    monkeypatch.setattr("eslflow.ledger.scrub.SMALL", 100)
    office.ends("a")
    office.ends("b", "+4930999999", is_over=False)
    begins(office)
    assert not finish(office.ledger, office.now, beside=True)
    assert not finish(office.ledger, office.now, beside=True)
    write(office.ledger, [CallEnded("b", office.now, "hung_up", "", "talk")])
    assert finish(office.ledger, office.now, beside=True)


def test_what_cannot_be_kept_is_not_begun(office, monkeypatch):
    office.ends("a")
    subject = read(office.ledger, ANNA, NORMAL)
    monkeypatch.setattr("eslflow.ledger.scrub.PATIENCE_MS", 1)
    with closing(connect(office.ledger)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="cannot be written"):
            begin(office.ledger, subject, order(office))
        other.execute("ROLLBACK")
        begin(office.ledger, subject, order(office))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="cannot be written"):
            finish(office.ledger, office.now, [], beside=True)
    assert office.call("a")["call"]["caller"] == "030123456"
    assert office.is_whole()


def test_a_keyed_hash_tells_nothing_without_its_key():
    one, other = new_key(), new_key()
    assert mark_of(one, ANNA) == mark_of(one, ANNA)
    assert mark_of(one, ANNA) != mark_of(other, ANNA)
    assert mark_of(one, ANNA) != mark_of(one, "+4930123457")
    # As anybody can check it: openssl dgst -sha256 -mac hmac.
    assert mark_of(bytes(16), ANNA) == (
        "97ecb9e73a2666a916465fcd2d9194f23332232cf10b00303e74904a2db8dea7"
    )


def _is_free(path):
    with alone(path, waits=False) as is_ours:
        return is_ours


def test_only_one_erases_at_a_time(tmp_path):
    path = tmp_path / "eslflow.db"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with alone(path, waits=True) as is_ours:
            assert is_ours
            assert not pool.apply(_is_free, (path,))
        assert pool.apply(_is_free, (path,))
