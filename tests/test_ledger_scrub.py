"""Nothing of what was deleted stays in the ledger's files."""

import random
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.records import CallEnded, CallOffered, Look
from eslflow.errors import StoreError
from eslflow.ledger import scrub as module
from eslflow.ledger.scrub import is_due, patterns, scrub
from eslflow.ledger.writer import append, connect, write

NUMBER = "+4930123456"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "eslflow.db"
    call = CallOffered("u", "inbound", NUMBER, "Annabel", "1", "f", "0", "e", 1)
    write(path, [call])
    return path


def marked(path, *statements):
    with closing(connect(path)) as db:
        db.execute(module.MARK)
        for sql in statements:
            db.execute(sql)


def is_marked(path):
    with closing(connect(path)) as db:
        return is_due(db)


def test_the_log_is_emptied_and_the_mark_is_gone(path):
    marked(path)
    with closing(connect(path)) as other:
        other.execute("UPDATE calls SET caller = ''")
        log = path.with_name("eslflow.db-wal")
        assert log.stat().st_size > 0
        assert scrub(path, [NUMBER], may_block=False)
        assert log.stat().st_size == 0
    assert not is_marked(path)


@pytest.fixture
def vacuums(monkeypatch):
    """Return how often a ledger was written anew."""
    done = []

    class Watched(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql == "VACUUM":
                done.append(sql)
            return super().execute(sql, *values)

    def connect_(path, **given):
        return Watched(path, **given)

    monkeypatch.setattr(module.sqlite3, "connect", connect_)
    return done


def leaves_traces(path):
    """Delete as SQLite does when nobody has told it to overwrite."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = OFF")
        db.execute(module.MARK)
        db.execute("DELETE FROM calls")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def test_where_traces_are_left_it_is_written_anew(path, vacuums):
    leaves_traces(path)
    assert NUMBER.encode() in path.read_bytes()
    assert scrub(path, [NUMBER, "Annabel"], may_block=False)
    assert vacuums == ["VACUUM"]
    for left in (NUMBER[1:], "Annabel", NUMBER[:0:-1]):
        assert left.encode() not in path.read_bytes()


def test_where_none_are_left_it_is_not(path, vacuums):
    marked(path, "UPDATE calls SET caller = '', caller_digits = '', caller_name = ''")
    assert scrub(path, [NUMBER, "Annabel"], may_block=False)
    assert vacuums == []


def test_a_name_that_others_have_too_is_no_trace(path, vacuums):
    call = CallOffered("v", "inbound", "9", "Annabel", "1", "f", "0", "e", 1)
    write(path, [call, Look(1, "x", "decrypt", "v", "", "Annabel and Annabel")])
    marked(path, "UPDATE calls SET caller_name = '' WHERE uuid = 'u'")
    assert scrub(path, ["Annabel"], may_block=False)
    assert vacuums == []


def test_a_number_that_a_call_still_has_is_no_trace(path, vacuums):
    """As of a call that goes on: its own end removes the rest."""
    marked(path)
    assert scrub(path, [NUMBER], may_block=False)
    assert vacuums == []


def test_when_nobody_knows_what_was_deleted_it_is_written_anew(path, vacuums):
    leaves_traces(path)
    assert scrub(path, None, may_block=False)
    assert vacuums == ["VACUUM"]


def test_a_large_ledger_waits_until_it_may_block(path, monkeypatch, vacuums):
    monkeypatch.setattr(module, "SMALL", 100)
    leaves_traces(path)
    assert not scrub(path, None, may_block=False)
    assert (vacuums, is_marked(path)) == ([], True)
    assert scrub(path, None, may_block=True)
    assert (vacuums, is_marked(path)) == (["VACUUM"], False)


def test_who_reads_all_the_time_is_named_and_it_stays_to_be_done(path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_MS", 1)
    marked(path)
    with closing(connect(path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM calls").fetchall()
        marked(path, "UPDATE calls SET caller = ''")
        with pytest.raises(StoreError, match="may still leave traces in"):
            scrub(path, [NUMBER], may_block=True)
    assert is_marked(path)


def test_what_is_looked_for():
    found = patterns([NUMBER, "", "Ann", "Annabel", "x" * 99, "1001"])
    assert found == {
        b"930123456": False,
        b"654321039": False,
        b"Annabel": True,
        b"x" * 60: True,
        b"1001": True,
    }


@given(st.binary(max_size=80), st.integers(1, 9))
def test_it_is_counted_across_the_parts_that_a_file_is_read_in(
    tmp_path_factory, data, n
):
    path = tmp_path_factory.mktemp("file") / "data"
    path.write_bytes(data)
    wanted = {data[at : at + n] or b"x": False for at in range(0, len(data) + 1, 7)}
    old, module.CHUNK = module.CHUNK, 5
    try:
        seen = module._count(path, wanted)
    finally:
        module.CHUNK = old
    for pattern, (many, _) in seen.items():
        assert (many > 0) == (pattern in data)


def test_among_many_calls_no_trace_is_left(tmp_path):
    """Pages are split and merged: SQLite alone would leave some numbers behind."""
    dice, path = random.Random(1), tmp_path / "eslflow.db"
    numbers = [f"+4930{dice.randrange(10**8):08}" for _ in range(4000)]
    with closing(connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for at, number in enumerate(numbers):
            rows = [
                CallOffered(
                    f"{dice.getrandbits(64):016x}", "inbound", number, "", "100", "f",
                    "0" * 64, "e", at, number, "100",
                )
            ]  # fmt: skip
            rows += [CallEnded(rows[0].uuid, at, "hung_up", "NORMAL_CLEARING", "talk")]
            db.execute("BEGIN")
            append(db, rows, set())
            db.execute("COMMIT")
        gone = dice.sample(numbers, 600)
        sets = "caller = '', caller_digits = '', caller_key = ''"
        db.executemany(
            f"UPDATE calls SET {sets} WHERE caller = ?", [(number,) for number in gone]
        )
    assert scrub(path, gone, may_block=False)
    data = path.read_bytes()
    left = [n for n in gone if n[1:].encode() in data or n[:0:-1].encode() in data]
    assert left == []
