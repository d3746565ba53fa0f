"""How a running eslflow is."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from eslflow.clock import SystemClock
from eslflow.ledger.writer import Health
from eslflow.switch.link import Link
from eslflow.web.guard import Guard
from eslflow.web.health import Vitals, metrics, report
from eslflow.web.receipts import Receipts
from tests.desks import TableController, TableDesk


@pytest.fixture
def parts():
    return SimpleNamespace(health=Health("", 0, False), link=Link(), tokens=None)


@pytest.fixture
def vitals(parts):
    class Ledger:
        def health(self):
            return parts.health

    parts.link.problem = ""
    guard = Guard(None, SimpleNamespace(now=lambda: 0))
    receipts = Receipts(Path("none.db"), SystemClock())
    controller, parts.agreement = TableController(TableDesk()), SimpleNamespace()
    parts.agreement.problem = ""
    return Vitals(controller, Ledger(), parts.link, guard, receipts, parts.agreement)


def test_all_is_well(vitals):
    fine = {"ok": True, "problem": ""}
    assert report(vitals) == {
        "ok": True,
        "calls": 3,
        "takes_calls": True,
        "ledger": {**fine, "waiting": 0},
        "switch": fine,
        "tokens": None,
        "disk": fine,
        "consents": fine,
        "flows": None,
    }


@pytest.mark.parametrize(
    ("health", "told"),
    [
        (Health("disk full", 7, False), "disk full"),
        (Health("", 7, True), "rows wait in the spill file"),
    ],
)
def test_a_ledger_that_does_not_keep_is_told(vitals, parts, health, told):
    parts.health = health
    found = report(vitals)
    assert not found["ok"]
    assert found["ledger"] == {"ok": False, "problem": told, "waiting": 7}
    assert 'eslflow_ok{part="ledger"} 0.0' in metrics(vitals).decode()
    assert "eslflow_ledger_waiting 7.0" in metrics(vitals).decode()


def test_a_link_that_is_down_is_told(vitals, parts):
    parts.link.problem = "refused"
    assert report(vitals)["switch"] == {"ok": False, "problem": "refused"}
    assert not report(vitals)["ok"]


def test_a_disk_without_room_is_told(vitals):
    vitals.controller.problem = "3 MB are free"
    found = report(vitals)
    assert found["disk"] == {"ok": False, "problem": "3 MB are free"}
    assert not found["ok"]
    assert 'eslflow_ok{part="disk"} 0.0' in metrics(vitals).decode()


def test_callers_who_suddenly_all_agree_are_told(vitals, parts):
    parts.agreement.problem = "the last 40 people all agreed"
    found = report(vitals)
    assert found["consents"] == {"ok": False, "problem": parts.agreement.problem}
    assert not found["ok"]
    assert 'eslflow_ok{part="consents"} 0.0' in metrics(vitals).decode()


def test_where_nobody_watches_nothing_is_said_of_it(vitals):
    found = report(replace(vitals, agreement=None))
    assert (found["ok"], found["consents"]) == (True, None)


def test_tokens_that_cannot_be_read_are_told(vitals):
    vitals.guard.tokens = SimpleNamespace(problem="others may read it")
    assert not report(vitals)["ok"]


def test_prometheus_can_read_it(vitals):
    vitals.guard.failures = 4
    desk = vitals.controller.desk
    desk.put(desk.calls()[0]._replace(recording="masked"))
    text = metrics(vitals).decode()
    for line in (
        'eslflow_calls{recording="masked"} 1.0',
        'eslflow_calls{recording="on"} 2.0',
        'eslflow_ok{part="switch"} 1.0',
        "eslflow_takes_calls 1.0",
        "eslflow_wrong_tokens_total 4.0",
        "# HELP eslflow_calls Live calls, by the state of their recording.",
    ):
        assert line in text.splitlines()
