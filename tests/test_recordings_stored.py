"""Recordings at rest, looked into once more."""

import os

import pytest

from eslflow.errors import Sealed
from eslflow.recordings import forms, quarantine, stored
from eslflow.recordings.forms import Form
from eslflow.recordings.sound import find_sound
from tests.files import put, silence, talk, wav
from tests.rest import IDENTITY, TO, Resting

FORMS = [
    ({"convert": Form.FLAC}, ()),
    ({"convert": Form.OPUS}, ()),
    ({"encrypt_to": TO}, (IDENTITY,)),
    ({"convert": Form.FLAC, "encrypt_to": TO}, (IDENTITY,)),
    ({"convert": Form.OPUS, "encrypt_to": TO}, (IDENTITY,)),
]


@pytest.fixture
def site(tmp_path):
    return Resting(tmp_path)


def look(site, *identities, **row):
    line = {**site.row(), **row}
    return stored.look(site.folder, line, site.actions(), identities)


@pytest.mark.parametrize(("wanted", "identities"), FORMS)
def test_each_form_is_found_as_it_was(site, wanted, identities):
    site.has()
    assert not stored.is_stored(site.row())
    site.rests(**wanted)
    assert stored.is_stored(site.row())
    found, path, note = look(site, *identities)
    assert (str(found.verdict), found.words, note) == ("intact", "", "")
    assert (found.sha256, found.ms) == (site.row()["stored_sha256"], 12_000)
    assert str(path) == site.row()["path"]


def late(site):
    """Return the actions as if it had been masked while both talk."""
    return [
        {**row, "at": row["at"] + 2_000_000, "asked_at": row["at"] + 2_000_000}
        for row in site.actions()
    ]


@pytest.mark.parametrize(("wanted", "identities"), FORMS)
def test_masked_spans_are_demanded_of_each_form(site, wanted, identities):
    site.has()
    site.rests(**wanted)
    found, _, _ = stored.look(site.folder, site.row(), late(site), identities)
    assert str(found.verdict) == "leaked"
    assert found.words.startswith("masked from 0:06.00 to 0:10.00, but there is sound")


def test_a_mask_up_to_the_end_and_a_very_short_one_fit_opus(site):
    site.has(data=wav(talk(4) + silence(8)))
    actions = site.actions()[:1]
    site.rests(convert=Form.OPUS)
    found, _, _ = stored.look(site.folder, site.row(), actions)
    assert found.words == ""
    short = {**site.actions()[1], "at": actions[0]["at"] + 300_000}
    found, _, _ = stored.look(site.folder, site.row(), [*actions, short])
    assert found.words == ""


def test_without_an_identity_only_the_checksum_is_compared(site):
    site.has()
    site.rests(encrypt_to=TO)
    found, _, note = look(site)
    assert (str(found.verdict), note) == ("intact", stored.SEALED)
    put(site.path(form="wav.age"), b"something else")
    found, _, note = look(site, IDENTITY)
    assert (found.sha256 != site.row()["stored_sha256"], note) == (True, "")


def test_what_decrypts_to_something_else_is_damaged(site):
    site.has()
    site.rests(encrypt_to=TO)
    found, _, _ = look(site, IDENTITY, plain_sha256="0" * 64)
    assert (str(found.verdict), found.words) == (
        "damaged", "what was decrypted is not what was encrypted",
    )  # fmt: skip


def test_another_identity_is_told(site):
    site.has()
    site.rests(encrypt_to=TO)
    other = type(IDENTITY).generate()
    with pytest.raises(Sealed, match="it cannot be decrypted"):
        look(site, other)


def test_what_is_gone_or_elsewhere_is_missing(site, tmp_path):
    site.has()
    site.rests(convert=Form.FLAC)
    moved = quarantine.move(site.folder, site.path(form="flac"))
    assert look(site)[1] == moved
    moved.unlink()
    found, path, _ = look(site)
    assert (str(found.verdict), path) == ("missing", None)
    found, path, _ = look(site, path=str(tmp_path / "eslflow.db"))
    assert (str(found.verdict), path) == ("missing", None)
    assert "was not opened" in found.words


def test_opus_that_is_too_short_is_told(site):
    site.has()
    site.rests(convert=Form.OPUS)
    found, _, _ = look(site, file_ms=12_100)
    assert found.words == "it holds 12.00 s, and was made of 12.10 s"


def test_a_conversion_is_compared_with_what_it_was_made_of(site):
    path = site.has()
    with path.open("rb") as file, stored.hidden() as out:
        sound = find_sound(file.fileno())
        forms.encode(sound, Form.OPUS, out)
        row, actions = site.row(), site.actions()
        assert stored.differs(Form.OPUS, out, sound, row, actions) == ""
        told = stored.differs(Form.OPUS, out, sound, row, late(site))
        assert "but there is sound in it" in told
        assert os.fstat(out.fileno()).st_nlink == 0
