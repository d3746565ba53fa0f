"""Recordings come to rest: converted, encrypted, and a command is run."""

import hashlib
import io
import os
import stat

import pyrage
import pytest

from eslflow.errors import SettingsError
from eslflow.recordings import forms, keeper, quarantine
from eslflow.recordings.forms import Form
from eslflow.recordings.keeper import AGAIN_US, HOOKS_SINCE_US
from tests.files import put, talk, wav
from tests.rest import IDENTITY, TO, Resting, masked_talk


@pytest.fixture
def site(tmp_path):
    return Resting(tmp_path)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def decrypted(path):
    out = io.BytesIO()
    with path.open("rb") as file:
        pyrage.decrypt_io(file, out, [IDENTITY])
    return out.getvalue()


@pytest.fixture
def program(tmp_path):
    """Return a program that notes its environment, and exits as it is told."""
    path = tmp_path / "upload"
    path.write_text(
        "#!/bin/sh\n"
        f"env | grep ESLFLOW | sort >>{tmp_path}/noted\n"
        f'echo "$@"; test ! -e {tmp_path}/broken\n'
    )
    path.chmod(0o700)
    return str(path)


def noted(tmp_path):
    try:
        return (tmp_path / "noted").read_text().splitlines()
    except FileNotFoundError:
        return []


def test_nothing_is_done_unless_it_is_wanted(site):
    site.has()
    site.rests()
    assert (site.files(), site.row()["form"]) == (["u-1-1.wav"], None)


@pytest.mark.parametrize(
    ("wanted", "form"),
    [
        ({"convert": Form.FLAC}, "flac"),
        ({"convert": Form.OPUS}, "opus"),
        ({"encrypt_to": TO}, "wav.age"),
        ({"convert": Form.FLAC, "encrypt_to": TO}, "flac.age"),
        ({"convert": Form.OPUS, "encrypt_to": TO}, "opus.age"),
    ],
)
def test_each_form_replaces_the_file_that_the_switch_wrote(site, wanted, form):
    path = site.has()
    path.chmod(0o640)
    checked = site.row()
    site.rests(**wanted)
    assert site.files() == [f"u-1-1.{form}"]
    row, stored = site.row(), site.path(form=form)
    assert (row["form"], row["path"], row["source"]) == (form, str(stored), "")
    assert row["stored_sha256"] == digest(stored)
    assert row["stored_bytes"] == stored.stat().st_size
    assert stat.S_IMODE(stored.stat().st_mode) == 0o640
    assert row["verdict"] == checked["verdict"] == "intact"
    assert row["sha256"] == checked["sha256"]
    plain = decrypted(stored) if "age" in form else stored.read_bytes()
    assert hashlib.sha256(plain).hexdigest() == row["plain_sha256"]
    assert site.alarms == []


def test_an_encrypted_file_gives_back_the_very_file(site):
    site.has()
    site.rests(encrypt_to=TO)
    assert decrypted(site.path(form="wav.age")) == masked_talk()
    assert site.row()["plain_sha256"] == site.row()["sha256"]


def test_no_two_files_share_a_key(site):
    for name in ("u-1-1", "u-1-2"):
        site.has(name)
    site.rests(encrypt_to=TO)
    one, two = (site.path(n, "wav.age").read_bytes() for n in ("u-1-1", "u-1-2"))
    assert one[-1000:] != two[-1000:]


def test_the_plain_file_stays_until_the_ledger_says_where_its_sound_is(site):
    path = site.has()
    kept = []
    late = keeper.Keeper(
        keeper.Wanted(encrypt_to=TO), site.ledger, kept.extend, site.folder,
        site.clock, site.alarms.append, site.told.append,
    )  # fmt: skip
    for _ in range(3):
        late.run_due()
    assert len(kept) == 1
    assert path.exists()
    site.writes(kept)
    late.run_due()
    assert not path.exists()
    assert [row.source for row in kept] == [str(path), ""]


