"""What the commands that erase share."""

from zipfile import ZipFile

import pytest

from eslflow.call.records import CallEnded
from eslflow.cli.erasing import demand_no_spill, eraser, finish, naming
from eslflow.errors import StoreError
from eslflow.ledger.erasure import Order, begin
from eslflow.ledger.subject import read
from eslflow.ledger.writer import spill_of
from eslflow.settings import read_settings
from tests.persons import ANNA, NORMAL, Office


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def subject(office):
    return read(office.ledger, ANNA, NORMAL)


def names(office):
    settings = read_settings(office.folder)
    return [line.split(" names ")[0] for line in naming(settings, subject(office))]


def test_while_rows_wait_beside_the_ledger_nobody_is_erased(office):
    demand_no_spill(office.ledger)
    spill_of(office.ledger).add([[CallEnded("a", 9, "hung_up", "", "talk")]])
    with pytest.raises(StoreError, match="rows wait in"):
        demand_no_spill(office.ledger)


def test_all_that_was_ordered_is_done(office, capsys):
    files = office.talked()
    begin(office.ledger, subject(office), Order(office.now, "dpo", "file 17", "5f"))
    assert finish(read_settings(office.folder), [], beside=False) == []
    assert not any(path.exists() for path in files)
    assert office.traces() == []
    assert "recording anna-1-1 was erased by order 1: 1 file" in capsys.readouterr().out


def test_what_could_not_be_done_is_returned(office, monkeypatch):
    monkeypatch.setattr("eslflow.ledger.scrub.SMALL", 100)
    office.ends("a")
    office.ends("b", "+4930999999", is_over=False)
    begin(office.ledger, subject(office), Order(office.now, "dpo", "file 17", "5f"))
    settings = read_settings(office.folder)
    (problem,) = finish(settings, None, beside=True)
    assert "still holds traces of what was deleted in its free space" in problem
    assert finish(settings, None, beside=False) == []
    problems = []
    line = {"id": "x", "call_uuid": "x", "path": "/elsewhere/x.wav"}
    assert not eraser(settings, problems).erase(line, "expired")
    assert "is not in the site's folder" in problems[0]


def test_files_that_name_the_person_are_found_wherever_they_are(
    office, tmp_path_factory
):
    notes = office.folder / "notes/deep"
    notes.mkdir(parents=True)
    (notes / "a.txt").write_text("0049 (30) 12 34 56")
    (notes / "b.txt").write_text("+49301234567")
    with ZipFile(office.folder / "x.zip", "w") as file:
        file.writestr(f"{ANNA}/call.json", "{}")
    (office.folder / "broken.zip").write_bytes(b"PK")
    outside = tmp_path_factory.mktemp("outside") / "a.txt"
    outside.write_text(ANNA)
    (office.folder / "link").symlink_to(outside.parent)
    assert names(office) == [str(notes / "a.txt"), str(office.folder / "x.zip")]


def test_the_ledger_and_audio_are_not_searched(office):
    office.talked()
    (office.folder / "30123456.wav").write_bytes(b"30123456")
    assert names(office) == []


def test_what_is_too_large_or_cannot_be_read_is_left(office, monkeypatch):
    monkeypatch.setattr("eslflow.cli.erasing.MOST", 20)
    (office.folder / "large.txt").write_text(ANNA + " " * 20)
    with ZipFile(office.folder / "x.zip", "w") as file:
        file.writestr("a", ANNA + " " * 20)
    assert names(office) == []
