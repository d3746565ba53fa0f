"""`eslflow test`."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from eslflow.check import flow_files
from eslflow.check.load import scenarios_of
from eslflow.cli.main import CONFIGURATION
from tests.command import run

pytestmark = pytest.mark.usefixtures("quick_proofs")

FLOWS = Path(__file__).parent.parent / "flows"
GOOD = """\
scenarios:
  agrees:
    press: [1, 2]
    expect: {recorded: true, reaches: support}
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    (tmp_path / "flows").mkdir()
    shutil.copy(FLOWS / "support.yaml", tmp_path / "flows")
    return tmp_path


def scenarios(site, text):
    (site / "flows" / "support.scenarios.yaml").write_text(text)


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_every_flow_that_ships_has_scenarios_for_all_its_steps_and_endings(
    tmp_path, path
):
    assert scenarios_of(path).exists(), f"write {scenarios_of(path).name} beside it"
    done = run(tmp_path, "test", str(path), "--need", "100")
    assert done.exit_code == 0, done.output


def test_a_new_site_has_the_scenarios_of_its_flows(tmp_path):
    run(tmp_path, "init", str(tmp_path), "--flows", "support,office-hours")
    done = run(tmp_path, "test")
    assert done.exit_code == 0, done.output
    assert "no scenarios" not in done.output
    assert run(tmp_path, "check").exit_code == 0


def test_a_file_of_scenarios_stands_for_its_flow(site):
    scenarios(site, GOOD)
    done = run(site, "test", str(site / "flows" / "support.scenarios.yaml"))
    assert done.exit_code == 0
    assert done.stdout.startswith("passed  support: agrees\n")


def test_what_came_as_expected_is_a_line_and_flows_without_are_named(site):
    scenarios(site, GOOD)
    shutil.copy(FLOWS / "opt-in.yaml", site / "flows")
    done = run(site, "test")
    assert done.exit_code == 0
    assert done.stdout.startswith("passed  support: agrees\n")
    assert "not reached: choose: failure (goes to support)\n" in done.stdout
    told = "opt-in.yaml: no scenarios (opt-in.scenarios.yaml); to begin: eslflow test"
    assert f"{told} opt-in\n" in done.stdout
    assert "!" not in done.stdout


def test_a_flow_that_changed_is_told_side_by_side_with_its_story(site):
    scenarios(site, GOOD)
    path = site / "flows" / "support.yaml"
    text = path.read_text().replace(
        "support: {queue: support, record: on, from: answer}",
        "support: {queue: support}",
    )
    path.write_text(text)
    done = run(site, "test", "support")
    assert done.exit_code == 1
    assert "FAILED  support: agrees\n" in done.stdout
    assert "support.scenarios.yaml:4: agrees" in done.stdout
    assert "line 4  recorded  true     | false" in done.stdout
    assert "an agent answers" in done.stdout


def test_too_little_coverage_fails(site):
    scenarios(site, GOOD)
    done = run(site, "test", "--need", "90")
    assert done.exit_code == 1
    assert "Below 90 % of steps and endings: support" in done.stderr
    assert run(site, "test", "--need", "10").exit_code == 0


def test_a_flow_without_scenarios_is_too_little_too(site):
    assert run(site, "test").exit_code == 0
    assert run(site, "test", "--need", "1").exit_code == 1
    done = run(site, "test", "support")
    assert done.exit_code == 1
    assert "support.yaml has no scenarios" in done.stderr


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_a_flow_without_scenarios_is_given_a_first_one_that_passes(tmp_path, path):
    for file in flow_files(FLOWS):
        shutil.copy(file, tmp_path)
    own = tmp_path / path.name
    told = run(tmp_path, "test", str(own)).stderr
    example = re.search(r"put this into (.*):\n((?:    .*\n)+)", told)
    Path(example[1]).write_text(example[2])
    done = run(tmp_path, "test", str(own))
    assert done.exit_code == 0, done.output
    assert f"passed  {path.stem}: the caller presses nothing\n" in done.stdout


def test_scenarios_that_are_wrong_are_told_with_the_flows_that_are(site):
    scenarios(site, "scenarios: {a: {pres: 1, expect: {recorded: true}}}")
    (site / "flows" / "bad.yaml").write_text("flow: bad\nsteps:\n  a: {anounce: x}\n")
    (site / "flows" / "bad.scenarios.yaml").write_text(GOOD)
    done = run(site, "test")
    assert done.exit_code == CONFIGURATION
    assert "support.scenarios.yaml:1:17: 'pres' is not an option" in done.stderr
    assert "bad.yaml:3:" in done.stderr


def test_usage_is_told(site):
    assert run(site, "test", "--need", "101").exit_code == 2
    assert run(site, "test", "nothing").exit_code == 1


def test_programs_get_json_and_build_servers_junit(site):
    scenarios(site, GOOD.replace("true", "false"))
    file = site / "junit.xml"
    done = run(site, "test", "--json", "--junit", str(file))
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["flows"][0]["scenarios"][0]["passed"] is False
    assert found["without_scenarios"] == []
    suite = ET.parse(file).getroot().find("testsuite")  # noqa: S314  our own
    assert suite.get("failures") == "1"
