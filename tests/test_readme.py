"""What the pages say is so."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from eslflow.check import load_flow
from eslflow.cli.main import COMMANDS, main
from eslflow.errors import FlowErrors
from eslflow.flow.options import fields_of
from eslflow.steps import KINDS
from tests.command import run, site_with_calls
from tests.steps_of import flow

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FLOWS = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
DOCS = (ROOT / "docs" / "freeswitch.md").read_text(encoding="utf-8")
HEAD = """\
flow: test
purposes:
  training: {basis: consent}
notices:
  recording: {version: 1, text: Press 1 or 2.}
prompts:
  welcome: Welcome.
  which: Which?
"""


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_first_flow_and_what_try_tells_of_it_are_true(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "sounds").symlink_to(ROOT / "sounds")
    path = tmp_path / "flows" / "support.yaml"
    path.write_text(blocks(README, "yaml")[0])
    done = CliRunner().invoke(main, ["try", str(path), "--press", "1"])
    assert done.exit_code == 0, done.output
    shown = README.partition("$ eslflow try support --press 1\n")[2]
    assert done.output == shown.partition("```")[0]


FILES = re.compile(r"`((?:tests|scripts|docs|flows|eslflow)/[a-z_./]+)`")


@pytest.mark.parametrize("page", ["README.md", "flows/README.md", "docs/freeswitch.md"])
def test_every_file_that_is_named_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {*FILES.findall(text), *re.findall(r"\bscripts/[a-z]+", text)}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_look_up_that_is_shown_can_be_made(tmp_path):
    site_with_calls(tmp_path)
    shown = re.findall(
        r"^eslflow ((?:calls|consents|recordings) .+)$", README, re.MULTILINE
    )
    assert len(shown) > 3
    for line in shown:
        done = run(tmp_path, *shlex.split(line.replace("0a6f5a54", "aaaa-1")))
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_the_file_of_the_reference_loads(tmp_path):
    path = tmp_path / "support.yaml"
    path.write_text(blocks(FLOWS, "yaml")[0], encoding="utf-8")
    assert load_flow(path).languages == ("en", "de")


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
    assert flow(good, HEAD).steps
    with pytest.raises(FlowErrors):
        flow(bad, HEAD)


def test_every_command_is_mentioned_and_every_mentioned_one_is_there():
    text = README + FLOWS + DOCS
    named = set(re.findall(r"eslflow (?:--site \S+ )?([a-z]+)", text))
    hidden = {"demo"}
    assert set(COMMANDS) - hidden - named == set()
    mentioned = re.findall(r"`eslflow (?:--site \S+ )?([a-z]+)", text)
    assert set(mentioned) <= set(COMMANDS)


@pytest.mark.parametrize("page", ["README.md", "flows/README.md", "docs/freeswitch.md"])
def test_links_lead_somewhere(page):
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), link


def test_every_flow_that_ships_is_listed():
    for path in (ROOT / "flows").glob("*.yaml"):
        assert f"[{path.name}]({path.name})" in FLOWS
