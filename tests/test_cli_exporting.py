"""`eslflow consents export`."""

import csv
import io
import json
import os
import pwd
import shutil
import sqlite3
import stat
from contextlib import closing

import pytest

from eslflow.call.records import CallOffered
from eslflow.cli import exporting
from eslflow.exports import iso27560, kantara
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import write
from eslflow.settings import read_settings
from tests.command import run, site_with_calls
from tests.forms import ISO27560, KANTARA, VCON, valid
from tests.test_office import FULL

WHY = ("--reason", "an audit of 15 January")
FORMATS = ("iso27560", "kantara", "vcon", "csv")


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calls")
    site_with_calls(folder)
    return folder


@pytest.fixture
def site(calls, tmp_path):
    """Return a site of one's own, with an office."""
    shutil.copytree(calls, tmp_path / "site")
    (tmp_path / "site/eslflow.yaml").write_text(FULL)
    return tmp_path / "site"


def exports(site, form, *words, why=WHY):
    return run(site, "consents", "export", *words, "--format", form, *why)


def documents(site, form, *words):
    done = exports(site, form, *words)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def looks(site, uuid):
    with Reader(site / "eslflow.db") as ledger:
        return ledger.looks({"call_uuid": uuid, "id": ""})


def test_a_call_comes_out_in_each_form(site):
    (record,) = documents(site, "iso27560", "aaaa")
    valid(ISO27560, record)
    assert record["events"][-1]["event_state"] == "given"
    (receipt,) = documents(site, "kantara", "aaaa")
    valid(KANTARA, receipt)
    vcon = documents(site, "vcon", "aaaa")
    valid(VCON, vcon)
    assert vcon["dialog"][0]["type"] == "recording"
    lines = list(csv.DictReader(io.StringIO(exports(site, "csv", "aaaa").stdout)))
    assert [(line["call_uuid"], line["state"]) for line in lines] == [
        ("aaaa-1", "granted")
    ]


def test_without_a_call_all_that_fit_come_out_as_a_list(site):
    assert len(documents(site, "iso27560")) == 4
    uuids = [v["dialog"][0]["session_id"]["local"] for v in documents(site, "vcon")]
    assert uuids == ["dddd-4", "cccc-3", "bbbb-2", "aaaa-1"]
    (refused,) = documents(site, "vcon", "--state", "refused")
    assert refused["dialog"][0]["type"] == "recording-set"
    (refused,) = documents(site, "vcon", "--state", "refused", "--refused-as", "text")
    assert refused["dialog"][0]["body"] == "2"
    assert len(documents(site, "iso27560", "--limit", "2")) == 2
    (found,) = documents(site, "iso27560", "--number", "030 222222")
    assert found["pii_principal_id"] == "+4930222222"


def test_who_exported_when_and_why_is_kept_for_each_call_and_shown(site):
    exports(site, "vcon", "aaaa")
    exports(site, "csv", "--state", "granted")
    user = pwd.getpwuid(os.getuid()).pw_name
    found = looks(site, "aaaa-1")
    assert [(look["what"], look["who"], look["reason"]) for look in found] == [
        ("export vcon", user, WHY[1]),
        ("export csv", user, WHY[1]),
    ]
    assert looks(site, "bbbb-2") == []
    verified = run(site, "consents", "verify")
    assert (verified.exit_code, "12 rows of proof" in verified.stdout) == (0, True)
    shown = run(site, "consents", "show", "aaaa").stdout
    assert f": export vcon by {user}\n            {WHY[1]}\n" in shown
    assert "looked" not in run(site, "consents", "show", "bbbb").stdout
    told = json.loads(run(site, "consents", "show", "aaaa", "--json").stdout)
    assert told["looks"][0]["at"].endswith("Z")


@pytest.mark.parametrize("form", FORMATS)
def test_the_look_is_on_disk_before_anything_is_given_out(site, monkeypatch, form):
    # One call at a time, so that each has its look before it is read.
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    early = []
    echo = exporting.click.echo

    def watched(text, **more):
        early.extend(
            uuid
            for uuid in ("aaaa-1", "bbbb-2", "cccc-3", "dddd-4")
            if uuid in text and not looks(site, uuid)
        )
        echo(text, **more)

    monkeypatch.setattr(exporting.click, "echo", watched)
    assert exports(site, form).exit_code == 0
    assert early == []
    assert all(looks(site, u) for u in ("aaaa-1", "bbbb-2", "cccc-3", "dddd-4"))


