"""`eslflow subject NUMBER export`."""

import csv
import json
import os
import wave
from array import array
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from eslflow.call.records import CallOffered, RecordingStored
from eslflow.check.load import load_flow
from eslflow.cli.export import table
from eslflow.cli.versions import texts
from eslflow.errors import visible
from eslflow.ledger.read import Reader
from eslflow.ledger.subject import read
from eslflow.ledger.writer import write
from tests.files import talk
from tests.persons import ANNA, NORMAL, WHY, Office


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.cli.subject.who", lambda: "dpo")
    folder = tmp_path / "site"
    folder.mkdir()
    return Office(folder)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "out" / "anna.zip"


def exports(office, target, *more, number=ANNA):
    target.parent.mkdir(exist_ok=True)
    return office.does("subject", number, "export", *WHY, "-o", str(target), *more)


def rows(archive, name):
    return list(csv.DictReader(StringIO(archive.read(name).decode())))


def test_it_has_a_page_json_and_tables(office, target):
    office.talked()
    done = exports(office, target)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{target}\n"
    assert os.stat(target).st_mode & 0o777 == 0o600
    with ZipFile(target) as archive:
        assert sorted(archive.namelist()) == [
            "all.json",
            "calls.csv",
            "choices.csv",
            "page.txt",
            "recordings.csv",
        ]
        assert archive.read("page.txt").startswith(b"What is kept of +4930123456\n")
        kept = json.loads(archive.read("all.json"))
        calls = {row["uuid"]: row for row in rows(archive, "calls.csv")}
        choices = rows(archive, "choices.csv")
        recordings = rows(archive, "recordings.csv")
    assert [len(kept["calls"]), len(calls), len(choices), len(recordings)] == [
        3,
        3,
        3,
        2,
    ]
    assert calls["anna-3"]["side"] == "called"
    assert calls["anna-2"]["caller"] == f"'{ANNA}"
    assert calls["anna-1"]["offered_at"].endswith("Z")
    assert {row["state"] for row in choices} == {"granted"}


def test_who_exports_is_kept_first(office, target):
    office.talked()
    exports(office, target)
    marks = read(office.ledger, ANNA, NORMAL).marks
    with Reader(office.ledger) as ledger:
        (look,) = ledger.looks_at_person(marks)
    assert (look["what"], look["who"], look["reason"]) == ("export", "dpo", "file 17")


def test_recordings_go_along_if_they_are_wanted(office, target):
    first, second = office.talked()
    done = exports(office, target, "--recordings")
    assert done.exit_code == 0, done.output
    with ZipFile(target) as archive:
        for path in (first, second):
            assert archive.read(f"recordings/{path.name}") == path.read_bytes()
    told = office.does("recordings", "show", "anna-1-1").stdout
    assert "export recordings by dpo\n            file 17" in told
    assert "export " not in office.does("recordings", "show", "ben-1-1").stdout


def test_what_cannot_go_along_is_named(office, target):
    first, second = office.talked()
    first.unlink()
    locked = second.rename(second.with_suffix(".wav.age"))
    stored = RecordingStored("anna-3-1", 1, "wav.age", str(locked), "0", "0", 9, "")
    write(office.ledger, [stored])
    done = exports(office, target, "--recordings")
    assert done.exit_code == 1
    assert "recording anna-1-1 is not in it: there is no file" in done.stderr
    assert "recording anna-3-1 is not in it: it is encrypted" in done.stderr
    target.unlink()
    said = json.loads(exports(office, target, "--recordings", "--json").stdout)
    assert said["file"] == str(target)
    assert [line.partition(":")[0] for line in said["missing"]] == [
        "recording anna-1-1 is not in it",
        "recording anna-3-1 is not in it",
    ]
    assert target.exists()


FLOW = """
flow: sales
purposes: {training: {basis: consent}}
recording: {left: LEFT}
steps:
  bye: {hangup: NORMAL_CLEARING}
"""


