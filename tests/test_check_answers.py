"""Which key the words of a question give for yes, and which for no."""

import pytest

from eslflow.check.answers import answers, meanings

QUESTIONS = {
    "en": "We record calls. Press 1 to agree, or 2 to go on without recording.",
    "de": "Drücken Sie die 1, wenn Sie einverstanden sind, oder die 2, um ohne "
    "Aufzeichnung fortzufahren.",
    "fr": "Appuyez sur 1 pour accepter, ou sur 2 pour continuer sans enregistrement.",
    "es": "Pulse 1 para aceptar, o 2 para continuar sin grabación.",
    "it": "Premete 1 per accettare, o 2 per continuare senza registrazione.",
    "nl": "Druk op 1 als u akkoord gaat, of op 2 om zonder opname verder te gaan.",
}
REVERSED = {
    "en": "To agree, press 1; to refuse, press 2.",
    "de": "Um einzuwilligen, drücken Sie die 1, um abzulehnen die 2.",
}


PLAIN = [
    ("en", "Press 1 for yes, or 2 for no."),
    ("en", "For yes press 1, for no press 2."),
    ("en", "Please say yes by pressing 1 or no by pressing 2."),
    ("en", "Dial 1 to allow it or 2 to opt out."),
    ("en", "Hit 1 for okay and 2 for no thanks."),
    ("en", "At no cost to you, press 1 to agree or 2 to refuse."),
    ("de", "Für ja drücken Sie die 1, für nein die 2."),
    ("de", "Ja mit der 1, nein mit der 2."),
    ("de", "Ja: Taste 1. Nein: Taste 2."),
    ("en", "Yes: press 1. No: press 2."),
    ("de", "Mit der 1 stimmen Sie zu, mit der 2 lehnen Sie ab."),
    ("fr", "Appuyez sur 1 pour oui, sur 2 pour non."),
    ("es", "Marque 1 para decir sí o 2 para decir no."),
    ("it", "Premete 1 per sì, 2 per no."),
    ("nl", "Toets 1 voor ja, 2 voor nee."),
]
"""A plain yes and no, in the ways people say it."""


@pytest.mark.parametrize(("language", "words"), PLAIN)
def test_yes_and_no_are_understood(language, words):
    assert meanings(words, language) == {"1": True, "2": False}


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_key_means_what_stands_behind_it(language):
    assert meanings(QUESTIONS[language], language) == {"1": True, "2": False}


@pytest.mark.parametrize("language", REVERSED)
def test_or_what_stands_before_it_where_the_sentence_begins_so(language):
    assert meanings(REVERSED[language], language) == {"1": True, "2": False}


def test_one_key_may_be_told_alone():
    assert meanings("If you do not want that, press 2.", "en") == {"2": False}


def test_what_is_not_clear_means_nothing():
    assert meanings("If you do not agree, press 2.", "en") == {}
    assert meanings("Press 1 or 2.", "en") == {}
    assert meanings("Trykk 1 for å godta.", "nb") == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "If you don't mind being recorded, press 1."),
        ("en", "If you do not object, press 1, otherwise 2."),
        ("en", "If you do not refuse, press 1."),
        ("en", "We do not record unless you press 1."),
        ("de", "Wenn es Sie nicht stört, drücken Sie die 1, sonst die 2."),
        ("de", "Wir zeichnen nicht auf, außer Sie drücken die 1."),
        ("de", "Möchten Sie nicht auf Qualität verzichten, drücken Sie die 1."),
        ("fr", "Si cela ne vous dérange pas, appuyez sur 1."),
        ("es", "Si no le importa, pulse 1."),
        ("it", "Se non ha nulla in contrario, prema 1."),
        ("nl", "Als u geen bezwaar heeft, toets 1."),
    ],
)
def test_a_denial_of_an_objection_is_not_taken_for_a_no(language, words):
    assert meanings(words, language) == {}


