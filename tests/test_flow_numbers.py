"""Lists of numbers in a file."""

import re

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.numbers import Numbers, is_among
from tests.steps_of import HEAD, flow

STEP = "a: {announce: welcome}"


def listed(text):
    return flow(STEP, f"{HEAD}recording: {{never_record: {text}}}\n")


def test_numbers_are_kept_as_they_are_written():
    found = listed('[1001, "20*", "+4930123456", 0800, works.council]')
    assert found.recording.never_record == (
        *("1001", "20*", "+4930123456", "0800", "works.council"),
    )
    assert listed("[]").recording.never_record == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1001", "a number stands where numbers are wanted"),
        ("{1001: a}", "a mapping stands where numbers are wanted"),
        ('["*"]', "'*' is no number, nor how one begins"),
        ('["1*1"]', "'1*1' is no number, nor how one begins"),
        ('["1 001"]', "'1 001' is no number, nor how one begins"),
        ("[[1001]]", "a list stands where a number is wanted"),
    ],
)
def test_what_is_none_is_told(text, problem):
    with pytest.raises(FlowErrors) as caught:
        listed(text)
    assert [p.problem for p in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    ("number", "patterns", "is_one"),
    [
        ("1001", ("1001",), True),
        ("10012", ("1001",), False),
        ("10012", ("2", "1001*"), True),
        ("+49 (30) 1234-56", ("+4930*",), True),
        ("works.council", ("works.council",), True),
        ("", ("1001", "20*"), False),
        ("1001", (), False),
    ],
)
def test_a_pattern_takes_a_number_or_how_it_begins(number, patterns, is_one):
    assert is_among(number, patterns) is is_one


def test_an_editor_knows_the_list():
    item = Numbers().schema()["items"]
    assert re.fullmatch(item["pattern"], "20*")
    assert not re.fullmatch(item["pattern"], "*")
