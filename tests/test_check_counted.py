"""How long and how often, in words."""

import pytest

from eslflow.check.counted import SPELT, time, tries
from eslflow.check.wording import LANGUAGES


def say_in(language):
    return lambda sentence, /, **places: LANGUAGES[language][sentence].format(**places)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.5, "0.5 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (7200, "2 hours"),
        (86400, "1 day"),
        (7776000, "90 days"),
    ],
)
def test_a_duration_is_told_in_its_largest_whole_unit(seconds, told):
    assert time(say_in("en"), seconds) == told


def test_small_counts_have_words():
    english = [tries(say_in("en"), count) for count in range(1, 7)]
    assert english == ["", ", twice", ", three times", ", four times"] + [
        ", five times",
        ", 6 times",
    ]
    german = [tries(say_in("de"), count) for count in (1, 2, 3, 6)]
    assert german == ["", "zweimal ", "dreimal ", "6-mal "]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_word_for_each_count_that_has_one(language):
    assert {f"{count} times" for count in SPELT} <= set(LANGUAGES[language])
