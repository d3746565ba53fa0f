"""The register of agents: who has agreed, to which words, and who takes it back."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import AgentAgreed
from eslflow.errors import StoreError
from eslflow.ledger.register import Register, entries, latest
from eslflow.ledger.writer import connect, write


@pytest.fixture
def path(tmp_path):
    return tmp_path / "eslflow.db"


def entry(agent, state="agreed", text="staff", version=2):
    return AgentAgreed(7, agent, state, text, version, "5e", "2026-11-23", "anne")


def register(path):
    found = Register(path)
    found.read()
    return found


def test_who_has_agreed_has_agreed_to_that_version_and_all_before(path):
    write(path, [entry("1001"), entry("1002", version=1)])
    found = register(path)
    assert found.has_agreed("1001", "staff", 2)
    assert found.has_agreed("1001", "staff", 1)
    assert not found.has_agreed("1001", "staff", 3)
    assert not found.has_agreed("1001", "other", 1)
    assert not found.has_agreed("1002", "staff", 2)
    assert not found.has_agreed("1003", "staff", 1)


def test_the_last_word_counts(path):
    write(path, [entry("1001"), entry("1001", "withdrawn")])
    found = register(path)
    assert not found.has_agreed("1001", "staff", 1)
    write(path, [entry("1001", version=3)])
    assert not found.has_agreed("1001", "staff", 1)
    found.read()
    assert found.has_agreed("1001", "staff", 3)
    lines = entries(path)
    assert [line["state"] for line in lines] == ["agreed", "withdrawn", "agreed"]
    assert latest(lines)["1001", "staff"] == entry("1001", version=3)._asdict()


def test_when_it_cannot_be_read_nobody_has_agreed(path):
    write(path, [entry("1001")])
    found = register(path)
    path.write_bytes(b"no ledger at all")
    with pytest.raises(StoreError, match="cannot be read as a ledger"):
        found.read()
    assert not found.has_agreed("1001", "staff", 1)


def test_a_ledger_from_before_the_register_knows_of_nobody(path):
    with closing(connect(path)) as db:
        db.execute("DROP TABLE agents")
    assert entries(path) == []
    with closing(connect(path)) as db:
        db.execute("CREATE TABLE agents (at)")
    with pytest.raises(StoreError, match="no such column"):
        entries(path)
    assert sqlite3.sqlite_version
