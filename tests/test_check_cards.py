"""Digits of a card, asked for where they may be recorded, kept and shown."""

import pytest

from eslflow.check.cards import RULES, card_in_clear, like_a_card
from tests.codes import EXAMPLES, SECURE, whole
from tests.proofs import flow_of

PAY = "  pay: {{webhook: https://pay.example.com/, secrets: [{}]}}\n"


def found(text, look=card_in_clear):
    return list(look(flow_of(whole(text))))


def asking(words, *digits, more="", language="en"):
    """Return a flow that asks in these words, so many digits one after the other."""
    steps = "".join(
        f"  n{number}: {{collect: n, digits: {count}, into: v{number}{more}}}\n"
        for number, count in enumerate(digits)
    )
    if "secure" in more:
        names = ", ".join(f"v{number}" for number, _ in enumerate(digits))
        steps += PAY.format(names)
    prompts = f"prompts: {{n: {{{language}: {words!r}}}}}\n"
    return f"languages: [{language}]\n{prompts}steps:\n{steps}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    told = found(bad, RULES[rule])
    assert told
    assert {finding.rule for finding in told} == {rule}
    assert found(good, RULES[rule]) == []


@pytest.mark.parametrize(
    "text",
    [
        asking("Enter the digits.", "4..16"),
        asking("Enter the digits.", 8, more=", check: luhn"),
        asking("Enter the digits.", 3).replace("into: v0", "into: cvv"),
        asking("Enter the digits.", 4).replace("into: v0", "into: card_1"),
        asking("Enter the digits.", 4).replace("into: v0", "into: kartennummer"),
        asking("Enter the last digits of your card number.", 4),
    ],
)
def test_a_card_is_known_by_its_length_check_name_or_words(text):
    (finding,) = found(text)
    assert finding.place == ("steps", "n0")


CARDS = [
    ("en", "Please enter your credit card number."),
    ("en", "Enter your customer number, or your card number."),
    ("en", "Enter your customer credit card number."),
    ("en", "The first digits of your Visa, please."),
    ("en", "Enter the three digits on the back."),
    ("en", "Enter your account number, the digits on the front."),
    ("de", "Bitte geben Sie die Kartennummer ein."),
    ("de", "Die Nummer Ihrer Karte, bitte."),
    ("de", "Die Prüfziffer auf der Rückseite, bitte."),
    ("de", "Ihre Kundennummer und Ihre Kreditkartennummer, bitte."),
    ("de", "Ihre EC-Karte, bitte."),
    ("de", "Die Kartendaten Ihrer Bankkarte, bitte."),
    ("fr", "Entrez votre numéro de carte."),
    ("fr", "Entrez les chiffres de votre carte bleue."),
    ("fr", "Entrez le code de sécurité."),
    ("es", "Introduzca su número de tarjeta."),
    ("it", "Digiti il numero della sua carta."),
    ("nl", "Toets uw kaartnummer in."),
    ("nl", "Het nummer van uw bankkaart."),
    ("nb", "CVV, takk."),
]


@pytest.mark.parametrize(("language", "words"), CARDS)
def test_words_that_ask_for_a_card_do_so_at_any_length(language, words):
    assert len(found(asking(words, 4, language=language))) == 1
    assert found(asking(words, 4, more=", secure: true", language=language)) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Enter the security code."), ("de", "Den Sicherheitscode, bitte.")],
)
def test_a_security_code_is_one_of_a_card_if_it_is_as_short(language, words):
    assert len(found(asking(words, "3..4", language=language))) == 1
    assert found(asking(words, 6, language=language)) == []


