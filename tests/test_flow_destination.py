"""Whom a step calls."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.destination import Destination, DestinationOption, dialled
from tests.steps_of import flow

CALLED = [
    ("+49 (30) 123-456", "+4930123456"),
    ("*67#", "*67#"),
    ("030/12.34", "0301234"),
    ("alice", ""),
    ("", ""),
    ("+", ""),
    ("030${system(reboot)}", ""),
    ("030%24{x}", ""),
    ("030,sofia/gateway/x/1", ""),
    ("030\n", ""),
    ("0" * 33, ""),
    ("٣", ""),
]


@pytest.mark.parametrize(("number", "digits"), CALLED)
def test_only_what_a_keypad_has_is_ever_called(number, digits):
    assert dialled(number) == digits


def to(words):
    return flow(f"call: {{dial: {words}}}").steps["call"].to


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("{user: 1001}", "user/1001"),
        ("{user: 1001@example.com}", "user/1001@example.com"),
        ("{user: called}", "user/0301234"),
        ("{gateway: provider, number: +4930}", "sofia/gateway/provider/+4930"),
        ("{number: called, gateway: provider}", "sofia/gateway/provider/0301234"),
        ("{profile: x, number: 1, host: 192.0.2.1:5060}", "sofia/x/1@192.0.2.1:5060"),
    ],
)
def test_it_is_told_to_the_switch_in_its_spelling(words, address):
    assert to(words).address("030 1234") == address


def test_nothing_is_called_when_nothing_was_dialled():
    for words in ("{user: called}", "{gateway: p, number: called}"):
        assert to(words).address("alice") == ""
    assert to("{user: 1001}").address("alice") == "user/1001"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("1001", "stands where"),
        ("{}", "nothing does not say whom to call"),
        ("{gateway: p}", "gateway does not say whom to call"),
        ("{user: 1, number: 2}", "user, number does not say whom to call"),
        ("{user: '1001 x'}", "is not right here"),
        ("{gateway: 'p/../q', number: 1}", "is not right here"),
        ("{gateway: p, number: '${x}'}", "must not go to the switch"),
        ("{gateway: p, number: alice}", "is not right here"),
        ("{profile: p, number: 1, host: 'a b'}", "is not right here"),
        ("{usr: 1}", "Did you mean 'user'?"),
    ],
)
def test_anything_else_is_refused(words, problem):
    with pytest.raises(FlowErrors) as caught:
        to(words)
    assert problem in str(caught.value)
    assert len(caught.value.problems) == 1


def test_its_schema_knows_the_three_forms():
    forms = DestinationOption().schema()["oneOf"]
    assert [form["required"] for form in forms] == [
        ["user"],
        ["gateway", "number"],
        ["profile", "number", "host"],
    ]
    assert Destination().address("") == ""
