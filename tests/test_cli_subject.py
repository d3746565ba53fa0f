"""`eslflow subject`: all that is kept of a person, shown, held, erased."""

import json
import sqlite3
from contextlib import closing
from functools import partial
from zipfile import ZipFile

import pytest

from eslflow.call.records import CallEnded, LegalHold, Look, RecordingEnded
from eslflow.ledger.erasure import mark_of
from eslflow.ledger.read import Reader
from eslflow.ledger.subject import HELD, find, held_of
from eslflow.ledger.tombstone import erasure
from eslflow.ledger.writer import connect, spill_of, write
from tests.cut import killed_at
from tests.persons import ANNA, BEN, NAME, NORMAL, SPELLINGS, WHY, Office


@pytest.fixture
def office(tmp_path, monkeypatch):
    for module in ("subject", "holding"):
        monkeypatch.setattr(f"eslflow.cli.{module}.who", lambda: "dpo")
    return Office(tmp_path)


def looks(office):
    with closing(connect(office.ledger)) as db:
        return db.execute("SELECT who, what, reason, subject FROM looks").fetchall()


# What is shown.


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_person_is_found_in_every_spelling_and_on_both_sides(office, number):
    office.talked()
    done = office.does("subject", number, "show")
    assert done.exit_code == 0, done.output
    head, *calls = done.stdout.split("\n\nCall ")
    assert head.startswith(f"What is kept of {ANNA}\n")
    assert "030123456" in head
    assert f"named     {NAME}, as" in head
    assert "calls     3, from" in head
    assert "recorded  2 files" in head
    assert sorted(call[:6] for call in calls) == ["anna-1", "anna-2", "anna-3"]
    assert "ben" not in done.stdout


def test_programs_read_the_same(office):
    office.talked()
    kept = json.loads(office.does("subject", ANNA, "show", "--json").stdout)
    assert kept["number"] == ANNA
    assert kept["names"] == [NAME]
    assert {call["call"]["uuid"]: call["side"] for call in kept["calls"]} == {
        "anna-1": "caller",
        "anna-2": "caller",
        "anna-3": "called",
    }
    assert kept["calls"][0]["call"]["offered_at"].endswith("Z")


def test_who_looks_is_kept_first_and_shown_the_next_time(office):
    office.talked()
    office.does("subject", ANNA, "show", "--reason", "letter of Ms Lee")
    ((who, what, reason, subject),) = looks(office)
    assert (who, what) == ("dpo", "show")
    # Who it was about stands beside the proof, and can be erased.
    assert reason.startswith("personal:")
    assert subject.startswith("personal:")
    again = office.does("subject", ANNA, "show").stdout
    assert "show by dpo: letter of Ms Lee" in again
    assert office.is_whole()


def test_of_whom_nothing_is_kept_nothing_is_kept_by_asking(office):
    office.talked()
    done = office.does("subject", "+4930999999", "show", "--reason", "letter")
    assert (done.exit_code, done.stdout) == (0, "Nothing is kept of +4930999999.\n")
    assert looks(office) == []


@pytest.mark.parametrize("number", ["anonymous", "nobody", ""])
def test_what_is_no_number_is_refused(office, number):
    done = office.does("subject", number, "show")
    assert done.exit_code == 1
    assert "is no number of a person" in done.stderr


# What is erased.


def test_a_dry_run_says_it_all_and_does_nothing(office):
    files = office.talked()
    before = office.ledger.read_bytes()
    done = office.does("subject", ANNA, "erase", *WHY, "--dry-run")
    assert done.exit_code == 0, done.output
    assert f"names     {NAME}" in done.stdout
    for number, side in ((1, "caller"), (2, "caller"), (3, "called")):
        assert f"call anna-{number}: {side} is erased\n" in done.stdout
    for path in files:
        assert f"is deleted: {path}" in done.stdout
        assert path.exists()
    assert done.stdout.endswith("Nothing was done: this was a dry run.\n")
    assert office.ledger.read_bytes() == before


@pytest.mark.parametrize("number", SPELLINGS)
def test_after_it_the_number_is_in_no_file_and_the_proof_holds(office, number):
    files = office.talked()
    office.does("subject", ANNA, "show", "--reason", "asked by Annabel Lee")
    write(office.ledger, [Look(1, "x", "decrypt", "ben-1", "", "he named 030 123456")])
    assert office.traces() != []
    done = office.does("subject", number, "erase", *WHY)
    assert done.exit_code == 0, done.output
    assert office.traces() == []
    assert not any(path.exists() for path in files)
    assert office.is_whole()
    # Somebody else's are there as before.
    assert office.call("ben-1")["call"]["caller"] == BEN
    assert office.does("subject", BEN, "show").stdout.count("\n\nCall ") == 1


def test_it_works_beside_a_controller_that_has_the_ledger_open(office):
    """It writes in another process; here another connection stands for it."""
    office.talked()
    with closing(connect(office.ledger)) as serving:
        serving.execute("SELECT count(*) FROM calls").fetchall()
        done = office.does("subject", ANNA, "erase", *WHY)
        assert done.exit_code == 0, done.output
        assert office.traces() == []
        (count,) = serving.execute("SELECT count(*) FROM calls").fetchone()
        assert count == 4


