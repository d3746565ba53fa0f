"""Whether digits of a payment card are asked for where they may be recorded and kept.

In: a flow. Out: findings. Where there is doubt, it is told: only words are believed
that plainly say which other number is asked for. Must not judge what is secure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eslflow.check.finding import Finding, Look, Rule, at, own
from eslflow.check.wordlist import says, without
from eslflow.flow.model import Flow
from eslflow.steps.announce import Announce
from eslflow.steps.collect import Check, Collect
from eslflow.steps.set import Set
from eslflow.steps.step import Step

CARD_IN_CLEAR = Rule(
    "card-in-clear", True, "Digits of a card are asked for outside a secure step."
)
LIKE_A_CARD = Rule(
    "like-a-card",
    False,
    "A number is checked or named like a card's, and its words say it is none.",
)
_CARD_DIGITS = 16
"""Of most cards; other numbers of that length are rare."""
_LEAST_DIGITS = 12
"""Of any card (ISO/IEC 7812-1)."""
_CODE_DIGITS = range(3, 5)
"""Of the code on a card."""
_ANY = r"\bc[vs]c2?\b|\bcv[vn]2?\b|\bvisa\b|master ?card|maestro|amex"
_CARD = {
    "en": r"\bcards?\b|expir|digits on the (back|front)",
    "de": r"\b((kredit|bank|ec|giro|debit|scheck|geld|zahlungs?|prepaid|maestro)-?)?"
    r"karten?(-?nummern?|daten|nr|inhaber\w*)?\b|prüf(ziffer|nummer)|rückseite",
    "fr": r"\bcartes?\b|cryptogramme|au dos",
    "es": r"tarjeta|reverso|caducidad",
    "it": r"\bcarta\b|sul retro",
    "nl": r"\b(bank|credit|debet|betaal|giro)?-?kaart(nummer|houder)?\b|achterkant",
}
_CODE = {
    "en": r"(security|verification) (code|number)",
    "de": r"sicherheits(code|nummer)",
    "fr": r"(code|numéro) de sécurité",
    "es": r"código de (seguridad|verificación)",
    "it": r"codice di (sicurezza|verifica)",
    "nl": r"(beveiligings|veiligheids)code",
}
_OTHER = {
    "en": r"\b(customer|client|account|member(ship)?|order|booking|reservation|invoice"
    r"|contract|policy|case|ticket|reference|tracking|parcel|meter|serial|phone"
    r"|telephone|mobile|patient|staff|employee|insurance|passport|tax|student|receipt"
    r"|voucher)( (reference|account|id))? (number|no|code|id)\b"
    r"|\b(customer|member(ship)?|loyalty|library|bonus|gift|health|insurance|staff"
    r"|employee|student|id|identity|residence|travel|bus|access|key|sim) cards?\b"
    r"|\b(number|code) (of|on) (your|the) (order|booking|reservation|invoice"
    r"|contract|policy|ticket|parcel|meter|receipt|voucher|passport)\b"
    r"|\bexpir\w* (date )?(of|on) (your|the) (passport|id|licen[cs]e|permit|contract"
    r"|policy|voucher|ticket)\b|\b(passport|licen[cs]e|permit|contract|policy|voucher)"
    r"('s)? expir\w*|\bcard number\b((?!\b(or|and)\b)[^.?!])*\bon (your|the) (library"
    r"|loyalty|member(ship)?|customer|id|identity|health|insurance|student|staff)"
    r" (card|pass)\b"
    r"|\biban\b|\bimei\b|date of birth|(zip|postal) ?code|postcode",
    "de": r"\b(kunden|mitglieds?|auftrags|bestell|rechnungs|vertrags(konto)?|konto"
    r"|versicherten|versicherungs|policen|vorgangs|ticket|fall|buchungs|reservierungs|sendungs"
    r"|paket|zähler|serien|geräte|telefon|rückruf|handy|mobil|personal|patienten|matrikel"
    r"|steuer|sozialversicherungs|gutschein|quittungs|beleg|akten|geschäfts|ausweis)-?"
    r"(nummern?|zeichen|nr|code|id)\b|\b(kunden|gesundheits|versicherten|mitglieds?"
    r"|treue|bonus|bibliotheks|geschenk|ausweis|sim|chip)-?karten?-?(nummern?|nr)?\b"
    r"|\bbahn-?card\b|\bkarten-?(nummer|nr)\b((?!\b(oder|und)\b)[^.?!])*\b(auf|von) "
    r"(ihrem|dem) ([\w-]*ausweis|bahn-?card)"
    r"|\biban\b|\bimei\b|postleitzahl|geburtsdatum|zählerstand",
    "fr": r"(numéro|code)s? (de |d')?(votre |la |le |l')?(client|compte|contrat"
    r"|commande|dossier|facture|réservation|adhérent|membre|suivi|colis|téléphone"
    r"|sécurité sociale|police|série|compteur|reçu)"
    r"|\bcarte (d'|de )?(fidélité|membre|adhérent|client|cadeau|transport|identité"
    r"|séjour|vitale|sim|grise)|\biban\b|\bimei\b|code postal|date de naissance",
    "es": r"(número|código) (de |del )?(su |la |el )?(cliente|cuenta|contrato|pedido"
    r"|factura|reserva|socio|abonado|seguimiento|teléfono|póliza|serie|expediente"
    r"|seguridad social|contador)|tarjeta (de |del )?(socio|fidelidad|cliente|identidad"
    r"|residencia|transporte|embarque|regalo|sanitaria|sim)|\biban\b|\bimei\b"
    r"|caducidad (de |del )(su |el )?(pasaporte|dni|documento|contrato|carné)"
    r"|código postal|fecha de nacimiento",
    "it": r"(numero|codice) (di |del |della |dell')?(suo |sua )?(cliente|conto"
    r"|contratto|ordine|fattura|prenotazione|pratica|spedizione|telefono|polizza|serie"
    r"|contatore|tessera|fiscale)|carta (d'|di )?(identità|fedeltà|imbarco|sim)"
    r"|\biban\b|\bimei\b|data di nascita|\bcap\b",
    "nl": r"\b(klant|rekening|order|bestel|factuur|contract|polis|reserverings|boekings"
    r"|dossier|zaak|lidmaatschaps|volg|pakket|telefoon|meter|serie|burgerservice)-?"
    r"(kaart)?-?(nummer|code)|\b(klanten|leden|bonus|bibliotheek)-?(kaart|pas)(nummer)?"
    r"|\biban\b|\bimei\b|postcode|geboortedatum",
}
"""What else a number may be, said so plainly that it is none of a card."""
_ON_IT = {
    "en": r"\b(it|(find|see)( it)?|printed|written|shown) on (your|the) card\b",
    "de": r"\bauf (ihrer|der) karte\b(?= *([.?!]|$))"
    r"|\b(steht|finden sie( sie)?|sie finden sie) auf (ihrer|der) karte\b",
    "fr": r"\b(figure|trouve\w*|inscrite?|indiquée?|est) sur (votre|la) carte\b",
    "es": r"\b(figura|encuentra|aparece|está|impreso) en (su|la) tarjeta\b",
    "it": r"\b(trova|riportato|stampato|indicato|è) sulla (sua )?carta\b",
    "nl": r"\b(staat|vindt( u)?( het)?) op (uw|de) kaart\b",
}
"""Where another number stands, if one is asked for."""
_ACCOUNT = re.compile(r"account|konto|compte|cuenta|conto|rekening", re.IGNORECASE)
"""Numbers that may be those of a card that pays."""
_LAST_DIGITS = 4
_LAST = {
    "en": r"\blast (four|4) (digits|numbers) (of|on) (your|the) ([\w-]+ )?"
    r"card( number)?",
    "de": r"\bletzten (vier|4) (ziffern|stellen) (ihrer|der) [\w-]*karten?(nummer)?\b",
    "fr": r"\b(quatre|4) derniers chiffres (de votre|de la|du numéro de votre) carte",
    "es": r"\búltim[oa]s (cuatro|4) (dígitos|cifras|números) (de su|de la) tarjeta",
    "it": r"\bultime (quattro|4) cifre della (sua |tua )?carta\b",
    "nl": r"\blaatste (vier|4) cijfers van (uw|de) [\w-]*kaart(nummer)?\b",
}
"""The last four digits of a card, which may be kept and shown (PCI DSS 3.4.1)."""
_NAMED = re.compile(
    r"(?:^|_)(?:(?P<maybe>card|karte|kartennummer|carte|tarjeta|carta|kaart|expiry)"
    r"|pan|cvv2?|cvc2?|csc|cvn|kreditkarte|pruefziffer)[_0-9]*(?:$|_)",
    re.IGNORECASE,
)
"""A value named after a card or its end, which may be another's, or after what only
cards have that pay."""
_SECURE = "Add secure: true (PCI DSS 3.3.1)"
_SAY = "or say in the prompt which other number it is, such as a customer number."
_SAY_CARD = "or, if no card that pays is meant, say in the prompt which other card or "
_SAY_CARD += "number it is, such as the number of your library card."
_NAME = "or, if no card that pays is meant, name the value otherwise."


def card_in_clear(flow: Flow) -> Iterator[Finding]:
    """Yield the questions for digits of a card that are no secure ones."""
    told: set[str] = set()
    for step in _open(flow):
        is_said = _tells_card(flow, step)
        is_other = _tells_other(flow, step) or _tells_last(flow, step)
        if is_said or (_is_like_one(step) and not is_other):
            told.add(step.name)
            problem = (
                f"step '{step.name}' asks for digits like those of a card, and is not "
                "secure: they may be recorded, kept and shown"
            )
            named = _NAME if _is_named(step) else _SAY_CARD
            hint = f"{_SECURE}, {named if is_said else _SAY}"
            yield Finding(CARD_IN_CLEAR, at(step), problem, hint)
    for parts in _in_parts(flow):
        rest = [part for part in parts if not (part.secure or part.name in told)]
        if rest:
            told.update(part.name for part in rest)
            names = ", ".join(part.name for part in parts)
            problem = (
                f"steps {names} ask one after the other for as many digits as a card "
                "has, and are not secure: they may be recorded, kept and shown"
            )
            place = at(rest[0])
            yield Finding(CARD_IN_CLEAR, place, problem, f"{_SECURE}, {_SAY}")


def like_a_card(flow: Flow) -> Iterator[Finding]:
    """Yield the questions whose words say that it is no card, and not their rules."""
    for step in _open(flow):
        is_named = bool(_NAMED.search(step.into)) or step.check is Check.LUHN
        if is_named and _tells_other(flow, step) and not _tells_card(flow, step):
            problem = (
                f"step '{step.name}' asks for another number than a payment card's, "
                "and its check or the name of its value is that of a card"
            )
            hint = f"{_SECURE} if callers may enter a card there."
            yield Finding(LIKE_A_CARD, at(step), problem, hint)


def _open(flow: Flow) -> Iterator[Collect]:
    """Yield the steps that ask for digits, and do not hide them."""
    for step in own(flow):
        if isinstance(step, Collect) and not step.secure:
            yield step


def _is_like_one(step: Collect) -> bool:
    """Whether a number is as long as a card's, is checked like one, or named so."""
    least, most = step.digits
    is_long = least <= _CARD_DIGITS <= most
    return is_long or step.check is Check.LUHN or bool(_NAMED.search(step.into))


