"""`eslflow recordings decrypt` and `keygen`."""

import json
import os
import pwd
import stat
from contextlib import contextmanager

import pyrage
import pytest

from eslflow.cli import decrypt
from eslflow.ledger.read import Reader
from tests.command import run
from tests.files import put
from tests.rest import IDENTITY, TO, Resting, masked_talk

WHY = ("--reason", "a complaint of 15 January")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a site with an encrypted recording, and one that is not."""
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "officer").write_text(f"{IDENTITY}\n")
    found = Resting(tmp_path)
    found.has()
    found.rests(encrypt_to=TO)
    found.has("v-1-1")
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return found


def decrypts(site, *words, identity="officer", why=WHY):
    place = site.ledger.parent
    options = ("--identity", str(place / identity), *why)
    return run(place, "recordings", "decrypt", *words, *options)


def looks(site, name="u-1-1"):
    with Reader(site.ledger) as ledger:
        return ledger.looks(site.row(name))


@pytest.mark.parametrize("way", ["name", "start", "file"])
def test_the_very_file_comes_out_for_its_user_alone(site, tmp_path, way):
    path = site.path(form="wav.age")
    word = {"name": "u-1-1", "start": "u-", "file": os.path.relpath(path)}[way]
    done = decrypts(site, word)
    assert (done.exit_code, done.stdout) == (0, "u-1-1.wav\n")
    out = tmp_path / "out/u-1-1.wav"
    assert out.read_bytes() == masked_talk()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert path.exists()


def test_who_looked_when_and_why_is_kept_and_shown(site):
    decrypts(site, "u-1-1")
    (look,) = looks(site)
    user = pwd.getpwuid(os.getuid()).pw_name
    assert (look["who"], look["what"], look["reason"]) == (user, "decrypt", WHY[1])
    assert (look["call_uuid"], look["recording_id"]) == ("u-1", "u-1-1")
    shown = run(site.ledger.parent, "recordings", "show", "u-1-1")
    assert f": decrypt by {user}\n            {WHY[1]}\n" in shown.stdout
    (line,) = json.loads(
        run(site.ledger.parent, "recordings", "show", "u-1-1", "--json").stdout
    )
    assert line["looks"][0]["at"].endswith("Z")


def test_the_look_is_on_disk_before_anything_is_decrypted(site, monkeypatch):
    seen = []

    @contextmanager
    def watched(path):
        seen.append((looks(site), path.exists()))
        yield from ()
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(decrypt, "new_file", watched)
    assert decrypts(site, "u-1-1").exit_code == 1
    ((kept, is_there),) = seen
    assert (len(kept), is_there) == (1, False)


def test_without_a_ledger_to_write_to_nothing_is_decrypted(site, tmp_path, monkeypatch):
    from eslflow.errors import StoreError
    from eslflow.ledger import writer

    def refused(*_):
        raise StoreError("the ledger cannot be written: disk full")

    monkeypatch.setattr(writer, "write", refused)
    done = decrypts(site, "u-1-1")
    assert (done.exit_code, "disk full" in done.stderr) == (1, True)
    assert os.listdir(tmp_path / "out") == []


def test_another_identity_opens_nothing_and_leaves_nothing(site, tmp_path):
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "other").write_text(f"{other}\n")
    done = decrypts(site, "u-1-1", identity="other")
    assert (done.exit_code, "it cannot be decrypted" in done.stderr) == (1, True)
    assert os.listdir(tmp_path / "out") == []
    assert len(looks(site)) == 1


def test_what_is_not_what_was_encrypted_does_not_stay(site, tmp_path):
    row = site.row()
    from eslflow.call.records import RecordingStored

    names = RecordingStored._fields
    wrong = {**{name: row[name] for name in names}, "plain_sha256": "0" * 64}
    site.writes([RecordingStored(**wrong)])
    done = decrypts(site, "u-1-1")
    assert "what was decrypted is not what was encrypted" in done.stderr
    assert os.listdir(tmp_path / "out") == []


def test_nothing_is_overwritten(site, tmp_path):
    put(tmp_path / "out/u-1-1.wav", b"mine")
    done = decrypts(site, "u-1-1")
    assert (done.exit_code, "name another with -o" in done.stderr) == (1, True)
    assert (tmp_path / "out/u-1-1.wav").read_bytes() == b"mine"
    assert looks(site) == []
    assert decrypts(site, "u-1-1", "-o", "other.wav").exit_code == 0


def test_a_file_that_changed_or_is_gone_is_not_decrypted(site):
    path = site.path(form="wav.age")
    put(path, b"something")
    assert "has changed: eslflow recordings verify" in decrypts(site, "u-1-1").stderr
    path.unlink()
    assert "there is no file" in decrypts(site, "u-1-1").stderr
    assert looks(site) == []


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("v-1-1", "v-1-1 is not encrypted: it is "),
        ("none", "there is no recording 'none'"),
        ("./none.wav.age", "no recording is kept in ./none.wav.age"),
    ],
)
def test_what_cannot_be_decrypted_is_told(site, word, told):
    done = decrypts(site, word)
    assert (done.exit_code, told in done.stderr) == (1, True)


def test_several_recordings_of_a_call_are_named(site):
    site.has("u-1-10")
    assert "say which: u-1-1, u-1-10" in decrypts(site, "u-1").stderr
    assert decrypts(site, "u-1-1").exit_code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Missing option '--reason'"),
        (("--reason", "  ", "--identity", "x"), "takes 1 to 500 characters"),
        (("--reason", "x" * 501, "--identity", "x"), "takes 1 to 500 characters"),
        (("--reason", "x"), "Say which --identity"),
    ],
)
def test_a_reason_and_an_identity_are_demanded(site, options, told):
    done = run(site.ledger.parent, "recordings", "decrypt", "u-1-1", *options)
    assert (done.exit_code, told in done.stderr) == (2, True)


def test_keygen_makes_what_decrypts(site, tmp_path):
    done = run(tmp_path, "recordings", "keygen", "new")
    assert done.exit_code == 0
    assert "Take new off this machine" in done.stderr
    site.rests(encrypt_to=(done.stdout.strip(),))
    assert decrypts(site, "v-1-1", identity="out/new").exit_code == 0
    again = run(tmp_path, "recordings", "keygen", "new")
    assert (again.exit_code, "File exists" in again.stderr) == (1, True)


def test_programs_are_told_in_json(site, tmp_path):
    done = run(tmp_path, "recordings", "keygen", "new", "--json")
    made = json.loads(done.stdout)
    site.rests(encrypt_to=(made["recipient"],))
    done = decrypts(site, "v-1-1", "--json", identity="out/new")
    assert json.loads(done.stdout) == {"file": "v-1-1.wav", "recording": "v-1-1"}
    assert made["file"] == "new"


def test_verify_looks_into_what_is_encrypted_with_an_identity(site, tmp_path):
    def verify(*words):
        return run(tmp_path, "recordings", "verify", "u-1-1", *words)

    done = verify()
    assert (done.exit_code, "only its checksum was compared" in done.stdout) == (0, 1)
    done = verify("--identity", str(tmp_path / "officer"))
    assert (done.exit_code, done.stdout) == (0, "intact    u-1-1\n")
    (tmp_path / "other").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    done = verify("--identity", str(tmp_path / "other"))
    assert (done.exit_code, "unknown" in done.stdout) == (1, True)
    put(site.path(form="wav.age"), b"something")
    assert verify().stdout.startswith("changed   u-1-1")


def test_list_and_show_say_in_which_form_it_is(site):
    place = site.ledger.parent
    done = run(place, "recordings", "list")
    (line,) = [row for row in done.stdout.splitlines() if row.startswith("u-1-1")]
    assert line.split()[-2:] == ["wav.age", "intact"]
    shown = run(place, "recordings", "show", "u-1-1").stdout
    assert f": wav.age, {site.row()['stored_bytes']} bytes" in shown
    assert f"{site.row()['stored_sha256']} (of the stored file)" in shown
    assert "stored" not in run(place, "recordings", "show", "v-1-1").stdout
