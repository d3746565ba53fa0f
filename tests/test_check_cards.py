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
