"""`eslflow proof`: made, checked, and who made it kept first."""

import json
import os
import pwd
import stat

import pytest

from eslflow.cli import proof
from eslflow.errors import StoreError
from eslflow.ledger import writer
from eslflow.ledger.read import Reader
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import connect, write
from tests.bundles import (
    AUDIO,
    CALL,
    FLOW,
    INNER,
    RECORDING,
    VERSION,
    VOICE,
    granted,
    parts_of,
    place_of,
    sha,
    site_with_proof,
)
from tests.command import run, site_with_calls
from tests.files import put
from tests.rest import IDENTITY, TO, Resting, masked_talk
from tests.tampered import let_in

USER = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def site(tmp_path, monkeypatch):
    site_with_proof(tmp_path / "site")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return tmp_path / "site"


def looks(site, name=""):
    with Reader(site / "eslflow.db") as ledger:
        return ledger.looks({"call_uuid": CALL, "id": name})


def made(site, *words, call="0a6f"):
    done = run(site, "proof", call, *words)
    assert done.exit_code == 0, done.output
    return done


def held(path):
    return parts_of(path.read_bytes())


def test_a_call_becomes_a_file_for_its_user_alone(site, tmp_path):
    done = made(site, "--reason", "complaint of 3 May")
    path = tmp_path / f"out/proof-{CALL}.zip"
    assert done.stdout == f"{path.name}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    parts = held(path)
    assert parts[f"audio/{sha(VOICE)}.wav"] == VOICE
    assert parts[f"flow/{VERSION}.yaml"] == FLOW
    assert "recordings/1.wav" not in parts
    why = "it was not asked for (--with-recording puts it in)"
    assert f"Not in it: recordings/1.wav: {why}\n" in done.stderr
    assert "Nachweis der Einwilligung" in parts["report.html"].decode()


def test_who_made_it_when_and_why_is_kept_and_in_it(site):
    made(site, "--reason", " complaint of 3 May ")
    (look,) = looks(site)
    assert (look["who"], look["what"]) == (USER, "proof")
    assert look["reason"] == "complaint of 3 May"
    assert verify(site / "eslflow.db").broken is None
    checked = run(site, "proof", "--check", f"proof-{CALL}.zip")
    assert f"by {USER}: complaint of 3 May" in checked.stdout


def test_it_is_kept_before_anything_of_it_can_be_had(site, tmp_path, monkeypatch):
    seen = []

    def watched(path):
        seen.append((len(looks(site)), path.exists()))
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(proof, "new_file", watched)
    assert run(site, "proof", CALL).exit_code == 1
    assert seen == [(1, False)]


def test_without_a_ledger_to_write_to_nothing_is_made(site, tmp_path, monkeypatch):
    def refused(*_):
        raise StoreError("the ledger cannot be written: disk full")

    monkeypatch.setattr(writer, "write", refused)
    done = run(site, "proof", CALL)
    assert (done.exit_code, "disk full" in done.stderr) == (1, True)
    assert os.listdir(tmp_path / "out") == []


def test_a_recording_goes_in_when_it_is_asked_for_with_a_reason(site, tmp_path):
    done = run(site, "proof", CALL, "--with-recording")
    assert (done.exit_code, "--with-recording wants one" in done.stderr) == (2, True)
    assert looks(site) == []
    made(site, "--with-recording", "--reason", "court", "-o", "x.zip")
    assert held(tmp_path / "out/x.zip")["recordings/1.wav"] == AUDIO
    assert [look["what"] for look in looks(site, RECORDING)] == ["decrypt", "proof"]
    assert len(looks(site)) == 1


def test_a_file_that_changed_is_left_out_and_told(site, tmp_path):
    put(place_of(site), AUDIO + b"x")
    words = ("--with-recording", "--reason", "court", "-o")
    done = run(site, "proof", "0a6f", *words, "x.zip")
    # It was asked for, and whoever runs this in a script is to notice.
    assert done.exit_code == 1
    assert run(site, "proof", "0a6f", *words, "y.zip", "--json").exit_code == 1
    assert (
        "Not in it: recordings/1.wav: its file is not the one of the ledger"
        in done.stderr
    )
    assert len(looks(site, RECORDING)) == 1
    said = held(tmp_path / "out/x.zip")["report.html"].decode()
    assert "ihre Datei ist nicht mehr die, die vermerkt ist" in said


def test_audio_that_was_replaced_is_told_and_nothing_else_put_in(site, tmp_path):
    put(site / "sounds/support/de/recording.wav", b"other words")
    done = made(site, "-o", "x.zip", "--language", "en")
    parts = held(tmp_path / "out/x.zip")
    assert not [name for name in parts if name.startswith("audio")]
    assert (
        f"Not in it: audio/{sha(VOICE)}.wav: it is not on that machine any more\n"
        in done.stderr
    )
    said = parts["report.html"].decode()
    assert "no longer on the machine that made this bundle" in said
    assert sha(VOICE) in said


