"""What is entered by key, and what a program answers."""

from eslflow.check.entered import digits, entries, field_values
from eslflow.check.looked import Looks
from tests.proofs import call_of
from tests.steps_of import flow

WORDS = "flow: test\nprompts: {a: A.}\n"


def entered(options, more=""):
    steps = f"card: {{collect: a, {options}, into: n}}\n{more}"
    stage = call_of(flow(steps, WORDS))
    return entries(stage, Looks(stage.plan.flow))


def test_what_is_entered_is_right_empty_or_too_short():
    assert entered("digits: 4") == ["1110", "#", "1#"]
    assert entered("digits: 2..4, terminator: star") == ["10*", "*", "1*"]


def test_without_a_key_that_ends_it_nothing_is_ended():
    assert entered("digits: 1, terminator: none") == ["1", "0"]


def test_a_number_with_a_check_digit_is_right_or_wrong():
    right, end, wrong = entered("digits: 12..19, check: luhn")
    assert (right, end) == ("111111111113#", "#")
    assert wrong == "111111111111#"
    assert entered("digits: 12, check: luhn")[2] == "111111111111"


def test_what_a_branch_looks_at_is_entered():
    branch = "which: {branch: n, cases: {1234: x, 99: x}, otherwise: x}\n"
    branch += "x: {announce: a}\n"
    assert entered("digits: 4", branch) == ["1234", "1110", "#", "1#"]


def test_what_has_begun_is_gone_on_with():
    stage = call_of(flow("card: {collect: a, digits: 4, into: n}", WORDS))
    assert digits(stage) == 0
    stage = call_of(stage.plan.flow, "enters/1110")
    assert digits(stage) == 1
    assert entries(stage, Looks(stage.plan.flow)) == ["1110", "1#"]
    assert digits(call_of(flow("a: {announce: a}", WORDS))) == 0


def test_a_program_answers_in_all_ways_that_make_a_difference():
    steps = "pay: {webhook: 'https://a.example/', gets: {state: paid, id: ref}}\n"
    steps += "which: {branch: paid, cases: {done: x}, otherwise: x}\nx: {announce: a}\n"
    stage = call_of(flow(steps, WORDS))
    found = list(field_values(stage, Looks(stage.plan.flow)))
    assert found == [
        '{"state": "done", "id": "1"}',
        '{"state": "+4930123456", "id": "1"}',
    ]
