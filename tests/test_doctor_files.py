"""Who else on this machine may read what a site keeps."""

import os
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from eslflow.doctor import files
from eslflow.doctor.finding import Level
from eslflow.settings import AtRest, Control, Convert, Settings
from tests.ward import Noon


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site that is as it should be, in a folder that everybody may pass through."""
    monkeypatch.setattr(files, "_passable", lambda place: place != tmp_path / "shut")
    (tmp_path / "recordings").mkdir(mode=0o770)
    for name in ("eslflow.db", "tokens.yaml", "switch.password"):
        (tmp_path / name).touch(mode=0o600)
    return Settings(
        tmp_path,
        recordings=tmp_path / "recordings",
        ledger=tmp_path / "eslflow.db",
        control=Control("127.0.0.1", 1, tmp_path / "tokens.yaml"),
    )


def test_what_is_closed_is_well(site):
    (finding,) = files.rights(site, site.folder / "switch.password")
    assert finding.level is Level.OK


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("eslflow.db", "who called"),
        ("eslflow.db-wal", "who called"),
        ("eslflow.db.spill.jsonl", "who called"),
        ("tokens.yaml", "who may use the control API"),
        ("switch.password", "the password of the event socket"),
    ],
)
def test_what_everybody_can_read_is_told(site, name, words):
    path = site.folder / name
    path.touch()
    path.chmod(0o644)
    (finding,) = files.rights(site, site.folder / "switch.password")
    assert finding.level is Level.ERROR
    assert finding.text == f"every user of this machine can read {path}"
    assert words in finding.means
    assert finding.mend == f"chmod o= {path}"


def test_the_files_of_one_ledger_are_told_together(site):
    for name in ("eslflow.db", "eslflow.db-shm"):
        (site.folder / name).touch()
        (site.folder / name).chmod(0o646)
    (finding,) = files.rights(site, site.folder / "switch.password")
    assert "can read and change " in finding.text
    assert finding.mend.count("eslflow.db") == 2


def test_a_file_that_others_can_only_write_is_told(site):
    site.ledger.chmod(0o602)
    (finding,) = files.rights(site, site.folder / "switch.password")
    assert "can change" in finding.text


def test_a_folder_that_nobody_passes_through_closes_what_is_in_it(site, tmp_path):
    (tmp_path / "shut").mkdir()
    path = tmp_path / "shut" / "open"
    path.touch()
    path.chmod(0o666)
    assert not files.is_open(path)
    (tmp_path / "beside").touch()
    (tmp_path / "beside").chmod(0o644)
    assert files.is_open(tmp_path / "beside")


def test_whether_a_folder_can_be_passed_through_is_its_mode(tmp_path):
    tmp_path.chmod(0o750)
    assert not files._passable(tmp_path)
    tmp_path.chmod(0o751)
    assert files._passable(tmp_path)


@pytest.mark.parametrize("name", ["eslflow.yaml", "flows", "sounds"])
def test_what_everybody_can_change_is_told(site, name):
    path = site.folder / name
    path.mkdir()
    path.chmod(0o707)
    moved = replace(site, flows=site.folder / "flows", sounds=site.folder / "sounds")
    (finding,) = files.rights(moved)
    assert finding.level is Level.ERROR
    assert finding.text == f"every user of this machine can change {path}"
    assert finding.mend == f"chmod o-w {path}"


def test_a_key_beside_what_it_decrypts_is_told_and_not_shown(site):
    path = site.folder / "backup.key"
    path.write_text("# public key: age1x\nAGE-SECRET-KEY-1ABC\n")
    path.chmod(0o600)
    (finding,) = files.rights(site)
    assert finding.level is Level.WARNING
    assert finding.text == f"the key {path} lies beside what it decrypts"
    path.chmod(0o604)
    (finding,) = files.rights(site)
    assert finding.level is Level.ERROR
    assert finding.text == f"every user of this machine can read the key {path}"
    assert "ABC" not in str(finding)


def test_a_large_file_is_no_key(site):
    path = site.folder / "big"
    path.write_bytes(files.IDENTITY + bytes(files.LONGEST_KEY))
    (finding,) = files.rights(site)
    assert finding.level is Level.OK


def test_recordings_that_everybody_gets_into_are_told(site):
    site.recordings.chmod(0o771)
    (finding,) = files.rights(site, site.folder / "switch.password")
    assert finding.level is Level.ERROR
    assert "can get into" in finding.text
    assert f"chmod 2770 {site.recordings}" in finding.mend


def test_recordings_that_are_not_there_yet_are_told(site):
    site.recordings.rmdir()
    (finding,) = files.rights(site, site.folder / "switch.password")
    assert finding.level is Level.WARNING
    assert f"mkdir {site.recordings};" in finding.mend


def test_what_cannot_be_looked_at_is_told(site, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(files, "is_open", refuse)
    found = list(files.rights(site, site.folder / "switch.password"))
    assert [finding.level for finding in found] == [Level.WARNING] * 3
    assert f"{site.ledger} cannot be looked at" in found[0].text


def test_a_site_without_switch_and_control_has_fewer_secrets(site):
    alone = Settings(site.folder, recordings=site.recordings, ledger=site.ledger)
    (finding,) = files.rights(alone)
    assert finding.level is Level.OK


def test_a_site_that_leaves_recordings_as_they_are_needs_nothing(site):
    assert list(files.at_rest(site)) == []


def wants(site, folder, **wanted):
    """Let a site want something of its recordings at rest."""
    program = folder / "upload"
    program.touch(mode=0o700)
    hook = (str(program), "--quiet")
    return replace(site, recording=AtRest(**{"hook": hook, **wanted}))


def test_what_becomes_of_recordings_is_told(site, tmp_path):
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    wanted = wants(site, tmp_path, convert=Convert.FLAC, encrypt_to=(recipient,))
    (found,) = files.at_rest(wanted)
    assert found.level is Level.OK
    done = (
        f"recordings can be converted to flac, encrypted, handed to {tmp_path}/upload"
    )
    assert found.text == done


def test_a_program_that_is_not_there_is_told_before_serve_refuses_to_start(
    site, tmp_path
):
    (found,) = files.at_rest(wants(site, tmp_path, hook=("/nowhere/upload",)))
    assert (found.level, found.topic) == (Level.ERROR, "at rest")
    assert found.text.startswith("recording: hook: /nowhere/upload cannot be run: ")


def test_the_room_that_is_left_is_told(tmp_path):
    site = Settings(tmp_path, recordings=tmp_path / "not" / "there", free_space=1)
    finding = files.room(site, Noon())
    assert finding.level is Level.OK
    assert finding.text.endswith(f"in {tmp_path}")


def test_a_disk_that_is_full_is_told(tmp_path):
    left = os.statvfs(tmp_path)
    more = left.f_blocks * left.f_frsize + 1
    site = Settings(Path("/site"), recordings=tmp_path, free_space=more)
    finding = files.room(site, Noon())
    assert finding.level is Level.ERROR
    assert "are free in" in finding.text
    assert "none of them is recorded" in finding.means


def test_a_folder_that_cannot_be_listed_is_no_reason_to_stop(site, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    (finding,) = files.rights(site)
    assert finding.level is Level.OK
