"""`eslflow backup`."""

import json

from eslflow.call.records import CallOffered
from eslflow.ledger.verify import head
from eslflow.ledger.writer import connect, spill_of
from tests.command import run, site_with_calls


def test_a_copy_is_made_and_what_it_lacks_is_told(tmp_path):
    site_with_calls(tmp_path)
    copy = tmp_path / "copy.db"
    done = run(tmp_path, "backup", str(copy))
    assert done.exit_code == 0
    end = head(tmp_path / "eslflow.db")
    size = copy.stat().st_size
    first, second = done.stdout.splitlines()
    assert first == f"{copy}: {size} bytes, whole; its chain is unbroken, up to {end}"
    assert second.startswith("Not in it: recordings")
    assert "keys that decrypt them" in second
    assert head(copy) == end
    again = run(tmp_path, "backup", str(copy))
    assert again.exit_code == 1
    assert "or use --force" in again.stderr
    assert run(tmp_path, "backup", str(copy), "--force").exit_code == 0


def test_programs_are_told_the_same(tmp_path):
    site_with_calls(tmp_path)
    copy = tmp_path / "copy.db"
    told = json.loads(run(tmp_path, "backup", str(copy), "--json").stdout)
    assert told["file"] == str(copy)
    assert told["bytes"] == copy.stat().st_size
    assert told["head"] == str(head(copy))
    assert told["complete"] is True
    assert len(told["not_in_it"]) == 4


def test_rows_that_wait_beside_the_ledger_are_told(tmp_path):
    (tmp_path / "eslflow.yaml").touch()
    connect(tmp_path / "eslflow.db").close()
    call = CallOffered("u-1", "inbound", "", "", "1", "t", "", "", 1)
    spill_of(tmp_path / "eslflow.db").add([[call]])
    done = run(tmp_path, "backup", str(tmp_path / "copy.db"), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["complete"] is False
    assert "are not in the copy" in done.stderr


def test_an_old_ledger_is_copied_as_it_is(tmp_path):
    import sqlite3
    from contextlib import closing

    from sqlite_utils import Database

    from eslflow.ledger.migrations import migrations

    (tmp_path / "eslflow.yaml").touch()
    with closing(sqlite3.connect(tmp_path / "eslflow.db", isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="chain_of_proof")
    done = run(tmp_path, "backup", str(tmp_path / "copy.db"))
    assert "older than the chain" in done.stdout


def test_a_site_without_a_ledger_is_told(tmp_path):
    (tmp_path / "eslflow.yaml").touch()
    done = run(tmp_path, "backup", str(tmp_path / "copy.db"))
    assert done.exit_code == 1
    assert "there is no ledger" in done.stderr
