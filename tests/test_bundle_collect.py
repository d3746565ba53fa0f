"""The files that go into a bundle: none is taken for another."""

import os
import time
from contextlib import ExitStack

import pytest

from eslflow.bundle.collect import Recordings, by_hash, zones
from eslflow.bundle.facts import Zone
from eslflow.errors import Elsewhere, Sealed
from eslflow.recordings.age import read_identities
from tests.bundles import sha
from tests.files import put
from tests.rest import IDENTITY, TO, Resting, masked_talk


def test_a_file_is_found_by_its_hash_wherever_it_lies(tmp_path):
    put(tmp_path / "a/en/other.wav", b"new words")
    put(tmp_path / "b/deep/er/old.wav", b"old words")
    put(tmp_path / "b/old.txt", b"text")
    wanted = {sha(b"old words"), sha(b"text"), "", "5e"}
    folders = (tmp_path / "a", tmp_path / "b", tmp_path / "none")
    assert by_hash(wanted, folders, "wav") == {sha(b"old words"): b"old words"}


def test_nothing_is_read_when_nothing_is_wanted(tmp_path):
    path = put(tmp_path / "a.wav", b"x")
    path.chmod(0)
    assert by_hash({""}, [tmp_path], "wav") == {}


def test_what_is_no_file_or_no_prompt_is_not_read(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()
    put(tmp_path / "huge.wav", b"12345")
    monkeypatch.setattr("eslflow.bundle.collect.MOST", 4)
    assert by_hash({sha(b"12345")}, [tmp_path], "wav") == {}


@pytest.fixture
def site(tmp_path):
    found = Resting(tmp_path)
    found.has()
    return found


def looked(site, **change):
    return Recordings(site.folder, [{**site.row(), **change}], is_wanted=True)


def opened(recordings, identities=()):
    with ExitStack() as stack:
        return {
            name: file.read() if not file.seek(0) else b""
            for name, file in recordings.open(stack, identities)
        }


def test_an_intact_recording_is_handed_out(site):
    found = looked(site)
    found.demand(())
    assert opened(found) == {"recordings/1.wav": masked_talk()}
    assert found.left_out == {}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"erased_at": 1}, "erased"),
        ({"verdict": "leaked"}, "not intact"),
        ({"verdict": None, "checked_at": None}, "not checked"),
        ({"sha256": ""}, "empty"),
        ({"sha256": "5e" * 32}, "changed"),
        ({"stored_sha256": "5e" * 32}, "changed"),
    ],
)
def test_what_is_not_to_be_had_is_left_out_with_why(site, change, why):
    found = looked(site, **change)
    assert (found.found, found.left_out) == ({}, {"recordings/1.wav": why})


def test_a_file_that_is_gone_or_not_asked_for_is_left_out(site):
    found = Recordings(site.folder, [site.row()], is_wanted=False)
    assert found.left_out == {"recordings/1.wav": "not asked"}
    site.path().unlink()
    assert looked(site).left_out == {"recordings/1.wav": "gone"}


def test_what_lies_elsewhere_is_not_opened(site, tmp_path):
    put(tmp_path / "secret.wav", masked_talk())
    with pytest.raises(Elsewhere, match="was not opened"):
        looked(site, path=str(tmp_path / "secret.wav"))


def test_what_is_encrypted_is_decrypted_in_memory_only(site, tmp_path):
    site.rests(encrypt_to=TO)
    before = sorted(tmp_path.rglob("*"))
    found = looked(site)
    with pytest.raises(Sealed, match="u-1-1 is encrypted: say which --identity"):
        found.demand(())
    identities = read_identities(put(tmp_path / "officer", f"{IDENTITY}\n".encode()))
    found.demand(identities)
    assert opened(found, identities) == {"recordings/1.wav": masked_talk()}
    assert sorted({*tmp_path.rglob("*")} - {tmp_path / "officer"}) == before


def test_what_is_not_what_was_encrypted_is_not_handed_out(site, tmp_path):
    site.rests(encrypt_to=TO)
    identities = read_identities(put(tmp_path / "officer", f"{IDENTITY}\n".encode()))
    with pytest.raises(Sealed, match="what was decrypted is not what was encrypted"):
        opened(looked(site, plain_sha256="5e"), identities)


def test_zones_are_told_where_they_change(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    summer, winter = 1_782_000_000_000_000, 1_795_600_000_000_000
    try:
        found = zones([winter + 5, summer, winter, summer + 5])
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == (Zone(summer, 7200, "CEST"), Zone(winter, 3600, "CET"))
    assert zones([]) == ()
