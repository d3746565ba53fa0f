"""What the ledger permits."""

import pytest

from eslflow.switch.permits import call_of, is_permitted, last_choices


def kept(*choices):
    rows = (choice.split("=") for choice in choices)
    return {"choices": [{"purpose": name, "state": state} for name, state in rows]}


@pytest.mark.parametrize(
    ("choices", "purposes", "permits"),
    [
        (["t=requested", "t=granted"], "t", True),
        (["t=granted", "t=withdrawn"], "t", False),
        (["t=requested"], "t", False),
        (["t=verbal"], "t", False),
        (["t=refused", "q=granted"], "t q", True),
        (["t=refused", "q=granted"], "t", False),
        ([], "proof", True),
        ([], "", False),
        (["t=granted", "t=not_asked"], "t", True),
        (["t=not_asked"], "t", False),
    ],
)
def test_only_a_grant_that_holds_permits(choices, purposes, permits):
    assert is_permitted(kept(*choices), {"purposes": purposes}) is permits


def test_the_last_word_counts_unless_it_was_not_asked_for():
    choices = kept("t=granted", "q=not_asked", "t=not_asked", "q=refused")
    assert last_choices(choices) == {"t": "granted", "q": "refused"}


def test_a_file_is_named_after_its_call():
    assert call_of("/r/2026/11/24/u-1-12.wav") == "u-1"
    assert call_of("/r/../u-1.mp3") == ""
