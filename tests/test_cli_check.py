"""`eslflow check`."""

import re
import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest

from eslflow.cli.main import CONFIGURATION
from tests.command import run
from tests.flow_mutants import MUTANTS, FlowMutant, is_named, site_of, told

pytestmark = pytest.mark.usefixtures("quick_proofs")

ROOT = Path(__file__).parent.parent
TWELVE = ROOT / "tests" / "flows" / "bad" / "twelve.yaml"


REFUSED = """\
flow: bad
purposes: {training: {basis: consent, retain: 90d}}
notices: {recording: {version: 1, text: "Press 1 to agree, 2 to refuse."}}
steps:
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
    refused: bye
  sales: {queue: sales, record: on}
  bye: {hangup: NORMAL_CLEARING}
"""


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """Let it be a day on which no holidays of the shipped flows are over."""
    day = round(datetime(2026, 11, 27, 12, tzinfo=timezone.utc).timestamp()) * 1_000_000
    monkeypatch.setattr("eslflow.clock.SystemClock.now", lambda _: day)


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    return tmp_path


def test_a_good_site_is_said_to_be_good(site):
    done = run(site, "check")
    assert done.exit_code == 0
    assert "support.yaml: good (5 steps; en, de, fr, es)" in done.stdout


def test_holidays_that_are_all_over_are_told(tmp_path):
    path = tmp_path / "flows" / "old.yaml"
    path.parent.mkdir()
    path.write_text(
        "flow: old\nprompts: {hi: Hi.}\nhours:\n  office:\n    zone: Europe/Berlin\n"
        "    mon-fri: 08:00-17:00\n    holidays: {2025-04-18: Good Friday}\nsteps:\n"
        "  when: {hours: office, closed: hi, holiday: hi}\n  hi: {announce: hi}\n"
    )
    said = run(tmp_path, "check", str(path)).stderr
    assert "[past-holidays]" in said
    assert "2025-04-18" in said


def test_a_flow_with_twelve_mistakes_gets_twelve_messages_and_78(site):
    done = run(site, "check", str(TWELVE))
    assert done.exit_code == CONFIGURATION
    assert len(re.findall(r"twelve\.yaml:\d+:", done.stderr)) == 12


def test_the_emergency_numbers_of_the_site_are_those_that_must_not_wait(tmp_path):
    path = tmp_path / "flows" / "help.yaml"
    path.parent.mkdir()
    path.write_text(
        "flow: help\nprompts: {hi: Hi.}\nsteps:\n  hi: {announce: hi}\n"
        "  n: {dial: {user: 144}, next: end}\n  end: {hangup: USER_BUSY}\n"
    )
    code = "[emergency-behind-prompt]"
    assert code not in run(tmp_path, "check", str(path)).stderr
    for said in ("emergency: [144]", "country: AT"):
        (tmp_path / "eslflow.yaml").write_text(f"default_flow: help\n{said}\n")
        assert code in run(tmp_path, "check").stderr


def test_files_with_other_endings_are_told_not_to_be_read(site):
    for name in ("other.yml", "loud.YAML", "notes.txt"):
        (site / "flows" / name).write_text("flow: other\n")
    told = run(site, "check").output
    assert "other.yml: warning: it is not read, for the name of a flow's" in told
    assert "Rename it: loud.yaml" in told
    assert "notes.txt" not in told
    assert "not read" not in run(site, "check", "support").output


def test_hidden_files_of_editors_are_no_flows_and_scenarios_without_a_flow_are_told(
    site,
):
    (site / "flows" / ".#support.yaml").symlink_to("ann@example.com.1:2")
    (site / "flows" / "suport.scenarios.yaml").write_text("scenarios: {}\n")
    done = run(site, "check")
    assert done.exit_code == 0
    assert "there is no suport.yaml" in done.stderr
    assert "Give the file the name of its flow" in run(site, "test").stderr
    assert "suport" not in run(site, "check", "support").output


def test_a_file_of_scenarios_is_checked_as_what_it_is(site):
    path = site / "flows" / "support.scenarios.yaml"
    path.write_text("scenarios:\n  agrees: {press: [1], expect: {recorded: true}}\n")
    flows = [str(path), str(site / "flows" / "support.yaml")]
    done = run(site, "check", *flows)
    assert done.exit_code == 0
    assert f"{path}: good (1 scenario)\n" in done.stdout
    path.write_text("scenarios:\n  agrees: {pres: [1], expect: {recorded: true}}\n")
    done = run(site, "check", *flows)
    assert done.exit_code == CONFIGURATION
    assert f"{path}:2:12: 'pres' is not an option of a scenario" in done.stderr
    assert "support.yaml: good" in done.stdout