@pytest.mark.parametrize("form", FORMATS)
def test_what_cannot_be_kept_is_not_exported(site, monkeypatch, form):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eslflow.ledger.writer.write", fails)
    done = exports(site, form, "aaaa")
    assert done.exit_code == 1
    assert "aaaa-1" not in done.stdout


@pytest.mark.parametrize("form", FORMATS)
def test_a_reason_is_asked_for(site, form):
    assert exports(site, form, "aaaa", why=()).exit_code == 2
    for reason in ("", "  ", "x" * 501):
        done = exports(site, form, "aaaa", why=("--reason", reason))
        assert (done.exit_code, done.stdout) == (2, "")
    assert looks(site, "aaaa-1") == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_for_its_user_alone_and_none_is_written_over(site, tmp_path, form):
    path = tmp_path / "out"
    done = exports(site, form, "-o", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == exports(site, form).stdout_bytes
    before = path.read_bytes()
    again = exports(site, form, "aaaa", "-o", str(path))
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert path.read_bytes() == before
    assert len(looks(site, "aaaa-1")) == 2


def test_a_table_names_no_office_and_the_rest_say_what_is_missing(calls, tmp_path):
    shutil.copytree(calls, tmp_path / "site")
    assert exports(tmp_path / "site", "csv", "aaaa").exit_code == 0
    before = looks(tmp_path / "site", "aaaa-1")
    for form in FORMATS[:3]:
        done = exports(tmp_path / "site", form, "aaaa")
        assert done.exit_code == 78
        assert "add office: with name, address, contact, email, policy" in done.stderr
    assert looks(tmp_path / "site", "aaaa-1") == before


def test_calls_of_which_there_is_no_receipt_are_counted(site):
    done = exports(site, "kantara")
    assert len(json.loads(done.stdout)) == 1
    assert done.stderr == "3 calls have none: nobody agreed to anything.\n"
    done = exports(site, "kantara", "bbbb")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no receipt can be made" in done.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_that_fits_is_an_error_and_makes_no_file(site, tmp_path, form):
    done = exports(site, form, "--number", "999999", "-o", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "no consent fits" in done.stderr
    assert not (tmp_path / "out").exists()
    assert "there is no call 'zzzz'" in exports(site, form, "zzzz").stderr


def test_a_call_is_narrowed_to_a_purpose(site):
    assert exports(site, "iso27560", "aaaa", "--purpose", "ai").exit_code == 1
    (record,) = documents(site, "iso27560", "aaaa", "--purpose", "training")
    assert record["pii_processing"]["purposes"][0]["purpose"] == "training"


def test_a_call_of_which_nothing_was_kept_but_itself_is_a_vcon(site, tmp_path):
    offered = CallOffered("eeee-5", "inbound", "1", "", "2", "f", "f0", "e", 10)
    write(site / "eslflow.db", (offered,))
    vcon = documents(site, "vcon", "eeee")
    assert vcon["attachments"][0]["purpose"] == "recording_control_log"
    assert len(looks(site, "eeee-5")) == 1


def test_words_that_were_erased_are_shown_as_erased(site):
    run(site, "consents", "withdraw", "aaaa", "--reason", "Anna wrote on 3 May")
    record = documents(site, "iso27560", "aaaa")[0]
    assert record["events"][-1]["evidence"]["remark"] == "Anna wrote on 3 May"
    with closing(sqlite3.connect(site / "eslflow.db")) as db, db:
        db.execute("DELETE FROM personal")
        db.execute("DELETE FROM calls WHERE uuid = 'aaaa-1'")
    record = documents(site, "iso27560", "aaaa")[0]
    assert record["events"][-1]["evidence"]["remark"] == "(erased)"
    assert record["pii_principal_id"] == "(erased)"
    vcon = documents(site, "vcon", "aaaa")
    assert "Anna" not in json.dumps(vcon)
    assert vcon["parties"][0] == {"name": "anonymous"}
    (line,) = csv.DictReader(io.StringIO(exports(site, "csv", "aaaa").stdout))
    assert (line["caller"], line["caller_name"]) == ("(erased)", "(erased)")


def test_what_makes_a_document_is_what_is_tested_for_it(site):
    with Reader(site / "eslflow.db") as ledger:
        kept = ledger.call("aaaa-1")
    office = read_settings(site).office
    assert documents(site, "iso27560", "aaaa") == iso27560.records(kept, office)
    assert documents(site, "kantara", "aaaa") == kantara.receipts(kept, office)
