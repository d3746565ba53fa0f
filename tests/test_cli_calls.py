"""`eslflow calls`."""

import json

import pytest

from eslflow.call.records import FlowServed, RecordingWished
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import write
from tests.command import run, site_with_calls


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site_with_calls(folder)
    return folder


def test_calls_are_listed_newest_first(site):
    done = run(site, "calls", "list")
    assert done.exit_code == 0
    calls = [line.split()[0] for line in done.stdout.splitlines()]
    assert calls == ["call", "dddd-4", "cccc-3", "bbbb-2", "aaaa-1"]
    assert "hung up" in done.stdout


def test_calls_are_found_by_number_and_flow(site):
    def found(*words):
        done = run(site, "calls", "list", "--json", *words)
        return [line["uuid"] for line in json.loads(done.stdout)]

    assert found("--number", "+4930222222") == ["bbbb-2"]
    assert found("--flow", "test", "--limit", "1") == ["dddd-4"]
    assert found("--flow", "other") == []
    assert "No call fits." in run(site, "calls", "list", "--flow", "other").stderr


def test_a_call_is_shown_whole(site):
    done = run(site, "calls", "show", "bbbb-2")
    assert "Call bbbb-2" in done.stdout
    assert "training: refused" in done.stdout
    kept = json.loads(run(site, "calls", "show", "bbbb-2", "--json").stdout)
    assert kept["recordings"] == []


def test_who_wanted_what_of_its_recording_is_shown(tmp_path):
    site_with_calls(tmp_path)
    wish = RecordingWished(
        "aaaa-1", 1, "masked", "token page", "token page", 0, False, "q"
    )
    write(tmp_path / "eslflow.db", [wish])
    told = run(tmp_path, "calls", "show", "aaaa-1").stdout
    assert "Wanted of the recording\n  1970-01-01 " in told
    assert told.endswith(", token page: masked\n")
    (kept,) = json.loads(run(tmp_path, "calls", "show", "aaaa-1", "--json").stdout)[
        "wishes"
    ]
    assert (kept["who"], kept["want"]) == ("token page", "masked")


def test_the_version_that_ran_it_is_named(site):
    with Reader(site / "eslflow.db") as ledger:
        version = ledger.call("bbbb-2")["call"]["flow_sha256"]
    for group in ("calls", "consents"):
        assert f"version {version[:12]}, " in run(site, group, "show", "bbbb").stdout
        kept = json.loads(run(site, group, "show", "bbbb", "--json").stdout)
        assert kept["served"] is None
    write(site / "eslflow.db", [FlowServed(1, "x", version, "served", "x", "anna", "")])
    for group in ("calls", "consents"):
        shown = run(site, group, "show", "bbbb").stdout
        assert "            served since 1970-01-01" in shown
        assert " by anna (x)\n" in shown
        kept = json.loads(run(site, group, "show", "bbbb", "--json").stdout)
        assert kept["served"]["at"] == "1970-01-01T00:00:00.000001Z"


def test_an_unknown_call_is_told(site):
    done = run(site, "calls", "show", "zzzz")
    assert done.exit_code == 1
    assert "there is no call 'zzzz'." in done.stderr
