"""The sentences that explain a flow, in German."""

import re

from eslflow.check.german import GERMAN
from eslflow.check.wording import ENGLISH


def test_each_sentence_has_its_place_where_the_english_one_has_it():
    assert list(GERMAN) == list(ENGLISH)


def test_quotes_are_those_of_the_language():
    for name, text in GERMAN.items():
        assert not re.search("['\"”]", text), name
        assert text.count("„") == text.count("“"), name
