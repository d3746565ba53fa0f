"""Looking up what was kept."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    Look,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    RecordingErased,
    RecordingHooked,
    RecordingSettled,
    RecordingStored,
    RecordingWished,
    State,
)
from eslflow.e164 import normaliser
from eslflow.errors import NotFound, StoreError
from eslflow.ledger import states
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
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
                    "aaa-1-1", "aaa-1", "aaa-1", "/r/aaa-1-1.wav", "training", "q", 13
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
    "number",
    [
        "+4930123456",
        "030123456",
        "004930123456",
        "123456",
        "(030) 12-34-56",
        " (030) 123456",
        "+49 (0)30 123456",
        "+49 (0) 30 / 12 34 56",
        "0049 (0)30 123456",
    ],
)
def test_a_number_is_found_however_it_is_written(ledger, number):
    assert uuids(ledger.calls(number=number)) == ["aaa-1"]
    assert uuids(ledger.consents(number=number)) == ["aaa-1"]


def test_consents_can_be_taken_one_by_one_without_a_limit(ledger):
    assert list(ledger.each_consent(limit=-1)) == ledger.consents()
    first = next(ledger.each_consent(limit=-1))
    assert first["call_uuid"] == "ghost"
    # Between two of them, something else may be looked up.
    found = [ledger.call(c["call_uuid"])["call"]["uuid"] for c in
             ledger.each_consent(limit=2)]  # fmt: skip
    assert found == ["ghost", "bbb-3"]


def test_a_number_with_few_digits_is_found_as_it_is(ledger):
    assert uuids(ledger.calls(number="100")) == ["bbb-3", "aab-2", "aaa-1"]
    assert uuids(ledger.calls(number="anonymous")) == ["aab-2"]


@pytest.mark.parametrize("normal", [None, normaliser("DE")], ids=["any", "DE"])
@pytest.mark.parametrize("number", ["100", "030 123456", "anonymous", "030 777777"])
def test_a_number_of_many_calls_finds_the_same(ledger, monkeypatch, number, normal):
    ledger._normal = normal
    looks = (
        ledger.calls,
        ledger.consents,
        ledger.recordings,
        lambda **asked: ledger.consents(state="granted", **asked),
        lambda **asked: ledger.consents(since=11, until=40, **asked),
    )
    few = [look(number=number) for look in looks]
    monkeypatch.setattr(states, "FEW", 0)
    assert [look(number=number) for look in looks] == few


def test_a_number_of_many_calls_is_not_looked_for_among_all(ledger, monkeypatch):
    monkeypatch.setattr(states, "FEW", 0)
    asked = []
    ledger._db.set_trace_callback(asked.append)
    ledger.consents(number="100")
    ledger._db.set_trace_callback(None)
    (sql,) = [sql for sql in asked if "FROM choices" in sql]
    plan = [row[3] for row in ledger._db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert not any("TEMP B-TREE" in step for step in plan)


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


@pytest.mark.parametrize("verified", [True, False])
def test_a_recording_that_runs_is_told_once_the_switch_has_begun_it(tmp_path, verified):
    start = RecordingAction(
        "a-1", "a", 4, RecordAction.START, "step", "q", "+OK", verified
    )
    with Ledger(tmp_path / "x.db") as written:
        written.keep(
            [
                choice("a", 2, State.GRANTED),
                RecordingBegun("a-1", "a", "a", "/r/a.wav", "training", "q", 3),
                start,
            ]
        )
    with Reader(tmp_path / "x.db") as reader:
        (line,) = reader.consents()
    assert line["recorded"] is verified


def test_a_call_that_comes_back_unasked_keeps_its_answer(tmp_path):
    with Ledger(tmp_path / "x.db") as written:
        written.keep(
            [
                choice("a", 1, State.REQUESTED),
                choice("a", 2, State.GRANTED),
                choice("a", 3, State.NOT_ASKED),
                choice("b", 4, State.NOT_ASKED),
                choice("b", 5, State.NOT_ASKED),
                choice("c", 6, State.GRANTED),
                choice("c", 7, State.NOT_ASKED),
                choice("c", 8, State.REFUSED),
            ]
        )
    with Reader(tmp_path / "x.db") as reader:
        lines = reader.consents()
        assert reader.consents(state="not_asked", call="a") == []
    assert [(line["call_uuid"], line["at"], line["state"]) for line in lines] == [
        ("c", 8, "refused"),
        ("b", 5, "not_asked"),
        ("a", 2, "granted"),
    ]


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


@pytest.fixture
def recorded(tmp_path):
    path = tmp_path / "rec.db"
    ended = [
        RecordingEnded("aaa-1-1", 14, 20, 6000, "", "stopped"),
        RecordingEnded("aaa-1-2", 0, 30, 0, "", "failed"),
        RecordingEnded("bbb-3-1", 44, 50, 6000, "", "lost"),
    ]
    names = [("aaa-1", 1, 13), ("aaa-1", 2, 23), ("bbb-3", 1, 43), ("ccc-4", 1, 53)]
    with Ledger(path) as written:
        written.keep(
            [
                offered("aaa-1", "+49 30 123456", 10),
                offered("bbb-3", "0049 30 999999", 40),
                *(
                    RecordingBegun(f"{c}-{n}", c, c, f"/r/{c}-{n}.wav", "p", "q", at)
                    for c, n, at in names
                ),
                *(
                    RecordingAction(
                        f"aaa-1-{n}", "aaa-1", n, RecordAction.START, "", "q", "", True
                    )
                    for n in (1, 2)
                ),
                *ended,
                RecordingChecked("aaa-1-1", 60, "leaked", "/q/x", "5e", 9, 6000, "bad"),
            ]
        )
    with Reader(path) as reader:
        yield reader


def ids(lines):
    return [line["id"] for line in lines]


def test_recordings_come_newest_first(recorded):
    assert ids(recorded.recordings()) == ["ccc-4-1", "bbb-3-1", "aaa-1-2", "aaa-1-1"]
    assert ids(recorded.recordings(limit=1)) == ["ccc-4-1"]
    assert len(recorded.recordings(limit=-1)) == 4
    assert ids(recorded.recordings(number="030 999999")) == ["bbb-3-1"]
    assert ids(recorded.recordings(verdict="leaked")) == ["aaa-1-1"]
    assert ids(recorded.recordings(since=20, until=50)) == ["bbb-3-1", "aaa-1-2"]
    assert recorded.recordings(verdict="leaked")[0]["caller"] == "+49 30 123456"


def test_recordings_of_a_number_are_found_without_going_through_all(recorded):
    asked = []
    recorded._db.set_trace_callback(asked.append)
    recorded.recordings(number="+4930123456")
    recorded._db.set_trace_callback(None)
    (sql,) = [sql for sql in asked if "FROM recordings" in sql]
    plan = [row[3] for row in recorded._db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any("recordings_call (call_uuid=?)" in step for step in plan)
    assert not any(step in ("SCAN r", "SCAN calls") for step in plan)


def test_a_recording_is_named_by_its_start_or_by_its_call(recorded):
    assert ids(recorded.recordings_named("bbb")) == ["bbb-3-1"]
    assert ids(recorded.recordings_named("aaa-1")) == ["aaa-1-1", "aaa-1-2"]
    for name in ("", "zzz", "%"):
        with pytest.raises(NotFound, match="there is no recording"):
            recorded.recordings_named(name)


def test_a_start_that_several_calls_share_names_none(tmp_path):
    with Ledger(tmp_path / "x.db") as written:
        written.keep(
            [RecordingBegun(f"{c}-1", c, c, "", "p", "q", 1) for c in ("ab", "ac")]
        )
    with (
        Reader(tmp_path / "x.db") as reader,
        pytest.raises(NotFound, match="several calls begin with a: ab, ac"),
    ):
        reader.recordings_named("a")


def test_what_has_ended_and_nobody_looked_into_is_due(recorded):
    assert recorded.unchecked(100) == ["aaa-1-2", "bbb-3-1"]
    assert recorded.unchecked(50) == ["aaa-1-2"]


CHECKED = [
    RecordingChecked("aaa-1-2", 60, "intact", "/r/2.wav", "52", 9, 6000, ""),
    RecordingChecked("bbb-3-1", 70, "intact", "/r/3.wav", "53", 9, 6000, ""),
    RecordingChecked("ccc-4-1", 80, "intact", "/r/4.wav", "", 0, 0, ""),
]


def stored(name, form, source=""):
    return RecordingStored(name, 90, form, f"/r/{name}.{form}", "p", "s", 5, source)


def test_what_is_intact_and_not_in_its_form_is_to_be_stored(tmp_path, recorded):
    def due(*wanted):
        return ids(recorded.to_store(*wanted, 10))

    write(tmp_path / "rec.db", CHECKED)
    assert due(False, False) == []
    assert due(True, False) == due(False, True) == ["aaa-1-2", "bbb-3-1"]
    assert ids(recorded.to_store(True, True, 1)) == ["aaa-1-2"]
    write(tmp_path / "rec.db", [stored("aaa-1-2", "flac", "/r/2.wav")])
    assert (due(False, True), ids(recorded.unsettled())) == (["bbb-3-1"], ["aaa-1-2"])
    write(tmp_path / "rec.db", [RecordingSettled("aaa-1-2")])
    assert recorded.unsettled() == []
    assert (due(True, False), due(False, True)) == (
        ["bbb-3-1"],
        ["aaa-1-2", "bbb-3-1"],
    )
    write(tmp_path / "rec.db", [stored("aaa-1-2", "flac.age")])
    assert due(True, True) == ["bbb-3-1"]


def test_a_command_is_due_until_it_is_done_or_was_tried_enough(tmp_path, recorded):
    write(tmp_path / "rec.db", [*CHECKED, stored("bbb-3-1", "flac", "/r/3.wav")])
    assert ids(recorded.to_hook(0, 3)) == ["aaa-1-2"]
    assert ids(recorded.to_hook(61, 3)) == []
    write(tmp_path / "rec.db", [RecordingHooked("aaa-1-2", 90, 2, "it failed")])
    assert ids(recorded.to_hook(0, 3)) == ["aaa-1-2"]
    assert ids(recorded.to_hook(0, 2)) == []
    write(tmp_path / "rec.db", [RecordingHooked("aaa-1-2", 90, 3, "done")])
    assert ids(recorded.to_hook(0, 9)) == []


def test_who_looked_at_a_recording_is_told(tmp_path, recorded):
    (line,) = recorded.recordings_named("bbb-3-1")
    assert recorded.looks(line) == []
    write(tmp_path / "rec.db", [Look(1, "anne", "decrypt", "bbb-3", "bbb-3-1", "why")])
    (look,) = recorded.looks(line)
    assert (look["who"], look["reason"]) == ("anne", "why")


def test_what_was_wanted_of_a_call_is_read_in_order(tmp_path, recorded):
    wishes = [
        RecordingWished("aaa-1", at, want, "agent", "key 1001", 9, False, "q")
        for at, want in ((30, "masked"), (20, "on"))
    ]
    other = wishes[0]._replace(call_uuid="aaa-12")
    write(tmp_path / "rec.db", [*wishes, other])
    found = recorded.wishes("aaa-1")
    assert [(row["at"], row["want"]) for row in found] == [(30, "masked"), (20, "on")]
    assert (found[0]["hand"], found[0]["ends_at"]) == ("agent", 9)
    with closing(sqlite3.connect(tmp_path / "rec.db")) as db:
        db.execute("DROP TABLE wishes")
    assert recorded.wishes("aaa-1") == []


def test_a_ledger_from_before_looks_has_none(tmp_path, recorded):
    (line,) = recorded.recordings_named("bbb-3-1")
    with closing(sqlite3.connect(tmp_path / "rec.db")) as db:
        db.execute("DROP TABLE looks")
    assert recorded.looks(line) == []


def test_the_actions_on_one_file_are_told(recorded):
    (line,) = recorded.recordings_named("aaa-1-2")
    assert [a["recording_id"] for a in recorded.actions(line)] == ["aaa-1-2"]


def test_calls_and_recordings_whose_end_nobody_has_seen_are_unended(tmp_path, ledger):
    assert ledger.unended() == ["aab-2", "bbb-3"]
    begun = RecordingBegun("aaa-1-2", "aaa-1", "aaa-1", "/r/b.wav", "t", "q", 15)
    write(tmp_path / "eslflow.db", [begun])
    assert ledger.unended() == ["aaa-1", "aab-2", "bbb-3"]


def test_a_recording_is_known_by_its_name_and_its_file(ledger):
    assert ledger.has_recording("aaa-1-1")
    assert not ledger.has_recording("aaa-1")
    assert ledger.recording_at("/r/aaa-1-1.wav")["id"] == "aaa-1-1"
    assert ledger.recording_at("/other/aaa-1-1.wav") is None
    assert ledger.recording_at("/r") is None


@pytest.mark.parametrize(
    "number", ["(030) 12 34-56", "+49 (0)30 123456", "0049-30-123456", "030123456"]
)
def test_a_number_is_found_with_brackets_too(ledger, number):
    assert uuids(ledger.calls(number=number)) == ["aaa-1"]


def test_a_recording_whose_end_was_never_kept_counts_as_recorded(tmp_path):
    path = tmp_path / "eslflow.db"
    with Ledger(path) as written:
        written.keep(
            (
                offered("a-1", "1", 1),
                choice("a-1", 2, State.GRANTED),
                RecordingBegun("a-1-1", "a-1", "a-1", "/r/a.wav", "training", "q", 3),
                RecordingAction(
                    "a-1-1", "a-1", 4, RecordAction.START, "step", "q", "+OK", True
                ),
                offered("b-2", "1", 5),
                choice("b-2", 6, State.GRANTED),
                RecordingBegun("b-2-1", "b-2", "b-2", "/r/b.wav", "training", "q", 7),
                RecordingAction(
                    "b-2-1", "b-2", 8, RecordAction.START, "step", "q", "-ERR", False
                ),
            )
        )
    with Reader(path) as reader:
        recorded = {c["call_uuid"]: c["recorded"] for c in reader.consents()}
    assert recorded == {"a-1": True, "b-2": False}


def test_a_call_that_comes_back_and_is_not_asked_keeps_its_answer(tmp_path):
    path = tmp_path / "eslflow.db"
    with Ledger(path) as written:
        written.keep(
            (
                offered("a-1", "1", 1),
                choice("a-1", 2, State.GRANTED),
                choice("a-1", 3, State.NOT_ASKED),
                choice("b-2", 4, State.NOT_ASKED),
                choice("b-2", 5, State.NOT_ASKED),
            )
        )
    with Reader(path) as reader:
        states = [(c["call_uuid"], c["state"]) for c in reader.consents()]
        assert uuids(reader.consents(state="granted")) == ["a-1"]
    assert states == [("b-2", "not_asked"), ("a-1", "granted")]


def test_calls_are_found_by_their_receipt(tmp_path):
    path = tmp_path / "eslflow.db"
    Ledger(path).close()
    code = "12345674"
    rows = [choice(uuid, 5, State.GRANTED) for uuid in ("aaa-1", "aab-2", "aac-3")]
    write(path, [row._replace(receipt=code) for row in rows[:2]] * 2 + rows[2:])
    with Reader(path) as ledger:
        assert ledger.with_receipt(code) == ["aaa-1", "aab-2"]
        found = {line["call_uuid"] for line in ledger.consents(receipt=code)}
        assert found == {"aaa-1", "aab-2"}
        assert ledger.with_receipt("00000000") == ledger.with_receipt("") == []
        assert ledger.consents(receipt="00000000") == []
        assert [row["receipt"] for row in ledger.choices("aab-2")] == [code, code]


def test_a_ledger_that_knows_of_no_receipts_has_none(tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE choices (call_uuid TEXT)")
    with Reader(path) as ledger:
        assert ledger.with_receipt("12345674") == []


def test_only_recordings_that_may_have_to_go_are_looked_at(tmp_path):
    path = tmp_path / "eslflow.db"
    Ledger(path).close()
    rows = []
    for uuid, after in (
        ("a", "delete"),
        ("b", "keep"),
        ("c", "delete"),
        ("d", "delete"),
    ):
        gone = choice(uuid, 9, State.WITHDRAWN)._replace(on_withdrawal=after)
        rows += [gone, RecordingBegun(f"{uuid}-1", uuid, uuid, "/r", "p", "s", 5)]
        if uuid != "c":
            rows.append(RecordingEnded(f"{uuid}-1", 5, 8, 3, "", "stopped"))
    write(path, [*rows, RecordingErased("d-1", 10, "withdrawn")])
    with Reader(path) as ledger:
        assert [row["id"] for row in ledger.withdrawn_recordings()] == ["a-1"]


def test_with_a_country_a_number_is_one_number_and_no_other(tmp_path):
    path = tmp_path / "keys.db"
    normal = normaliser("DE")
    rows = [
        CallOffered(
            *(uuid, "inbound", number, "", called, "f", "5e", "e", at),
            caller_key=key(number),
            called_key=key(called),
        )
        for at, (uuid, number, called, key) in enumerate(
            [
                ("berlin", "030 123456", "100", normal),
                ("vienna", "+4330123456", "100", normal),
                ("called", "1001", "0049 30 123456", normal),
                # From before the site had a country.
                ("old", "030123456", "100", normaliser()),
            ]
        )
    ]
    write(path, rows)
    with Reader(path, normal) as ledger:
        for number in ("+49 30 123456", "+49 (0)30 123456", "0049 30 123456"):
            assert sorted(uuids(ledger.calls(number=number))) == ["berlin", "called"]
        found = sorted(uuids(ledger.calls(number="030123456")))
        assert found == ["berlin", "called", "old"]
        assert uuids(ledger.calls(number="+43 30 123456")) == ["vienna"]
        assert uuids(ledger.calls(number="1001")) == ["called"]
        assert "caller_key" not in ledger.calls()[0]
    with Reader(path) as ledger:
        assert len(ledger.calls(number="030123456")) == 4
