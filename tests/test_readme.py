"""What the pages say is so."""

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import fields
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from eslflow.call.records import CallOffered, Look, State
from eslflow.check import flow_files, load_flow
from eslflow.check.lint import RULES as LINT
from eslflow.check.load import scenarios_of
from eslflow.check.prove import RULES, prove
from eslflow.check.scenario import ENDINGS, Act, Callee, Fault, Outcome
from eslflow.check.scenarios import EXPECT, KEYS, SCENARIO
from eslflow.check.there import NOT_THERE
from eslflow.cli.exporting import FORMATS
from eslflow.cli.main import COMMANDS, main
from eslflow.cli.reloading import LIVE
from eslflow.cli.watch import EVERY_S
from eslflow.doctor.versions import FIXES
from eslflow.errors import FlowErrors
from eslflow.flow.codes import SORTS, UNREADABLE
from eslflow.flow.options import fields_of
from eslflow.ledger import agreement
from eslflow.ledger.chain import BEGIN, FORMS
from eslflow.ledger.writer import write
from eslflow.office import Office
from eslflow.onswitch.queues import found as for_tests
from eslflow.recordings.age import recipients
from eslflow.recordings.hook import KEPT
from eslflow.settings import TOKENS, Convert, Reload, load_settings
from eslflow.sim.clock import START
from eslflow.steps import KINDS
from eslflow.web.app import ROUTES
from eslflow.web.scopes import Scope
from eslflow.web.token_file import add
from eslflow.web.tokens import Token, digest
from tests import persons
from tests.bundles import bundle, parts_of, site_with_proof
from tests.codes import CODES, EXAMPLES, page
from tests.command import run, site_with_calls
from tests.desks import ANNA, TableDesk
from tests.flow_mutants import MUTANTS as FLOW_MUTANTS
from tests.forms import STATES
from tests.inside import Inside
from tests.mutants import MUTANTS
from tests.served import served
from tests.steps_of import Texts, flow
from tests.test_cli_flows import SMALL, Site
from tests.test_cli_reload import SERVED

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FLOWS = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
DOCS = (ROOT / "docs" / "freeswitch.md").read_text(encoding="utf-8")
CONTROL = (ROOT / "docs" / "control.md").read_text(encoding="utf-8")
CHECKS = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
SITE = ROOT / "eslflow" / "site.py"
DRIFT = ROOT / "eslflow" / "cli" / "drift.py"
PROOF = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
RECORDING = (ROOT / "docs" / "recording.md").read_text(encoding="utf-8")
DOCTOR = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
BUNDLES = (ROOT / "docs" / "bundles.md").read_text(encoding="utf-8")
EXPORTS = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
PEOPLE = (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
LEDGER = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
SERVICE = (ROOT / "docs" / "flows-in-service.md").read_text(encoding="utf-8")
PAGES = (
    "README.md",
    "flows/README.md",
    "docs/freeswitch.md",
    "docs/control.md",
    "docs/ledger.md",
    "docs/doctor.md",
    "docs/bundles.md",
    "docs/exports.md",
    "docs/flows-in-service.md",
    "docs/people.md",
)
HEAD = """\
flow: test
languages: [en, de]
purposes:
  training: {basis: consent}
  quality: {basis: legitimate_interests}
  duty: {basis: legal_obligation}
notices:
  recording: {version: 1, text: {en: Press 1 or 2., de: 1 oder 2.}}
  details: {version: 1, text: {en: All of it., de: Alles.}}
prompts:
  welcome: {en: Welcome., de: Willkommen.}
  which: {en: Which?, de: Was?}
  tongue: {en: For English press 1., de: Für Deutsch die 2.}
hours:
  office: {zone: Europe/Berlin, mon-fri: 08:00-17:00}
"""
OPENING = "flow: opening\nsteps:\n  a: {set: {line: day}}\n"


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_first_flow_and_what_try_tells_of_it_are_true(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (shown,) = re.findall(
        r"^\$ (eslflow try .+)\n((?:.*\n)+?)```", README, re.MULTILINE
    )
    (name,) = re.findall(r"Save this as `([a-z]+\.yaml)`", README)
    Path(name).write_text(blocks(README, "yaml")[0])
    program, *words = shlex.split(shown[0])
    done = CliRunner().invoke(main, [*words, "--at", "2026-11-23 10:00"])
    assert done.exit_code == 0, done.output
    assert done.output == shown[1]


def test_the_first_screen_leads_to_a_call():
    lines = README.splitlines()[:30]
    text = " ".join(lines)
    assert "scripts/setup" in text
    assert ".venv/bin/eslflow" in text
    assert "async full" in text
    assert "eslflow try" in text


def test_every_state_of_a_choice_is_explained():
    for state in State:
        assert f"| `{state.value}` |" in README


def test_one_site_is_named_on_all_pages():
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"--site (/[a-z/]+)", text)) <= {"/srv/eslflow"}, name