BESIDE = [
    ("de", "Eins für Ja, zwei für Nein."),
    ("de", "Die 1 heißt ja, die 2 heißt nein."),
    ("de", "Taste 1: Ja. Taste 2: Nein."),
    ("de", "Mit der Eins stimmen Sie zu, mit der Zwei lehnen Sie ab."),
    ("de", "Die Eins steht für Ja und die Zwei für Nein."),
    ("de", "Ja ist die Eins, nein ist die Zwei."),
    ("de", "Die 1, wenn Sie zustimmen, die 2, wenn nicht."),
    ("de", "1 bedeutet, dass Sie einverstanden sind; 2, dass Sie ablehnen."),
    ("de", "Mit der 1 willigen Sie ein, mit der 2 verweigern Sie es."),
    ("de", "Zustimmung: 1. Ablehnung: 2."),
    ("en", "1 = yes, 2 = no"),
    ("en", "1/yes 2/no"),
    ("en", "Yes: 1. No: 2."),
    ("en", "We record it. 1. Yes 2. No"),
    ("en", "To say yes, use the one key; to say no, use the two key."),
    ("de", "Ja? Dann die 1. Nein? Dann die 2."),
    ("de", "Ja? 1. Nein? 2."),
    ("en", "1: yes, 2: no"),
    ("en", "One means yes, two means no."),
    ("en", "yes is 1, no is 2"),
    ("en", "Yes is one and no is two."),
    ("en", "Yes (1) or no (2)?"),
    ("en", "1. Yes 2. No"),
    ("en", "1) Yes, 2) No"),
    ("en", "1 - yes, 2 - no"),
    ("en", "Yes is 1. No is 2."),
    ("en", "Use 1 to accept and 2 to decline."),
    ("en", "Say or key in one if you agree, two if you refuse."),
    ("en", "If you agree, 1; if you decline, 2."),
    ("en", "For yes 1, and 2 for no."),
    ("fr", "1 pour oui, 2 pour non."),
    ("fr", "Un pour oui, deux pour non."),
    ("fr", "Le 1 signifie oui, le 2 signifie non."),
    ("fr", "Oui : 1. Non : 2."),
    ("fr", "Le 1 si vous êtes d'accord, le 2 si vous refusez."),
    ("es", "Uno para sí, dos para no."),
    ("es", "Pulse 1 si está de acuerdo, 2 para rechazar."),
    ("es", "El 1 significa sí, el 2 significa no."),
    ("it", "Uno per sì, due per no."),
    ("nl", "Eén voor ja, twee voor nee."),
    ("nl", "De 1 betekent ja, de 2 betekent nee."),
    ("de", "Taste 1: Aufzeichnung. Taste 2: keine Aufzeichnung. Widerruf jederzeit."),
    ("de", "Mit Aufzeichnung: Taste 1, ohne Aufzeichnung: Taste 2."),
    ("en", "Recording: one. No recording: two."),
    ("en", "1: recording, 2: without recording"),
    ("fr", "Touche 1 : enregistrement. Touche 2 : pas d’enregistrement."),
    ("es", "Tecla 1: grabación. Tecla 2: sin grabación."),
    ("it", "Tasto 1: registrazione. Tasto 2: nessuna registrazione."),
    ("nl", "Toets 1: opname. Toets 2: geen opname."),
]
"""Keys beside their answers, with nothing between but what links the two."""


@pytest.mark.parametrize(("language", "words"), BESIDE)
def test_a_key_means_the_answer_that_is_linked_to_it(language, words):
    assert meanings(words, language) == {"1": True, "2": False}


@pytest.mark.parametrize(
    ("language", "words", "keys"),
    [
        ("en", "The star key means yes, hash means no.", "*#"),
        ("en", "Press star to agree, or hash to refuse.", "*#"),
        ("de", "Stern für ja, Raute für nein.", "*#"),
        ("de", "Die Sterntaste heißt ja, die Rautetaste nein.", "*#"),
        ("en", "* = yes, # = no", "*#"),
    ],
)
def test_star_and_hash_have_answers_too(language, words, keys):
    assert meanings(words, language) == {keys[0]: True, keys[1]: False}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "No one listens, and one of us agrees."),
        ("en", "Within 2 weeks you can refuse."),
        ("en", "We keep it for 1 year without your name."),
        ("en", "Article 7 says that you agree to 2 things, no more."),
        ("en", "1 if you don't mind, 2 if you do."),
        ("en", "We record it unless you object: 1."),
        ("en", "1 means yes. No, 1 means no."),
        ("de", "Wenn es Sie nicht stört, die 1."),
        ("de", "Ein Ja genügt; nach 2 Tagen nicht mehr."),
        ("fr", "Si un de vous accepte, c'est un oui."),
        ("es", "Uno de nosotros no lo sabe."),
        ("nb", "1 = ja, 2 = nei"),
        ("nb", "Tast 1: opptak. Tast 2: ikke opptak."),
        ("de", "Zur Aufzeichnung: 2 Dinge. Dauer der Aufzeichnung: 1."),
        ("en", "Recording: 2 things. About the recording: 1."),
    ],
)
def test_a_number_without_such_a_link_is_no_key(language, words):
    assert meanings(words, language) == {}


def test_what_belongs_to_one_key_does_not_belong_to_the_next():
    assert meanings("1 is yes, 2 for more.", "en") == {"1": True}
    assert meanings("For yes 1, 2 for more.", "en") == {"1": True}


def test_the_sentence_that_says_it_is_given_as_it_is_written():
    text = "Hello. Eins für JA, Zwei für Nein!"
    assert {a.sentence for a in answers(text, "de")} == {"Eins für JA, Zwei für Nein!"}
    (told,) = answers("Yes: press One.", "en")
    assert told == ("1", True, "Yes: press One.")
