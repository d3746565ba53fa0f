"""One thing that can happen."""

from eslflow.check.choice import Choice, Sort


def test_what_goes_wrong_or_interferes_is_not_fair():
    assert Choice("presses", "1", Sort.CALLER).is_fair
    assert Choice("played").is_fair
    assert not Choice("not played", sort=Sort.FAILS).is_fair
    assert not Choice("wish", "off", Sort.PERSON).is_fair