def test_encryption_that_is_set_later_takes_what_was_converted_before(site):
    site.has()
    site.rests(convert=Form.FLAC)
    flac = site.path(form="flac").read_bytes()
    site.rests(convert=Form.FLAC, encrypt_to=TO)
    assert site.files() == ["u-1-1.flac.age"]
    assert decrypted(site.path(form="flac.age")) == flac


def test_what_is_encrypted_is_never_touched_again(site):
    site.has()
    site.rests(encrypt_to=TO)
    site.rests(convert=Form.FLAC, encrypt_to=TO)
    assert site.files() == ["u-1-1.wav.age"]


def test_only_intact_files_are_touched(site):
    site.has("u-1-1", wav(talk(12)))
    assert site.row()["verdict"] == "leaked"
    site.has("u-1-2")
    quarantine.move(site.folder, site.path("u-1-2"))
    put(site.has("u-1-3"), masked_talk().replace(b"\xd0", b"\xd1"))
    site.has("u-1-4").unlink()
    told = len(site.alarms)
    site.rests(convert=Form.FLAC, encrypt_to=TO)
    assert site.files() == ["u-1-3.wav"]
    assert [line.split(": ")[-1] for line in site.alarms[told:]] == [
        "see the log",
        "it has changed since it was found intact",
        "there is no file any more",
    ]


def test_a_link_is_not_followed(site, tmp_path):
    path = site.has()
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    site.rests(encrypt_to=TO)
    assert site.files() == ["u-1-1.wav"]
    assert "is a link, and was not opened" in site.alarms[0]


def test_what_cannot_be_converted_is_told_and_still_encrypted(site):
    site.has(data=masked_talk(rate=32000))
    site.rests(convert=Form.OPUS, encrypt_to=TO)
    assert site.files() == ["u-1-1.wav.age"]
    (alarm,) = site.alarms
    assert "it stays as it is instead of opus: Opus cannot hold 32000 Hz" in alarm


def test_what_cannot_be_converted_stays_and_is_not_tried_again(site):
    site.has(data=masked_talk(rate=32000))
    site.rests(convert=Form.OPUS)
    site.rests(convert=Form.OPUS)
    assert site.files() == ["u-1-1.wav"]
    assert (site.row()["form"], len(site.alarms)) == ("wav", 1)


def test_a_conversion_that_lost_something_is_not_kept(site, monkeypatch):
    whole = forms.encode

    def loses(sound, form, out):
        sound.length -= 4
        whole(sound, form, out)
        sound.length += 4

    monkeypatch.setattr(forms, "encode", loses)
    site.has()
    site.rests(convert=Form.FLAC)
    assert site.files() == ["u-1-1.wav"]
    assert "instead of flac: its samples are not the same" in site.alarms[0]


def test_a_full_disk_leaves_everything_as_it_was(site, monkeypatch):
    path = site.has()

    def full(fd):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        keeper = site.keeper(encrypt_to=TO)
        keeper.run_due()
        keeper.run_due()
    assert site.files() == ["u-1-1.wav"]
    (alarm,) = site.alarms
    assert f"{path} cannot be kept as recording: in eslflow.yaml says: No sp" in alarm
    site.rests(encrypt_to=TO)
    assert site.files() == ["u-1-1.wav.age"]


def test_a_file_that_was_spoilt_before_the_plain_one_went_is_made_anew(site):
    site.has()
    site.keeper(convert=Form.FLAC, encrypt_to=TO).run_due()
    put(site.path(form="flac.age"), b"spoilt")
    site.rests(convert=Form.FLAC, encrypt_to=TO)
    assert site.files() == ["u-1-1.flac.age"]
    assert digest(site.path(form="flac.age")) == site.row()["stored_sha256"]


def test_a_converted_file_that_was_spoilt_while_it_was_encrypted_is_too(site):
    site.has()
    site.rests(convert=Form.FLAC)
    site.keeper(convert=Form.FLAC, encrypt_to=TO).run_due()
    site.path(form="flac.age").unlink()
    site.rests(convert=Form.FLAC, encrypt_to=TO)
    assert site.files() == ["u-1-1.flac.age"]
    assert (
        hashlib.sha256(decrypted(site.path(form="flac.age"))).hexdigest()
        == (site.row()["plain_sha256"])
    )


