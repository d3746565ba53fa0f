"""The sentences that explain a flow."""

from eslflow.check.wording import ENGLISH, GERMAN, LANGUAGES


def test_each_language_is_complete():
    assert LANGUAGES == {"en": ENGLISH, "de": GERMAN}
    assert set(ENGLISH) == set(GERMAN)
    assert all(ENGLISH.values())
    assert all(GERMAN.values())