def test_the_schema_is_named_where_flows_are_explained():
    (line,) = re.findall(r"^# yaml-language-server: .+$", FLOWS, re.MULTILINE)[:1]
    assert (ROOT / "flows" / "support.yaml").read_text().startswith(line)


FILES = re.compile(r"`((?:tests|scripts|docs|flows|eslflow)/[a-z_./]+)`")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {*FILES.findall(text), *re.findall(r"\bscripts/[a-z]+", text)}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_look_up_that_is_shown_can_be_made(tmp_path, monkeypatch):
    site = tmp_path / "site"
    site.mkdir()
    site_with_calls(site)
    monkeypatch.chdir(tmp_path)
    shown = re.findall(
        r"^eslflow ((?:calls list|calls show|consents|recordings|proof|subject"
        r"|retention) .+)$",
        README,
        re.MULTILINE,
    )
    assert len(shown) > 3
    for line in shown:
        line = line.replace("0a6f5a54", "aaaa-1").replace("/tmp/", "")
        done = run(site, *shlex.split(line))
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_every_command_on_people_that_is_shown_can_be_run(tmp_path):
    site, zip_ = tmp_path / "site", tmp_path / "file17.zip"
    site.mkdir()
    office = persons.Office(site)
    office.talked()
    shown = re.findall(r"^eslflow (.+)$", PEOPLE, re.MULTILINE)
    assert len(shown) > 8
    for line in shown:
        words = shlex.split(line.replace("/tmp/file17.zip", str(zip_)))
        done = run(site, *words)
        assert done.exit_code == 0, f"{line}: {done.output}"
    assert zip_.exists()
    assert office.call("anna-1")["call"]["caller"] == ""


def test_what_the_page_on_the_ledger_shows_of_the_chain_is_true(tmp_path):
    (shown,) = blocks(LEDGER, "json")
    row = json.loads(shown)
    look = [row.get(name, "") for name in Look._fields]
    assert (
        FORMS[4].text(look, row["place"], row["previous"], row["seq"]) + "\n" == shown
    )
    assert row["previous"] == BEGIN.hash.hex()
    assert f"has the hash `{sha256(shown.strip().encode()).hexdigest()}`" in LEDGER
    for kind, form in FORMS.items():
        assert f"{kind} `{form.table}`" in LEDGER
    for words in ("was changed", "is gone", "is not in the chain", "another hash in"):
        assert f"`{words}" in LEDGER or f"{words} the chain`" in LEDGER
        assert words in (ROOT / "eslflow/ledger/verify.py").read_text()


def test_the_commands_on_the_page_on_the_ledger_can_be_run(tmp_path):
    site_with_calls(tmp_path)
    shown = re.findall(r"^eslflow (consents .+)$", LEDGER, re.MULTILINE)
    assert len(shown) == 3
    kept = run(tmp_path, "consents", "head").stdout.strip()
    for line in shown:
        words = [kept if ":" in word else word for word in line.split()]
        assert run(tmp_path, *words).exit_code == 0


def test_the_commands_on_the_page_on_bundles_can_be_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    site_with_proof(tmp_path)
    shown = re.findall(r"^eslflow ((?:proof|consents) .+)$", BUNDLES, re.MULTILINE)
    assert len(shown) == 6
    kept = run(tmp_path, "consents", "head", "--tree").stdout.strip()
    for line in shown:
        words = shlex.split(line)
        words = [kept if ":tree:" in word else word for word in words]
        if "--since" in words and "--check" not in words:
            (tmp_path / "court.zip").unlink()
        done = run(tmp_path, *words)
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_every_part_of_a_bundle_is_on_its_page(tmp_path):
    parts = parts_of(bundle(site_with_proof(tmp_path)))
    for name in parts:
        folder, is_inside, _ = name.rpartition("/")
        assert f"| `{folder}/" in BUNDLES if is_inside else f"| `{name}` |" in BUNDLES


