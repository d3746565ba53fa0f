"""The German sentences; that they fill in what the English do, `wording` tests."""

from eslflow.bundle.german import GERMAN
from eslflow.bundle.wording import ENGLISH

SAME = {"bad", "ms", "of ms", "seconds", "system", "zone utc", "name"}
"""Units and names, the same in both."""


def test_no_sentence_was_left_in_english():
    same = {name for name in GERMAN if GERMAN[name] == ENGLISH[name]}
    letters = {name for name in same if any(c.isalpha() for c in GERMAN[name])}
    assert letters <= SAME
