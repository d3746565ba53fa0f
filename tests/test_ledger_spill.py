"""Rows that the database would not take."""

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
    (first, rows), (second, actions) = spill.read()
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
    assert [kept for _, kept in spill.read()] == [rows]