def test_the_exports_that_are_shown_can_be_made(tmp_path, monkeypatch):
    site_with_calls(tmp_path)
    (shown,) = blocks(EXPORTS, "yaml settings")
    (tmp_path / "eslflow.yaml").write_text(shown)
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^eslflow (consents .+)$", EXPORTS, re.MULTILINE)
    assert len([line for line in lines if " export " in line]) == len(FORMATS)
    for line in lines:
        done = run(tmp_path, *shlex.split(line.replace("0a6f5a54", "aaaa-1")))
        assert done.exit_code == 0, f"{line}: {done.output}"
    assert (tmp_path / "call.vcon").exists()
    assert (tmp_path / "agreement.svg").exists()


def test_the_rule_of_the_alarm_is_told_as_it_is():
    text = " ".join(EXPORTS.split())
    for words in (
        f"the newest {agreement.MOST:,} questions",
        f"Up to {agreement.MOST_BEFORE} questions before",
        f"at least {agreement.LEAST_RUN} people in the run",
        f"{agreement.LEAST_BEFORE} questions before it",
        f"less than once in {round(1 / agreement.CHANCE):,} times",
    ):
        assert words in text


def test_every_form_state_and_entry_of_an_export_is_explained():
    for form in FORMATS:
        assert f"| `{form}` |" in EXPORTS
    for name in (*(field.name for field in fields(Office)), *STATES.split()):
        assert f"`{name}`" in EXPORTS


def test_the_commands_on_the_page_on_flows_in_service_can_be_run(tmp_path):
    site = Site(tmp_path)
    site.put("support", SMALL.replace("small", "support") % "first")
    old = site.serves()["support"]
    site.put("support", SMALL.replace("small", "support") % "second")
    new = site.serves()["support"]
    call = ("inbound", "", "", "", "support", old, "e", 1)
    write(site.ledger, [CallOffered("0a6f5a54-1", *call)])
    reports = SimpleNamespace(problem="", ask=lambda _: 1, wait=lambda *_: SERVED)
    shown = re.findall(r"^eslflow .+$", SERVICE, re.MULTILINE)
    assert len(shown) == 13
    with served(tmp_path, TableDesk(), reports):
        for line in shown:
            if "check" in line or "prompts" in line:
                continue
            words = line.replace("837aae70", old[:8]).replace("5e3cb5b3", new[:8])
            done = run(tmp_path, *shlex.split(words)[1:])
            assert done.exit_code == 0, f"{line}: {done.output}"


def test_the_settings_that_a_reload_takes_over_are_listed():
    (told,) = re.findall(r"reload takes over: ((?:[^.]|\n)+)\.", SERVICE)
    assert set(re.findall("`([a-z_]+)`", told)) == set(LIVE) - {"named"}


def test_the_setting_that_reloads_by_itself_can_be_had(tmp_path):
    (shown,) = blocks(SERVICE, "yaml settings")
    (tmp_path / "eslflow.yaml").write_text(shown)
    assert load_settings(tmp_path).reload is Reload.ON_CHANGE
    assert "every two seconds" in SERVICE
    assert EVERY_S == 2


def test_the_unit_for_systemd_runs_commands_that_are_there():
    unit = (ROOT / "docs/eslflow.service").read_text(encoding="utf-8")
    words = re.findall(r"^Exec\w+=\S+/eslflow --site \S+ (\w+)$", unit, re.MULTILINE)
    assert words == ["serve", "reload"]
    assert set(words) <= set(COMMANDS)


def test_the_file_of_the_reference_loads(tmp_path):
    path = tmp_path / "support.yaml"
    path.write_text(blocks(FLOWS, "yaml")[0], encoding="utf-8")
    assert load_flow(path).languages == ("en", "de")


@pytest.mark.parametrize("number", range(len(blocks(FLOWS, "yaml"))))
def test_every_whole_file_of_the_reference_loads(tmp_path, number):
    path = tmp_path / "some.yaml"
    path.write_text(blocks(FLOWS, "yaml")[number], encoding="utf-8")
    assert load_flow(path).steps


def test_every_call_that_is_shown_with_a_flow_can_be_tried(tmp_path):
    shown = re.findall(r"^eslflow (try .+)$", FLOWS, re.MULTILINE)
    assert len(shown) > 4
    run(tmp_path, "init", str(tmp_path), "--flows", "all")
    for line in shown:
        words = shlex.split(line)
        at = [] if "--at" in words else ["--at", "2026-11-23 10:00"]
        done = run(tmp_path, *words, *at)
        assert done.exit_code == 0, f"{line}: {done.output}"
        assert "!" not in done.output


