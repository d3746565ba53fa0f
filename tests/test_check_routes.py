"""What is wrong with the ways that a call can take."""

from functools import partial

import pytest

from eslflow.check import routes
from eslflow.check.routes import RULES
from tests.codes import EXAMPLES, whole
from tests.proofs import flow_of


def found(text, look):
    return list(look(flow_of(whole(text))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example_alone(rule):
    bad, good = EXAMPLES[rule.code]
    (finding,) = found(bad, RULES[rule])
    assert finding.rule == rule
    assert found(good, RULES[rule]) == []


def test_a_circle_of_questions_is_told_with_all_of_it():
    text = (
        "steps:\n  a: {menu: which, keys: {1: q}, failure: b}\n"
        "  b: {menu: which, keys: {1: q}, failure: a}\n  q: {queue: q}\n"
    )
    (finding,) = found(text, routes.no_exit)
    assert finding.problem.endswith("goes from 'a' round and round, by a, b")


def test_a_circle_that_nobody_comes_to_is_told_elsewhere():
    text = (
        "steps:\n  q: {queue: q, next: a}\n"
        "  a: {menu: which, keys: {1: q}, failure: q}\n"
    )
    assert found(text, routes.no_exit) == []


def test_who_must_be_recorded_may_be_hung_up_on():
    text = EXAMPLES["demanded"][1].replace(
        "record: on}", "record: on, failed: bye}\n  bye: {hangup: USER_BUSY}"
    )
    assert found(text, routes.broken_end) == []


def test_a_call_that_fails_reaches_nobody_by_nature():
    text = EXAMPLES["dropped"][1]
    assert found(text, routes.broken_end) == []


def test_a_queue_that_fails_should_lead_on():
    text = (
        "steps:\n  q: {queue: q, failed: bye}\n  r: {queue: r}\n"
        "  bye: {hangup: USER_BUSY}\n"
    ).replace("  r: {queue: r}\n", "  r: {queue: r, next: bye}\n")
    told = found(text, routes.broken_end)
    assert [finding.place for finding in told] == [
        ("steps", "q", "failed"),
        ("steps", "r", "error"),
    ]
    assert "(failed)" in told[0].problem
    assert "(error, failed)" in told[1].problem
    hints = [finding.hint for finding in told]
    assert hints[0].startswith("Write failed: STEP, with a step that reaches somebody")
    assert hints[1].startswith("Write error: STEP and failed: STEP, with")
    assert hints[0].endswith("such as 'r'.")


def test_no_step_is_advised_that_leads_back():
    text = (
        "steps:\n  q: {queue: q, answered: bye, next: r}\n"
        "  r: {queue: r, next: bye}\n  bye: {hangup: USER_BUSY}\n"
    )
    (finding,) = found(text, routes.broken_end)
    assert finding.place == ("steps", "r", "error")
    assert "such as" not in finding.hint


def test_which_numbers_are_for_help_is_for_the_site_to_say():
    text = "steps:\n  hi: {announce: welcome}\n  n: {dial: {user: 144}}\n"
    assert found(text, routes.behind_prompt) == []
    (finding,) = found(text, partial(routes.behind_prompt, emergency=["144"]))
    assert finding.problem == "step 'n' calls 144, after words or questions"


def test_where_nobody_else_is_reached_the_kinds_that_would_are_named():
    text = "steps:\n  q: {queue: q, next: bye}\n  bye: {hangup: USER_BUSY}\n"
    (finding,) = found(text, routes.broken_end)
    assert finding.hint.endswith("reaches somebody, by queue, dial, ring or transfer.")


def test_keys_and_cases_are_pointed_at_where_they_stand():
    keys = (
        "steps:\n  m: {menu: which, keys: {1: failure}, failure: q}\n"
        "  failure: {queue: f}\n  q: {queue: q}\n"
    )
    (finding,) = found(keys, routes.crossed)
    assert finding.place == ("steps", "m", "keys", "1")
    cases = (
        "steps:\n  b: {branch: caller, cases: {a: otherwise}, otherwise: a}\n"
        "  otherwise: {queue: f}\n  a: {queue: q}\n"
    )
    (finding,) = found(cases, routes.crossed)
    assert finding.place == ("steps", "b", "cases", "a")


def test_a_prefix_without_a_branch_is_nobodys_fault():
    text = 'steps:\n  hush: {private: prefix, prefix: "*67"}\n  q: {queue: q}\n'
    assert found(text, routes.other_prefix) == []


def test_a_transfer_to_help_must_be_at_once_too():
    text = (
        "steps:\n  who: {branch: called, cases: {112: help}, otherwise: m}\n"
        "  m: {menu: which, keys: {1: more}}\n"
        "  help: {transfer: {to: 112, context: default}, error: bye}\n"
        "  more: {transfer: {to: 110, context: default}}\n"
        "  bye: {hangup: USER_BUSY}\n"
    )
    (finding,) = found(text, routes.behind_prompt)
    assert finding.problem == "step 'more' calls 110, after words or questions"


def test_a_question_that_leads_back_by_another_way_lets_nobody_go():
    ask = EXAMPLES["until-yes"][0]
    text = ask.replace("refused: ask\n", "refused: again\n    granted: talk\n").replace(
        "  talk", "  again: {announce: welcome, next: ask}\n  talk"
    )
    (finding,) = found(text, routes.until_yes)
    assert finding.place == ("steps", "ask", "refused")


def test_digits_that_nobody_does_anything_with_end_the_call():
    text = (
        "steps:\n  m: {menu: which, keys: {1: q, 2: n}, failure: q}\n  q: {queue: q}\n"
        "  n: {collect: number, digits: 4, into: number}\n"
    )
    (finding,) = found(text, routes.dropped)
    assert finding.place == ("steps", "n")
    alone = "steps:\n  n: {collect: number, digits: 4, into: number}\n"
    assert found(alone, routes.dropped) == []


@pytest.mark.parametrize("kind", ["dial", "ring"])
def test_who_was_not_reached_is_not_told_to_go_where_the_talk_ends(kind):
    text = f"steps:\n  call: {{{kind}: {{user: '1001'}}, busy: q}}\n  q: {{queue: q}}\n"
    (finding,) = found(text, routes.dropped)
    assert finding.hint == (
        "Add no_answer: STEP, refused: STEP, invalid: STEP; next: would take "
        "answered, too."
    )
    text = text.replace("busy: q", "busy: q, no_answer: q, refused: q, invalid: q")
    assert found(text, routes.dropped) == []


def test_the_last_word_of_a_call_may_be_an_announcement():
    text = (
        "steps:\n  m: {menu: which, keys: {1: q, 2: bye}, failure: q}\n"
        "  q: {queue: q}\n  bye: {announce: welcome}\n"
    )
    assert found(text, routes.dropped) == []
