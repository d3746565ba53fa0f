"""Looking up what was kept."""

import pytest

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    State,
)
from eslflow.errors import NotFound, StoreError
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger
from eslflow.wire.terms import RecordAction


def offered(uuid, caller, at):
    return CallOffered(uuid, "inbound", caller, "", "100", "support", "f0", "e", at)


def choice(uuid, at, state, purpose="training"):
    return Choice(
        uuid, at, state, purpose, "consent", 0, "support", "f0", "ask", "e",
        notice="rec", notice_version=1, language="en",
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "eslflow.db"
    with Ledger(path) as written:
        written.keep(
            (
                NoticePlayed(
                    "support", "rec", 1, "en", "Press 1.", "5e", 900, "http://x"
                ),
                offered("aaa-1", "+49 30 123456", 10),
                choice("aaa-1", 11, State.REQUESTED),
                choice("aaa-1", 12, State.GRANTED),
                RecordingBegun(
                    "aaa-1-1", "aaa-1", "aaa-1", "/r/a.wav", "training", "q", 13
                ),
                RecordingAction(
                    "aaa-1-1", "aaa-1", 13, RecordAction.START, "step", "q", "+OK", True
                ),
                RecordingEnded("aaa-1-1", 14, 20, 6000, "success", "stopped"),
                CallEnded("aaa-1", 20, "hung_up", "NORMAL_CLEARING", "q"),
                offered("aab-2", "anonymous", 30),
                choice("aab-2", 31, State.REQUESTED),
                offered("bbb-3", "0049 30 999999", 40),
                choice("bbb-3", 41, State.REFUSED),
                choice("bbb-3", 42, State.REFUSED, "ai"),
                choice("ghost", 50, State.NOT_ASKED),
            )
        )
    with Reader(path) as reader:
        yield reader


def uuids(lines):
    return [line.get("uuid") or line["call_uuid"] for line in lines]


def test_calls_come_newest_first(ledger):
    assert uuids(ledger.calls()) == ["bbb-3", "aab-2", "aaa-1"]
    assert uuids(ledger.calls(limit=1)) == ["bbb-3"]
    assert uuids(ledger.calls(since=30, until=40)) == ["aab-2"]
    assert uuids(ledger.calls(flow="other")) == []
    assert "caller_digits" not in ledger.calls()[0]


@pytest.mark.parametrize(
    "number", ["+4930123456", "030123456", "004930123456", "123456"]
)
def test_a_number_is_found_however_it_is_written(ledger, number):
    assert uuids(ledger.calls(number=number)) == ["aaa-1"]
    assert uuids(ledger.consents(number=number)) == ["aaa-1"]


def test_a_number_with_few_digits_is_found_as_it_is(ledger):
    assert uuids(ledger.calls(number="100")) == ["bbb-3", "aab-2", "aaa-1"]
    assert uuids(ledger.calls(number="anonymous")) == ["aab-2"]


def test_consents_are_the_last_word_on_each_purpose(ledger):
    lines = ledger.consents()
    assert [(line["call_uuid"], line["purpose"], line["state"]) for line in lines] == [
        ("ghost", "training", "not_asked"),
        ("bbb-3", "ai", "refused"),
        ("bbb-3", "training", "refused"),
        ("aab-2", "training", "requested"),
        ("aaa-1", "training", "granted"),
    ]
    assert [line["recorded"] for line in lines] == [False] * 4 + [True]


def test_consents_are_found_by_call_state_purpose_and_time(ledger):
    assert uuids(ledger.consents(call="aaa")) == ["aaa-1"]
    assert uuids(ledger.consents(state="refused", purpose="ai")) == ["bbb-3"]
    assert uuids(ledger.consents(since=40, until=42)) == ["bbb-3"]
    assert uuids(ledger.consents(limit=1)) == ["ghost"]


def test_everything_of_a_call_is_told(ledger):
    kept = ledger.call("aaa-1")
    assert kept["call"]["ending"] == "hung_up"
    assert [c["state"] for c in kept["choices"]] == ["requested", "granted"]
    assert kept["choices"][1]["notice_text"] == "Press 1."
    assert kept["recordings"][0]["ms"] == 6000
    assert kept["recording_actions"][0]["verified"] is True
    assert ledger.call("ghost")["call"] == {"uuid": "ghost"}


def test_a_call_is_named_by_its_start_if_that_is_enough(ledger):
    assert ledger.call("bbb")["call"]["uuid"] == "bbb-3"
    with pytest.raises(NotFound, match="several calls begin with aa: aaa-1, aab-2"):
        ledger.call("aa")
    with pytest.raises(NotFound, match="Did you mean bbb-3"):
        ledger.call("bbx-3")
    for wild in ("%", "_", "", "\\"):
        with pytest.raises(NotFound):
            ledger.call(wild)


def test_no_ledger_and_no_ledger_file_are_told(tmp_path):
    with pytest.raises(StoreError, match="has eslflow serve run"):
        Reader(tmp_path / "none.db")
    (tmp_path / "x.db").write_bytes(b"text")
    with pytest.raises(StoreError, match="cannot be read as a ledger"):
        Reader(tmp_path / "x.db")


def test_a_ledger_that_breaks_while_it_is_read_is_told(ledger):
    ledger.close()
    with pytest.raises(StoreError, match="cannot be read"):
        ledger.calls()