def test_the_scenarios_of_the_reference_come_out_as_they_say(tmp_path):
    path = tmp_path / "support.yaml"
    path.write_text(blocks(FLOWS, "yaml")[0], encoding="utf-8")
    (text,) = blocks(FLOWS, "yaml scenarios")
    scenarios_of(path).write_text(text, encoding="utf-8")
    done = run(tmp_path, "test", str(path))
    assert done.exit_code == 0, done.output


def test_every_test_that_is_shown_passes(tmp_path):
    shown = re.findall(r"^eslflow (test .+)$", FLOWS, re.MULTILINE)
    assert len(shown) > 1
    run(tmp_path, "init", str(tmp_path), "--flows", "all")
    for line in shown:
        done = run(tmp_path, *shlex.split(line))
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_every_key_of_a_scenario_is_explained():
    text = FLOWS.partition("\n## Scenarios\n")[2].partition("\n## ")[0]
    for key in (*KEYS[1:], *SCENARIO[:-1], *EXPECT):
        assert f"`{key}`" in text, key
    for word in (*Outcome, *Callee, *Fault, *Act, *ENDINGS):
        assert f"`{word}`" in text, word


def test_when_a_scenario_is_played_that_does_not_say_so_is_told():
    at = datetime.fromtimestamp(START / 1e6, timezone.utc)
    assert f"{at:%A, %d %B %Y, %H:%M} UTC |" in FLOWS


def test_the_scenario_that_is_shown_is_told(tmp_path):
    run(tmp_path, "init", str(tmp_path), "--flows", "all")
    shown = re.findall(r"`eslflow (try [a-z-]+ --scenario [^`]+)`", FLOWS)
    assert shown
    for line in shown:
        done = run(tmp_path, *shlex.split(line))
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_the_queue_for_tests_that_is_shown_can_be_used():
    (text,) = (text for text in blocks(DOCS, "xml") if text.startswith("<queue"))
    queue = ElementTree.fromstring(text)  # noqa: S314  our own
    found = {item.get("name"): item.get("value") for item in queue}
    row = "|".join(
        (
            *(queue.get("name"), found["strategy"], found["max-wait-time"]),
            found["max-wait-time-with-no-agent"],
        )
    )
    (usable,) = for_tests(Inside(queues=(row,)))
    assert [usable.lacks(outcome) for outcome in Outcome] == [""] * len(Outcome)


def section(kind):
    return FLOWS.partition(f"\n### {kind}\n")[2].partition("\n### ")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_has_options_endings_and_two_examples(kind):
    text = section(kind)
    for option in fields_of(KINDS[kind]):
        if option not in ("record", "from"):
            assert f"| `{option}` |" in text
    for ending in KINDS[kind].endings:
        assert f"`{ending}`" in text or f"`on_{ending}`" in text
    (good,) = blocks(text, "yaml good")
    (bad,) = blocks(text, "yaml bad")
    beside = Texts({"opening": OPENING})
    assert flow(good, HEAD, beside).steps
    with pytest.raises(FlowErrors):
        flow(bad, HEAD, beside)


def test_every_command_is_mentioned_and_every_mentioned_one_is_there():
    text = README + FLOWS + DOCS + CONTROL
    named = set(re.findall(r"eslflow (?:--site \S+ )?([a-z]+)", text))
    hidden = {"demo"}
    assert set(COMMANDS) - hidden - named == set()
    mentioned = re.findall(r"`eslflow (?:--site \S+ )?([a-z]+)", text)
    assert set(mentioned) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), link


def test_every_flow_that_ships_is_listed():
    for path in flow_files(ROOT / "flows"):
        assert f"[{path.name}]({path.name})" in FLOWS


