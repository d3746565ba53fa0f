"""`eslflow prompts`."""

import os

import pytest

from tests.command import run

pytestmark = pytest.mark.usefixtures("quick_proofs")

WORDS = "flow: hi\nprompts: {hello: Hello.}\nsteps: {a: {announce: hello}}\n"


@pytest.fixture
def site(tmp_path, monkeypatch):
    run(tmp_path, "init", str(tmp_path))
    (tmp_path / "flows" / "hi.yaml").write_text(WORDS)
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    speech = tmp_path / "sounds" / "support" / "en" / "welcome.wav"
    program.write_text(f"#!/bin/sh\ncat > /dev/null; cat {speech}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_what_is_missing_is_made(site):
    done = run(site, "prompts", "build", "--dry-run")
    assert "would make" in done.stdout
    assert not (site / "sounds" / "hi").exists()
    done = run(site, "prompts", "build")
    assert done.exit_code == 0
    assert "hi: 1 made, 0 kept" in done.stdout
    assert "support: 0 made, 12 kept" in done.stdout
    assert run(site, "check").exit_code == 0
    assert "hi: 0 made, 1 kept" in run(site, "prompts", "build", "hi").stdout


def test_a_list_tells_who_recorded_what(site):
    run(site, "prompts", "build", "hi")
    person = site / "sounds" / "support" / "de" / "welcome.wav"
    person.write_bytes((site / "sounds" / "support" / "en" / "which.wav").read_bytes())
    (site / "sounds" / "support" / "fr" / "welcome.wav").unlink()
    (site / "sounds" / "support" / "es" / "welcome.wav").write_bytes(b"no sound")
    told = run(site, "prompts", "list").stdout
    by = {tuple(line.split()[:4]): line for line in told.splitlines()}
    assert by["support", "prompt", "welcome", "en"].endswith("machine")
    assert by["support", "prompt", "welcome", "de"].endswith("person")
    assert by["support", "prompt", "welcome", "fr"].endswith("missing")
    assert "is no WAV file" in by["support", "prompt", "welcome", "es"]


def test_a_missing_program_is_told(site, monkeypatch):
    monkeypatch.setenv("PATH", str(site))
    done = run(site, "prompts", "build", "hi")
    assert done.exit_code == 1
    assert "apt install espeak-ng" in done.stderr
