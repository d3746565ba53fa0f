"""`eslflow prove`."""

import re

import pytest

from eslflow.check import explore
from eslflow.cli import prove
from eslflow.cli.main import CONFIGURATION
from tests.command import run

BAD = """\
flow: bad
purposes: {training: {basis: consent, retain: 90d}}
notices: {recording: {version: 1, text: "Press 1 to agree, 2 to refuse."}}
steps:
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
    refused: bye
  sales: {queue: sales, record: on, from: answer}
  bye: {hangup: NORMAL_CLEARING}
"""


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    return path


def test_a_flow_that_holds_is_told_with_its_states(tmp_path):
    done = run(tmp_path, "prove", "flows/opening.yaml")
    assert done.exit_code == 0
    told = r"flows/opening\.yaml: proved \(\d+ states, \d+ moves\)\n"
    assert re.fullmatch(told, done.stdout)


def test_a_flow_that_does_not_hold_is_told_with_a_scenario(tmp_path, bad):
    done = run(tmp_path, "prove", str(bad))
    assert done.exit_code == CONFIGURATION
    assert "step 'ask': who agrees reaches a person, who refuses does" in done.stderr
    assert "the caller presses 2 (refused)" in done.stderr
    assert "eslflow test, put this into bad.scenarios.yaml:" in done.stderr


def test_its_scenario_fails_where_the_proof_does(tmp_path, bad):
    paste(run(tmp_path, "prove", str(bad)).stderr, tmp_path / "bad.scenarios.yaml")
    done = run(tmp_path, "test", str(bad))
    assert done.exit_code == 1
    assert "who refuses is not served at ask" in done.output


def test_its_scenario_holds_once_who_refuses_comes_to_the_same_menu(tmp_path, bad):
    menu = "  m: {menu: a, keys: {1: bye, 3: sales}, failure: bye, error: bye}\n"
    steps = BAD.replace("  sales:", f"{menu}  sales:") + "prompts: {a: A.}\n"
    bad.write_text(steps)
    paste(run(tmp_path, "prove", str(bad)).stderr, tmp_path / "bad.scenarios.yaml")
    assert run(tmp_path, "test", str(bad)).exit_code == 1
    bad.write_text(steps.replace("refused: bye", "refused: m"))
    assert run(tmp_path, "test", str(bad)).exit_code == 0


def paste(told, path):
    """Put the scenarios that a proof tells beside their flow."""
    text = told[told.index("    scenarios:") :]
    path.write_text("\n".join(line[4:] for line in text.splitlines()) + "\n")


def test_a_flow_that_does_not_load_is_not_proved_and_the_others_are(tmp_path, bad):
    broken = tmp_path / "broken.yaml"
    broken.write_text("flow: broken\n")
    done = run(tmp_path, "prove", str(broken), str(bad))
    assert done.exit_code == CONFIGURATION
    assert "'steps:' is missing" in done.stderr
    assert f"{broken}: not proved until the above is mended\n" in done.stderr
    assert "[refused]" in done.stderr


def test_a_flow_that_is_too_large_is_not_proved(tmp_path, monkeypatch):
    monkeypatch.setattr(explore, "MOST_STATES", 3)
    monkeypatch.setattr(prove, "KNOWN", {})
    done = run(tmp_path, "prove", "flows/opening.yaml")
    assert done.exit_code == 1
    assert "flows/opening.yaml: warning: not proved" in done.stderr
    assert "[not-proved]\n  It can take calls" in done.stderr


def test_steps_that_no_call_comes_to_are_named(tmp_path):
    path = tmp_path / "left.yaml"
    path.write_text(
        "flow: left\nprompts: {a: A.}\nsteps:\n  set: {set: {x: y}}\n"
        "  which: {branch: x, cases: {z: b}, otherwise: c}\n"
        "  b: {announce: a}\n  c: {announce: a}\n"
    )
    done = run(tmp_path, "prove", str(path))
    assert "; no call came to b)" in done.stdout


def test_check_proves_too(tmp_path, bad):
    done = run(tmp_path, "check", str(bad))
    assert done.exit_code == CONFIGURATION


def test_a_file_is_proved_once(tmp_path, monkeypatch):
    monkeypatch.setattr(prove, "KNOWN", {})
    first = run(tmp_path, "prove", "flows/opening.yaml").stdout
    monkeypatch.setattr("eslflow.cli.prove.prove", None)
    assert run(tmp_path, "prove", "flows/opening.yaml").stdout == first