def test_what_was_pressed_stays_and_names_nobody(office):
    office.talked()
    office.does("subject", ANNA, "erase", *WHY)
    first, third = office.call("anna-1"), office.call("anna-3")
    assert (first["call"]["caller"], first["call"]["caller_name"]) == ("", "")
    assert first["call"]["called"] == "100"
    assert (third["call"]["caller"], third["call"]["called"]) == ("100", "")
    # The name of a caller who was not erased.
    assert third["call"]["caller_name"] == "Front desk"
    (choice,) = first["choices"]
    assert (choice["state"], choice["key"]) == ("granted", "1")
    assert first["recording_actions"][0]["path"] == "(erased)"
    assert first["recordings"][0]["erased_for"] == "erased by order 1"
    shown = office.does("calls", "show", "anna-1").stdout
    assert "  from      no number is kept: it was withheld, or erased\n" in shown


def test_the_certificate_proves_it_under_a_keyed_hash(office):
    office.talked()
    told = office.does("subject", ANNA, "erase", *WHY).stdout
    found = erasure(office.ledger, 1)
    (key,) = [line.split()[1] for line in told.splitlines() if "  key  " in line]
    assert found["subject"] == mark_of(bytes.fromhex(key), ANNA)
    assert f"hmac-sha256 {found['subject']}" in told
    assert (found["who"], found["reason"], found["calls"]) == ("dpo", "file 17", 3)
    (done,) = found["done"]
    assert (done["calls"], done["recordings"], done["words"]) == (3, 2, 0)
    assert "deleted: 2 texts about the person" in told
    assert f"place {done['place']}, {done['hash']}" in told
    assert [file["reply"] for file in found["files"]] == ["1 file removed"] * 2
    again = office.does("retention", "certificate", "1").stdout
    assert "  key  " not in again
    assert key.encode() not in office.ledger.read_bytes()
    without = [line for line in told.splitlines() if line in again.splitlines()]
    assert without == again.splitlines()


def test_once_more_there_is_nothing_to_erase(office):
    office.talked()
    office.does("subject", ANNA, "erase", *WHY)
    done = office.does("subject", ANNA, "erase", *WHY)
    assert (done.exit_code, done.stdout) == (
        0,
        f"Nothing is kept of {ANNA}: there is nothing to erase.\n",
    )
    assert len(json.loads(office.does("retention", "list", "--json").stdout)) == 1


@pytest.mark.parametrize("reason", ["for 030-123456", "of annabel LEE", " ", "x" * 501])
def test_a_reason_that_names_the_person_would_outlive_it(office, reason):
    office.talked()
    done = office.does("subject", ANNA, "erase", "--reason", reason)
    assert done.exit_code == 2
    assert office.call("anna-1")["call"]["caller"] == "030123456"


def test_rows_that_wait_beside_the_ledger_may_name_anybody(office):
    office.talked()
    spill = spill_of(office.ledger)
    spill.add([[CallEnded("anna-1", 9, "hung_up", "", "talk")]])
    done = office.does("subject", ANNA, "erase", *WHY)
    assert done.exit_code == 1
    assert "eslflow serve writes them when it can" in done.stderr
    assert office.call("anna-1")["call"]["caller"] == "030123456"


def test_files_of_others_that_name_the_person_are_told(office):
    office.talked()
    (office.folder / "notes.txt").write_text("call 030 / 12 34 56 back")
    with ZipFile(office.folder / "export.zip", "w") as file:
        file.writestr("calls.csv", ANNA)
    (office.folder / "other.txt").write_text("+4930123457 and 17")
    done = office.does("subject", ANNA, "erase", *WHY)
    assert done.exit_code == 1
    assert "notes.txt names the number" in done.stderr
    assert "export.zip names the number" in done.stderr
    assert "other.txt" not in done.stderr
    # All else is done.
    assert office.call("anna-1")["call"]["caller"] == ""


def test_what_cannot_be_deleted_keeps_the_rest_of_its_call(office):
    path, _ = office.talked()
    path.unlink()
    path.mkdir()
    done = office.does("subject", ANNA, "erase", *WHY)
    assert done.exit_code == 1
    assert "its erasure was asked for, and it cannot be deleted" in done.stderr
    assert "to do     1 call:" in done.stdout
    assert office.call("anna-1")["call"]["caller"] == "030123456"
    assert office.call("anna-2")["call"]["caller"] == ""
    path.rmdir()
    assert office.does("retention", "run").exit_code == 0
    assert office.traces() == []
    assert office.is_whole()


