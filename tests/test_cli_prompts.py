"""`eslflow prompts`."""

import hashlib
import os

import pytest

from eslflow.call.records import NoticePlayed
from eslflow.cli.main import CONFIGURATION
from eslflow.ledger.writer import Ledger, write
from eslflow.prompts import wav
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


def test_a_flow_that_does_not_load_leaves_the_others_their_audio(site):
    (site / "flows" / "bad.yaml").write_text("flow: bad\nsteps: {]\n")
    done = run(site, "prompts", "build")
    assert done.exit_code == CONFIGURATION
    assert "hi: 1 made, 0 kept" in done.stdout
    assert "support: 0 made, 12 kept" in done.stdout
    assert "bad: left out, it does not load\n" in done.stderr
    assert "bad.yaml:2:" in done.stderr


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


def test_the_rate_is_the_sites(site):
    path = site / "sounds" / "hi" / "en" / "hello.wav"
    with (site / "eslflow.yaml").open("a") as file:
        file.write("sounds_rate: 16000\n")
    run(site, "prompts", "build", "hi")
    assert wav.read(path).rate == 16000
    assert "hi: 0 made, 1 kept" in run(site, "prompts", "build", "hi").stdout
    done = run(site, "prompts", "build", "hi", "--rate", "8000")
    assert wav.read(path).rate == 8000
    assert "the next build makes them anew" in done.stderr
    assert "sounds_rate: 8000" in done.stderr


ASKS = """\
flow: ask
purposes: {training: {basis: consent, retain: 90d}}
notices: {rec: {version: 1, text: May we?}}
steps:
  ask: {consent: {notice: rec, purpose: training}, keys: {1: granted, 2: refused}}
  talk: {hangup: NORMAL_CLEARING}
"""


def test_what_callers_have_heard_is_not_made_anew(site):
    (site / "flows" / "ask.yaml").write_text(ASKS)
    run(site, "prompts", "build", "ask", "hi")
    (path,) = (site / "sounds" / "ask" / "en").iterdir()
    before = path.read_bytes()
    sha256 = hashlib.sha256(before).hexdigest()
    Ledger(site / "eslflow.db").close()
    played = NoticePlayed("ask", "rec", 1, "en", "May we?", sha256, 1, "")
    write(site / "eslflow.db", [played])
    done = run(site, "prompts", "build", "ask", "hi", "--rate", "16000")
    assert done.exit_code == 1
    assert "callers have heard notice rec v1 (en) otherwise" in done.stderr
    assert path.read_bytes() == before
    assert "hi: 1 made, 0 kept" in done.stdout
    path.unlink()
    assert run(site, "prompts", "build", "ask").exit_code == 0
    assert path.read_bytes() == before
    newer = ASKS.replace("version: 1", "version: 2")
    (site / "flows" / "ask.yaml").write_text(newer)
    assert run(site, "prompts", "build", "ask", "--rate", "16000").exit_code == 0


def test_a_missing_program_is_told(site, monkeypatch):
    monkeypatch.setenv("PATH", str(site))
    done = run(site, "prompts", "build", "hi")
    assert done.exit_code == 1
    assert "apt install espeak-ng" in done.stderr