def test_each_flow_that_ships_has_live_tests_and_the_page_says_which():
    page = (ROOT / "tests" / "live" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (`[a-z`, -]+`) \| `(test_live\w*\.py)` \|", page, re.MULTILINE
    )
    said = {
        (name, file) for names, file in rows for name in re.findall("`(.+?)`", names)
    }
    shipped = {path.stem for path in flow_files(ROOT / "flows")}
    assert {name for name, _ in said} == shipped
    for name, file in said:
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"\b{name}\b", text), (name, file)
    live = {
        path.name
        for path in (ROOT / "tests").glob("test_live*.py")
        if "pytest.mark.live" in path.read_text(encoding="utf-8")
    }
    assert set(re.findall(r"`(test_live\w*\.py)` \|", page)) == live


def asked_by_curl():
    """Return what the page asks, and what it says is answered."""
    (shown,) = blocks(CONTROL, "console")
    lines = shown.splitlines()
    assert [line[:6] for line in lines[::2]] == ["$ curl"] * (len(lines) // 2)
    return list(zip(lines[::2], lines[1::2], strict=True))


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_what_curl_is_shown_to_get_is_what_it_gets(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("control: {listen: 127.0.0.1:0}\n")
    add(tmp_path / TOKENS, Token("docs", digest("docs"), tuple(Scope)))
    with served(tmp_path, TableDesk()) as control:
        address = "{}:{}".format(*control.address)
        for line, answer in asked_by_curl():
            command = line.removeprefix("$ ").replace("127.0.0.1:8085", address)
            done = subprocess.run(
                ["sh", "-c", command],
                env={"PATH": "/usr/bin:/bin", "TOKEN": "docs", "NO_PROXY": "*"},
                capture_output=True,
                text=True,
            )
            assert json.loads(done.stdout) == json.loads(answer), line


def test_what_is_shown_of_live_calls_can_be_asked(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    verbs = r"^eslflow (calls (?:live|mask|unmask|stop)\b.*)$"
    shown = re.findall(verbs, README + CONTROL, re.MULTILINE)
    assert len(shown) > 6
    with served(tmp_path, TableDesk()):
        for line in shown:
            done = run(tmp_path, *shlex.split(line.replace("0a6f5a54", ANNA)))
            assert done.exit_code == 0, f"{line}: {done.output}"


def test_every_address_and_scope_of_the_control_api_is_listed():
    for method, path, _ in ROUTES:
        shown = path.replace("<name>", "CALL").replace("<extension>", "EXTENSION")
        shown = shown.replace("<number>", "NUMBER")
        assert f"| `{method} {shown}` |" in CONTROL
    for scope in Scope:
        assert f"| `{scope}` |" in CONTROL


def test_the_setting_that_is_shown_switches_it_on(tmp_path):
    (tmp_path / "eslflow.yaml").write_text(blocks(CONTROL, "yaml")[0])
    assert load_settings(tmp_path).control.port == 8085


def test_the_settings_of_recordings_at_rest_that_are_shown_can_be_had(tmp_path):
    (shown,) = blocks(RECORDING, "yaml settings")
    (tmp_path / "eslflow.yaml").write_text(shown)
    wanted = load_settings(tmp_path).recording
    assert (wanted.convert, wanted.beep_s) == (Convert.FLAC, 15.0)
    assert recipients(wanted.encrypt_to)
    assert all(f"`{name}`" in RECORDING for name in KEPT)


def test_the_tokens_that_are_shown_can_be_made(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    for line in blocks(CONTROL, "sh")[0].splitlines():
        done = run(tmp_path, *shlex.split(line)[1:])
        assert done.exit_code == 0, done.output


def test_the_settings_that_are_shown_with_the_flows_can_be_read(tmp_path):
    shown = blocks(FLOWS, "yaml settings")
    assert shown
    for text in shown:
        (tmp_path / "eslflow.yaml").write_text(text, encoding="utf-8")
        assert load_settings(tmp_path).never_record


def test_what_is_said_of_remembered_choices_comes_out_so(tmp_path):
    (text,) = [text for text in blocks(FLOWS, "yaml") if "flow: regulars" in text]
    path = tmp_path / "regulars.yaml"
    path.write_text(text, encoding="utf-8")
    (played,) = blocks(FLOWS, "yaml scenarios regulars")
    scenarios_of(path).write_text(played, encoding="utf-8")
    done = run(tmp_path, "test", str(path))
    assert done.exit_code == 0, done.output


def test_every_code_of_a_proof_is_explained():
    codes = {rule.code for rule in RULES}
    table = PROOF[PROOF.index("| code |") :]
    table = table[: table.index("\n\n")]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == codes


@pytest.mark.parametrize("code", ["refused", "circle"])
def test_what_a_flow_can_mend_has_a_bad_and_a_good_example(code):
    part = PROOF[PROOF.index(f"### {code}\n") :]
    (bad, *_), (good, *_) = blocks(part, "yaml bad"), blocks(part, "yaml good")
    head = HEAD.replace("purposes:", "purposes:\n  none: {basis: consent}", 1)
    found = [violation.rule.code for violation in prove(flow(bad, head)).violations]
    assert found == [code]
    assert prove(flow(good, head)).violations == ()


def test_the_faults_that_a_proof_finds_are_all_told():
    told = re.findall(r"^\| ([^|`]+) \| `([a-z-]+)` \|$", PROOF, re.MULTILINE)
    assert told == [(mutant.name, mutant.finds) for mutant in MUTANTS]


