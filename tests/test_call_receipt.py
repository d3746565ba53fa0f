"""The code that a caller is told."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.receipt import is_right, receipt_of, typed

UUIDS = st.uuids().map(str)


@given(UUIDS)
def test_a_call_has_one_code_of_eight_digits_that_is_right(name):
    code = receipt_of(name)
    assert len(code) == 8
    assert code.isdigit()
    assert is_right(code)
    assert receipt_of(name) == code


@given(UUIDS, st.integers(0, 7), st.integers(1, 9))
def test_any_wrong_digit_shows(name, place, more):
    code = receipt_of(name)
    wrong = (int(code[place]) + more) % 10
    assert not is_right(f"{code[:place]}{wrong}{code[place + 1 :]}")


@given(UUIDS, st.integers(0, 6))
def test_two_digits_that_are_swapped_show(name, place):
    code = receipt_of(name)
    one, two = code[place : place + 2]
    swapped = f"{code[:place]}{two}{one}{code[place + 2 :]}"
    assert is_right(swapped) is (one == two)


def test_the_check_digit_is_damms():
    # The example of his dissertation.
    assert is_right("5724")
    assert not is_right("5723")


def test_codes_of_different_calls_differ():
    codes = {receipt_of(str(uuid.UUID(int=n))) for n in range(500)}
    assert len(codes) > 495


@pytest.mark.parametrize("text", ["12345678", "1234 5678", "12-34-56-78"])
def test_a_code_may_be_typed_in_groups(text):
    assert typed(text) == "12345678"


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"])
def test_what_is_no_code_is_none(text):
    assert typed(text) == ""
