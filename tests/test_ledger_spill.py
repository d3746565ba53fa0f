"""Rows that the database would not take."""

import pytest

from eslflow.call.records import (
    CallOffered,
    Choice,
    FlowServed,
    FlowVersion,
    Look,
    RecordingAction,
    RecordingErased,
    RecordingHooked,
    RecordingSettled,
    RecordingStored,
    State,
)
from eslflow.ledger import spill as module
from eslflow.ledger.spill import Spill
from eslflow.wire.terms import RecordAction

CALL = CallOffered("u", "inbound", "1", "Zo\udceb", "2", "f", "0", "e", 1)
GRANT = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
ACTION = RecordingAction("u-1", "u", 1, RecordAction.STOP, "step", "s", "+OK", True)


def test_rows_come_back_as_they_were_but_grants_say_they_are_late(tmp_path):
    spill = Spill(tmp_path / "spill")
    assert spill.is_empty
    assert list(spill.read()) == []
    verbal = GRANT._replace(state=State.VERBAL)
    spill.add([(CALL, GRANT, verbal), (ACTION,)])
    (_, first, rows), (_, second, actions) = spill.read()
    late = [row._replace(reason="kept_late") for row in (GRANT, verbal)]
    assert rows == [CALL, *late]
    assert actions == [ACTION]
    assert type(rows[1].state) is State
    assert first != second
    spill.clear()
    assert spill.is_empty


def test_a_line_that_a_crash_cut_off_is_left_out(tmp_path):
    spill = Spill(tmp_path / "spill")
    spill.add([(CALL,)])
    whole = spill.path.read_text()
    spill.path.write_text(whole + whole[: len(whole) // 2])
    assert len(list(spill.read())) == 1


def test_what_comes_after_a_line_that_was_cut_off_is_a_line_of_its_own(tmp_path):
    spill = Spill(tmp_path / "spill")
    spill.add([(CALL,)])
    whole = spill.path.read_bytes()
    spill.path.write_bytes(whole + whole[: len(whole) // 2])
    spill.add([(GRANT,)])
    first, torn, last = spill.read()
    assert (first.rows, torn.id, torn.rows) == ([CALL], "", [])
    assert torn.line == whole[: len(whole) // 2] + b"\n"
    assert last.rows == [GRANT._replace(reason="kept_late")]


def test_a_disk_that_takes_half_a_line_is_left_as_it_was(tmp_path, monkeypatch):
    spill = Spill(tmp_path / "spill")
    spill.add([(CALL,)])
    whole = spill.path.read_bytes()

    def half(file, data):
        file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(module, "_write", half)
        for row in (ACTION, CALL):
            with pytest.raises(OSError, match="No space"):
                spill.add([(row,)])
    assert spill.path.read_bytes() == whole
    assert (spill.held, spill.is_empty) == (2, False)
    # What waits in memory comes after what is in the file.
    wanted = [[CALL], [ACTION], [CALL]]
    assert [kept.rows for kept in spill.read()] == wanted
    assert [kept.rows for kept in Spill(spill.path).read()] == wanted[:1]
    spill.settle()
    assert spill.held == 0
    assert [kept.rows for kept in Spill(spill.path).read()] == wanted


def test_memory_has_an_end_and_what_is_lost_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_HELD", 2)
    (tmp_path / "spill").mkdir()
    spill = Spill(tmp_path / "spill")
    with pytest.raises(IsADirectoryError):
        spill.add([(CALL,), (GRANT,), (ACTION,)])
    assert (spill.held, spill.lost) == (2, 1)


def test_a_file_that_nobody_can_look_at_may_hold_rows(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert module.size(tmp_path / "none") == 0
    assert module.size(tmp_path / "file" / "none") > 0


def test_what_became_of_a_file_comes_back_too(tmp_path):
    spill = Spill(tmp_path / "spill")
    rows = [
        RecordingStored("u-1", 1, "flac", "/r/u-1.flac", "p", "s", 5, "/r/u-1.wav"),
        RecordingSettled("u-1"),
        RecordingHooked("u-1", 1, 1, "done"),
        RecordingErased("u-1", 1, "withdrawn"),
        Look(1, "anne", "decrypt", "u", "u-1", "why"),
        FlowVersion("11", "f", "f.yaml", "flow: f\n", ""),
        FlowServed(1, "f", "11", "served", "start", "anne", ""),
    ]
    spill.add([rows])
    assert [kept.rows for kept in spill.read()] == [rows]
