"""Numbers in one spelling."""

import pytest

from eslflow.e164 import emergency_in, is_country, normaliser

BERLIN = "+4930123456"


@pytest.mark.parametrize(
    "number",
    ["+49 30 123456", "+49 (0)30 123456", "0049-30-123456", "030/123456", BERLIN],
)
def test_one_caller_has_one_spelling(number):
    assert normaliser("DE")(number) == BERLIN


def test_the_country_says_what_a_number_without_one_means():
    assert normaliser("US")("(212) 555-1234") == "+12125551234"
    assert normaliser("US")("1 212 555 1234") == "+12125551234"
    assert normaliser("GB")("020 7946 0018") == "+442079460018"
    # What begins with a country of its own has that one.
    assert normaliser("US")("011 49 30 123456") == BERLIN


@pytest.mark.parametrize("country", ["DE", "US", "IT", ""])
@pytest.mark.parametrize("number", ["1001", "112", "*67", "100#", "12"])
def test_what_is_no_number_of_a_country_stays_as_it_is(country, number):
    assert normaliser(country)(number) == number


@pytest.mark.parametrize("country", ["DE", ""])
@pytest.mark.parametrize(
    "number",
    ["", "anonymous", "Restricted", "0000000000", "+266696687", "sip:anna@example.com"],
)
def test_a_number_that_is_withheld_or_none_is_empty(country, number):
    assert normaliser(country)(number) == ""


def test_without_a_country_only_a_plus_tells_it():
    normal = normaliser()
    assert normal("+49 (30) 123456") == BERLIN
    assert normal("030 123456") == "030123456"


def test_a_number_that_is_too_short_or_long_stays_as_it_is():
    normal = normaliser("DE")
    assert normal("+49") == "+49"
    assert normal("+491") == "+491"
    assert normal("0" * 25) == "0" * 25


def test_two_letters_name_a_country():
    assert is_country("DE")
    assert not is_country("XX")
    assert not is_country("de")


@pytest.mark.parametrize(
    ("country", "numbers"),
    [
        ("FR", "15 17 18 112"),
        ("DE", "110 112"),
        ("AU", "000 106 112"),
        ("GN", ""),
        ("", ""),
    ],
)
def test_a_country_has_its_own_numbers_for_help(country, numbers):
    assert emergency_in(country) == frozenset(numbers.split())
