"""Every recording is looked into once after its call."""

import hashlib
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from eslflow.call.records import (
    CallOffered,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
)
from eslflow.call.wishes import Want, Wish
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
from eslflow.recordings import auditor as auditors
from eslflow.recordings import quarantine
from eslflow.recordings.auditor import MOMENT_US, QUIET_US, Auditor
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from eslflow.wire.terms import RecordAction
from tests.cut import killed_at
from tests.files import START, put, silence, talk, wav
from tests.peers import rig

END = START + 10_000_000


class Site:
    """A ledger, a folder of recordings and an auditor."""

    def __init__(self, folder):
        self.ledger = folder / "eslflow.db"
        self.folder = folder / "recordings"
        self.clock = SimulatedClock(END + MOMENT_US + 1)
        self.kept: list[RecordingChecked] = []
        self.alarms: list[str] = []
        self.driven: set[str] = set()
        Ledger(self.ledger).close()
        self.auditor = self.restarted()

    def restarted(self):
        self.auditor = Auditor(
            self.ledger,
            self.keep,
            self.folder,
            self.clock,
            self.alarms.append,
            lambda: self.driven,
        )
        return self.auditor

    def keep(self, rows):
        self.kept += rows
        write(self.ledger, rows)

    def path(self, name="u-1-1"):
        return self.folder / f"2027/01/15/{name}.wav"

    def has(self, name="u-1-1", *, path=None, actions=(), **given):
        ended = {
            "id": name, "started_at": START, "stopped_at": END, "ms": 10_000,
            "cause": "", "state": "stopped", "audio_at": START,
        }  # fmt: skip
        rows = [
            CallOffered("u-1", "inbound", "", "", "", "f", "0", "e", START),
            RecordingBegun(
                name, "u-1", "u-1", str(path or self.path(name)), "p", "q", START
            ),
            *actions,
            RecordingEnded(**(ended | given)),
        ]
        write(self.ledger, rows)

    def row(self, name="u-1-1"):
        with Reader(self.ledger) as ledger:
            (line,) = ledger.recordings_named(name)
        return line


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def mask(at_s):
    at = START + at_s * 1_000_000
    return RecordingAction(
        "u-1-1", "u-1", at, RecordAction.MASK, "step", "q", "+OK", True, at
    )


def test_a_good_recording_gets_its_entry_once(site):
    data = wav(talk(10))
    put(site.path(), data)
    site.has()
    (row,) = site.auditor.run_due()
    assert (row.verdict, row.findings) == ("intact", "")
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    assert (row.bytes, row.file_ms, row.path) == (len(data), 10_000, str(site.path()))
    assert site.row()["verdict"] == "intact"
    assert site.row()["checked_at"] == site.clock.now()
    assert site.auditor.run_due() == site.restarted().run_due() == site.alarms == []


def test_a_leak_is_put_away_kept_and_told(site):
    put(site.path(), wav(talk(10)))
    site.has(actions=[mask(4)])
    (row,) = site.auditor.run_due()
    moved = site.folder / "quarantine/2027/01/15/u-1-1.wav"
    assert (row.verdict, row.path) == ("leaked", str(moved))
    assert moved.exists()
    assert not site.path().exists()
    (alarm,) = site.alarms
    assert alarm.startswith("recording u-1-1 is leaked: masked from 0:04.00 to ")
    assert alarm.endswith(f"({moved})")


def test_what_is_missing_is_told_and_stays_so(site):
    site.has()
    (row,) = site.auditor.run_due()
    assert (row.verdict, row.sha256, row.path) == ("missing", "", str(site.path()))
    assert len(site.alarms) == 1


def test_nothing_that_still_runs_is_looked_into(site):
    put(site.path(), wav(talk(10)))
    site.has(stopped_at=END + 2)
    write(
        site.ledger,
        [RecordingBegun("u-1-2", "u-1", "u-1", str(site.path("u-1-2")), "p", "q", 1)],
    )
    assert site.auditor.run_due() == []
    site.clock.pass_s(1)
    assert [row.id for row in site.auditor.run_due()] == ["u-1-1"]


