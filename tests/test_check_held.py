"""What a call holds that a step will read."""

import pytest

from eslflow.check.held import Holds
from tests.steps_of import flow

WORDS = "flow: test\nprompts: {a: A.}\n"
PAY = "webhook: 'https://pay.example.com/'"
PAYMENTS = f"""\
which: {{menu: a, keys: {{1: card1, 2: card2}}, failure: bye, error: bye}}
card1: {{collect: a, digits: 16, into: card1, secure: true, failure: bye, error: bye}}
code1: {{collect: a, digits: 3, into: code1, secure: true, failure: bye, error: bye}}
pay1:
  {{{PAY}, secrets: [card1, code1], gets: {{status: paid1}}, refused: bye, failed: bye}}
look1: {{branch: paid1, cases: {{ok: bye}}, otherwise: which}}
card2: {{collect: a, digits: 16, into: card2, secure: true, failure: bye, error: bye}}
code2: {{collect: a, digits: 3, into: code2, secure: true, failure: bye, error: bye}}
pay2:
  {{{PAY}, secrets: [card2, code2], gets: {{status: paid2}}, refused: bye, failed: bye}}
look2: {{branch: paid2, cases: {{ok: bye}}, otherwise: which}}
bye: {{announce: a}}
"""


def holds_of(steps):
    return Holds(flow(steps, WORDS))


def test_something_is_held_from_where_it_is_set_to_where_it_is_read():
    at = holds_of(PAYMENTS).at
    assert at["which"] == at["bye"] == frozenset()
    # Once it has ended, a step may hold what it has just set.
    assert at["card1"] == {"card1"}
    assert at["code1"] == at["pay1"] - {"paid1"} == {"card1", "code1"}
    assert at["look1"] == {"paid1"}


def test_what_is_held_for_a_step_is_told_by_the_names_that_stand_for_it():
    holds = holds_of(PAYMENTS)
    assert holds.kind("code2") == holds.kind("code1") == {"card1", "code1"}
    assert holds.kind("which") == frozenset()


def test_names_that_are_never_held_together_stand_for_the_same():
    names = holds_of(PAYMENTS).names
    assert names["card2"] == names["card1"] == "card1"
    assert names["code2"] == names["code1"] == "code1"
    assert names["paid2"] == names["paid1"] == "paid1"


def test_the_plain_flow_knows_one_name_for_all_of_them():
    plain = holds_of(PAYMENTS).plain
    assert plain.steps["pay2"].secrets == ("card1", "code1")
    assert plain.steps["card2"].into == "card1"
    assert plain.steps["look2"].looks_at.value == "paid1"


BOTH = """\
a: {collect: a, digits: 4, into: one}
b: {collect: a, digits: 4, into: two}
c: {branch: one, cases: {1234: d}, otherwise: d}
d: {branch: two, cases: {1234: e}, otherwise: e}
e: {announce: a}
"""


def test_names_that_are_held_together_stand_for_themselves():
    names = holds_of(BOTH).names
    assert names == {"one": "one", "two": "two"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Which of the two is compared with something else.
        ("{branch: one, cases: {1: c}, otherwise: c}", "{announce: a}"),
        ("{branch: one, cases: {1: c}, otherwise: c}", "{branch: two, cases: {2: c}}"),
    ],
)
def test_names_that_are_read_otherwise_stand_for_themselves(one, other):
    steps = f"a: {{collect: a, digits: 4, into: one}}\nb: {one}\n"
    steps += f"c: {{collect: a, digits: 4, into: two}}\nd: {other}\n"
    assert holds_of(steps).names["two"] == "two"


def test_a_secret_never_stands_for_a_value():
    steps = "a: {collect: a, digits: 4, into: one}\n"
    steps += f"b: {{{PAY}, sends: [one, caller]}}\n"
    steps += "c: {collect: a, digits: 4, into: two, secure: true}\n"
    steps += f"d: {{{PAY}, secrets: [two]}}\n"
    assert holds_of(steps).names["two"] == "two"


ROUND = """\
start: {announce: a}
a: {collect: a, digits: 4, into: one, failure: %s, error: %s}
b: {branch: one, cases: {1: start}, otherwise: c}
c: {announce: a}
"""


def test_what_may_not_be_set_anew_is_held_from_the_round_before():
    at = holds_of(ROUND % ("b", "b")).at
    assert at["start"] == at["a"] == at["b"] == {"one"}
    at = holds_of(ROUND % ("c", "c")).at
    assert (at["start"], at["b"]) == (frozenset(), {"one"})


def test_what_cannot_have_been_set_is_not_held():
    steps = ROUND.replace("1: start", "1: c")
    assert holds_of(steps % ("b", "b")).at["start"] == frozenset()


def test_what_was_never_entered_keeps_no_names_apart():
    # Whoever cannot be asked for a card comes to the next step without one.
    steps = PAYMENTS.replace(", error: bye", "")
    assert holds_of(steps).names["card2"] == "card1"


def test_names_of_one_step_are_never_one():
    steps = 'a: {set: {one: x, two: "{{ one }}"}}\nb: {branch: two, cases: {x: c}}\n'
    names = holds_of(steps + "c: {announce: a}\n").names
    assert names["one"] != names["two"]


def test_a_call_that_comes_to_another_step_holds_what_that_one_reads():
    holds = holds_of(PAYMENTS)
    held = {"card1": "4111", "code1": "123", "language": "en"}
    assert holds.of(held, "pay2") == {}
    assert holds.of(held, "pay1") == {"card1": "4111", "code1": "123"}
    moved = holds.moved(held, "pay1", "pay2")
    assert moved == {"card2": "4111", "code2": "123", "language": "en"}
    assert holds.of(moved, "pay2") == {"card1": "4111", "code1": "123"}