def _tells_card(flow: Flow, step: Collect) -> bool:
    """Whether words ask for what stands on a card, or a value is named so."""
    least, most = step.digits
    is_short = least in _CODE_DIGITS and most in _CODE_DIGITS
    for language, text in flow.prompts[step.prompt].text.items():
        rest = _beside_others(step, text, language)
        is_code = is_short and says(_CODE, rest, language)
        if is_code or says(_CARD, rest, language) or re.search(_ANY, rest, re.I):
            return True
    return _is_named(step)


def _is_named(step: Collect) -> bool:
    """Whether a value is named after what only cards have that pay."""
    named = _NAMED.search(step.into)
    return named is not None and named["maybe"] is None


def _beside_others(step: Collect, text: str, language: str) -> str:
    """Return a text less what plainly says another number, and where that stands."""
    rest = without(_OTHER, text, language)
    if rest != text and not _ACCOUNT.search(text):
        rest = without(_ON_IT, rest, language)
    if step.digits == (_LAST_DIGITS, _LAST_DIGITS):
        rest = without(_LAST, rest, language)
    return rest


def _tells_last(flow: Flow, step: Collect) -> bool:
    """Whether words ask for the last four digits of a card, and no more are taken."""
    texts = flow.prompts[step.prompt].text
    said = {says(_LAST, text, language) for language, text in texts.items()}
    is_four = step.digits == (_LAST_DIGITS, _LAST_DIGITS)
    return is_four and True in said and False not in said


