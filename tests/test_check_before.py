"""What a step needs that only an earlier one brings."""

import pytest

from eslflow import shipped
from eslflow.check import before, flow_files, load_flow
from eslflow.check.before import RULES
from tests.codes import EXAMPLES, whole
from tests.proofs import flow_of
from tests.steps_of import flow

HEAD = "flow: test\nprompts: {which: Which?}\n"


def found(text, look):
    return list(look(flow_of(whole(text))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    assert {finding.rule for finding in found(bad, RULES[rule])} == {rule}
    assert found(good, RULES[rule]) == []


@pytest.mark.parametrize("path", flow_files(shipped.flows()), ids=lambda p: p.stem)
def test_the_flows_that_ship_need_nothing_too_early(path):
    shown = load_flow(path)
    assert [finding for look in RULES.values() for finding in look(shown)] == []


def test_a_question_to_a_called_party_needs_one():
    text = "steps:\n  ask:\n    consent: {notice: recording, purpose: training}\n"
    text += "    keys: {1: granted, 2: refused}\n    ask: callee\n  t: {queue: q}\n"
    (finding,) = found(text, before.not_called)
    assert finding.problem == (
        "step 'ask' is for a called party, and nobody was called"
    )


def test_a_value_must_be_set_on_some_way():
    steps = "way: {branch: size, cases: {big: b}, otherwise: a}\n"
    steps += "a: {collect: which, digits: 1, into: size, next: %s}\nb: {queue: b}\n"
    (finding,) = before.not_yet(flow(steps % "b", HEAD))
    assert finding.place == ("steps", "way", "branch")
    assert list(before.not_yet(flow(steps % "way", HEAD))) == []


def test_what_every_call_has_needs_no_step():
    steps = "way: {branch: caller, cases: {1: b}, otherwise: b}\nb: {queue: b}\n"
    assert list(before.not_yet(flow(steps, HEAD))) == []