def test_a_round_ends_though_there_is_more(site, monkeypatch):
    monkeypatch.setattr(auditors, "MOST_AT_ONCE", 2)
    for number in (1, 2, 3):
        site.has(f"u-1-{number}")
    assert [len(site.auditor.run_due()) for _ in range(3)] == [2, 1, 0]


def test_an_entry_that_is_not_written_yet_is_not_made_again(site):
    put(site.path(), wav(talk(10)))
    site.has(actions=[mask(4)])
    late = []
    auditor = Auditor(
        site.ledger, late.extend, site.folder, site.clock, site.alarms.append
    )
    assert len(auditor.run_due()) == 1
    assert auditor.run_due() == []
    write(site.ledger, late)
    assert auditor.run_due() == []
    assert len(site.alarms) == 1


def test_a_crash_after_the_move_loses_nothing(site):
    put(site.path(), wav(talk(10)))
    site.has(actions=[mask(4)])
    moved = quarantine.move(site.folder, site.path())
    (row,) = site.restarted().run_due()
    assert (row.verdict, row.path) == ("leaked", str(moved))
    assert row.sha256 == hashlib.sha256(moved.read_bytes()).hexdigest()


@pytest.mark.parametrize("is_leak", [True, False])
def test_killed_anywhere_the_next_round_finds_what_it_would_have_found(
    tmp_path, is_leak
):
    calls, is_killed = 0, True
    while is_killed:
        folder = tmp_path / str(calls)
        folder.mkdir()
        site = Site(folder)
        data = wav(talk(10))
        put(site.path(), data)
        site.has(actions=[mask(4)] if is_leak else [])
        is_killed = killed_at(calls, site.restarted().run_due)
        site.restarted().run_due()
        (file,) = site.folder.rglob("*.wav")
        row = site.row()
        assert (row["verdict"], row["path"]) == (
            "leaked" if is_leak else "intact",
            str(file),
        )
        assert ("quarantine" in file.parts) is is_leak
        assert file.read_bytes() == data
        assert file.stat().st_mode & 0o077 == 0 or not is_leak
        calls += 1
    assert calls > 10


def test_what_somebody_put_away_for_his_own_reasons_is_not_called_intact(site):
    put(site.path(), wav(talk(10)))
    site.has()
    moved = quarantine.move(site.folder, site.path())
    (row,) = site.auditor.run_due()
    assert (row.verdict, row.path) == ("damaged", str(moved))
    assert row.findings == "it was in quarantine already: see the log"


def test_a_crash_between_the_keeping_and_the_ledger_is_made_good(site):
    put(site.path(), wav(talk(10)))
    site.has(actions=[mask(4)])

    def dies(rows):
        raise OSError

    auditor = Auditor(site.ledger, dies, site.folder, site.clock, site.alarms.append)
    with pytest.raises(OSError, match="^$"):
        auditor.run_due()
    (row,) = site.restarted().run_due()
    assert (row.verdict, Path(row.path).exists()) == ("leaked", True)


def test_a_file_elsewhere_is_never_opened(site, tmp_path):
    secret = put(tmp_path / "secret.wav", wav(talk(10)))
    site.has(path=secret)
    (row,) = site.auditor.run_due()
    assert (row.verdict, row.sha256, row.path) == ("missing", "", str(secret))
    assert "was not opened" in row.findings
    assert secret.exists()


def test_a_lost_recording_is_looked_into_when_its_file_has_come_to_rest(site):
    site.has(state="lost", ms=0)
    put(site.path(), wav(talk(10)))
    assert site.auditor.run_due() == []
    site.clock.pass_s(30)
    put(site.path(), wav(talk(20)))
    assert site.auditor.run_due() == []
    site.clock.pass_s(QUIET_US / 1e6 - 1)
    assert site.auditor.run_due() == []
    site.clock.pass_s(1)
    (row,) = site.auditor.run_due()
    assert (row.verdict, row.file_ms) == ("intact", 20_000)


