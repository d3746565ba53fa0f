"""A proof that no path does what it must not; and that it finds what does."""

import gc
from pathlib import Path

import pytest

from eslflow.call.recorder import Recorder
from eslflow.check import flow_files, load_flow
from eslflow.check.choice import Sort
from eslflow.check.happens import happens
from eslflow.check.prove import CIRCLE, NO_END, REFUSED, STUCK, prove
from tests.mutants import FLOWS, MUTANTS, Mutant, found
from tests.proofs import call_of, flow_of, proof_of
from tests.steps_of import HEAD, flow

FLOW_FILES = flow_files(Path(__file__).parent.parent / "flows")
WORDS = "flow: test\nprompts: {a: A.}\n"
ASK = """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  tries: 1
"""


@pytest.mark.parametrize("path", FLOW_FILES, ids=lambda path: path.stem)
def test_every_shipped_flow_is_proved(path):
    proof = proof_of(load_flow(path))
    assert proof.violations == ()
    assert proof.is_whole
    assert proof.left == ()


@pytest.mark.parametrize("name", FLOWS)
def test_the_flows_of_the_mutants_are_right_without_a_fault(name):
    proof = proof_of(flow_of(name))
    assert proof.violations == ()
    assert proof.states < 2200


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_fault_of_the_engine_is_found(mutant: Mutant):
    assert mutant.finds in found(mutant)


def told(steps: str, **more):
    """Return rule, step and story of what is wrong."""
    return [
        (found.rule, found.step, [h.choice.what for h in found.story])
        for found in prove(flow(steps, **more)).violations
    ]


def test_who_refuses_must_be_served():
    steps = ASK + "  refused: bye\nq: {queue: q}\nbye: {hangup: USER_BUSY}\n"
    assert told(steps) == [(REFUSED, "ask", ["presses", "the end"])]
    (violation,) = prove(flow(steps)).violations
    assert violation.reaches == "q"


def test_who_refuses_must_not_be_able_to_lose_his_way():
    steps = ASK + "  refused: sure\nq: {queue: q}\n"
    steps += "sure: {menu: which, keys: {1: q, 2: bye}}\nbye: {hangup: USER_BUSY}\n"
    assert told(steps) == [(REFUSED, "ask", ["presses", "presses", "the end"])]


def test_who_refuses_may_go_another_way():
    steps = ASK + "  refused: other\nq: {queue: q, answered: bye}\n"
    steps += "other: {announce: welcome}\np: {queue: p}\nbye: {hangup: USER_BUSY}\n"
    assert told(steps) == []


def test_a_flow_that_hangs_up_on_all_treats_them_alike():
    assert told(ASK + "bye: {hangup: USER_BUSY}\n") == []


@pytest.mark.parametrize("keys", ["3: objected, 1: unopposed", "3: objected"])
def test_who_objects_must_be_served_where_a_key_or_silence_goes_on(keys):
    head = "flow: test\npurposes: {q: {basis: legitimate_interests}}\n"
    head += "notices: {n: {version: 1, text: Press 3.}}\n"
    steps = "tell:\n  objection: {notice: n, purpose: q}\n"
    steps += f"  keys: {{{keys}}}\n  objected: bye\n"
    steps += "q: {queue: q}\nbye: {hangup: USER_BUSY}\n"
    assert told(steps, head=head) == [(REFUSED, "tell", ["presses", "the end"])]


def test_the_states_are_judged_without_the_garbage_collector(monkeypatch):
    was_on = []

    def found(_):
        was_on.append(gc.isenabled())
        return iter(())

    monkeypatch.setattr("eslflow.check.prove.Refusals.found", found)
    told(ASK)
    assert was_on == [False]


def test_silence_after_a_question_is_no_yes():
    steps = ASK + "  granted: bye\n  refused: bye\n  unanswered: q\n"
    steps += "q: {queue: q}\nbye: {hangup: USER_BUSY}\n"
    assert told(steps) == []


def test_a_circle_without_a_pause_is_found():
    steps = "m: {menu: a, keys: {1: b}, error: m}\nb: {announce: a}\n"
    assert told(steps, head=WORDS) == [(CIRCLE, "m", ["not played"])]


def test_a_circle_is_told_from_where_it_closes():
    steps = "hello: {announce: a}\nm: {menu: a, keys: {1: b}, error: m}\n"
    steps += "b: {announce: a}\n"
    story = ["played", "not played"]
    assert told(steps, head=WORDS)[0][:2] == (CIRCLE, "m")
    assert len(told(steps, head=WORDS)[0][2]) == len(story)


def test_what_was_not_seen_whole_is_not_judged_as_a_whole(monkeypatch):
    monkeypatch.setattr("eslflow.check.explore.MOST_STATES", 3)
    steps = "m: {menu: a, keys: {1: b}, error: m}\nb: {announce: a}\n"
    proof = prove(flow(steps, WORDS))
    assert (proof.is_whole, proof.violations) == (False, ())


