"""What becomes of whoever calls for help, in words."""

import pytest

from eslflow.check.helped import helped
from eslflow.check.wording import LANGUAGES


def told(numbers, language="en"):
    def say(sentence, /, **places):
        return LANGUAGES[language][sentence].format(**places)

    return " ".join(helped(say, "out", numbers))


def test_the_usual_numbers_are_not_listed():
    assert told(None) == (
        "Emergency numbers are put through at once by out, unasked and unrecorded."
    )


def test_the_numbers_of_a_site_are_listed():
    assert told({"112", "110"}).endswith("At this site these are 110 and 112.")
    assert told({"110"}, "de").endswith("ohne Aufzeichnung. Hier sind das 110.")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "names no emergency numbers"), ("de", "Notrufnummern sind hier keine")],
)
def test_without_any_number_none_is_put_through(language, words):
    assert words in told((), language)
    assert "at once" not in told((), language)