OTHERS = [
    ("en", "Please enter your customer number."),
    ("en", "Enter the number of your order."),
    ("en", "Please enter your loyalty card number, 16 digits."),
    ("en", "Please enter your IBAN without its letters."),
    ("de", "Bitte geben Sie Ihre Kundennummer ein."),
    ("de", "Bitte geben Sie Ihre Kundenkartennummer ein."),
    ("de", "Die Nummer Ihrer Gesundheitskarte, bitte."),
    ("de", "Bitte geben Sie die Sendungsnummer ein."),
    ("de", "Die Nummer auf Ihrer Fahrkarte, Ihre Auftragsnummer, bitte."),
    ("fr", "Entrez votre numéro de client."),
    ("fr", "Entrez le numéro de votre carte d'identité."),
    ("es", "El número de su tarjeta de identidad, por favor."),
    ("it", "Digiti il numero della carta d'identità."),
    ("fr", "Entrez le numéro de votre carte de fidélité."),
    ("es", "Introduzca su número de cliente."),
    ("it", "Digiti il suo codice cliente."),
    ("nl", "Toets uw klantnummer in."),
]


@pytest.mark.parametrize(("language", "words"), OTHERS)
def test_words_that_plainly_ask_for_another_number_are_believed(language, words):
    assert found(asking(words, 16, language=language)) == []
    assert found(asking(words, 8, 8, language=language)) == []


@pytest.mark.parametrize(
    "words",
    [
        "Dear customer, enter your 16 digits.",
        "Enter the number.",
        "Your order, please.",
    ],
)
def test_words_that_do_not_say_which_number_are_not(words):
    (finding,) = found(asking(words, 16))
    assert finding.hint == (
        "Add secure: true (PCI DSS 3.3.1), or say in the prompt which other number it "
        "is, such as a customer number."
    )


def test_all_languages_that_are_understood_must_say_so():
    text = asking("Enter your customer number.", 16).replace("[en]", "[en, de, nb]")
    both = text.replace("number.'", "number.', de: Ihre Nummer bitte., nb: Nummer.")
    assert len(found(both)) == 1
    assert found(both.replace("Ihre Nummer", "Ihre Kundennummer")) == []


ANOTHER = [
    ("en", "Please enter the expiry date of your passport.", 8),
    ("en", "Enter your passport expiry date.", 8),
    ("en", "Please enter your membership number. You find it on your card.", 16),
    ("en", "Enter the card number printed on your library card.", 10),
    ("de", "Bitte geben Sie die Nummer Ihrer Bahncard ein.", 16),
    ("de", "Die Nummer Ihrer BahnCard, bitte.", 16),
    ("de", "Ihre Kartennummer bitte, Sie finden sie auf Ihrem Büchereiausweis.", 10),
    ("de", "Ihre Mitgliedsnummer, bitte. Sie steht auf Ihrer Karte.", 8),
    ("fr", "Votre numéro de client, qui figure sur votre carte.", 8),
    ("es", "La fecha de caducidad de su pasaporte.", 8),
]


@pytest.mark.parametrize(("language", "words", "digits"), ANOTHER)
def test_a_number_may_be_that_of_a_card_that_does_not_pay(language, words, digits):
    assert found(asking(words, digits, language=language)) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Enter the expiry date, and then your passport number."),
        ("en", "Enter your card number or the number on your library card."),
        ("en", "Enter the number. You find it on your card."),
        ("en", "Enter your account number. You find it on your card."),
        ("en", "Enter your customer number or card number. It is on your card."),
        ("de", "Ihre Kartennummer oder die Nummer auf Ihrem Ausweis, bitte."),
        ("de", "Ihre Kreditkartennummer, sie steht auf Ihrer Karte."),
        ("de", "Ihre Kundennummer oder die Nummer Ihrer Karte, bitte."),
    ],
)
def test_beside_another_number_a_card_is_one(language, words):
    (finding,) = found(asking(words, 10, language=language))
    assert finding.hint == (
        "Add secure: true (PCI DSS 3.3.1), or, if no card that pays is meant, say in "
        "the prompt which other card or number it is, such as the number of your "
        "library card."
    )


LAST = [
    ("en", "Enter the last four digits of your card."),
    ("en", "Enter the last 4 digits of your credit card number."),
    ("de", "Die letzten vier Ziffern Ihrer Kreditkarte, bitte."),
    ("fr", "Entrez les quatre derniers chiffres de votre carte."),
    ("es", "Introduzca los últimos cuatro dígitos de su tarjeta."),
    ("it", "Digiti le ultime quattro cifre della sua carta."),
    ("nl", "Toets de laatste vier cijfers van uw bankkaart."),
]


