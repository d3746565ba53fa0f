"""`eslflow demo`, which scripts/demo runs."""

import dataclasses
import shlex
import subprocess
import sys

import pytest

from eslflow.cli import demo
from eslflow.errors import EslflowError
from eslflow.ledger.read import Reader
from eslflow.prompts import wav
from tests.command import run


def test_every_outcome_is_what_it_must_be_and_can_be_looked_up(tmp_path):
    site = tmp_path / "demo-site"
    done = run(tmp_path, "demo", str(site))
    assert done.exit_code == 0, done.output
    assert "Every outcome is what it must be." in done.stdout
    with Reader(site / "eslflow.db") as ledger:
        states = [line["state"] for line in reversed(ledger.consents())]
        assert states == [case.state for case in demo.CASES]
        (recording,) = [
            recording
            for line in ledger.calls()
            for recording in ledger.call(line["uuid"])["recordings"]
        ]
    assert wav.read(type(site)(recording["path"])).ms > 1000
    (site / "notes").write_text("mine")
    done = run(tmp_path, "demo", str(site))
    assert done.exit_code == 1
    assert "scripts/demo --anew" in done.stderr
    assert (site / "notes").exists()
    assert run(tmp_path, "demo", str(site), "--anew").exit_code == 0
    assert not (site / "notes").exists()


@pytest.mark.parametrize("is_site", [False, True])
def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path, is_site):
    if is_site:
        run(tmp_path, "init", str(tmp_path))
    (tmp_path / "precious").write_text("")
    done = run(tmp_path, "demo", str(tmp_path))
    assert done.exit_code == 1
    assert "scripts/demo did not make it" in done.stderr
    assert (tmp_path / "precious").exists()


def test_what_it_says_to_run_next_runs(tmp_path):
    done = run(tmp_path, "demo", str(tmp_path / "my-demo"))
    commands = done.stdout.partition("Look further:\n")[2].splitlines()
    assert len(commands) > 2
    for line in commands:
        words = shlex.split(line)
        again = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert (again.returncode, again.stderr) == (0, "")
        assert again.stdout


def test_it_names_itself_so_that_it_can_be_called(tmp_path, monkeypatch):
    python = tmp_path / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    assert demo._program() == f"{python} -m eslflow"
    python.parent.mkdir()
    python.with_name("eslflow").write_text("")
    assert demo._program() == str(python.with_name("eslflow"))
    monkeypatch.chdir(tmp_path)
    assert demo._program() == "bin/eslflow"


def test_an_outcome_that_is_not_what_it_must_be_fails(tmp_path, monkeypatch):
    wrong = [dataclasses.replace(case, state="expired") for case in demo.CASES]
    monkeypatch.setattr(demo, "CASES", wrong)
    done = run(tmp_path, "demo", str(tmp_path / "site"))
    assert done.exit_code == 1
    assert "must be [('expired'" in done.stderr


def test_a_controller_that_does_not_start_is_told(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("nonsense: 1\n")
    with pytest.raises(EslflowError, match="did not start"), demo._controller(tmp_path):
        pass
