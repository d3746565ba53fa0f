"""Flows that would be served, as they are looked at."""

from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from eslflow.call.records import NoticePlayed
from eslflow.cli.candidate import _demand_one_moment, examine
from eslflow.cli.fit import FAILED, FINE, rests_on
from eslflow.cli.main import CONFIGURATION
from eslflow.errors import SettingsError
from eslflow.ledger.writer import write
from eslflow.prompts.wav import encode
from eslflow.settings import load_settings
from tests.test_cli_prove import BAD
from tests.test_flow_subflow import OPENING, within

pytestmark = pytest.mark.usefixtures("quick_proofs")

SMALL = "flow: small\nsteps:\n  a: {queue: sales}\n"
GREETS = """\
flow: small
prompts: {hello: Hello.}
steps:
  greeting: {announce: hello}
  a: {queue: sales}
"""
HELP = """\
flow: small
prompts: {hello: Hello.}
steps:
  greeting: {announce: hello}
  help: {dial: {user: 144}, next: end}
  end: {hangup: USER_BUSY}
"""
SCENARIO = "scenarios:\n  served: {expect: {reaches: %s}}\n"
NOTICE = """\
flow: asks
purposes: {training: {basis: consent, retain: 90d}}
notices: {recording: {version: 1, text: "Press 1 to agree, 2 to refuse."}}
steps:
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
  a: {queue: sales, record: on}
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/small.yaml").write_text(SMALL)
    return tmp_path


def test_a_good_flow_can_be_served(site):
    found = examine(site, {})
    assert found.code == FINE
    assert list(found.fit.flows) == ["small"]
    assert found.fit.settings == load_settings(site)
    assert "small.yaml: good (1 step; en)" in found.told
    assert "small.yaml: proved (" in found.told
    assert "no scenarios (small.scenarios.yaml)" in found.told


def test_what_is_known_to_be_good_is_not_proved_again(site):
    before = examine(site, {}).fit.flows["small"]
    found = examine(site, {"small": rests_on(before, load_settings(site))})
    assert found.told == ""
    assert found.fit.flows == {"small": before}


def test_other_emergency_numbers_are_other_rules_for_flows_that_have_not_changed(site):
    (site / "flows/small.yaml").write_text(HELP)
    hello = site / "sounds/small/en/hello.wav"
    hello.parent.mkdir(parents=True)
    hello.write_bytes(encode(array("h", [9] * 800), 8000))
    fit = examine(site, {}).fit
    known = {"small": rests_on(fit.flows["small"], fit.settings)}
    assert examine(site, known).told == ""
    (site / "eslflow.yaml").write_text("emergency: [144]\n")
    assert "[emergency-behind-prompt]" in examine(site, known).told


def test_audio_that_is_gone_is_told_of_a_flow_that_has_not_changed(site):
    (site / "flows/small.yaml").write_text(GREETS)
    hello = site / "sounds/small/en/hello.wav"
    hello.parent.mkdir(parents=True)
    hello.write_bytes(encode(array("h", [9] * 800), 8000))
    before = examine(site, {})
    assert before.code == FINE
    hello.unlink()
    fit = before.fit
    found = examine(site, {"small": rests_on(fit.flows["small"], fit.settings)})
    assert "prompt hello (en) has no audio" in found.told
    assert (found.code, found.fit) == (CONFIGURATION, None)


def test_scenarios_that_changed_are_played_of_a_flow_that_has_not(site):
    fit = examine(site, {}).fit
    known = {"small": rests_on(fit.flows["small"], fit.settings)}
    scenarios = site / "flows/small.scenarios.yaml"
    scenarios.write_text(SCENARIO % "a")
    assert examine(site, known).told == ""
    scenarios.write_text("scenarios:\n  served: {expect: {reaches: nobody}}\n")
    found = examine(site, known)
    assert "FAILED  small: served" in found.told
    assert "1 scenario, 1 failed" in found.told
    assert (found.code, found.fit) == (FAILED, None)


@pytest.mark.parametrize(
    ("file", "text", "code", "told"),
    [
        ("flows/bad.yaml", "flow: bad\n", CONFIGURATION, "bad.yaml:1:1: 'steps:' is"),
        ("flows/half.yaml", SMALL[:30], CONFIGURATION, "half.yaml:3:"),
        ("flows/bad.yaml", BAD, CONFIGURATION, "who agrees reaches a person"),
        ("flows/b.yaml", SMALL, CONFIGURATION, "a flow 'small' is in"),
        ("eslflow.yaml", "default_flow: x", CONFIGURATION, "there is no flow 'x'"),
        ("eslflow.yaml", "lisen: x", CONFIGURATION, "'lisen' is not an option"),
        (
            "flows/small.scenarios.yaml",
            SCENARIO % "support",
            CONFIGURATION,
            "small.scenarios.yaml:2:",
        ),
        (
            "flows/small.scenarios.yaml",
            "scenarios:\n  served: {hang_up_at: a, expect: {reaches: a}}\n",
            FAILED,
            "FAILED  small: served",
        ),
    ],
)
def test_what_is_wrong_is_told_and_not_served(site, file, text, code, told):
    (site / file).write_text(text)
    found = examine(site, {})
    assert told in found.told
    assert (found.code, found.fit) == (code, None)


def test_scenarios_that_come_as_expected_are_counted(site):
    (site / "flows/small.scenarios.yaml").write_text(SCENARIO % "a")
    found = examine(site, {})
    assert "1 scenario, 0 failed" in found.told
    assert found.code == FINE


def test_a_site_without_flows_is_not_served(site):
    (site / "flows/small.yaml").unlink()
    found = examine(site, {"small": "1"})
    assert "there are no flows" in found.told
    assert (found.code, found.fit) == (CONFIGURATION, None)


def test_a_question_without_audio_is_not_served(site):
    (site / "flows/asks.yaml").write_text(NOTICE)
    found = examine(site, {})
    assert "notice recording v1 (en) has no audio" in found.told
    assert (found.code, found.fit) == (CONFIGURATION, None)


def test_a_notice_that_callers_have_heard_otherwise_is_not_served(site):
    (site / "flows/asks.yaml").write_text(NOTICE)
    played = NoticePlayed("asks", "recording", 1, "en", "Press 1.", "", 0, "")
    write(site / "eslflow.db", [played])
    found = examine(site, {})
    assert "'recording' v1 (en) has other words than callers have heard" in found.told
    assert (found.code, found.fit) == (CONFIGURATION, None)


def test_a_ledger_that_cannot_be_read_is_told(site):
    (site / "flows/asks.yaml").write_text(NOTICE)
    (site / "eslflow.db").write_text("a list of purchases")
    found = examine(site, {})
    assert "cannot be read as a ledger" in found.told
    assert (found.code, found.fit) == (FAILED, None)


def test_a_file_that_changes_while_it_is_read_is_read_again():
    first, other = within(OPENING), within(OPENING + "# x\n")
    _demand_one_moment([first, first])
    with pytest.raises(SettingsError, match="opening.yaml was changed while it was"):
        _demand_one_moment([first, replace(other, versions=other.versions[1:])])


def test_nothing_of_a_site_is_changed(site):
    def files():
        return {path: path.stat() for path in Path(site).rglob("*")}

    before = files()
    examine(site, {})
    assert files().keys() == before.keys()
