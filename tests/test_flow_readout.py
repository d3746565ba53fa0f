"""The words in which a receipt is read out."""

import pytest

from eslflow.flow.readout import (
    AGAIN,
    BEGIN,
    LANGUAGES,
    has_words,
    receipt_audio,
    receipt_path,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_ten_digits_and_two_sentences(language):
    audio = list(receipt_audio(language))
    assert [item.path for item in audio] == [
        receipt_path(language, word) for word in (BEGIN, AGAIN, *"0123456789")
    ]
    assert len({item.text for item in audio}) == 12
    assert all(item.language == language for item in audio)
    assert audio[-1].what == "receipt 9"


def test_a_region_speaks_its_language():
    assert has_words("de-AT")
    assert not has_words("nl")
    nine = list(receipt_audio("de-AT"))[-1]
    assert (nine.path, nine.text) == ("_receipt/de-AT/9.wav", "neun")