def test_the_flow_that_ran_is_in_it_whatever_became_of_its_file(site, tmp_path):
    put(site / "flows/support.yaml", b"flow: other\n")
    made(site, "-o", "x.zip", "--language", "en")
    parts = held(tmp_path / "out/x.zip")
    assert parts[f"flow/{VERSION}.yaml"] == FLOW
    assert parts[f"flow/{sha(INNER)}.yaml"] == INNER
    said = parts["report.html"].decode()
    assert "Served since 2026-11-25 07:46:40.000 UTC, by anna (reload)." in said
    done = run(site, "proof", "--check", "x.zip")
    assert f"  flow      support {VERSION[:12]}, served since 2026-11-2" in done.stdout


def test_of_a_call_from_before_versions_a_file_is_taken_if_it_is_the_one(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "eslflow.yaml", b"country: DE\n")
    put(tmp_path / "flows/old.yaml", FLOW)
    write(tmp_path / "eslflow.db", [granted()._replace(flow_sha256=sha(FLOW))])
    made(tmp_path, "-o", "x.zip", "--language", "en")
    parts = held(tmp_path / "x.zip")
    assert parts[f"flow/{sha(FLOW)}.yaml"] == FLOW
    assert "Since when it was served, was not kept." in parts["report.html"].decode()
    done = run(tmp_path, "proof", "--check", "x.zip")
    assert f"  flow      support {sha(FLOW)[:12]}\n" in done.stdout
    put(tmp_path / "flows/old.yaml", b"flow: other\n")
    done = made(tmp_path, "-o", "y.zip")
    assert (
        f"Not in it: flow/{sha(FLOW)}.yaml: neither the ledger nor a file"
        in done.stderr
    )


def test_with_an_office_the_exports_are_in_it(site, tmp_path):
    office = (
        b"office: {name: Example Ltd, address: 1 Example Street, contact: the owner, "
        b"policy: 'https://example.com/privacy', withdrawal: call us, "
        b"storage: Example Town, email: privacy@example.com}\n"
    )
    put(site / "eslflow.yaml", b"country: DE\n" + office)
    made(site, "-o", "x.zip")
    parts = held(tmp_path / "out/x.zip")
    for form in ("iso27560", "kantara", "vcon"):
        done = run(site, "consents", "export", CALL, "--format", form, "--reason", "x")
        assert json.loads(parts[f"exports/{form}.json"]) == json.loads(done.stdout)
    done = run(site, "consents", "export", CALL, "--format", "csv", "--reason", "x")
    assert parts["exports/consents.csv"].decode() == done.stdout_bytes.decode()
    assert run(site, "proof", "--check", "x.zip").exit_code == 0


def test_old_audio_that_still_lies_somewhere_is_found(site, tmp_path):
    put(site / "sounds/support/de/recording.wav", b"other words")
    put(site / "sounds/old/2025.wav", VOICE)
    made(site, "-o", "x.zip")
    assert held(tmp_path / "out/x.zip")[f"audio/{sha(VOICE)}.wav"] == VOICE


def test_nothing_is_overwritten(site, tmp_path):
    put(tmp_path / "out/x.zip", b"mine")
    done = run(site, "proof", CALL, "-o", "x.zip")
    assert (done.exit_code, "name another with -o" in done.stderr) == (1, True)
    assert (tmp_path / "out/x.zip").read_bytes() == b"mine"
    assert looks(site) == []


