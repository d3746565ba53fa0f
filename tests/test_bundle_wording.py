"""The sentences of a report, the same in each language."""

from string import Formatter

from eslflow.bundle.facts import LANGUAGES
from eslflow.bundle.wording import ENGLISH, GERMAN, SENTENCES, SPOKEN
from eslflow.call.records import State


def places(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_each_language_says_all_and_fills_in_the_same():
    assert tuple(SENTENCES) == tuple(SPOKEN) == LANGUAGES
    assert list(ENGLISH) == list(GERMAN)
    for name, sentence in ENGLISH.items():
        assert places(sentence) == places(GERMAN[name]), name


def test_every_state_has_a_word():
    assert {state.value for state in State} <= set(ENGLISH)
