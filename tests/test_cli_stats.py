"""`eslflow consents stats`."""

import json
import time
from xml.etree import ElementTree

import pytest

from eslflow.call.records import State
from eslflow.ledger.writer import write
from tests.command import run, site_with_calls
from tests.test_ledger_tally import asked, call

HOUR = 3_600_000_000
NIGHT = 20_100 * 24 * HOUR
"""Midnight, UTC."""


@pytest.fixture(autouse=True)
def zone(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    rows = [
        *call("a", "sales", caller="+4930111111"),
        *call("b", "support", caller="+4930222222"),
        asked("a", State.GRANTED, NIGHT),
        asked("b", State.REFUSED, NIGHT + HOUR, notice_version=2),
        asked("c", State.UNANSWERED, NIGHT + HOUR, notice_version=2),
        # In summer, Berlin is an hour further from UTC.
        asked("d", State.GRANTED, NIGHT + 180 * 24 * HOUR),
    ]
    write(tmp_path / "eslflow.db", rows)
    return tmp_path


def stats(site, *words, since="2000-01-01"):
    done = run(site, "consents", "stats", "--since", since, *words)
    assert done.exit_code == 0, done.output
    return done


def test_tables_tell_it_with_bars(site):
    lines = stats(site).stdout.splitlines()
    assert lines[0] == "4 questions since 2000-01-01 00:00:00: 50.0% agreed"
    found = [line.split() for line in lines]
    assert found[3][:-1] == ["support", "rec", "v1", "2", "2", "0", "0", "0", "100.0%"]
    assert found[4] == ["support", "rec", "v2", "2", "0", "1", "1", "0", "0.0%"]
    assert ["01:00", "1", "1", "0", "0", "0", "100.0%", "\u2588" * 20] in found
    assert ["sales", "1", "1", "0", "0", "0", "100.0%", "\u2588" * 20] in found
    assert found[-3][:-1] == ["(none)", "2", "1", "0", "1", "0", "50.0%"]


def test_json_has_the_same_numbers(site):
    told = json.loads(stats(site, "--json").stdout)
    assert told["since"] == "1999-12-31T23:00:00.000000Z"
    assert told["until"] is None
    assert told["all"]["rate"] == 0.5
    assert told["notices"][1] == {
        "flow": "support", "notice": "rec", "version": 2, "asked": 2, "agreed": 0,
        "refused": 1, "no_answer": 1, "hung_up": 0, "rate": 0.0,
    }  # fmt: skip
    assert [(h["hour"], h["asked"]) for h in told["hours"]] == [(1, 1), (2, 3)]
    assert [q["queue"] for q in told["queues"]] == ["", "sales", "support"]


def test_a_span_is_counted(site):
    end = ("--until", "2025-01-12T01:30", "--json")
    assert json.loads(stats(site, *end).stdout)["all"]["asked"] == 1


def test_it_can_be_drawn(site, tmp_path):
    stats(site, "--svg", str(tmp_path / "out.svg"))
    drawn = ElementTree.parse(tmp_path / "out.svg").getroot()  # noqa: S314
    title = drawn[0].text
    assert title == "Agreed since 2000-01-01 00:00:00: 50.0% of 4"


def test_without_words_the_last_thirty_days_count(site):
    done = run(site, "consents", "stats")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("Nobody was asked since ")
    told = json.loads(run(site, "consents", "stats", "--json").stdout)
    assert (told["all"]["asked"], told["notices"]) == (0, [])


def test_all_of_it_is_counted_when_only_its_end_is_named(site):
    done = run(site, "consents", "stats", "--since", "", "--until", "2030-01-01")
    assert "4 questions of all time until 2030-01-01" in done.stdout


def test_nobody_is_named(tmp_path):
    site_with_calls(tmp_path)
    for words in ((), ("--json",), ("--svg", str(tmp_path / "out.svg"))):
        done = stats(tmp_path, *words)
        told = done.stdout + done.stderr
        if words and words[0] == "--svg":
            told += (tmp_path / "out.svg").read_text()
        assert not [w for w in ("4930", "Anna", "Eve", "aaaa-1") if w in told]
        assert "3" in told
