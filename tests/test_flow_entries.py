"""What options take that have to do with values."""

import re

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.entries import Answers, Digits, Flag, ValueName, ValueNames
from tests.steps_of import flow

PAY = "pay: {{webhook: 'https://pay.example.com/', {}}}\n"


def collect(options):
    steps = flow(f"a: {{collect: which, {options}}}").steps
    return steps["a"]


@pytest.mark.parametrize(
    ("digits", "found"), [("4", (4, 4)), ("12..19", (12, 19)), ("32", (32, 32))]
)
def test_digits_are_a_number_or_a_range(digits, found):
    assert collect(f"digits: {digits}, into: pin").digits == found


@pytest.mark.parametrize("digits", ["0", "33", "9..4", "4..", "four", "4.5", "[4]"])
def test_any_other_number_of_digits_is_told(digits):
    with pytest.raises(FlowErrors, match="a number of digits such as 4 or 12..19"):
        collect(f"digits: {digits}, into: pin")


@pytest.mark.parametrize("secure", ["yes", "1", "'true'", "[true]"])
def test_a_flag_is_true_or_false_and_nothing_like_it(secure):
    with pytest.raises(FlowErrors, match="Takes true or false"):
        collect(f"digits: 4, into: pin, secure: {secure}")


def test_a_flag_is_taken():
    assert not collect("digits: 4, into: pin, secure: false").secure


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Card", "cannot be the name of a value"),
        ("caller", "'caller' is something else already"),
        ("[a]", "a list stands where"),
    ],
)
def test_a_value_has_a_name_that_nobody_else_has(name, problem):
    with pytest.raises(FlowErrors, match=problem):
        collect(f"digits: 4, into: {name}")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("sends: call", "text stands where names are wanted"),
        ("sends: [call, call]", "'call' stands twice"),
        ("sends: [Call]", "'Call' cannot be the name of a value"),
        ("sends: [[call]]", "a list stands where"),
        ("gets: status", "text stands where up to 20 fields are"),
        ("gets: {'a b': x}", "'a b' is no field"),
        ("gets: {a: x, a: y}", "'a' stands twice"),
        ("gets: {a: x, b: x}", "'x' stands twice"),
        ("gets: {a: Call}", "'Call' cannot be the name of a value"),
    ],
)
def test_what_is_no_list_of_names_is_told(options, problem):
    with pytest.raises(FlowErrors, match=problem):
        flow(PAY.format(options))


def test_names_and_fields_keep_their_order():
    pay = flow(PAY.format("sends: [caller, call], gets: {b: two, a.x: one}")).steps[
        "pay"
    ]
    assert pay.sends == ("caller", "call")
    assert pay.gets == (("b", "two"), ("a.x", "one"))


def test_editors_are_told_the_same():
    assert Flag().schema() == {"type": "boolean"}
    assert re.fullmatch(Digits(32).schema()["pattern"], "12..19")
    assert ValueNames().schema()["items"] == ValueName().schema()
    assert Answers().schema()["additionalProperties"] == ValueName().schema()
