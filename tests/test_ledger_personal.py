"""Words that may name a person stand beside the proof, and can be erased."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.records import Choice, Look, RecordingAction, State
from eslflow.ledger.chain import KINDS
from eslflow.ledger.personal import (
    COLUMNS,
    ERASED,
    NAMES,
    NUMBERED,
    Personal,
    apart,
    hashed,
    places,
    together,
)
from eslflow.ledger.read import Reader
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import write
from eslflow.wire.terms import RecordAction

NUMBER = "+4930123456"
LOOK = Look(7, "anne", "decrypt", "u", "u-1", f"asked by {NUMBER}")
FOREIGN = RecordingAction(
    "", "u", 6, RecordAction.STOP, "lookout", "s", "+OK", True, path=f"/r/{NUMBER}.wav"
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "eslflow.db"
    write(path, [LOOK, FOREIGN, FOREIGN._replace(path="")])
    return path


def erase(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("DELETE FROM personal WHERE call_uuid = 'u'")
        db.execute("VACUUM")


def test_who_looks_up_reads_the_words(path):
    with Reader(path) as ledger:
        (look,) = ledger.looks({"call_uuid": "u", "id": "u-1"})
        first, second = ledger.actions({"call_uuid": "u", "id": ""})
    assert look["reason"] == LOOK.reason
    assert (first["path"], second["path"]) == (FOREIGN.path, "")


def test_what_is_erased_is_in_no_file_and_the_chain_holds(path):
    erase(path)
    for file in path.parent.iterdir():
        assert NUMBER.encode() not in file.read_bytes()
    with Reader(path) as ledger:
        (look,) = ledger.looks({"call_uuid": "u", "id": "u-1"})
    assert look["reason"] == ERASED
    assert look["who"] == "anne"
    assert verify(path).broken is None


def test_proof_holds_no_words_that_may_name_a_person(path):
    with closing(sqlite3.connect(path)) as db:
        for table in KINDS:
            for row in db.execute(f"SELECT * FROM {table}"):
                assert not any(NUMBER in str(value) for value in row)


def test_the_same_words_have_another_hash_each_time():
    where = places("looks", Look._fields)
    (one,), (other,) = apart(LOOK, where)[1], apart(LOOK, where)[1]
    assert one.text == other.text
    assert one.hash != other.hash
    assert one.hash == hashed(one.key, one.text)


def test_where_there_are_no_words_nothing_is_set_apart():
    silent = LOOK._replace(reason="")
    assert apart(silent, places("looks", Look._fields)) == (list(silent), [])


def test_a_table_without_such_columns_names_nobody():
    assert places("notices", ("text", "url")) is None
    assert places("choices", ("call_uuid", "state")) is None
    assert places("choices", ("call_uuid", "remark")) == ((1,), 0, ())
    assert places("choices", ("call_uuid", "who")) == ((), 0, (1,))
    assert places("holds", ("at", "reason")) == ((1,), None, ())


@pytest.mark.parametrize(
    ("table", "record"),
    [("choices", Choice), ("recording_actions", RecordingAction), ("looks", Look)],
)
def test_every_text_of_proof_is_known_to_name_nobody_or_is_set_apart(table, record):
    """A new column has to be thought of: may it hold a number or a name?"""
    ours = {
        *("call_uuid", "recording_id", "leg_uuid", "at", "asked_at", "verified"),
        *("state", "purpose", "basis", "retain_s", "flow", "flow_sha256", "step"),
        *("engine", "performed_by", "notice", "notice_version", "language"),
        *("audio_sha256", "heard_ms", "keys_offered", "key", "tries", "party"),
        *("action", "what", "receipt", "on_withdrawal", "rests_on"),
    }
    if table != "choices":
        # Who of the office typed a command.
        ours.add("who")
    if table == "choices":
        # A word of a fixed list.
        ours.add("reason")
    numbered = set(NUMBERED.get(table, ()))
    assert set(record._fields) <= ours | set(COLUMNS[table]) | numbered


@given(st.dictionaries(st.sampled_from(sorted(NAMES) + ["id"]), st.text()), st.text())
def test_words_come_back_where_their_hash_stands(line, words):
    kept = Personal(hashed(b"k", words), "u", b"k", words)
    known = {kept.hash: kept.text}
    read = {**line, "reason": kept.hash}
    together(read, known.get)
    assert read == {**line, "reason": words}
    read = {**line, "reason": hashed(b"other", words)}
    together(read, known.get)
    assert read == {**line, "reason": ERASED}
    together(nothing := {"reason": None}, known.get)
    assert nothing == {"reason": None}


@pytest.mark.parametrize("who", ["anna", "1001", "key 1001", "12345@sip.example.com"])
def test_who_of_the_office_did_something_stays_in_the_proof(tmp_path, who):
    where = places("choices", Choice._fields)
    row = Choice("u", 1, "withdrawn", "p", "c", 0, "f", "0", "s", "e", who=who)
    assert apart(row, where) == (list(row), [])


@pytest.mark.parametrize(("who", "is_apart"), [("123456", True), ("12345", False)])
def test_a_number_outside_has_six_digits_at_least(who, is_apart):
    row = Choice("u", 1, "withdrawn", "p", "c", 0, "f", "0", "s", "e", who=who)
    assert bool(places("choices", Choice._fields).found(row)) is is_apart


def test_a_number_outside_that_pressed_a_key_is_set_apart(tmp_path):
    path = tmp_path / "eslflow.db"
    choice = Choice("u", 1, State.WITHDRAWN, "p", "c", 0, "f", "0", "s", "e")
    pressed = FOREIGN._replace(path="", reason=f"key {NUMBER}")
    said = FOREIGN._replace(path="", reply=f"-ERR no {NUMBER}")
    write(path, [choice._replace(who=NUMBER), pressed, said])
    with Reader(path) as ledger:
        assert ledger.choices("u")[0]["who"] == NUMBER
        first, second = ledger.actions({"call_uuid": "u", "id": ""})
    assert (first["reason"], first["reply"]) == (f"key {NUMBER}", "+OK")
    assert second["reply"] == f"-ERR no {NUMBER}"
    erase(path)
    assert NUMBER.encode() not in path.read_bytes()
    assert verify(path).broken is None