def test_a_call_that_goes_on_is_erased_once_it_has_ended(office):
    office.talked()
    office.ends("anna-4", is_over=False)
    path = office.records("anna-4", is_over=False)
    done = office.does("subject", ANNA, "erase", *WHY)
    assert "call anna-4: caller is erased, once it has ended\n" in done.stdout
    assert "to do     1 call:" in done.stdout
    assert path.exists()
    assert office.call("anna-4")["call"]["caller"] == "030123456"
    at = office.now
    over = RecordingEnded("anna-4-1", at, at, 2000, "", "stopped", at)
    write(office.ledger, [over, CallEnded("anna-4", at, "hung_up", "", "talk")])
    office.does("retention", "run")
    assert not path.exists()
    assert office.traces() == []
    assert [row["calls"] for row in erasure(office.ledger, 1)["done"]] == [3, 1]


# Holds.


def test_an_erasure_leaves_the_words_of_a_hold_that_is_in_force(office):
    """Also of one that names somebody else, whose number has this one at its end."""
    office.talked()
    key = f"Ms 030 123456 ({BEN})"
    write(office.ledger, [LegalHold(5, HELD, "x", "court", key)])
    assert office.does("subject", ANNA, "erase", *WHY).exit_code == 0
    assert [held.key for held in held_of(office.ledger)] == [key]


def test_a_call_with_somebody_who_is_held_stays(office):
    office.talked()
    office.ends("both", "030123456", BEN)
    path = office.records("both")
    office.does("subject", BEN, "hold", "--reason", "court")
    words = "call both stays: it is under a legal hold of somebody else"
    dry = office.does("subject", ANNA, "erase", *WHY, "--dry-run")
    assert words in dry.stdout
    done = office.does("subject", ANNA, "erase", *WHY)
    assert (done.exit_code, words in done.stderr) == (1, True)
    assert path.exists()
    assert office.call("both")["call"]["caller"] == "030123456"
    assert office.call("anna-1")["call"]["caller"] == ""
    office.does("subject", BEN, "release", "--reason", "over")
    assert office.does("subject", ANNA, "erase", *WHY).exit_code == 0
    assert office.traces() == []


def test_a_hold_that_comes_before_a_call_has_ended_keeps_it(office):
    office.ends("on", is_over=False)
    path = office.records("on", is_over=False)
    office.does("subject", ANNA, "erase", *WHY)
    office.does("subject", ANNA, "hold", "--reason", "court")
    at = office.now
    over = RecordingEnded("on-1", at, at, 2000, "", "stopped", at)
    write(office.ledger, [over, CallEnded("on", at, "hung_up", "", "talk")])
    office.does("retention", "run")
    assert path.exists()
    assert office.call("on")["call"]["caller"] == "030123456"
    office.does("subject", ANNA, "release", "--reason", "over")
    office.does("retention", "run")
    assert not path.exists()
    assert office.call("on")["call"]["caller"] == ""


def test_programs_erase_too(office):
    office.talked()
    plan = json.loads(
        office.does("subject", ANNA, "erase", *WHY, "--dry-run", "--json").stdout
    )
    assert (plan["number"], plan["names"], plan["words"]) == (ANNA, [NAME], 2)
    (call,) = [call for call in plan["calls"] if call["call"] == "anna-1"]
    assert (call["side"], call["goes_on"], call["held"]) == ("caller", False, False)
    assert call["recordings"][0]["id"] == "anna-1-1"
    done = json.loads(office.does("subject", ANNA, "erase", *WHY, "--json").stdout)
    assert done["subject"] == mark_of(bytes.fromhex(done["key"]), ANNA)
    assert (done["left"], done["problems"]) == (0, [])
    again = office.does("subject", ANNA, "erase", *WHY, "--json")
    assert again.stdout == "null\n"


def test_a_hold_keeps_what_was_withdrawn(office):
    path, _ = office.talked()
    office.does("subject", ANNA, "hold", "--reason", "court")
    done = office.does("consents", "withdraw", "anna-1", "--reason", "letter")
    assert done.exit_code == 0
    assert "recording anna-1-1 stays: it is under a legal hold" in done.stdout
    assert path.exists()


# A run that was cut off.


ERASING = ("ledger/erasure", "ledger/scrub", "recordings/erase", "cli/erasing")
"""Modules that write when somebody is erased."""


def test_cut_off_anywhere_the_next_run_ends_what_was_begun(tmp_path):
    calls, is_cut_off = 0, True
    while is_cut_off:
        folder = tmp_path / str(calls)
        folder.mkdir()
        office = Office(folder)
        files = office.talked()
        erases = partial(office.does, "subject", ANNA, "erase", *WHY)
        is_cut_off = killed_at(calls, erases, ERASING)
        with closing(sqlite3.connect(office.ledger)) as db:
            was_begun = db.execute("SELECT count(*) FROM erasures").fetchone()[0]
            known = find(db, ANNA, NORMAL).sides
        # Who cannot be found any more, has no file left.
        assert known or not any(path.exists() for path in files)
        if was_begun:
            assert office.does("retention", "run").exit_code == 0
            assert office.traces() == []
            assert not any(path.exists() for path in files)
            assert len(erasure(office.ledger, 1)["done"]) == 1
        assert office.is_whole()
        with Reader(office.ledger) as ledger:
            kept = ledger.call("anna-1")["recordings"][0]
        assert kept["erased_at"] is None or not files[0].exists()
        calls += 7
    assert calls > 100