def test_a_key_for_more_is_neither_yes_nor_no():
    steps = "ask:\n  consent: {notice: recording, purpose: training}\n"
    steps += "  keys: {1: granted, 2: refused, 9: more}\n  more: recording\n"
    assert told(steps + "  tries: 1\nq: {queue: q}\n") == []


def test_a_circle_of_queues_where_nobody_is_there_is_found():
    steps = "a: {queue: a, no_agents: b}\nb: {queue: b, no_agents: a}\n"
    (violation,) = prove(flow(steps, WORDS)).violations
    assert violation.detail.startswith("the call goes from a to b to a,")
    assert [each.choice.what for each in violation.story] == ["queue", "queue"]


def test_a_circle_is_told_without_troubles_of_the_recorder_if_it_can_be():
    head = "flow: test\npurposes: {q: {basis: legal_obligation}}\n"
    steps = "a: {queue: a, record: on, no_agents: b}\n"
    steps += "b: {queue: b, record: on, no_agents: c}\n"
    steps += "c: {dial: {user: 1}, record: on, from: answer, busy: a}\n"
    (violation,) = prove(flow(steps, head)).violations
    troubles = [h for h in violation.story if h.choice.sort is Sort.FAILS]
    assert {each.choice.what for each in troubles} <= {"queue", "dialled"}
    assert "file ends" not in [h.choice.what for h in violation.story]


def test_a_flow_that_leads_back_everywhere_is_at_fault_itself():
    steps = "hello: {announce: a}\n"
    steps += "m: {menu: a, keys: {1: hello, 2: m}, failure: hello, error: hello}\n"
    assert told(steps, head=WORDS)[0] == (NO_END, "hello", [])
    assert (NO_END, "q", []) in told("q: {queue: q, next: q}\n", head=WORDS)


def test_a_question_that_is_not_asked_any_more_may_lead_round_for_ever():
    steps = ASK + "  granted: q\n  unanswered: wait\n  refused: wait\n"
    steps += "wait: {announce: a, next: ask}\nq: {queue: q, record: on}\n"
    found = told(steps, head=HEAD + "  a: A.\n")
    assert {rule for rule, *_ in found} == {CIRCLE, REFUSED}


def test_a_way_out_that_only_some_calls_can_take_is_none_for_the_others():
    steps = "m: {menu: which, keys: {1: q, 2: m}, failure: q, error: q}\n"
    steps += ASK + "sort: {branch: {consent: training}, cases: {granted: q}}\n"
    steps += "bye: {hangup: NORMAL_CLEARING}\n"
    steps += "q: {queue: q, record: on, from: answer, answered: m, next: ask}\n"
    rules = {rule for rule, *_ in told(steps)}
    assert NO_END in rules
    assert STUCK not in rules


def test_a_circle_in_which_the_caller_is_waited_for_is_none():
    steps = "m: {menu: a, keys: {1: m}, on_timeout: m, invalid: m}\n"
    assert told(steps, head=WORDS) == []


def test_a_call_that_nobody_ends_is_found(monkeypatch):
    monkeypatch.setattr("eslflow.check.outcomes._apps", lambda *_: iter(()))
    assert told("a: {announce: a}\n", head=WORDS) == [(STUCK, "a", [])]


@pytest.mark.parametrize("name", ["card", "masked", "twice", "moved"])
def test_a_story_plays_again_from_the_call_on(name, monkeypatch):
    monkeypatch.setattr(Recorder, "is_settled", lambda *_: True)
    violations = prove(flow_of(name)).violations
    assert violations
    for violation in violations:
        stage = call_of(flow_of(name))
        for happening in violation.story:
            happens(stage, happening.choice)
        assert violation.rule in [found.rule for found in stage.observer.wrong]


def test_steps_that_no_call_comes_to_are_told():
    steps = "set: {set: {x: z}}\n"
    steps += "who: {branch: x, cases: {y: b}, otherwise: a}\n"
    steps += "a: {announce: a}\nb: {queue: b}\n"
    assert prove(flow(steps, WORDS)).left == ()
    steps = steps.replace("a: {announce: a}", "a: {hangup: USER_BUSY}")
    assert prove(flow(steps, WORDS)).left == ("b",)


def test_a_fault_at_the_begin_has_no_story(monkeypatch):
    def begins(engine):
        raise ValueError("wrong")

    monkeypatch.setattr("eslflow.call.engine.Engine.begin", begins)
    (violation,) = prove(flow_of("asked")).violations
    assert (violation.rule.code, violation.story) == ("fault", ())


def test_of_two_ways_to_the_same_fault_the_shorter_is_told(monkeypatch):
    monkeypatch.setattr("eslflow.check.observer.Observer.permits", lambda _: False)
    (violation, *_) = prove(flow_of("masked")).violations
    assert (violation.rule.code, violation.step) == ("unpermitted", "talk")
    assert len(violation.story) == 0
