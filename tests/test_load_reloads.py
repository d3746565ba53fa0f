"""Reloads while calls go on, as scripts/bench reloads does them; here a few."""

from types import SimpleNamespace

import pytest

from tests.load.reloads import FLOW, Caller, VersionError, judge, run

RELOADS, CALLS = 6, 12


def test_every_call_ends_on_the_version_it_began_with_and_none_is_lost(tmp_path):
    found = run(tmp_path / "site", RELOADS, CALLS)
    assert found["reloads"] == RELOADS
    assert found["calls at once"] == CALLS
    assert found["calls"] > CALLS


def caller(queue="v3", ending="hung_up"):
    words = {"execute-app-name": "callcenter", "execute-app-arg": queue}
    call = SimpleNamespace(
        uuid="u-1", ending=ending, commands=[SimpleNamespace(headers=words)]
    )
    return Caller(9, 2, 4, job=SimpleNamespace(get=lambda: call))


def test_a_call_that_runs_what_it_began_with_is_right():
    judge(caller(), "hung_up", FLOW.format(3))


@pytest.mark.parametrize(
    ("found", "ending", "began", "told"),
    [
        (caller("v4"), "hung_up", 3, "came to .'v4'., and began with"),
        (caller(ending="fallback"), "hung_up", 3, "was lost: fallback"),
        (caller(), "lost", 3, "was lost: hung_up, lost"),
        (caller("v1"), "hung_up", 1, "began with 1, not 2 or later"),
        (caller("v5"), "hung_up", 5, "began with 5"),
    ],
)
def test_a_call_that_is_lost_or_changes_its_flow_is_told(found, ending, began, told):
    with pytest.raises(VersionError, match=told):
        judge(found, ending, FLOW.format(began))
