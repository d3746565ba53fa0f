"""The process in which flows are examined."""

import pytest

from eslflow.cli import examiner as module
from eslflow.cli.examiner import Examiner
from eslflow.cli.fit import FAILED, FINE
from tests.test_cli_candidate import SMALL


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/small.yaml").write_text(SMALL)
    return tmp_path


def test_flows_come_back_from_the_process(site):
    found = Examiner().run(site, {})
    assert found.code == FINE
    assert found.fit.flows["small"].steps["a"].queue == "sales"
    assert "proved" in found.told


def test_a_refusal_comes_back_from_the_process(site):
    (site / "flows/small.yaml").write_text("flow: small\n")
    found = Examiner().run(site, {})
    assert found.code == 78
    assert "'steps:' is missing" in found.told


def test_another_eslflow_is_not_taken(site, monkeypatch):
    monkeypatch.setattr(module, "ENGINE", "eslflow 0.0.1")
    found = Examiner().run(site, {})
    assert found.code == FAILED
    assert "is installed, and eslflow 0.0.1 runs: restart it" in found.told


def test_a_process_that_breaks_is_told(site, monkeypatch):
    monkeypatch.setattr(module, "PROGRAM", "import sys; sys.exit('no memory')")
    found = Examiner().run(site, {})
    assert found.code == FAILED
    assert found.told.endswith("its process ended with 1. no memory")


def test_nothing_is_imported_from_the_folder_that_it_runs_in(site, monkeypatch):
    (site / "decimal.py").write_text("raise SystemExit('not mine')")
    (site / "eslflow").mkdir()
    (site / "eslflow/__init__.py").write_text("raise SystemExit('not mine either')")
    monkeypatch.chdir(site)
    assert Examiner().run(site, {}).code == FINE


FOREVER = "import signal; signal.pause()"


def test_a_process_that_takes_too_long_is_ended(site, monkeypatch):
    monkeypatch.setattr(module, "PROGRAM", FOREVER)
    found = Examiner(longest_s=0.01).run(site, {})
    assert found.told.endswith("it took more than 0.01 s")


def test_a_process_is_ended_when_eslflow_is(site, monkeypatch):
    monkeypatch.setattr(module, "PROGRAM", FOREVER)
    examiner = Examiner()
    examiner.stop()
    found = examiner.run(site, {})
    assert (found.code, found.fit) == (FAILED, None)
    assert "its process ended with -9" in found.told