def test_a_file_that_is_lost_altogether_is_told_once(site):
    site.has()
    site.keeper(encrypt_to=TO).run_due()
    for name in site.files():
        site.path().with_name(name).unlink()
    site.rests(encrypt_to=TO)
    (alarm,) = site.alarms
    assert alarm.endswith("it is not what was stored, and nothing else is there")


def test_one_that_fails_does_not_keep_the_others_waiting(site, monkeypatch):
    monkeypatch.setattr(keeper, "MOST_AT_ONCE", 1)
    for number in (1, 2, 3):
        site.has(f"u-1-{number}")
    site.path("u-1-1").unlink()
    working = site.keeper(convert=Form.FLAC)
    for _ in range(4):
        working.run_due()
    assert [site.row(f"u-1-{n}")["form"] for n in (1, 2, 3)] == [None, "flac", "flac"]


def test_who_is_to_stop_begins_no_other(site):
    site.has()
    stopped = site.keeper(encrypt_to=TO)
    stopped.stop()
    stopped.run_due()
    assert site.files() == ["u-1-1.wav"]


def test_the_command_is_told_the_file_as_it_stays(site, tmp_path, program):
    site.has()
    site.rests(encrypt_to=TO, hook=(program, "--to", "a b"))
    assert noted(tmp_path) == [
        "ESLFLOW_RECORDING_CALL=u-1",
        "ESLFLOW_RECORDING_FORM=wav.age",
        "ESLFLOW_RECORDING_ID=u-1-1",
        f"ESLFLOW_RECORDING_PATH={site.path(form='wav.age')}",
        "ESLFLOW_RECORDING_STATE=stopped",
    ]
    assert site.told == [f"recording u-1-1: {program} is done; it said: --to a b"]
    assert (site.row()["hook_result"], site.row()["hook_tries"]) == ("done", 1)


def test_the_command_alone_may_be_wanted(site, tmp_path, program):
    site.has()
    site.rests(hook=(program,))
    assert "ESLFLOW_RECORDING_FORM=wav" in noted(tmp_path)
    assert site.files() == ["u-1-1.wav"]


def test_a_command_that_fails_is_tried_three_times(site, tmp_path, program):
    (tmp_path / "broken").touch()
    site.has()
    working = site.keeper(hook=(program, "\x1b[2J"))
    for tries in (1, 2, 3, 3):
        working.run_due()
        working.run_due()
        assert site.row()["hook_tries"] == tries
        site.clock.pass_s(tries * AGAIN_US / 1e6)
    assert len(noted(tmp_path)) == 3 * 5
    assert site.row()["hook_result"] == "it exited with 1"
    assert ["; it is run again;" in alarm for alarm in site.alarms] == [1, 1, 0]
    assert "; it is not run again; it said: \x1b[2J" in site.alarms[-1]


def test_a_command_that_works_at_last_is_done(site, tmp_path, program):
    (tmp_path / "broken").touch()
    site.has()
    site.rests(hook=(program,))
    (tmp_path / "broken").unlink()
    site.clock.pass_s(AGAIN_US / 1e6)
    site.rests(hook=(program,))
    assert (site.row()["hook_result"], site.row()["hook_tries"]) == ("done", 2)


def test_a_command_is_not_run_for_what_is_old(site, tmp_path, program):
    site.has()
    site.clock.pass_s(HOOKS_SINCE_US / 1e6 + 1)
    site.rests(hook=(program,))
    assert noted(tmp_path) == []


def test_a_command_waits_for_the_form(site, tmp_path, program, monkeypatch):
    site.has()
    site.path().unlink()
    site.rests(convert=Form.FLAC, hook=(program,))
    site.rests(encrypt_to=TO, hook=(program,))
    assert noted(tmp_path) == []


def test_what_is_not_there_is_told_before_calls_are_taken(site, tmp_path):
    with pytest.raises(SettingsError, match="cannot be run: No such file"):
        site.keeper(hook=(str(tmp_path / "none"),))
    with pytest.raises(SettingsError, match="is no recipient of age"):
        site.keeper(encrypt_to=("age1" + "q" * 58,))
