"""What the ledger permits."""

import pytest

from eslflow.switch.permits import call_of, is_permitted, last_choices


def kept(*choices):
    """Each choice as `purpose=state/reason`; `quality` needs no consent."""
    rows = []
    for choice in choices:
        purpose, _, words = choice.partition("=")
        state, _, reason = words.partition("/")
        basis = "contract" if purpose == "quality" else "consent"
        rows.append(
            {"purpose": purpose, "basis": basis, "state": state, "reason": reason}
        )
    return {"choices": rows}


@pytest.mark.parametrize(
    ("choices", "purposes", "permits"),
    [
        (["t=requested", "t=granted"], "t", True),
        (["t=granted", "t=withdrawn"], "t", False),
        (["t=requested"], "t", False),
        (["t=verbal"], "t", True),
        (["t=verbal", "t=withdrawn"], "t", False),
        (["t=refused", "q=granted"], "t q", True),
        (["t=refused", "q=granted"], "t", False),
        ([], "proof", True),
        ([], "", False),
        (["t=granted", "t=not_asked"], "t", True),
        (["t=not_asked"], "t", False),
        (["quality=requested", "quality=unanswered/not_objected"], "quality", True),
        (["quality=unanswered/not_objected", "quality=refused"], "quality", False),
        (["quality=unanswered/invalid"], "quality", False),
        (["t=unanswered/not_objected"], "t", False),
    ],
)
def test_only_a_grant_that_holds_permits(choices, purposes, permits):
    assert is_permitted(kept(*choices), {"purposes": purposes}) is permits


def test_the_last_word_counts_unless_it_was_not_asked_for():
    choices = kept("t=granted", "q=not_asked", "t=not_asked", "q=refused")
    last = {name: row["state"] for name, row in last_choices(choices).items()}
    assert last == {"t": "granted", "q": "refused"}


def test_a_file_is_named_after_its_call():
    assert call_of("/r/2026/11/24/u-1-12.wav") == "u-1"
    assert call_of("/r/../u-1.mp3") == ""
