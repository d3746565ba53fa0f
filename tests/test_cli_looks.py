"""Every look-up is in the chain, with who and why, before anything is shown."""

import json
import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import Look, RecordingBegun
from eslflow.ledger.migrations import migrations
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import write
from tests.command import run, site_with_calls

WHY = ("--reason", "file 17")
ANNA = "+4930111111"


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.cli.looks.who", lambda: "dpo")
    site_with_calls(tmp_path)
    begun = [
        RecordingBegun(name, "aaaa-1", "aaaa-1", f"/{name}.wav", "training", "q", 5)
        for name in ("aaaa-1-1", "aaaa-1-2")
    ]
    write(tmp_path / "eslflow.db", begun[1:])
    return tmp_path


def does(site, *words, code=0):
    done = run(site, *words)
    assert done.exit_code == code, done.output
    return done


def kept(site):
    """Return who looked at what, the oldest first; this is no look itself."""
    with closing(sqlite3.connect(site / "eslflow.db")) as db:
        rows = db.execute("SELECT who, what, call_uuid, recording_id FROM looks")
        return rows.fetchall()


@pytest.mark.parametrize("group", ["consents", "calls"])
def test_who_shows_a_call_is_kept_and_told_the_next_time(site, group):
    first = does(site, group, "show", "aaaa", *WHY)
    assert "looked" not in first.stdout
    assert kept(site) == [("dpo", "show", "aaaa-1", "")]
    told = does(site, "consents", "show", "aaaa").stdout
    assert ": show by dpo\n            file 17\n" in told
    told = json.loads(does(site, "consents", "show", "aaaa", "--json").stdout)
    assert [look["what"] for look in told["looks"]] == ["show", "show"]
    # Without a reason there is no empty line.
    told = does(site, "consents", "show", "aaaa").stdout
    assert told.endswith(": show by dpo\n")
    assert verify(site / "eslflow.db").broken is None


def test_who_shows_recordings_is_kept_for_each(site):
    does(site, "recordings", "show", "aaaa-1", *WHY)
    assert kept(site) == [
        ("dpo", "show", "aaaa-1", "aaaa-1-1"),
        ("dpo", "show", "aaaa-1", "aaaa-1-2"),
    ]
    assert ": show by dpo\n" in does(site, "recordings", "show", "aaaa-1-2").stdout


@pytest.mark.parametrize("kind", ["consents", "calls", "recordings"])
def test_who_lists_many_is_kept_once_and_who_looks_for_somebody_for_each(site, kind):
    does(site, kind, "list")
    does(site, kind, "list", "--since", "2026-01-01", "--json")
    many = ("dpo", f"list {kind}", "", "")
    assert kept(site) == [many, many]
    does(site, kind, "list", "--number", ANNA)
    assert kept(site)[2:] == [("dpo", f"list {kind}", "aaaa-1", "")]


def test_of_what_is_not_found_nothing_is_kept(site):
    does(site, "consents", "list", "--number", "+4930999999")
    does(site, "calls", "list", "--flow", "none")
    does(site, "calls", "show", "none", code=1)
    does(site, "recordings", "show", "none", code=1)
    assert kept(site) == []


def test_what_cannot_be_kept_is_not_shown(site, monkeypatch):
    monkeypatch.setattr("eslflow.ledger.looks.BUSY_MS", 1)
    with closing(sqlite3.connect(site / "eslflow.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        for words in (
            ("consents", "show", "aaaa"),
            ("calls", "show", "aaaa"),
            ("recordings", "show", "aaaa"),
            ("consents", "list"),
            ("calls", "list"),
            ("recordings", "list"),
        ):
            done = does(site, *words, code=1)
            assert done.stdout == ""
            assert "nothing is shown, for it cannot be kept that you" in done.stderr
            assert "database is locked" in done.stderr


def test_a_ledger_that_is_older_is_shown_and_left_as_it_is(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="shared_terms")
        db.execute(
            "INSERT INTO calls (uuid, direction, caller, caller_digits, caller_name, "
            "called, called_digits, flow, flow_sha256, engine, offered_at) VALUES "
            "('aaaa-1', 'inbound', '', '', '', '', '', 'f', '', 'e', 5)"
        )
    done = does(tmp_path, "calls", "show", "aaaa")
    assert "Call aaaa-1" in done.stdout
    assert "Until then it is not kept that you looked." in done.stderr
    assert kept(tmp_path) == []


def test_a_letter_is_no_reason(site):
    done = does(site, "calls", "list", "--reason", "x" * 501, code=2)
    assert "it takes up to 500 characters" in done.stderr


def test_all_looks_are_listed_and_that_is_kept_too(site):
    assert does(site, "looks").stderr == "No look fits.\n"
    assert kept(site) == []
    write(site / "eslflow.db", [Look(5, "eve", "show", "", "", "letter", ANNA)])
    does(site, "calls", "list", *WHY)
    does(site, "consents", "show", "aaaa")
    head, *lines = does(site, "looks").stdout.splitlines()
    assert head.split() == ["at", "who", "what", "call", "of", "because"]
    assert [line.split()[2:4] for line in lines] == [
        ["dpo", "show"],
        ["dpo", "list"],
        ["eve", "show"],
    ]
    assert "(many)" in lines[1]
    assert "file 17" in lines[1]
    assert lines[2].endswith(f"{ANNA}  letter")
    assert kept(site)[-1] == ("dpo", "list looks", "", "")


def test_looks_are_found_by_call_user_and_time(site):
    write(site / "eslflow.db", [Look(5, "eve", "decrypt", "bbbb-2", "bbbb-2-1", "")])
    does(site, "consents", "show", "aaaa")

    def found(*words):
        lines = json.loads(does(site, "looks", "--json", *words).stdout)
        return [(line["who"], line["what"]) for line in lines]

    assert found("--by", "eve") == [("eve", "decrypt")]
    assert found("--until", "1980-01-01") == [("eve", "decrypt")]
    assert found("--since", "1980-01-01", "--limit", "1") == [("dpo", "list looks")]
    assert found("--call", "aaaa") == [("dpo", "show")]
    assert kept(site)[-1] == ("dpo", "list looks", "aaaa-1", "")
    does(site, "looks", "--call", "none", code=1)