def test_scenarios_whose_flow_is_broken_or_gone_are_played_by_nobody(site):
    flow = site / "flows" / "support.yaml"
    path = flow.with_suffix(".scenarios.yaml")
    flow.write_text("flow: [")
    done = run(site, "check", str(path))
    assert done.exit_code == 0
    assert "nobody plays these scenarios: support.yaml does not load\n" in done.stderr
    assert f"  See: eslflow check {flow}\n" in done.stderr
    flow.unlink()
    assert "there is no support.yaml\n" in run(site, "check", str(path)).stderr


def test_scenarios_that_are_not_named_so_are_told_in_one_message(site):
    path = site / "flows" / "tests.yaml"
    path.write_text("at: x\nscenarios:\n  a: {}\n")
    told = run(site, "check", str(path)).stderr
    assert told.startswith(f"{path}:2:1: these are scenarios, and no flow [missing]\n")
    assert len(re.findall(r"tests\.yaml:\d", told)) == 1


def test_what_the_proof_finds_is_told_beside_what_else_is_wrong(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(REFUSED)
    done = run(tmp_path, "check", str(path))
    assert done.exit_code == 78
    assert "notice recording v1 (en) has no audio" in done.output
    assert "who agrees reaches a person, who refuses does not [refused]" in done.output


def test_what_keeps_a_flow_from_loading_hides_nothing_else(site):
    path = site / "flows" / "support.yaml"
    for old, new in (
        ("  choose:\n", "  lost: {announce: welcome, next: choose}\n  choose:\n"),
        ("2: refused}", "3: refused}"),
    ):
        path.write_text(path.read_text().replace(old, new))
    (site / "sounds" / "support" / "de" / "welcome.wav").unlink()
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    for code in ("dead-step", "key-unsaid", "no-audio"):
        assert f"[{code}]" in done.stderr
    left = "the rest, such as where its steps lead, and its proof"
    assert f"{path}: not looked at until the above is mended: {left}\n" in done.stderr


def test_words_that_cannot_be_read_are_not_looked_for_on_disk(site):
    path = site / "flows" / "support.yaml"
    path.write_text(path.read_text().replace("    en: Thank you", "    it: Thank you"))
    told = run(site, "check").stderr
    assert "[no-words]" in told
    assert "-audio]" not in told


def test_where_nothing_can_be_read_all_else_is_left(site):
    path = site / "flows" / "support.yaml"
    path.write_text("flow: [")
    told = run(site, "check").stderr
    assert f"{path}: not looked at until the above is mended: all else\n" in told
    path.unlink()
    path.symlink_to(site / "none")
    told = run(site, "check").stderr
    assert "[unreadable]" in told
    assert "not looked at" not in told


def test_every_flow_is_told_in_one_run(site):
    shutil.copy(TWELVE, site / "flows" / "twelve.yaml")
    (site / "flows" / "other.yaml").write_text("flow: other\n")
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    assert "twelve.yaml:4:" in done.stderr
    assert "other.yaml:1:1: 'steps:' is missing" in done.stderr
    assert "support.yaml: good" in done.stdout


def test_audio_that_is_missing_is_named_with_a_way_out(site):
    (site / "sounds" / "support" / "de" / "welcome.wav").unlink()
    done = run(site, "check", "support")
    assert done.exit_code == CONFIGURATION
    path = site / "flows" / "support.yaml"
    words = [line.strip() for line in path.read_text().splitlines()]
    line = words.index("de: Danke für Ihren Anruf.") + 1
    assert f"{path}:{line}:5: prompt welcome (de) has no audio" in done.stderr
    assert f"eslflow --site {site} prompts build {path}" in done.stderr


def test_a_notice_with_new_words_is_told_until_they_are_spoken(site):
    flow = site / "flows" / "support.yaml"
    flow.write_text(
        flow.read_text().replace("To train our", "Please note: To train our")
    )
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    assert "recording.v2.wav does not speak yet: it is not played" in done.stderr
    assert f"Make it with: eslflow --site {site} prompts build" in done.stderr


def test_a_prompt_with_new_words_is_a_warning(site):
    flow = site / "flows" / "support.yaml"
    flow.write_text(flow.read_text().replace("en: Thank you", "en: Many thanks"))
    done = run(site, "check")
    assert done.exit_code == 0
    assert "warning: prompt welcome (en) has new words" in done.stderr


def test_a_persons_broken_file_is_to_be_recorded_again(site):
    (site / "sounds" / "generated.json").unlink()
    (site / "sounds" / "support" / "de" / "welcome.wav").write_bytes(b"")
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    assert "record it again, or remove the file" in done.stderr
    assert "Make it with" not in done.stderr


def test_settings_that_name_no_flow_are_told(site):
    (site / "eslflow.yaml").write_text("numbers: {1: suport}\n")
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    assert "eslflow.yaml:1:14: there is no flow 'suport'. Did you mean" in done.stderr
    done = run(site, "check", "support")
    assert done.exit_code == 0
    assert "serve would not start all the same: " in done.stderr
    assert "there is no flow 'suport'" in done.stderr
    (site / "eslflow.yaml").write_text("")
    assert run(site, "check", "support").stderr == ""


def test_what_is_declared_in_vain_is_warned_of(site):
    path = site / "flows" / "support.yaml"
    text = path.read_text().replace("  welcome: {announce: welcome}\n", "")
    path.write_text(text)
    done = run(site, "check", "support")
    assert done.exit_code == 0
    assert "warning: no step plays the prompt 'welcome'" in done.stderr


def test_a_flow_that_is_not_there_keeps_no_other_from_being_checked(site):
    shutil.copy(TWELVE, site / "flows" / "twelve.yaml")
    done = run(site, "check", "nosuch", "support")
    assert done.exit_code == 1
    assert "there is no flow nosuch" in done.stderr
    assert "support.yaml: good" in done.stdout
    done = run(site, "check", "nosuch", "twelve")
    assert done.exit_code == CONFIGURATION
    assert "twelve.yaml:4:" in done.stderr


def test_settings_and_flows_are_told_in_one_run(site):
    shutil.copy(TWELVE, site / "flows" / "twelve.yaml")
    (site / "eslflow.yaml").write_text("default_flow: twelv\n")
    done = run(site, "check")
    assert "twelve.yaml:4:" in done.stderr
    assert "there is no flow 'twelv'" in done.stderr


def test_two_flows_of_one_name_are_told(site):
    shutil.copy(site / "flows" / "support.yaml", site / "flows" / "copy.yaml")
    (site / "flows" / "other.yaml").write_text("flow: other\n")
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    place = f"{site}/flows/support.yaml:2:1"
    assert f"{place}: a flow 'support' is in {site}/flows/copy.yaml" in done.stderr
    assert "[twice]" in done.stderr


def test_a_flow_that_is_not_there_is_told(site):
    done = run(site, "check", "suport")
    assert done.exit_code == 1
    assert "Did you mean support?" in done.stderr
    done = run(site, "check", str(site / "none.yaml"))
    assert done.exit_code == 1
    assert f"there is no file {site / 'none.yaml'}" in done.stderr


def test_a_checkout_needs_no_site():
    assert run(ROOT, "check", "flows/support.yaml").exit_code == 0
    assert run(ROOT, "check", "support").exit_code == 0


def test_what_is_wrong_with_a_flow_inside_others_is_told_once(site):
    flows = site / "flows"
    (flows / "inner.yaml").write_text("flow: inner\nsteps:\n  a: {announce: hi}\n")
    for name in ("one", "two"):
        text = f"flow: {name}\nsteps:\n  a: {{flow: inner}}\n  b: {{queue: x}}\n"
        (flows / f"{name}.yaml").write_text(text)
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    assert done.stderr.count("there is no prompt 'hi'") == 1
    assert done.stderr.count("inner.yaml:3:") == 1
    assert "" not in done.stderr.splitlines()
    assert "inner.yaml:3:" in run(site, "check", "one").stderr


def test_a_grant_that_is_remembered_is_warned_of(site):
    path = site / "flows" / "support.yaml"
    text = path.read_text(encoding="utf-8")
    old = "consent: {notice: recording, purpose: training}"
    assert old in text
    more = f"{old}\n    ask_again_after: 30d\n    remember: true"
    path.write_text(text.replace(old, more), encoding="utf-8")
    done = run(site, "check", "support")
    assert done.exit_code == 0
    assert f"{path}:56:5: warning: step 'ask': a grant is remembered" in done.stderr
    assert "recorded unasked [remembered]" in done.stderr
    assert "support.yaml: good" in done.stdout


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return site_of(tmp_path_factory.mktemp("shipped"))


@pytest.mark.parametrize("flow", sorted({mutant.flow for mutant in MUTANTS}))
def test_a_shipped_flow_is_told_nothing_without_a_fault(shipped, flow):
    done = run(shipped, "check", flow)
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.flow}: {m.name}")
def test_a_fault_in_a_shipped_flow_is_told_with_its_place(shipped, mutant: FlowMutant):
    _, text = told(mutant, shipped)
    assert is_named(mutant, text), text


def test_a_warning_lets_it_end_well_and_an_error_does_not(site):
    path = site / "flows" / "support.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(", retain: 90d", ""), encoding="utf-8")
    done = run(site, "check", "support")
    assert "[kept-forever]" in done.stderr
    assert done.exit_code == 0
    swapped = text.replace("{1: granted, 2: refused}", "{2: granted, 1: refused}")
    path.write_text(swapped, encoding="utf-8")
    done = run(site, "check", "support")
    assert f"{path}:55:5: step 'ask': 1 means refused" in done.stderr
    assert "[keys-swapped]" in done.stderr
    assert done.exit_code == CONFIGURATION
    assert "proved" not in done.stdout


def test_emergency_numbers_that_the_site_leaves_out_are_told(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    with (tmp_path / "eslflow.yaml").open("a") as file:
        file.write("emergency: []\n")
    done = run(tmp_path, "check")
    assert done.exit_code == 0
    assert "warning: emergency: in eslflow.yaml leaves out 112." in done.stderr
