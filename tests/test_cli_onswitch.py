"""`eslflow test --live`, with the simulated switch behind the event socket."""

import json
import os
import shutil
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import gevent
import pytest
from gevent.event import Event as Signal

from eslflow.cli.main import CONFIGURATION
from eslflow.cli.onswitch import _ended_by_signals
from eslflow.onswitch import people, stage
from tests.command import run
from tests.inside import Inside

FLOWS = Path(__file__).parent.parent / "flows"
SOUNDS = FLOWS.parent / "sounds"
SCENARIOS = """\
scenarios:
  agrees and reaches support:
    press: [1, 2]
    expect: {choice: {training: granted}, reaches: support}
  the switch refuses to record:
    press: [1, 2]
    switch: {refuse: [record]}
    expect: {recorded: false}
  refuses, and should not have:
    press: [2, 2]
    expect: {choice: {training: granted}}
"""


@pytest.fixture
def inside(monkeypatch):
    """Return a switch, on which people do at once what they do."""

    def now(_, deed, *arguments):
        deed(*arguments)
        return gevent.spawn(str)

    found = Inside()
    monkeypatch.setattr(people.gevent, "spawn_later", now)
    monkeypatch.setattr(people, "LOOK_S", 0.002)
    monkeypatch.setattr(stage, "DirectLink", lambda _: found)
    return found


@pytest.fixture
def site(tmp_path, monkeypatch):
    # Other test runs on this machine have locks of their own.
    monkeypatch.setattr(stage.tempfile, "tempdir", str(tmp_path.parent))
    (tmp_path / "eslflow.yaml").write_text(
        "switch: {address: 127.0.0.1:8021, password_file: switch.password}\n"
    )
    (tmp_path / "switch.password").write_text("secret")
    (tmp_path / "switch.password").chmod(0o600)
    (tmp_path / "flows").mkdir()
    shutil.copy(FLOWS / "opt-in.yaml", tmp_path / "flows")
    (tmp_path / "flows" / "opt-in.scenarios.yaml").write_text(SCENARIOS)
    (tmp_path / "sounds").symlink_to(SOUNDS)
    return tmp_path


def test_each_scenario_is_told_and_what_could_not_be_played_is_counted(site, inside):
    done = run(site, "test", "--live", "--junit", str(site / "junit.xml"))
    assert done.exit_code == 1, done.output
    lines = done.stdout.splitlines()
    assert "passed  opt-in: agrees and reaches support" in lines
    why = "a real switch cannot be made to refuse record"
    assert f"skipped  opt-in: the switch refuses to record: {why}" in lines
    assert "FAILED  opt-in: refuses, and should not have" in lines
    assert any("granted  | refused" in line for line in lines)
    assert "3 scenarios, 1 failed, 1 skipped; " in done.stdout
    assert "Playing 3 scenarios on FreeSWITCH at 127.0.0.1:8021, 4 at once." in (
        done.stderr
    )
    assert "Callers wait in eslflow-test-1, not where people serve." in done.stderr
    suite = ET.parse(site / "junit.xml").getroot().find("testsuite")  # noqa: S314
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "1")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert cases["the switch refuses to record"].find("skipped").get("message") == why
    # The office's own ledger and recordings know nothing of it.
    assert sorted(path.name for path in site.iterdir()) == sorted(
        ("eslflow.yaml", "switch.password", "flows", "sounds", "junit.xml")
    )


def test_all_that_can_be_played_came_as_expected(site, inside):
    text = SCENARIOS.partition("  refuses, and should")[0]
    (site / "flows" / "opt-in.scenarios.yaml").write_text(text)
    done = run(site, "test", "opt-in", "--live", "--at-once", "1", "--json")
    assert done.exit_code == 0, done.output
    first, second = json.loads(done.stdout)["flows"][0]["scenarios"]
    assert (first["passed"], first["skipped"]) == (True, "")
    assert second["passed"] is False
    assert second["skipped"].startswith("a real switch")
    assert "Playing" not in done.stderr


def test_where_nothing_could_be_played_nothing_was_tested(site, inside):
    text = SCENARIOS.partition("  agrees")[0] + "  the switch refuses"
    text += SCENARIOS.partition("  the switch refuses")[2].partition("  refuses, and")[
        0
    ]
    (site / "flows" / "opt-in.scenarios.yaml").write_text(text)
    done = run(site, "test", "--live")
    assert done.exit_code == 1
    assert "Every scenario was skipped: nothing was tested." in done.stderr


def test_without_queues_for_tests_it_is_said_what_is_skipped(site, inside):
    inside.queues = ()
    done = run(site, "test", "--live")
    assert "no free queue for tests" in done.stderr
    assert "needs a queue for tests, and there is none free" in done.stdout


def test_a_problem_of_the_call_is_a_failure(site, inside, monkeypatch):
    monkeypatch.setattr(inside, "_originate", lambda arg: "+OK")
    monkeypatch.setattr(stage.Stage, "_look", lambda _: None)
    monkeypatch.setattr(people.People, "live", lambda _: None)
    done = run(site, "test", "--live")
    assert done.exit_code == 1
    assert "all is well" in done.stdout
    assert "never came to eslflow" in done.stdout


def test_a_site_without_a_switch_is_a_wrong_setting(site, inside):
    (site / "eslflow.yaml").write_text("# nothing\n")
    done = run(site, "test", "--live")
    assert done.exit_code == CONFIGURATION
    assert "eslflow.yaml names no switch" in done.stderr


def test_no_switch_there_is_told_in_a_line(site):
    text = (site / "eslflow.yaml").read_text().replace("8021", "1")
    (site / "eslflow.yaml").write_text(text)
    done = run(site, "test", "--live")
    assert done.exit_code == 1
    assert "no control link to the switch" in done.stderr


def test_how_many_calls_at_once_is_a_matter_of_live_calls(site):
    done = run(site, "test", "--at-once", "2")
    assert done.exit_code == 2
    assert "--at-once goes with --live." in done.stderr
    assert run(site, "test", "--live", "--at-once", "0").exit_code == 2


def test_nothing_to_play_needs_no_switch(site):
    (site / "flows" / "opt-in.scenarios.yaml").unlink()
    done = run(site, "test", "--live")
    assert done.exit_code == 0
    assert "no scenarios" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_asks_to_stop_lets_it_clean_up(number):
    cleaned = []

    def plays():
        with _ended_by_signals():
            os.kill(os.getpid(), number)
            try:
                Signal().wait(10)
            finally:
                cleaned.append(number)

    with pytest.raises(KeyboardInterrupt):
        plays()
    assert cleaned == [number]