def _tells_other(flow: Flow, step: Collect) -> bool:
    """Whether words say which other number it is, in all languages understood here."""
    texts = flow.prompts[step.prompt].text
    said = {says(_OTHER, text, language) for language, text in texts.items()}
    return True in said and False not in said


def _in_parts(flow: Flow) -> Iterator[list[Collect]]:
    """Yield the steps that ask for a card's digits together, one after the other."""
    for step in own(flow):
        parts: list[Collect] = []
        for part in _row(flow, step):
            parts.append(part)
            least = sum(part.digits[0] for part in parts)
            most = sum(part.digits[1] for part in parts)
            if len(parts) > 1 and _LEAST_DIGITS <= least <= _CARD_DIGITS <= most:
                yield parts
                break
            if part.digits[0] != part.digits[1]:
                break


def _row(flow: Flow, step: Step) -> Iterator[Collect]:
    """Yield the numbers that are entered right one after the other, from a step on."""
    seen: set[str] = set()
    following: Step | None = step
    while following is not None and following.name not in seen:
        seen.add(following.name)
        if isinstance(following, Collect) and not _tells_other(flow, following):
            yield following
        elif len(seen) == 1 or not isinstance(following, (Announce, Set)):
            return
        ending = "collected" if isinstance(following, Collect) else "done"
        following = flow.steps.get(following.target(ending))


RULES: dict[Rule, Look] = {CARD_IN_CLEAR: card_in_clear, LIKE_A_CARD: like_a_card}
