"""What every kind of step has."""

import pytest

from eslflow.steps import KINDS
from tests.playbook import Playbook
from tests.steps_of import flow


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_kind_names_itself_and_ends_safely(kind):
    assert KINDS[kind.kind] is kind
    assert kind.again <= set(kind.endings)
    assert kind.ends <= set(kind.endings)
    # The loader fills one in after the other.
    for ending, other in kind.like.items():
        assert kind.endings.index(other) < kind.endings.index(ending)


def test_a_step_leads_where_its_targets_say_and_asks_for_nothing():
    step = flow("a: {announce: welcome}\nb: {announce: welcome}").steps["a"]
    assert step.target("done") == "b"
    assert step.target("unheard of") == ""
    assert step.leads_to() == ["b", "b"]
    assert step.asks_for() == step.speaks_of() == ()
    assert step.asks_whom == ()
    assert step.takes_keys == step.keys_to("done") == ()
    assert not step.says_receipt
    assert not step.dials_called
    assert step.writes() == ()
    assert list(step.refers_to()) == []
    assert step.runs_flow() == ""
    assert step.needs == frozenset()
    assert list(step.problems({})) == []
    assert step.hears_custom == frozenset()
    assert (step.hides(), step.carries()) == ((), ())
    assert step.sets("done") == ()
    assert step.renamed({"a": "b"}) is step
    assert not step.meets
    assert step.needs == frozenset()


def test_a_step_has_a_way_out_for_each_ending_that_leaves_it():
    found = flow("a: {queue: x, timeout: a}\nb: {announce: welcome}").steps["a"].ways()
    assert list(found) == ["answered", "timeout", "no_agents", "failed", "error"]
    assert (found["timeout"], found["answered"], found["error"]) == ("a", "", "b")


def test_a_step_that_asks_nobody_is_walked_at_once_as_ever():
    with Playbook(flow("a: {announce: welcome}")) as call:
        call.skips()
        step, live = call.engine.live.flow.steps["a"], call.engine.live
        assert list(step.at_once(live))[:1] == list(step.run(live))[:1]


def test_a_step_takes_nothing_away_from_the_number_and_forbids_nothing():
    step = flow("a: {announce: welcome}").steps["a"]
    assert (step.takes_away, step.forbids, step.hands_over) == ("", False, False)
    assert list(step.warns()) == []
