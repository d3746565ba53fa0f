"""Words by which a check understands what callers are told."""

import pytest

from eslflow.check.wordlist import (
    behind_star,
    by_key,
    in_digits,
    keys_ending,
    keys_named,
    keys_said,
    labelled,
    says_withdrawal,
    sentences,
    tells_of_recording,
)

SPELLED = [
    (
        "en",
        "Press one to agree, or two to refuse.",
        "Press 1 to agree, or 2 to refuse.",
    ),
    ("en", "To agree, press One; to refuse, press the key two.", "press the key 2."),
    ("en", "Press one or two.", "Press 1 or 2."),
    (
        "de",
        "Drücken Sie die Eins, wenn Sie zustimmen, oder die Zwei, um",
        "oder die 2,",
    ),
    ("de", "Ja mit der eins, nein mit der zwo.", "Ja mit der 1, nein mit der 2."),
    (
        "fr",
        "Appuyez sur un pour accepter, sur deux pour refuser.",
        "sur 2 pour refuser",
    ),
    ("es", "Pulse uno para aceptar, o marque dos para rechazar.", "o marque 2 para"),
    ("it", "Premete uno per accettare, premete due per rifiutare.", "premete 2 per"),
    ("nl", "Druk op een voor ja, druk op twee voor nee.", "Druk op 1 voor ja"),
]


@pytest.mark.parametrize(("language", "words", "digits"), SPELLED)
def test_keys_that_are_told_by_name_are_read_as_digits(language, words, digits):
    assert digits in in_digits(words, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Press one of the keys, and one of us will be with you."),
        ("en", "Hello, one moment please. For one year, we keep it."),
        ("nl", "Druk op een toets."),
        ("nb", "Trykk en for ja."),
    ],
)
def test_words_that_name_no_key_stay_as_they_are(language, words):
    assert in_digits(words, language) == words


def test_only_sentences_that_tell_to_press_say_keys():
    text = "We are there from 8 to 5. Article 6 says so. Press 1, or 9 for more."
    assert keys_said(text, "en") == {"1", "9"}
    assert keys_said("Call 0800 123, or press 1.", "en") == {"1"}
    assert keys_said("Press one to agree.", "en") == {"1"}
    assert keys_said("Trykk én for ja.", "nb") == set()


def test_sentences_that_tell_to_press_are_given_as_they_are_written():
    text = "Hello. Press One to agree. Yes: press 2. Good: press three of them."
    assert list(sentences(text, "en")) == ["Press One to agree.", "Yes: press 2."]


def test_words_belong_to_the_key_before_or_behind_them():
    def is_told(words):
        return "sales" in words or "help" in words

    assert list(by_key("Press 1 for sales, 2 for help.", is_told)) == [
        ("1", " for sales, "),
        ("2", " for help."),
    ]
    assert list(by_key("For sales press 1, for help 2.", is_told)) == [
        ("1", "For sales press "),
        ("2", ", for help "),
    ]


def test_a_clause_may_be_a_key_and_its_label():
    text = (
        "Hello: all. Sales: 1. For help: press Two, key 3: more. Press 4 for me: 5 x."
    )
    assert list(labelled(text, "en")) == [
        ("Sales: 1.", "1", "Sales"),
        ("For help: press Two,", "2", "For help"),
        ("key 3: more.", "3", "more"),
    ]
    assert list(labelled("Sala: 1.", "is")) == [("Sala: 1.", "1", "Sala")]


@pytest.mark.parametrize(
    ("language", "words", "key"),
    [
        ("en", "To withdraw, press star zero.", "zero"),
        ("en", "Press * and then 7", "7"),
        ("de-AT", "Widerruf mit Stern Null.", "Null"),
        ("en", "Press zero to withdraw.", None),
    ],
)
def test_a_key_behind_the_star_is_found(language, words, key):
    pattern = behind_star(language)
    assert pattern is not None
    found = pattern.search(words)
    assert (found and found["key"]) == key


def test_no_star_is_known_in_a_language_without_words():
    assert behind_star("xx") is None


def test_a_key_may_stand_alone_at_the_end_of_a_clause():
    assert keys_ending("To agree, press 1. To refuse: 2! For more, 9", "en") == set(
        "129"
    )
    assert (
        keys_ending("Press 1 to agree. Version 2.1 of 5 days, article 13.", "en")
        == set()
    )


def test_keys_are_named_by_digits_words_and_ranges_or_nobody_can_tell():
    assert keys_named("Press star, 1, or two; not 42.", "en-GB") == set("*12")
    assert keys_named("Wählen Sie 2 bis 4, Sterntaste oder Raute.", "de") == set(
        "234*#"
    )
    assert keys_named("Velg en.", "nb") is None


def test_withdrawal_is_looked_for_in_each_language():
    said = {
        "en": "You can withdraw at any time.",
        "de": "Widerruf jederzeit.",
        "de-AT": "Das ist alles.",
        "nb": "Hva som helst.",
    }
    found = {"en": True, "de": True, "de-AT": False, "nb": None}
    assert says_withdrawal(said) == found


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Once given, your consent can not be withdrawn."),
        ("en", "You cannot withdraw it later."),
        ("de", "Ein Widerruf ist nicht möglich."),
        ("de", "Sie können nicht mehr widerrufen."),
        ("de", "Die Einwilligung ist nicht widerruflich."),
        ("fr", "Vous ne pouvez pas retirer votre consentement."),
        ("es", "No se puede revocar."),
        ("it", "Il consenso non può essere revocato."),
        ("nl", "U kunt dit niet meer intrekken."),
    ],
)
def test_who_says_that_consent_cannot_be_withdrawn_does_not_say_how(language, words):
    assert says_withdrawal({language: words}) == {language: False}
    both = {language: f"{words} {WITHDRAWN[language]}"}
    assert says_withdrawal(both) == {language: True}


WITHDRAWN = {
    "en": "You may withdraw; that does not affect what was done until then.",
    "de": "Sie können widerrufen oder es sich anders überlegen.",
    "fr": "Vous pouvez retirer votre consentement.",
    "es": "Puede revocarlo.",
    "it": "Può revocarlo.",
    "nl": "U kunt dit intrekken.",
}


def test_who_hears_of_a_recording_in_no_known_language_may_have():
    assert tells_of_recording({"en": "This call is recorded.", "nb": "Noe."})
    assert not tells_of_recording({"en": "This call is recorded.", "de": "Hallo."})
    assert tells_of_recording({"de": "Wir zeichnen dieses Gespräch auf."})
