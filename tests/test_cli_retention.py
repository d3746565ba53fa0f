"""`eslflow retention`."""

import json

import pytest

from eslflow.call.records import LegalHold
from eslflow.ledger.subject import HELD
from eslflow.ledger.writer import write
from tests.persons import ANNA, WHY, Office

DAY_US = 86_400_000_000


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.cli.retention.who", lambda: "dpo")
    return Office(tmp_path)


def old(office, uuid="a", caller="030123456"):
    at = office.now - 31 * DAY_US
    office.ends(uuid, caller, at=at)
    return office.records(uuid, at=at)


def test_a_dry_run_says_what_is_due_and_what_is_held(office):
    first, second = old(office), old(office, "b", "030999999")
    write(office.ledger, [LegalHold(1, HELD, "x", "court", ANNA)])
    done = office.does("retention", "run", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "recording a-1 stays: it is under a legal hold: kept for" in done.stdout
    assert "recording b-1 is deleted: kept for training until 20" in done.stdout
    assert done.stdout.endswith("Nothing was done: this was a dry run.\n")
    rows = json.loads(office.does("retention", "run", "--dry-run", "--json").stdout)
    assert [(row["recording"], row["held"]) for row in rows] == [
        ("a-1", True),
        ("b-1", False),
    ]
    assert rows[0]["until_at"].endswith("Z")
    assert first.exists()
    assert second.exists()


def test_what_is_due_is_deleted_and_certified(office):
    path = old(office)
    done = office.does("retention", "run")
    assert done.exit_code == 0, done.output
    assert not path.exists()
    assert "Certificate of erasure 1\n" in done.stdout
    assert "a-1: 1 file removed, for training" in done.stdout
    assert "by dpo" in done.stdout
    again = office.does("retention", "certificate", "1").stdout
    assert done.stdout.endswith(again)
    found = json.loads(office.does("retention", "certificate", "1", "--json").stdout)
    assert found["files"][0]["recording_id"] == "a-1"
    assert office.is_whole()


def test_when_nothing_is_due_that_is_said(office):
    assert office.does("retention", "run").stdout == "Nothing is due.\n"
    assert office.does("retention", "run", "--json").stdout == "null\n"
    done = office.does("retention", "list")
    assert (done.stdout, done.stderr) == ("", "Nothing was erased.\n")


def test_programs_read_what_was_deleted(office):
    old(office)
    done = office.does("retention", "run", "--json")
    found = json.loads(done.stdout)
    assert (found["kind"], found["recordings"]) == ("retention", 1)


def test_all_that_was_erased_is_listed(office):
    old(office)
    office.does("retention", "run")
    office.talked()
    erased = json.loads(office.does("subject", ANNA, "erase", *WHY, "--json").stdout)
    head, first, second = office.does("retention", "list").stdout.splitlines()
    assert first.split()[0] == "2"
    assert "subject" in first
    assert first.endswith("file 17")
    assert "retention" in second
    subject, due = json.loads(office.does("retention", "list", "--json").stdout)
    assert subject["recordings"] == len(erased["files"]) > 0
    assert subject["words"] == erased["words"] + erased["done"][0]["words"]
    assert (subject["left"], due["left"], due["recordings"]) == (0, 0, 1)
    column = head.index("recordings")
    assert first[column:].split()[0] == str(subject["recordings"])


def test_an_erasure_that_waits_for_a_call_is_listed_as_such(office):
    office.ends("a", is_over=False)
    office.does("subject", ANNA, "erase", *WHY)
    (line,) = json.loads(office.does("retention", "list", "--json").stdout)
    assert line["left"] == 1
    head, row = office.does("retention", "list").stdout.splitlines()
    assert row[head.index("to do") :].split()[0] == "1"


def test_what_cannot_be_deleted_is_an_error(office):
    path = old(office)
    path.unlink()
    path.mkdir()
    done = office.does("retention", "run")
    assert done.exit_code == 1
    assert "it cannot be deleted" in done.stderr


def test_a_certificate_that_there_is_not_is_told(office):
    done = office.does("retention", "certificate", "7")
    assert (done.exit_code, "there is no erasure 7" in done.stderr) == (1, True)


def test_a_dry_run_says_that_nothing_is_due(office):
    done = office.does("retention", "run", "--dry-run")
    wanted = "Nothing is due.\nNothing was done: this was a dry run.\n"
    assert (done.exit_code, done.stdout) == (0, wanted)


def test_a_clock_that_nothing_agrees_with_deletes_nothing_unless_you_say_so(office):
    at = office.now - 90 * DAY_US
    office.ends("a", at=at)
    path = office.records("a", at=at)
    dry = office.does("retention", "run", "--dry-run")
    assert (dry.exit_code, "recording a-1 is deleted" in dry.stdout) == (1, True)
    done = office.does("retention", "run")
    assert done.exit_code == 1
    for told in (dry, done):
        assert "Set the clock, or if it is right, say so: eslflow ret" in told.stderr
    assert path.exists()
    sure = office.does("retention", "run", "--dry-run", "--even-so")
    assert (sure.exit_code, sure.stderr) == (0, "")
    assert office.does("retention", "run", "--even-so").exit_code == 0
    assert not path.exists()


def test_what_is_held_is_listed_with_who_and_why(office):
    assert office.does("retention", "holds").stderr == "Nothing is held.\n"
    office.talked()
    office.does("subject", "030 123456", "hold", "--reason", "4 C 12/27")
    office.does("subject", "030 999999", "hold", "--reason", "over soon")
    office.does("subject", "030 999999", "release", "--reason", "over")
    done = office.does("retention", "holds")
    assert done.exit_code == 0, done.output
    head, row = done.stdout.splitlines()
    assert row.startswith("+4930123456  20")
    assert row.endswith("4 C 12/27")
    assert head.split() == ["number", "since", "by", "calls", "because"]
    assert row[head.index("calls") :].split()[0] == "3"
    (held,) = json.loads(office.does("retention", "holds", "--json").stdout)
    assert held == {
        "number": "+4930123456",
        "at": held["at"],
        "who": held["who"],
        "reason": "4 C 12/27",
        "calls": 3,
    }
    assert held["at"].endswith("Z")


def test_who_lists_what_is_held_is_kept_first(office):
    office.does("subject", ANNA, "hold", *WHY)
    office.does("retention", "holds", "--reason", "yearly round")
    newest = json.loads(office.does("looks", "--json").stdout)[0]
    assert (newest["what"], newest["reason"]) == ("list holds", "yearly round")