def test_the_faults_in_flows_that_a_check_finds_are_all_told():
    told = re.findall(
        r"^\| `([a-z-]+)` \| ([^|`]+) \| `([^`]+)` \|$", PROOF, re.MULTILINE
    )
    made = [(m.flow, m.name, m.says.strip("[]")) for m in FLOW_MUTANTS]
    assert told == made
    assert len(made) >= 60


def test_the_page_of_codes_is_current():
    assert page() == CHECKS


def test_every_code_has_examples_and_every_example_a_code():
    told = {*SORTS, *(rule.code for rule in LINT), "refused", "no-end", "circle"}
    assert set(EXAMPLES) == told
    assert {rule.code for rule in RULES} & set(EXAMPLES) == {
        "refused",
        "no-end",
        "circle",
    }


def test_codes_that_are_told_of_files_beside_a_flow_are_on_the_page():
    code = re.compile(r'(?:code(?:: str)? ?= ?|SAME_VERSION = )"([a-z-]+)"')
    texts = [path.read_text(encoding="utf-8") for path in (SITE, DRIFT)]
    others = CODES.keys() - EXAMPLES.keys() - {"not-proved"}
    found = {*code.findall("".join(texts)), NOT_THERE.code, UNREADABLE}
    assert found == others


def test_the_pages_story_is_what_is_printed(tmp_path):
    (example,) = (block for block in blocks(PROOF, "") if "[refused]" in block)
    (tmp_path / "flows").mkdir()
    bad = blocks(PROOF, "yaml bad")[0]
    words = "flow: bad\npurposes: {training: {basis: consent}}\n"
    words += "notices: {recording: {version: 1, text: Press 1 or 2.}}\nsteps:\n"
    text = words + "".join(f"  {line}\n" for line in bad.splitlines())
    (tmp_path / "flows" / "bad.yaml").write_text(text)
    told = run(tmp_path, "prove", str(tmp_path / "flows" / "bad.yaml")).stderr
    assert told.replace(f"{tmp_path}/", "").rstrip() == example.rstrip()


def test_every_hole_that_the_doctor_knows_is_listed_with_its_source():
    listed = re.findall(r"^\| ([0-9.]+) \| (.+?) \| \[.+\]\((.+)\) \|$", DOCTOR, re.M)
    assert listed == [
        (".".join(map(str, fix.version)), f"{fix.name}: {fix.what}", fix.url)
        for fix in FIXES
    ]


def test_every_topic_of_the_doctor_is_explained():
    listed = re.findall(r"^\| ([a-z ]+) \| .+ \| .+ \|$", DOCTOR, re.M)
    texts = [path.read_text() for path in (ROOT / "eslflow").glob("**/*doctor*/*.py")]
    texts.append((ROOT / "eslflow" / "cli" / "doctor.py").read_text())
    told = re.findall(r"\b(?:ok|warning|error)\(\s*\"([a-z ]+)\"", "".join(texts))
    constants = re.findall(r"[A-Z], [A-Z]+ = (.+)|TOPIC = (.+)", "".join(texts))
    told += re.findall(r"\"([a-z ]+)\"", str(constants).replace("'", ""))
    assert set(listed) - {"topic", "fixed in"} == set(told) - {"switch"}


@pytest.mark.parametrize("page", [README, LEDGER])
def test_the_copies_that_are_shown_can_be_made(page, tmp_path):
    site_with_calls(tmp_path)
    (shown,) = re.findall(r"^eslflow backup (\S+)$", page, re.MULTILINE)
    done = run(tmp_path, "backup", str(tmp_path / Path(shown).name))
    assert done.exit_code == 0
    assert re.search(r"up to 1?[0-9]:[0-9a-f]{64}$", done.stdout, re.MULTILINE)