def test_a_lost_recording_whose_call_was_taken_over_is_left_alone(site):
    # Its call lost its socket, and the caller is on hold: the file does not grow.
    site.has(state="lost", ms=0)
    put(site.path(), wav(talk(10)))
    site.auditor.run_due()
    site.driven.add("u-1")
    for _ in range(3):
        site.clock.pass_s(QUIET_US / 1e6)
        assert site.auditor.run_due() == []
    site.driven.clear()
    assert site.auditor.run_due() == []
    site.clock.pass_s(QUIET_US / 1e6)
    assert [row.verdict for row in site.auditor.run_due()] == ["intact"]


def test_a_start_that_failed_leaves_no_sound(site):
    failed = {"state": "failed", "started_at": 0, "audio_at": 0, "ms": 0}
    site.has(**failed)
    site.has("u-1-2", **failed)
    put(site.path("u-1-2"), wav(talk(3)))
    site.has("u-1-3", **failed)
    put(site.path("u-1-3"), wav(silence(3)))
    site.auditor.run_due()
    site.clock.pass_s(QUIET_US / 1e6)
    site.auditor.run_due()
    assert [(row.id, row.verdict) for row in site.kept] == [
        ("u-1-1", "intact"),
        ("u-1-2", "damaged"),
        ("u-1-3", "intact"),
    ]
    assert "quarantine" in site.row("u-1-2")["path"]


def test_a_file_that_cannot_be_read_is_told_once_and_tried_again(site, monkeypatch):
    data = wav(talk(10))
    put(site.path(), data)
    site.has()

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("os.open", refused)
        assert site.auditor.run_due() == site.auditor.run_due() == []
    (alarm,) = site.alarms
    assert "cannot be checked: Permission denied. Let eslflow read" in alarm
    assert len(site.auditor.run_due()) == 1


def test_a_bad_file_that_cannot_be_moved_is_kept_as_what_it_is(site, monkeypatch):
    put(site.path(), wav(talk(10)))
    site.has(actions=[mask(4)])

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refused)
    (row,) = site.auditor.run_due()
    assert (row.verdict, row.path) == ("leaked", str(site.path()))
    assert row.findings.endswith("not be moved to quarantine: Permission denied")


def asks(found, want):
    """Return what asks the call's desk for something, in the midst of a talk."""
    wish = Wish(want, "token page")
    return lambda: gevent.spawn(found.controller.desk.ask, "whole-1", wish)


@pytest.mark.parametrize("is_masked", [False, True])
def test_a_whole_call_is_recorded_and_found_intact(tmp_path, is_masked):
    alarms = []
    clock = SimulatedClock()
    with rig(tmp_path, clock=clock) as found:
        at = {
            "bridged +4": asks(found, Want.MASKED),
            "bridged +9": asks(found, Want.ON),
        }
        script = Script(("1",), uuid="whole-1", path="test", talk_s=20.0)
        call = found.call(replace(script, at=at if is_masked else {}))
        (recording,) = call.recordings
        Path(recording.path).parent.mkdir(parents=True)
        Path(recording.path).write_bytes(recording.wav())
        ledger, folder = tmp_path / "eslflow.db", tmp_path / "recordings"
    assert 4.9 < recording.heard_s - recording.clear_s < 5.2 or not is_masked
    clock.pass_s(5)
    with Ledger(ledger) as writer:
        auditor = Auditor(ledger, writer.keep, folder, clock, alarms.append)
        (row,) = auditor.run_due()
    assert (row.verdict, row.findings, alarms) == ("intact", "", [])
    assert row.sha256 == hashlib.sha256(recording.wav()).hexdigest()
    assert row.file_ms == round(recording.heard_s * 1000) > 20_000
    with Reader(ledger) as reader:
        (kept,) = reader.call(call.uuid)["recordings"]
    assert (kept["verdict"], kept["sha256"]) == ("intact", row.sha256)
