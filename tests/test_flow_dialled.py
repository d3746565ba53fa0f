"""Numbers as networks and people write them."""

import pytest

from eslflow.flow.dialled import dialled, is_withheld


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("+49 (30) 12-34.56/7", "+49301234567"),
        ("*67030123456#", "*67030123456#"),
        ("112", "112"),
        ("anna", ""),
        ("1;2", ""),
        ("++49", ""),
        ("", ""),
        ("1" * 33, ""),
    ],
)
def test_only_what_can_be_called_is_a_number(number, plain):
    assert dialled(number) == plain


@pytest.mark.parametrize(
    ("number", "is_so"),
    [
        ("", True),
        (" Anonymous ", True),
        ("RESTRICTED", True),
        ("0000000000", True),
        ("266696687", True),
        ("+7378742833", True),
        # Without the plus it is a number in Texas.
        ("7378742833", False),
        ("000", False),
        ("+4930123456", False),
    ],
)
def test_networks_say_in_many_words_that_there_is_no_number(number, is_so):
    assert is_withheld(number) is is_so
