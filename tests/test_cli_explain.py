"""`eslflow explain`."""

from types import SimpleNamespace

import pytest

from eslflow.cli import fitted
from eslflow.cli.main import CONFIGURATION
from tests.command import run

STEPS = ("welcome", "ask", "choose", "sales", "support")
"""Of the flow that `init` lays out."""


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    return tmp_path


def test_all_flows_of_a_site_are_told(site):
    done = run(site, "explain")
    assert done.exit_code == 0
    first, *others = done.stdout.split("\n\n")
    assert "support. Ask before recording" in first + "".join(others)


def test_a_flow_is_told_in_german(site):
    done = run(site, "explain", "support", "--language", "de")
    assert "Der Anrufer hört: „Danke für Ihren Anruf.“" in done.stdout


def test_a_terminal_gets_paragraphs_that_fit_it(site, monkeypatch):
    terminal = SimpleNamespace(isatty=lambda: True)
    whole = run(site, "explain", "support").stdout
    assert len(whole.splitlines()) == len(STEPS) + 1
    monkeypatch.setattr(fitted, "sys", SimpleNamespace(stdout=terminal))
    monkeypatch.setenv("COLUMNS", "60")
    lines = run(site, "explain", "support").stdout.splitlines()
    assert max(map(len, lines)) <= 60
    assert [line.partition(".")[0] for line in lines if line[0] != " "] == [
        "support",
        *STEPS,
    ]


def test_a_flow_with_mistakes_is_not_told(site):
    (site / "flows" / "support.yaml").write_text("flow: support\n")
    done = run(site, "explain", "support")
    assert done.exit_code == CONFIGURATION
    assert "'steps:' is missing" in done.stderr


def test_a_language_without_sentences_is_told(site):
    done = run(site, "explain", "--language", "fr")
    assert done.exit_code == 2
    assert "'en', 'de'" in done.stderr


def test_what_becomes_of_emergency_calls_is_what_holds_at_this_site(site):
    text = "flow: out\nsteps: {a: {dial: {gateway: p, number: called}}}\n"
    (site / "flows" / "out.yaml").write_text(text)
    assert "put through at once by step a" in run(site, "explain", "out").stdout
    with (site / "eslflow.yaml").open("a") as file:
        file.write("emergency: []\n")
    told = run(site, "explain", "out").stdout
    assert "put through at once" not in told
    assert "This site names no emergency numbers" in told