@pytest.mark.parametrize(("language", "words"), LAST)
def test_the_last_four_digits_of_a_card_are_none(language, words):
    text = asking(words, 4, language=language)
    assert found(text) == []
    assert found(text.replace("into: v0", "into: card")) == []
    assert len(found(asking(words, 16, language=language))) == 1
    assert len(found(asking(words, 4, 4, 4, 4, language=language))) == 1


def test_the_last_digits_on_the_back_are_a_code():
    assert found(asking("Enter the last three digits on the back of your card.", 3))
    words = "The last four digits of your card, then the security code."
    assert len(found(asking(words, 4))) == 1


def test_a_value_may_be_named_after_what_only_cards_have():
    (finding,) = found(asking("Your code.", 3).replace("into: v0", "into: cvv"))
    assert finding.hint.endswith("name the value otherwise.")
    words = "The expiry date of your passport."
    passport = asking(words, 8).replace("into: v0", "into: expiry")
    assert found(passport) == []
    assert len(found(passport, like_a_card)) == 1
    assert len(found(passport.replace("of your passport", "please"))) == 1


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl"])
def test_a_telephone_has_a_check_digit_like_that_of_a_card(language):
    text = asking("The IMEI, please.", 15, more=", check: luhn", language=language)
    assert found(text) == []
    assert len(found(text, like_a_card)) == 1


@pytest.mark.parametrize("digits", [(4, 4, 4, 4), (6, 10), ("8", "4..8")])
def test_a_card_that_is_asked_for_in_parts_is_one(digits):
    (finding,) = found(asking("The next digits.", *digits))
    names = ", ".join(f"n{number}" for number in range(len(digits)))
    assert finding.place == ("steps", "n0")
    assert f"steps {names} ask " in finding.problem
    secure = asking("The next digits.", *digits, more=", secure: true")
    assert found(secure) == []


def test_parts_may_be_announced_and_one_part_may_be_told_alone():
    text = asking("The next digits.", 6, 10)
    text = text.replace("  n1:", "  go: {announce: n}\n  n1:")
    assert len(found(text)) == 1
    card = text.replace("n, digits: 6", "c, digits: 6")
    card = card.replace("prompts: {", "prompts: {c: {en: Your card.}, ")
    first, rest = found(card)
    assert first.problem.startswith("step 'n0' asks for digits like those of a card")
    assert rest.place == ("steps", "n1")
    half = card.replace("into: v0", "into: v0, secure: true") + PAY.format("v0")
    (finding,) = found(half)
    assert finding == rest


@pytest.mark.parametrize(
    "digits", [(4, 4), (8, 5), (4, 4, 4), ("4..8", "4..8"), (16, 4)]
)
def test_numbers_that_make_no_card_together_are_none(digits):
    told = found(asking("The next digits.", *digits))
    assert [finding.place[-1] for finding in told] == ["n0"] * (16 in digits)


def test_parts_go_round_in_no_circle():
    text = asking("The next digits.", 4, more=", collected: n0")
    assert found(text) == []


def test_numbers_longer_or_shorter_than_a_cards_are_none():
    for digits in ("12", "20..22"):
        assert found(asking("Enter the digits.", digits)) == []


def test_what_is_secure_is_no_card_in_clear():
    assert found(f"steps:\n{SECURE}{PAY.format('card')}") == []


def test_what_is_checked_like_a_card_should_be_thought_about_twice():
    text = asking("Enter your customer number.", 10, more=", check: luhn")
    (finding,) = found(text, like_a_card)
    assert not finding.rule.is_error
    assert found(text) == []
    named = asking("Your library card number.", 10).replace("into: v0", "into: card")
    assert len(found(named, like_a_card)) == 1
    assert found(named) == []
    assert found(text.replace("10, into: v0", "10, into: cvv"), like_a_card) == []
