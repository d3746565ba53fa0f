"""Reloading: all at once or not at all, and never a call in progress."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import gevent
import pytest

from eslflow.call.live import Sound
from eslflow.cli import reloading
from eslflow.cli.fit import FAILED, FINE, Candidate, Fit, rests_on
from eslflow.cli.main import CONFIGURATION
from eslflow.cli.reloading import MOST_REPORTS, MOST_TOLD, Reloader
from eslflow.clock import SystemClock
from eslflow.ledger.versions import Versions
from eslflow.settings import Reload, Settings
from eslflow.sim.script import Script
from eslflow.switch.link import Link
from eslflow.web.reloads import Wanted
from eslflow.wire.terms import Module
from tests.peers import PATIENCE_S, SUPPORT, rig
from tests.steps_of import flow

ANNA = Wanted("reload", "cli anna", "shorter")
BEN = Wanted("signal", "SIGHUP")
OTHER = flow("a: {queue: other}")
HEAD = "flow: %s\n"
SALES = flow("a: {queue: sales, type: fifo}", HEAD % "sales")


class Table:
    """Who looks at flows, and finds what a test says; in a thread, as in truth."""

    def __init__(self):
        self.asked = []
        self.code, self.told = FINE, "good\n"
        self.flows, self.sounds = {"test": OTHER}, {}
        self.then = self.settings = None
        self.is_stopped = False
        self.may_end = threading.Event()
        self.may_end.set()

    def run(self, site, served):
        self.asked.append(served)
        self.may_end.wait(PATIENCE_S)
        if self.code is None:
            raise ZeroDivisionError("a fault of ours")
        fit = Fit(self.settings, self.flows, self.sounds)
        self.flows = self.then or self.flows
        return Candidate(self.code, self.told, fit if self.code == FINE else None)

    def stop(self):
        self.is_stopped = True
        self.may_end.set()

    def begun(self, times=1):
        while len(self.asked) < times:
            gevent.sleep(0)


@pytest.fixture
def table(tmp_path):
    found = Table()
    found.settings = Settings(folder=tmp_path)
    return found


@pytest.fixture
def site(tmp_path, table):
    with rig(tmp_path) as found:
        link = Link()
        settings = Settings(folder=tmp_path)
        reloader = Reloader(settings, found.controller, link, SystemClock(), table)
        yield SimpleNamespace(rig=found, reloader=reloader, link=link)
        reloader.close()


def reload(site, wanted=ANNA):
    return site.reloader.wait(site.reloader.ask(wanted), PATIENCE_S)


def served(site):
    return dict(site.rig.controller.shelf.flows)


def log(site):
    with site.rig.look() as ledger:
        assert ledger.calls() == []
    with Versions(site.rig.ledger.path) as versions:
        return versions.log(), [versions.version(f.sha256) for f in (OTHER,)]


def test_new_calls_run_the_new_flow(site, table, caplog):
    caplog.set_level("INFO")
    found = reload(site)
    assert found == {
        "reload": 1,
        "state": "served",
        "code": 0,
        "told": "good\n",
        "flows": [{"flow": "test", "sha256": OTHER.sha256, "before": SUPPORT.sha256}],
        "restart": [],
        "emergency": {},
        "warnings": [],
    }
    call = site.rig.call(Script(path="test"))
    assert any(sent.headers.get("execute-app-arg") == "other" for sent in call.commands)
    assert "cli anna wants the flows to be reloaded: shorter" in caplog.text
    assert (
        f"flow test: now {OTHER.sha256[:12]}, was {SUPPORT.sha256[:12]}" in caplog.text
    )


def test_it_is_told_before_files_are_looked_at(site, table):
    looked = []
    site.reloader.looked = lambda: looked.append(len(table.asked))
    reload(site)
    reload(site)
    assert looked == [0, 1]


def test_what_serve_began_with_is_examined_as_well_but_once(site, table):
    reload(site)
    table.told, table.code = "bad", FAILED
    reload(site)
    table.code = FINE
    reload(site)
    good = {"test": rests_on(OTHER, table.settings)}
    assert table.asked == [{}, good, good]


def test_the_version_is_kept_with_who_and_why(site):
    reload(site)
    (line,), (version,) = log(site)
    assert (line["flow"], line["flow_sha256"]) == ("test", OTHER.sha256)
    assert (line["state"], line["how"]) == ("served", "reload")
    assert (line["who"], line["note"]) == ("cli anna", "shorter")
    assert version["text"] == OTHER.versions[0].text


def test_what_a_flow_subscribes_to_and_needs_is_swapped_too(site, table):
    table.flows = {"test": OTHER, "sales": SALES}
    reload(site)
    controller = site.rig.controller
    assert list(controller.heard) == ["test", "sales"]
    assert controller.shelf.needs() == site.link.needs
    assert Module.FIFO in site.link.needs


def test_audio_and_settings_are_swapped_too(site, table, tmp_path):
    before = site.rig.controller.site
    table.sounds = {"test/en/welcome.wav": Sound("/s/w.wav", "11", 5)}
    table.settings = replace(
        table.settings, numbers={"100": "test"}, never_record=("7*",)
    )
    reload(site)
    controller = site.rig.controller
    assert controller.site.sounds == table.sounds
    assert controller.site.never_record == ("7*",)
    assert controller.shelf.numbers == {"100": "test"}
    assert controller.site.room == before.room
    assert controller.site.visited == before.visited


def test_emergency_numbers_that_are_others_are_told(site, table, caplog):
    caplog.set_level("INFO")
    table.settings = replace(table.settings, emergency=frozenset({"110"}))
    found = reload(site)
    assert found["emergency"]["now"] == ["110"]
    assert "112" in found["emergency"]["before"]
    (told,) = found["warnings"]
    assert "leaves out 112" in told
    assert told in caplog.text
    assert "The emergency numbers have changed: now 110; they were 000, " in caplog.text
    # They stay left out, and are what they were.
    again = reload(site)
    assert (again["emergency"], again["warnings"]) == ({}, [told])


def test_settings_that_cannot_be_changed_are_told_and_stay_so(site, table, caplog):
    table.settings = replace(
        table.settings, host="::1", port=9, drain_s=1, reload=Reload.ON_CHANGE
    )
    told = ["listen", "drain", "reload"]
    assert reload(site)["restart"] == told
    assert "drain: has changed in the settings: restart to use it" in caplog.text
    assert reload(site)["restart"] == told


@pytest.mark.parametrize("code", [CONFIGURATION, FAILED])
def test_a_bad_flow_changes_nothing_and_is_told(site, table, caplog, code):
    before = site.rig.controller.site
    table.code, table.told = code, "a.yaml:1: bad\nuntil\x1b mended\n"
    found = reload(site)
    assert (found["state"], found["code"]) == ("refused", code)
    assert found["told"] == table.told
    assert served(site) == {"test": SUPPORT}
    assert site.rig.controller.site is before
    assert "a.yaml:1: bad" in site.reloader.problem
    assert "stay as they were:\n    a.yaml:1: bad\n    until\\x1b mended" in caplog.text
    assert log_is_empty(site)


def log_is_empty(site):
    site.rig.close()
    with Versions(site.rig.ledger.path) as versions:
        return versions.log() == []


def test_health_does_not_repeat_a_long_refusal_whole(site, table):
    table.code, table.told = FAILED, "x" * 100_000
    assert len(reload(site)["told"]) == 100_000
    assert len(site.reloader.problem) < 2 * MOST_TOLD


def test_all_is_well_again_after_a_good_reload(site, table):
    table.code = FAILED
    reload(site)
    table.code = FINE
    reload(site)
    assert site.reloader.problem == ""


def test_a_reload_that_changes_nothing_keeps_nothing(site, table, caplog):
    caplog.set_level("INFO")
    table.flows = {"test": replace(SUPPORT)}
    found = reload(site)
    assert (found["state"], found["flows"]) == ("served", [])
    assert served(site)["test"] is SUPPORT
    assert "no flow has changed" in caplog.text
    assert log_is_empty(site)


def test_a_flow_that_is_there_no_more_is_told(site, table):
    table.flows = {"sales": SALES}
    found = reload(site)
    assert found["flows"][1] == {
        "flow": "test",
        "sha256": "",
        "before": SUPPORT.sha256,
    }
    site.rig.close()
    with Versions(site.rig.ledger.path) as versions:
        assert list(versions.served()) == ["sales"]
        assert versions.log("test")[0]["state"] == "removed"


def test_requests_that_come_meanwhile_are_answered_by_one_more_reload(site, table):
    table.may_end.clear()
    first = site.reloader.ask(ANNA)
    table.begun()
    second = site.reloader.ask(BEN)
    assert site.reloader.ask(BEN) == second
    assert site.reloader.ask(Wanted("reload", "cli eve", "so")) == second
    assert site.reloader.wait(first, 0)["state"] == "checking"
    assert site.reloader.wait(second, 0)["state"] == "waiting"
    table.then = {"sales": SALES}
    table.may_end.set()
    assert site.reloader.wait(second, PATIENCE_S)["state"] == "served"
    assert len(table.asked) == 2
    site.rig.close()
    with Versions(site.rig.ledger.path) as versions:
        line = versions.log("sales")[0]
    assert line["who"] == "SIGHUP, cli eve"
    assert (line["how"], line["note"]) == ("signal, reload", "so")


def test_while_it_stops_nothing_is_reloaded(site, table):
    site.rig.controller.drain(0)
    found = reload(site)
    assert (found["state"], found["code"]) == ("refused", FAILED)
    assert found["told"] == "eslflow is stopping, no new call will come"
    assert table.asked == []
    assert site.reloader.problem == ""


def test_what_goes_on_is_given_up_when_it_is_closed(site, table):
    table.may_end.clear()
    table.code = FAILED
    number = site.reloader.ask(ANNA)
    table.begun()
    later = site.reloader.ask(BEN)
    site.reloader.close()
    assert table.is_stopped
    assert site.reloader.wait(number, 0)["state"] == "refused"
    assert "stopping" in site.reloader.wait(later, 0)["told"]


def test_a_ledger_that_cannot_keep_the_texts_keeps_the_old(site, monkeypatch):
    def refuse(rows, done=None):
        done("disk full")

    monkeypatch.setattr(site.rig.controller, "ledger", SimpleNamespace(keep=refuse))
    found = reload(site)
    assert (found["state"], found["code"]) == ("refused", FAILED)
    assert found["told"] == "the ledger cannot keep the flows' texts: disk full"
    assert served(site) == {"test": SUPPORT}


def test_a_ledger_that_does_not_answer_keeps_the_old(site, monkeypatch):
    monkeypatch.setattr(reloading, "LEDGER_S", 0.01)
    silent = SimpleNamespace(keep=lambda rows, done=None: None)
    monkeypatch.setattr(site.rig.controller, "ledger", silent)
    assert "it has not answered in 0.01 s" in reload(site)["told"]
    assert served(site) == {"test": SUPPORT}


def test_a_fault_of_ours_keeps_the_old_and_the_next_reload_works(site, table):
    table.code = None
    found = reload(site)
    assert (found["state"], found["told"]) == (
        "refused",
        "eslflow failed, see its log",
    )
    assert served(site) == {"test": SUPPORT}
    table.code = FINE
    assert reload(site)["state"] == "served"


def test_whoever_comes_during_a_fault_of_ours_is_answered(site, table):
    table.may_end.clear()
    table.code = None
    first = site.reloader.ask(ANNA)
    table.begun()
    second = site.reloader.ask(BEN)
    table.may_end.set()
    assert site.reloader.wait(first, PATIENCE_S)["state"] == "refused"
    assert site.reloader.wait(second, PATIENCE_S)["state"] == "refused"
    assert len(table.asked) == 2


def test_a_reload_that_has_not_begun_is_given_up(site, table):
    number = site.reloader.ask(ANNA)
    site.reloader.close()
    assert "stopping" in site.reloader.wait(number, 0)["told"]
    gevent.sleep(0)
    assert table.asked == []


def test_a_flow_that_cannot_be_swapped_in_keeps_the_old(site, table):
    table.flows = {"test": OTHER, "sales": replace(SALES, steps={"a": None})}
    before = site.rig.controller.heard
    assert reload(site)["state"] == "refused"
    assert served(site) == {"test": SUPPORT}
    assert site.rig.controller.heard is before


def test_old_reports_are_forgotten(site):
    numbers = [reload(site)["reload"] for _ in range(MOST_REPORTS + 1)]
    assert site.reloader.wait(numbers[0], 0) is None
    assert site.reloader.wait(numbers[1], 0)["state"] == "served"
    assert site.reloader.wait(999, 0) is None
