"""The books of a site: rows and files for reconciliation."""

import os

import pytest

from eslflow.call.records import CallOffered, RecordingBegun, RecordingEnded
from eslflow.cli.books import SiteBooks
from eslflow.cli.versions import texts
from eslflow.errors import StoreError
from eslflow.ledger.writer import Ledger, spill_of, write
from eslflow.sim.clock import SimulatedClock
from tests.files import put
from tests.steps_of import flow
from tests.test_flow_subflow import OPENING, OUTER, within

AT = 1_795_474_026_000_000


@pytest.fixture
def books(tmp_path):
    ledger = tmp_path / "eslflow.db"
    Ledger(ledger).close()
    (tmp_path / "recordings").mkdir()
    return SiteBooks(ledger, tmp_path / "recordings", SimulatedClock())


def path_of(books, name):
    return str(books._folder / "2026/11/24" / f"{name}.wav")


def begun(books, name):
    call = name.rpartition("-")[0]
    return RecordingBegun(name, call, call, path_of(books, name), "training", "q", AT)


def offered(call):
    return CallOffered(call, "inbound", "", "", "100", "test", "", "", AT)


def test_calls_without_an_end_or_with_an_open_recording_are_open(books):
    write(
        books._ledger,
        [
            offered("a"),
            begun(books, "a-1"),
            begun(books, "of-no-call-1"),
            offered("b"),
        ],
    )
    assert [kept["call"]["uuid"] for kept in books.open_calls()] == ["a", "b"]


def test_a_recording_is_found_by_its_file_with_its_call(books):
    write(books._ledger, [offered("a"), begun(books, "a-1"), begun(books, "lone-1")])
    row, kept = books.recording_at(path_of(books, "a-1"))
    assert (row["id"], kept["call"]["uuid"]) == ("a-1", "a")
    assert books.recording_at(path_of(books, "a-2")) is None
    assert books.recording_at(path_of(books, "lone-1")) is None


def test_the_version_that_a_call_ran_is_found_with_the_flows_inside(books):
    deep = "a: {flow: outer}\nb: {queue: x}"
    flows = [within(OPENING), within(OPENING, deep, outer=OUTER)]
    write(books._ledger, texts(flows))
    for each in flows:
        assert books.flow(each.sha256) == each
    assert books.flow("") is None
    assert books.flow("0" * 64) is None


def test_a_version_that_somebody_has_changed_is_none(books):
    forged = texts([flow("a: {queue: x}")])[0]._replace(sha256="f" * 64)
    broken = forged._replace(sha256="e" * 64, text="flow: a\n")
    write(books._ledger, [forged, broken])
    assert books.flow("f" * 64) is None
    assert books.flow("e" * 64) is None


def test_files_that_the_ledger_does_not_know_are_strays(books):
    ended = RecordingEnded("a-1", AT, AT, 1, "", "stopped")
    write(books._ledger, [begun(books, "a-1"), ended])
    for name in ("a-1", "a-2"):
        path = put(books._folder / "2026/11/24" / f"{name}.wav", b"RIFF")
        os.utime(path, (0, 0))
    assert books.strays() == [path_of(books, "a-2")]


def test_a_file_is_put_away_or_it_is_said_why_not(books, tmp_path):
    path = put(books._folder / "2026/11/24/a-1.wav", b"RIFF")
    assert books.set_aside(str(path)) == ""
    assert (books._folder / "quarantine/2026/11/24/a-1.wav").exists()
    assert books.set_aside(path_of(books, "a-2")) == "there is no file"
    assert "is not in the site's folder" in books.set_aside("/etc/passwd")
    put(books._folder / "2026/11/24/a-3.wav", b"RIFF")
    (books._folder / "quarantine").rename(tmp_path / "away")
    (books._folder / "quarantine").write_bytes(b"")
    assert "could not be moved" in books.set_aside(path_of(books, "a-3"))


def test_a_ledger_that_does_not_know_everything_says_so(books):
    spill_of(books._ledger).path.write_text("{}\n")
    assert "rows wait to be written" in books.problem()
    spill_of(books._ledger).path.unlink()
    assert books.problem() == ""


def test_a_ledger_that_cannot_be_read_is_told_without_a_traceback(books, capfd):
    books._ledger.unlink()
    with pytest.raises(StoreError, match="there is no ledger"):
        books.open_calls()
    assert capfd.readouterr().err == ""
