"""Whether a ledger's files are damaged, found without changing them."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from eslflow.errors import StoreError
from eslflow.ledger import damage
from eslflow.ledger.damage import damaged, damaged_log, was_database
from eslflow.ledger.verify import head, verify
from eslflow.ledger.writer import connect, write
from tests.test_ledger_writer import choice

HEADER, FRAME = 32, 24
COMMITS = 5


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "eslflow.db"
    connect(path).close()
    return path


@pytest.fixture
def torn(path, tmp_path):
    """A ledger as a kill leaves it: some commits are in its log alone."""
    copy = tmp_path / "torn" / "eslflow.db"
    copy.parent.mkdir()
    with closing(connect(path)):
        for number in range(COMMITS):
            write(path, [choice(f"u{number}")])
        for name in ("", "-wal"):
            shutil.copy(f"{path}{name}", f"{copy}{name}")
    return copy


def log_of(path):
    return path.with_name(f"{path.name}-wal")


def frames(path):
    """Return where each frame of a log begins, and whether it ends a transaction."""
    data = log_of(path).read_bytes()
    page = int.from_bytes(data[8:12], "big")
    return [
        (at, data[at + 4 : at + 8] != bytes(4))
        for at in range(HEADER, len(data), FRAME + page)
    ]


def flip(path, at):
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))


def kept(path):
    """Return how many choices are left when SQLite has opened the files."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM choices").fetchone()[0]


def test_a_ledger_that_is_sound(path, torn):
    assert damaged(path) == ""
    assert damaged_log(path) == ""
    assert damaged_log(torn) == ""
    assert kept(torn) == COMMITS


def test_a_page_in_the_middle(path):
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'looks'"
        (page,) = db.execute(sql).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    assert damaged(path).startswith(f"{path} is damaged: ")
    assert "\n" not in damaged(path)


def test_a_file_that_sqlite_does_not_even_open(path):
    os.truncate(path, 5000)
    with pytest.raises(StoreError, match="malformed"):
        damaged(path)


def test_a_ledger_that_is_locked_is_not_called_damaged(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        told = pytest.raises(StoreError, match="cannot be looked through: .*locked")
        with closing(sqlite3.connect(path, timeout=0)) as other, told:
            damage.damaged_in(other, path)


def test_any_part_of_the_log_that_cannot_be_read_and_was_acknowledged(torn):
    """Everything but the last transaction, whose end a power cut may have torn."""
    good = log_of(torn).read_bytes()
    found = frames(torn)
    last = [at for at, is_commit in found if is_commit][-2]
    acknowledged = [at for at, _ in found if at <= last]
    assert len(acknowledged) > COMMITS
    for at in acknowledged:
        # Its page's number, its salt, its sum, its page.
        for inside in (1, 9, 17, FRAME + 100):
            log_of(torn).write_bytes(good)
            flip(log_of(torn), at + inside)
            assert "-wal is damaged" in damaged_log(torn), (at, inside)
    # What it is there for: SQLite itself says nothing.
    assert kept(torn) < COMMITS


def test_a_transaction_that_a_power_cut_has_torn_is_nothing_lost(torn):
    good = log_of(torn).read_bytes()
    found = frames(torn)
    last = [at for at, is_commit in found if is_commit][-2]
    pending = [at for at, _ in found if at > last]
    assert len(pending) > 1
    for at in pending:
        log_of(torn).write_bytes(good)
        flip(log_of(torn), at + FRAME + 100)
        assert damaged_log(torn) == ""
        log_of(torn).write_bytes(good[: at + 1000])
        assert damaged_log(torn) == ""
    assert kept(torn) == COMMITS - 1


def test_a_header_that_is_none_says_nothing(torn):
    for content in (b"", b"short", bytes(HEADER), bytes(9000)):
        log_of(torn).write_bytes(content)
        assert damaged_log(torn) == ""


def test_a_log_that_was_begun_anew_while_it_was_read(torn, monkeypatch):
    good = log_of(torn).read_bytes()
    flip(log_of(torn), frames(torn)[0][0] + FRAME)
    look, seen = damage._torn, []

    def begun_anew(log, data):
        seen.append(data)
        log.write_bytes(bytes([*good[:16], good[16] ^ 1, *good[17:]]))
        return look(log, data)

    monkeypatch.setattr(damage, "_torn", begun_anew)
    assert damaged_log(torn) == ""
    assert len(seen) == 2


def test_a_log_that_cannot_be_read_is_told(path):
    log_of(path).mkdir()
    assert damaged_log(path) == f"{log_of(path)} cannot be read: Is a directory"


def test_what_was_a_database_once(path):
    start = path.read_bytes()[:100]
    assert was_database(start)
    assert was_database(bytes(20) + start[20:])
    assert was_database(bytes(100))
    assert not was_database(b"")
    assert not was_database(b"a list of purchases, longer than the signs of SQLite")


def test_looking_changes_nothing(torn):
    before = [path.read_bytes() for path in (torn, log_of(torn))]
    damaged_log(torn)
    damaged(torn)
    assert [path.read_bytes() for path in (torn, log_of(torn))] == before
    assert verify(torn).head == head(torn)
