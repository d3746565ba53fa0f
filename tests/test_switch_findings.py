"""What is found when the switch is held against the ledger."""

import pytest

from eslflow.switch.findings import Finding, Leg


@pytest.mark.parametrize(
    ("what", "is_bad"),
    [
        ("unpermitted", True),
        ("orphan", True),
        ("blind", True),
        ("adopted", False),
        ("alone", False),
        ("ended", False),
    ],
)
def test_what_nobody_has_permitted_is_bad(what, is_bad):
    assert Finding(what, "u", "/r/u-1.wav", "words").is_bad is is_bad


def test_since_when_two_talk_may_be_unknown():
    assert Leg("a", "1001").since == 0
