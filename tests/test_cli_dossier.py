"""All that is kept of one person, as rows and as a page."""

import pytest

from eslflow.call.records import FlowServed, Look, RecordingErased
from eslflow.cli.dossier import dossier, page
from eslflow.ledger.read import Reader
from eslflow.ledger.subject import Held, read
from eslflow.ledger.versions import Versions
from eslflow.ledger.writer import write
from tests.persons import ANNA, NAME, NORMAL, Office


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def of(office, holds=()):
    subject = read(office.ledger, ANNA, NORMAL)
    with Reader(office.ledger) as ledger, Versions(office.ledger) as versions:
        return dossier(ledger, versions, subject, list(holds))


def test_it_has_every_call_with_its_looks_and_holds(office):
    office.talked()
    at = office.now
    rows = [
        Look(at, "eve", "decrypt", "anna-1", "anna-1-1", "training"),
        Look(at, "dpo", "show", "", "", "", ANNA),
        RecordingErased("anna-3-1", at, "withdrawn"),
    ]
    write(office.ledger, rows)
    holds = [
        Held(ANNA, at, "dpo", "court", "m"),
        Held("+4930999", at, "x", "police", "n"),
    ]
    kept = of(office, holds)
    assert [call["side"] for call in kept["calls"]].count("caller") == 2
    assert [hold["reason"] for hold in kept["holds"]] == ["court"]
    assert [look["what"] for look in kept["looks"]] == ["show"]
    told = page(kept)
    assert f"What is kept of {ANNA}\n" in told
    assert f"named     {NAME}, as the network says" in told
    assert "recorded  2 files, 1 of them deleted since" in told
    assert "by dpo: court" in told
    assert "police" not in told
    assert "show by dpo\n" in told
    assert "decrypt by eve\n            training" in told


def test_of_whom_there_is_no_call_only_that_is_told(office):
    assert page(of(office)) == f"What is kept of {ANNA}\n  recorded  0 files"


def test_nothing_that_a_caller_sends_moves_the_cursor(office):
    office.ends("a", name="Eve\x1b[2J")
    assert "\x1b" not in page(of(office))


def test_it_tells_since_when_the_flow_ran_and_who_looked_at_a_call(office):
    office.talked()
    version = of(office)["calls"][0]["call"]["flow_sha256"]
    rows = [
        FlowServed(1, "sales", version, "served", "start", "root", ""),
        Look(office.now, "dpo", "proof", "anna-1", "", "complaint"),
    ]
    write(office.ledger, rows)
    told = page(of(office))
    assert "served since 1970-01-01" in told
    assert ": proof by dpo\n            complaint" in told
