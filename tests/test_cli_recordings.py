"""`eslflow recordings`."""

import json
import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import RecordingAction, RecordingBegun, RecordingEnded
from eslflow.ledger.writer import Ledger, write
from eslflow.wire.terms import RecordAction
from tests.command import run
from tests.files import START, put, talk, wav

END = START + 10_000_000


def path_of(site, name):
    return site / "recordings/2027/01/15" / f"{name}.wav"


def has(site, name, *actions, **given):
    call = name.rpartition("-")[0]
    ended = {
        "id": name, "started_at": START, "stopped_at": END, "ms": 10_000,
        "cause": "", "state": "stopped", "audio_at": START,
    }  # fmt: skip
    begun = RecordingBegun(
        name, call, call, str(path_of(site, name)), "training", "q", START
    )
    write(site / "eslflow.db", [begun, *actions, RecordingEnded(**(ended | given))])


def mask(name, at_s):
    at, call = START + at_s * 1_000_000, name.rpartition("-")[0]
    return RecordingAction(
        name, call, at, RecordAction.MASK, "step", "q", "+OK", True, at
    )


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    Ledger(tmp_path / "eslflow.db").close()
    for name in ("good-1", "bad-1"):
        put(path_of(tmp_path, name), wav(talk(10)))
    has(tmp_path, "good-1")
    has(tmp_path, "bad-1", mask("bad-1", 4))
    return tmp_path


def listed(site, *words):
    done = run(site, "recordings", "list", "--json", *words)
    assert done.exit_code == 0
    return sorted(line["id"] for line in json.loads(done.stdout))


def test_recordings_are_listed_with_what_was_found(site):
    run(site, "recordings", "verify", "bad-1")
    write(
        site / "eslflow.db",
        [RecordingBegun("now-1", "now", "now", "/x.wav", "training", "q", END)],
    )
    done = run(site, "recordings", "list")
    lines = [line.split() for line in done.stdout.splitlines()]
    columns = "recording at caller called purposes length stored verdict"
    assert lines[0] == columns.split()
    assert lines[1][0] == "now-1"
    assert {line[0]: line[-1] for line in lines[1:]} == {
        "now-1": "running",
        "bad-1": "leaked",
        "good-1": "unchecked",
    }
    assert listed(site) == ["bad-1", "good-1", "now-1"]
    assert listed(site, "--verdict", "leaked") == ["bad-1"]
    assert (
        "No recording fits." in run(site, "recordings", "list", "--number", "9").stderr
    )


def test_a_recording_is_shown_with_its_masks_and_findings(site):
    run(site, "recordings", "verify", "--all")
    done = run(site, "recordings", "show", "bad")
    assert "  masked    0:04.00 to 0:10.00, 6.0 s" in done.stdout
    assert ": leaked, 10.0 s, 320044 bytes" in done.stdout
    assert "but there is sound from 0:04.16 to 0:09.99" in done.stdout
    assert "  sha256    " in done.stdout
    (kept,) = json.loads(run(site, "recordings", "show", "bad-1", "--json").stdout)
    assert kept["spans"][-1] == {"kind": "masked", "begins_ms": 4000, "ends_ms": 10_000}
    assert kept["verdict"] == "leaked"
    assert kept["checked_at"].endswith("Z")
    done = run(site, "recordings", "show", "none")
    assert (done.exit_code, "there is no recording 'none'" in done.stderr) == (1, True)


def test_what_nobody_has_looked_into_gets_its_entry(site):
    done = run(site, "recordings", "verify", "good-1", "bad-1")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[:2] == ["intact    good-1", "leaked    bad-1"]
    assert done.stderr == "2 looked into, 1 to look after\n"
    assert (site / "recordings/quarantine/2027/01/15/bad-1.wav").exists()
    assert listed(site, "--verdict", "intact") == ["good-1"]


def test_looking_again_changes_nothing_and_finds_what_was_changed(site):
    assert run(site, "recordings", "verify", "good-1").exit_code == 0
    path = path_of(site, "good-1")
    put(path, path.read_bytes().replace(b"\xd0", b"\xd1"))
    done = run(site, "recordings", "verify", "good-1", "--json")
    assert done.exit_code == 1
    (found,) = json.loads(done.stdout)
    assert found["verdict"] == "changed"
    assert f"its sha256 is {found['sha256']}, it was " in found["findings"]
    path.unlink()
    done = run(site, "recordings", "verify", "good")
    assert (done.exit_code, done.stdout.split()[0]) == (1, "missing")
    assert listed(site, "--verdict", "intact") == ["good-1"]


def test_what_is_gone_though_it_held_little_is_missing(site):
    has(site, "tiny-1", ms=0, stopped_at=START + 300_000)
    put(path_of(site, "tiny-1"), wav(talk(0.3)))
    assert run(site, "recordings", "verify", "tiny-1").exit_code == 0
    path_of(site, "tiny-1").unlink()
    done = run(site, "recordings", "verify", "tiny-1")
    assert done.exit_code == 1
    assert "there is no file any more" in done.stdout


def test_what_runs_or_was_lost_gets_no_entry_here(site):
    write(
        site / "eslflow.db",
        [RecordingBegun("now-1", "now", "now", "/x.wav", "training", "q", END)],
    )
    has(site, "lost-1", state="lost", ms=0)
    put(path_of(site, "lost-1"), wav(talk(3)))
    done = run(site, "recordings", "verify", "now", "lost")
    assert done.exit_code == 0
    assert "has not ended yet now-1" in done.stdout
    with closing(sqlite3.connect(site / "eslflow.db")) as db:
        assert db.execute("SELECT count(checked_at) FROM recordings").fetchone() == (0,)


def test_a_file_that_cannot_be_read_is_not_intact(site, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refused)
    done = run(site, "recordings", "verify", "good-1")
    assert done.exit_code == 1
    assert "it cannot be read: Permission denied" in done.stdout


def test_it_must_be_said_which(site):
    for words in ([], ["good-1", "--all"]):
        done = run(site, "recordings", "verify", *words)
        assert (done.exit_code, "or say --all" in done.stderr) == (2, True)
