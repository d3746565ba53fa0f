"""The sentences that explain a flow."""

from eslflow.check.wording import ENGLISH, GERMAN, LANGUAGES, paragraph, series


def test_each_language_is_complete():
    assert LANGUAGES == {"en": ENGLISH, "de": GERMAN}
    assert set(ENGLISH) == set(GERMAN)
    assert all(ENGLISH.values())
    assert all(GERMAN.values())


def test_words_in_series_are_joined_before_the_last():
    assert series(["1"], " or ") == "1"
    assert series(["1", "2"], " or ") == "1 or 2"
    assert series(["1", "2", "3"], ", or ") == "1, 2, or 3"


def test_each_sentence_of_a_paragraph_ends():
    told = ["a.", "", "Ask first", "Hears: “Hello”", "Hears: “Hello.”", "Why? ", " "]
    ended = "a. Ask first. Hears: “Hello”. Hears: “Hello.” Why?"
    assert paragraph(told) == ended
    assert paragraph(["It said (so!)", "“Ja …”"]) == "It said (so!) “Ja …”"
