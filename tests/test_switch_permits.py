"""What the ledger permits."""

import pytest

from eslflow.switch.permits import call_of, is_permitted, last_choices


def kept(*choices):
    """Each choice as `purpose party=state/reason`; `quality` needs no consent."""
    rows = []
    for choice in choices:
        whose, _, words = choice.partition("=")
        purpose, _, party = whose.partition(" ")
        state, _, reason = words.partition("/")
        basis = "contract" if purpose == "quality" else "consent"
        rows.append(
            {"purpose": purpose, "basis": basis, "state": state, "reason": reason}
            | ({"party": party} if party else {})
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
        (["t caller=granted", "t callee=granted"], "t", True),
        (["t caller=granted", "t callee=refused"], "t", False),
        (["t caller=refused", "t callee=granted"], "t", False),
        (["t callee=not_asked/other_first", "t caller=granted"], "t", False),
        (["t caller=granted", "t callee=granted", "t callee=expired"], "t", False),
        (["t callee=granted", "t=not_asked"], "t", True),
        (["t=not_asked", "t callee=granted"], "t", True),
    ],
)
def test_only_a_grant_that_holds_permits(choices, purposes, permits):
    assert is_permitted(kept(*choices), {"purposes": purposes}) is permits


def test_the_last_word_counts_unless_it_was_not_asked_for():
    choices = kept("t=granted", "q=not_asked", "t=not_asked", "q=refused")
    last = {whose: row["state"] for whose, row in last_choices(choices).items()}
    assert last == {("t", "caller"): "granted", ("q", "caller"): "refused"}


def test_each_who_was_asked_has_a_last_word():
    choices = kept("t callee=not_asked/other_first", "t caller=refused", "t=not_asked")
    last = {whose: row["state"] for whose, row in last_choices(choices).items()}
    assert last == {("t", "callee"): "not_asked", ("t", "caller"): "refused"}


def test_a_file_is_named_after_its_call():
    assert call_of("/r/2026/11/24/u-1-12.wav") == "u-1"
    assert call_of("/r/../u-1.mp3") == ""


def test_of_a_private_call_nothing_goes_on():
    assert is_permitted(kept("t=granted"), {"purposes": "t"})
    private = kept("t=granted", "=not_asked/private")
    assert not is_permitted(private, {"purposes": "t"})