def stereo(office, left="caller"):
    """Keep a call that was recorded by a flow that is there as it was."""
    flows = office.folder / "flows"
    flows.mkdir()
    (flows / "sales.yaml").write_text(FLOW.replace("LEFT", left))
    assert load_flow(flows / "sales.yaml").recording.left == left
    call = CallOffered(
        "s-1", "inbound", ANNA, "", "100", "sales",
        load_flow(flows / "sales.yaml").sha256, "e", office.now - 9, ANNA, "100",
    )  # fmt: skip
    write(office.ledger, [call])
    return office.records("s-1")


def channel(target, name):
    with ZipFile(target) as archive, wave.open(BytesIO(archive.read(name))) as file:
        return file.getnchannels(), array("h", file.readframes(file.getnframes()))


@pytest.mark.parametrize(("left", "side"), [("caller", 0), ("callee", 1)])
def test_the_voice_of_the_agent_can_be_left_out(office, target, left, side):
    path = stereo(office, left)
    done = exports(office, target, "--own-voice")
    assert done.exit_code == 0, done.output
    own = talk(1)[side::2]
    assert channel(target, f"recordings/{path.name}") == (1, own)


def test_who_is_on_which_side_is_never_guessed(office, target):
    path = stereo(office)
    flow = office.folder / "flows/sales.yaml"
    flow.write_text(flow.read_text() + "# changed\n")
    done = exports(office, target, "--own-voice")
    assert done.exit_code == 1
    assert "who is on which channel cannot be told: its flow is not kept" in done.stderr
    with ZipFile(target) as archive:
        assert f"recordings/{path.name}" not in archive.namelist()


def test_the_flow_as_it_was_tells_who_is_on_which_side(office, target):
    path = stereo(office, "callee")
    file = office.folder / "flows/sales.yaml"
    flow = load_flow(file)
    write(office.ledger, texts([flow]))
    file.unlink()
    done = exports(office, target, "--own-voice")
    assert done.exit_code == 0, done.output
    assert channel(target, f"recordings/{path.name}") == (1, talk(1)[1::2])
    told = office.does("recordings", "show", "s-1-1").stdout
    assert "export own voice by dpo" in told


def test_a_flow_that_is_no_flow_any_more_tells_nothing(office, target):
    stereo(office)
    (office.folder / "flows/sales.yaml").write_text("flow: [")
    done = exports(office, target, "--own-voice")
    assert (done.exit_code, "its flow is not kept" in done.stderr) == (1, True)


def test_a_file_that_cannot_be_split_is_not_given(office, target):
    path = stereo(office)
    path.write_bytes(b"RIFF")
    done = exports(office, target, "--own-voice")
    assert (done.exit_code, "it has no two channels" in done.stderr) == (1, True)


def test_it_is_not_written_where_an_erasure_would_not_find_it(office):
    office.talked()
    inside = office.folder / "out.zip"
    done = exports(office, inside)
    assert done.exit_code == 2
    assert "name a file elsewhere with -o" in done.stderr
    assert not inside.exists()


def test_nothing_is_overwritten(office, target):
    office.talked()
    exports(office, target)
    done = exports(office, target)
    assert (done.exit_code, "is there already" in done.stderr) == (1, True)


def test_of_whom_nothing_is_kept_no_file_is_made(office, target):
    done = exports(office, target, number="+4930999999")
    assert (done.exit_code, done.stdout) == (0, "Nothing is kept of +4930999999.\n")
    words = ("subject", "+4930999999", "export", *WHY, "-o", str(target), "--json")
    assert office.does(*words).stdout == "null\n"
    assert not target.exists()


@pytest.mark.parametrize(
    "name",
    ["=cmd|'/c calc'!A1", "@SUM(1)", "-1+1", "+1+cmd", "\t=", "\uff1d1", "|calc"],
)
def test_what_a_caller_sends_is_no_formula(name):
    cell = table(("name",), [{"name": name}]).splitlines()[1].strip('"')
    assert cell == f"'{visible(name)}"


def test_it_is_written_as_all_csv_is():
    text = table(("n", "at", "none"), [{"n": "+4930", "at": 5, "none": None}])
    assert text == ('"n","at","none"\r\n"\'+4930","1970-01-01T00:00:00.000005Z",""\r\n')