def test_what_is_not_whole_does_not_stay(site, tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.bundle.make.sums", lambda hashes: b"")
    done = run(site, "proof", CALL)
    assert (done.exit_code, "SHA256SUMS does not fit" in done.stderr) == (1, True)
    assert os.listdir(tmp_path / "out") == []


def test_a_call_is_named_by_its_receipt_too(site):
    with connect(site / "eslflow.db") as db:
        (code,) = db.execute("SELECT max(receipt) FROM choices").fetchone()
    db.close()
    done = run(site, "proof", code)
    assert "several calls have the receipt 48213906" in done.stderr
    done = run(site, "proof", "nothing")
    assert (done.exit_code, "there is no call 'nothing'" in done.stderr) == (1, True)


def test_a_broken_ledger_proves_nothing(site):
    with connect(site / "eslflow.db") as db:
        let_in(db)
        db.execute(f"UPDATE choices SET key = '2' WHERE call_uuid = '{CALL}'")
    db.close()
    done = run(site, "proof", CALL)
    assert done.exit_code == 1
    assert "is not as it was written, and proves nothing" in done.stderr


def test_what_is_encrypted_wants_its_identity(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    put(tmp_path / "officer", f"{IDENTITY}\n".encode())
    resting = Resting(tmp_path)
    resting.has()
    resting.rests(encrypt_to=TO)
    with connect(tmp_path / "eslflow.db") as db:
        db.execute(
            "INSERT INTO calls (uuid, direction, caller, caller_digits, caller_name, "
            "called, called_digits, flow, flow_sha256, engine, offered_at) VALUES "
            "('u-1', 'inbound', '', '', '', '', '', 'f', '', 'e', 1)"
        )
    db.close()
    words = ("--with-recording", "--reason", "court", "-o", "x.zip")
    done = run(tmp_path, "proof", "u-1", *words)
    assert (done.exit_code, "u-1-1 is encrypted" in done.stderr) == (1, True)
    assert not (tmp_path / "x.zip").exists()
    done = run(tmp_path, "proof", "u-1", *words, "--identity", "officer")
    assert done.exit_code == 0, done.output
    assert held(tmp_path / "x.zip")["recordings/1.wav"] == masked_talk()
    assert run(tmp_path, "proof", "--check", "x.zip").exit_code == 0


# Checking.


def test_a_bundle_is_checked_without_a_site(site, tmp_path, monkeypatch):
    made(site, "-o", "x.zip")
    (tmp_path / "x.zip").write_bytes((tmp_path / "out/x.zip").read_bytes())
    monkeypatch.chdir(tmp_path)
    done = run(tmp_path / "nowhere", "proof", "--check", "x.zip")
    assert done.exit_code == 0
    assert done.stdout.startswith("x.zip: all of it is as eslflow wrote it\n")
    assert f"  call      {CALL}\n" in done.stdout
    assert "  rows      10, places 2 to 13, 2 of other calls between them\n" in (
        done.stdout
    )
    assert "  since     not compared: see --since\n" in done.stdout
    assert not (tmp_path / "nowhere").exists()


def test_one_that_does_not_hold_is_exit_1_with_why(site, tmp_path):
    made(site, "-o", "x.zip")
    path = tmp_path / "out/x.zip"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"key":"1"', b'"key":"2"'))
    done = run(site, "proof", "--check", "x.zip")
    assert done.exit_code == 1
    assert "chain/000000004.json is damaged" in done.stderr


def test_a_head_that_was_kept_elsewhere_binds_it(site):
    kept = run(site, "consents", "head", "--tree").stdout.strip()
    made(site, "-o", "early.zip")
    made(site, "--since", kept, "-o", "x.zip")
    done = run(site, "proof", "--check", "x.zip", "--since", kept)
    assert done.exit_code == 0
    assert f"9 rows stood in the ledger when {kept} was kept" in done.stdout
    done = run(site, "proof", "--check", "early.zip", "--since", kept)
    assert (done.exit_code, "and not to" in done.stderr) == (1, True)
    done = run(site, "proof", "--check", "x.zip", "--since", "12")
    assert (done.exit_code, "is no head" in done.stderr) == (2, True)


def test_a_head_of_the_chain_cannot_be_reached_back_to(site):
    kept = run(site, "consents", "head").stdout.strip()
    done = run(site, "proof", CALL, "--since", kept)
    assert (done.exit_code, "consents head --tree" in done.stderr) == (2, True)
    assert looks(site) == []


def test_json_for_programs(site, tmp_path):
    said = json.loads(made(site, "--json", "-o", "x.zip").stdout)
    assert said["file"] == "x.zip"
    checked = json.loads(run(site, "proof", "--check", "x.zip", "--json").stdout)
    assert checked["holds"] is True
    assert checked["heads"] == said["heads"] == [said["head"]]
    assert (checked["call"], checked["rows"], checked["since"]) == (CALL, 10, None)
    exports = [f"exports/{name}.json" for name in ("iso27560", "kantara", "vcon")]
    assert checked["left_out"] == {
        **dict.fromkeys(exports, "no office"),
        "recordings/1.wav": "not asked",
    }
    assert checked["flow"] == {
        "flow": "support",
        "version": VERSION,
        "since": "2026-11-25T07:46:40.000000Z",
        "who": "anna",
        "how": "reload",
    }
    (tmp_path / "out/x.zip").write_bytes(b"")
    done = run(site, "proof", "--check", "x.zip", "--json")
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert said["holds"] is False
    assert "it is no zip" in said["problem"]


@pytest.mark.parametrize("words", [(), ("0a6f", "--check", "x.zip")])
def test_a_call_or_a_file_is_named(site, words):
    done = run(site, "proof", *words)
    assert done.exit_code == 2
    assert "Name a call, or a file with --check." in done.stderr


def test_a_reason_has_its_limits(site):
    done = run(site, "proof", CALL, "--reason", "x" * 501)
    assert (done.exit_code, "up to 500 characters" in done.stderr) == (2, True)


def test_real_calls_of_every_kind_can_be_proved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for uuid in site_with_calls(tmp_path).values():
        done = run(tmp_path, "proof", uuid)
        assert done.exit_code == 0, done.output
        done = run(tmp_path, "proof", "--check", f"proof-{uuid}.zip")
        assert done.exit_code == 0, done.output
