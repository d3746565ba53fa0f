"""All rules of a check, each by a bad and a good example."""

import pytest

from eslflow.check.lint import RULES, lint
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.codes import EXAMPLES, whole


def found(example):
    text = whole(example).encode()
    return lint(load(text, "example.yaml", KINDS), text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_bad_example_breaks_its_rule_and_no_other(rule):
    bad, good = EXAMPLES[rule.code]
    assert {told.rule for told in found(bad)} == {rule}
    assert found(good) == ()


def test_codes_are_of_one_rule_each():
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_findings_come_in_the_order_of_the_lines():
    bad = (
        "purposes: {training: {basis: consent}}\n"
        "notices: {recording: {version: 1, text: Press 1 to agree or 2 to refuse.}}\n"
        + EXAMPLES["too-early"][0]
    )
    codes = [told.rule.code for told in found(bad)]
    assert codes == ["kept-forever", "no-withdrawal", "too-early"]


def test_a_switch_is_asked_where_there_is_one():
    text = whole("steps:\n  talk: {queue: support}\n").encode()
    flow = load(text, "example.yaml", KINDS)
    (told,) = lint(flow, text, lambda command, arg: "")
    assert (told.rule.code, told.error.line) == ("not-there", 3)
    assert lint(flow, text) == ()
