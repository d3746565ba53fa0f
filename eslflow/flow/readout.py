"""The words in which a receipt is read out, digit by digit, in the languages we know.

In: a language. Out: pieces of audio, the same for every flow. Must not know what a
receipt is (`call.receipt` does), nor whether the files exist.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.flow.audio import Audio, prompt_path

OWNER = "_receipt"
"""Where they lie among the sounds; no flow can have this name."""
BEGIN, AGAIN = "code", "again"
"""What is said before the digits, and before they are said once more."""

_WORDS = {
    "en": (
        "Your receipt code is:",
        "I repeat:",
        "zero one two three four five six seven eight nine",
    ),
    "de": (
        "Ihr Quittungscode lautet:",
        "Ich wiederhole:",
        "null eins zwei drei vier fünf sechs sieben acht neun",
    ),
    "es": (
        "Su código de comprobante es:",
        "Repito:",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
    ),
    "fr": (
        "Votre code de reçu est :",
        "Je répète :",
        "zéro un deux trois quatre cinq six sept huit neuf",
    ),
}

LANGUAGES = tuple(_WORDS)


def has_words(language: str) -> bool:
    """Whether a receipt can be read out in a language, whatever its region."""
    return _base(language) in _WORDS


def receipt_path(language: str, word: str) -> str:
    """Return the path of what is said before the digits, or of a digit."""
    return prompt_path(OWNER, language, word)


def receipt_audio(language: str) -> Iterator[Audio]:
    """Yield every piece of audio that reading a receipt out takes."""
    begin, again, digits = _WORDS[_base(language)]
    texts = {BEGIN: begin, AGAIN: again}
    texts |= {str(digit): text for digit, text in enumerate(digits.split())}
    for word, text in texts.items():
        path = receipt_path(language, word)
        yield Audio(path, language, text, f"receipt {word}")


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
