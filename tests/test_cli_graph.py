"""`eslflow graph`."""

import stat

import pytest

from eslflow.cli.main import CONFIGURATION
from tests.command import run


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    return tmp_path


@pytest.fixture
def graphviz(tmp_path, monkeypatch):
    """Return a function that puts a `dot` of ours first."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(text):
        program = folder / "dot"
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return put


@pytest.mark.parametrize(
    ("form", "begins"), [("mermaid", "flowchart TD\n"), ("dot", 'digraph "support" {')]
)
def test_a_flow_is_drawn_as_text(site, form, begins):
    done = run(site, "graph", "support", "--format", form)
    assert done.exit_code == 0
    assert done.stdout.startswith(begins)
    assert "welcome" in done.stdout


def test_graphviz_lays_the_picture_out(site, graphviz):
    graphviz("printf '<svg>%s ' \"$1\"; cat; printf '</svg>'")
    done = run(site, "graph", "support")
    assert done.exit_code == 0
    assert done.stdout.startswith('<svg>-Tsvg digraph "support" {')
    assert done.stdout.endswith("}\n</svg>")


def test_without_graphviz_a_way_out_is_named(site, monkeypatch):
    monkeypatch.setenv("PATH", str(site))
    done = run(site, "graph", "support")
    assert done.exit_code == 1
    assert "apt install graphviz, or take --format mermaid" in done.stderr


def test_what_graphviz_says_is_told(site, graphviz):
    graphviz("echo 'syntax error in line 1' >&2; exit 3")
    done = run(site, "graph", "support")
    assert done.exit_code == 1
    assert "cannot draw support: syntax error in line 1" in done.stderr


def test_a_flow_with_mistakes_is_not_drawn(site):
    (site / "flows" / "support.yaml").write_text("flow: support\n")
    done = run(site, "graph", "support")
    assert done.exit_code == CONFIGURATION
    assert "'steps:' is missing" in done.stderr
