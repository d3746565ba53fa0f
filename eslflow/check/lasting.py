"""How long recordings are kept by the words of a notice.

In: a text in a language. Out: what it says, in days, and where. Must not guess: it must
be said of a recording, and as a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from eslflow.check.wordlist import RECORDED, WITHDRAWN, says

_COUNTS = {
    "en": "a|an|one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 "
    "twelve 12 fourteen 14 thirty 30 sixty 60 ninety 90",
    "de": "ein|eine|einen|einem|eines|einer 1 zwei 2 drei 3 vier 4 fünf 5 sechs 6 "
    "sieben 7 acht 8 neun 9 zehn 10 zwölf 12 vierzehn 14 dreißig 30 sechzig 60 neunzig "
    "90",
    "fr": "un|une 1 deux 2 trois 3 quatre 4 cinq 5 six 6 sept 7 huit 8 neuf 9 dix 10 "
    "douze 12 quinze 15 trente 30 soixante 60 quatre-vingt-dix 90",
    "es": "un|una 1 dos 2 tres 3 cuatro 4 cinco 5 seis 6 siete 7 ocho 8 nueve 9 diez "
    "10 doce 12 treinta 30 sesenta 60 noventa 90",
    "it": "un|una 1 due 2 tre 3 quattro 4 cinque 5 sei 6 sette 7 otto 8 nove 9 dieci "
    "10 dodici 12 trenta 30 sessanta 60 novanta 90",
    "nl": "een|één 1 twee 2 drie 3 vier 4 vijf 5 zes 6 zeven 7 acht 8 negen 9 tien 10 "
    "twaalf 12 dertig 30 zestig 60 negentig 90",
}
"""Numbers in words: each, and what it is."""
_UNITS = {
    "en": "days? weeks? months? years?",
    "de": "tage?n? wochen? monat(?:e|en|s)? jahr(?:e|en|es)?",
    "fr": "jours? semaines? mois an(?:née)?s?",
    "es": "días? semanas? mes(?:es)? años?",
    "it": "giorn[oi] settiman[ae] mes[ei] ann[oi]",
    "nl": "dag(?:en)? wee?k(?:en)? maand(?:en)? jaa?r(?:en)?",
}
_DAYS = (1, 7, 31, 366)
"""Of each unit, the longest: who says a month may mean one of 31 days."""
_DELETED = {
    "en": r"delet\w+|eras\w+|remov\w+|destroy\w*|wiped|gone",
    "de": r"gelöscht|lösch\w+|vernichtet|vernichten",
    "fr": r"supprim\w+|effac\w+|détrui\w+",
    "es": r"borr\w+|elimin\w+|suprim\w+|destru\w+",
    "it": r"cancell\w+|elimin\w+|distrutt\w+",
    "nl": r"gewist|wissen|verwijder\w*|vernietig\w*",
}
_KEPT = {
    "en": r"keeps?|kept|stored?|stores|retain(?:ed|s)?|saved?|holds?|retention",
    "de": r"bewahr\w*|aufbewahrt?|aufbewahren|speicher\w*|gespeichert|aufgehoben|heben",
    "fr": r"conserv\w+|gard\w+|stock\w+",
    "es": r"conserv\w+|guard\w+|almacen\w+",
    "it": r"conserv\w+|tenut\w+|salvat\w+",
    "nl": r"bewaren|bewaar\w*|opgeslagen",
}
_AFTER = {
    "en": "after|within",
    "de": "nach|binnen|innerhalb von",
    "fr": "après|sous|au bout de|dans les|dans un délai de",
    "es": "después de|tras|a los|al cabo de|en",
    "it": "dopo|entro",
    "nl": "na|binnen",
}
_FOR = {
    "en": "(?:for|not? longer than|no more than|period is) ",
    "de": "",
    "fr": "(?:(?:pendant|durant) )?",
    "es": "(?:(?:durante|por) )?",
    "it": "per ",
    "nl": "",
}
_AT_LEAST = {
    "en": r"at least|(?<!no )(?<!not )(?:more|longer) than",
    "de": r"mindestens|(?<!nicht )(?:mehr|länger) als",
    "fr": r"au moins|plus de",
    "es": r"al menos|más de|mínimo",
    "it": r"almeno|più di|minimo",
    "nl": r"minstens|minimaal|langer",
}
_ON_REQUEST = {
    "en": r"\b(on|upon|at) (your |the )?(own )?request\b|\bif you ask\b",
    "de": r"\bauf (ihren |den )?(wunsch|verlangen|antrag)\b",
    "fr": r"\b(à|sur) (votre |la |simple )?demande\b",
    "es": r"\b(a|si) (su )?(petición|solicitud)\b|\bsi lo (pide|solicita)\b",
    "it": r"\b(a|su) (sua )?richiesta\b",
    "nl": r"\bop (uw )?verzoek\b",
}
"""What is done only for who asks for it."""
_OTHERS = {
    "en": r"\b(numbers?|choices?|data|answers?|names?|consent|proof|receipts?"
    r"|details)\b",
    "de": r"nummer|\bwahl\b|daten|antwort|\bname|einwilligung|nachweis|quittung"
    r"|entscheidung",
    "fr": r"numéro|\bchoix\b|données|réponse|\bnom\b|consentement|accord|preuve|reçu",
    "es": r"número|elección|\bdatos\b|respuesta|nombre|consentimiento|prueba|recibo",
    "it": r"numero|scelta|\bdati\b|risposta|\bnome\b|consenso|prova|ricevuta",
    "nl": r"nummer|keuze|gegevens|antwoord|\bnaam\b|toestemming|bewijs",
}
"""What else may be kept."""
_IT = re.compile(
    r"\b(it|they|them|these|sie|es|diese|il|elle|ils|elles|se|la|las|viene|vengono"
    r"|deze|het|ze|call|gespräch|anruf|retention period|durée de conservation)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;:!?])\s+")
_WORD = r"(?: [\w'’-]+)"


class Limit(NamedTuple):
    """How long something may be kept."""

    days: int
    words: str
    """As they are written."""


def limits(text: str, language: str) -> Iterator[Limit]:
    """Yield how long recordings are kept, sentence by sentence."""
    name = language.partition("-")[0].lower()
    if name not in _UNITS:
        return
    before = ""
    for sentence in _SENTENCE.split(text):
        found = None
        if not (says(WITHDRAWN, sentence, name) or says(_ON_REQUEST, sentence, name)):
            found = next(filter(None, (p.search(sentence) for p in _limit(name))), None)
        if found is not None and not says(_AT_LEAST, sentence, name):
            head = sentence[: found.end()]
            # "Nach zwei Wochen löschen wir sie": what it is may follow.
            more = sentence[: found.end() + len(" wir sie")]
            is_it = _IT.search(more) and _is_recording(before, name)
            if _is_recording(head, name) or (
                is_it and _is_recording(head, name) is None
            ):
                yield Limit(_days(found, name), found[0])
        before = sentence


def _is_recording(text: str, language: str) -> bool | None:
    """Whether what is named last in a text is a recording; None: nothing is."""
    ends = []
    for words in (RECORDED, _OTHERS):
        found = re.finditer(words[language], text, re.IGNORECASE)
        ends.append(max((match.end() for match in found), default=-1))
    recording, other = ends
    return None if recording == other else recording > other


def _days(found: re.Match[str], language: str) -> int:
    counts = _counts(language)
    count = found["count"].lower()
    units = (f"unit{place}" for place, _ in enumerate(_DAYS))
    days = next(
        days for unit, days in zip(units, _DAYS, strict=True) if found[unit] is not None
    )
    return days * (counts[count] if count in counts else int(count))


@cache
def _counts(language: str) -> dict[str, int]:
    names, counts = _COUNTS[language].split()[::2], _COUNTS[language].split()[1::2]
    return {
        name: int(count)
        for each, count in zip(names, counts, strict=True)
        for name in each.split("|")
    }


@cache
def _limit(language: str) -> tuple[re.Pattern[str], ...]:
    """Return what says in a language how long something is kept."""
    units = "|".join(
        rf"(?P<unit{place}>{unit})"
        for place, unit in enumerate(_UNITS[language].split())
    )
    time = rf"(?P<count>[0-9]{{1,4}}|{'|'.join(_counts(language))}) (?:{units})\b"
    after = rf"\b(?:{_AFTER[language]}){_WORD}{{0,2}}? {time}"
    gone, kept = rf"\b(?:{_DELETED[language]})\b", rf"\b(?:{_KEPT[language]})\b"
    for_ = rf"\b{_FOR[language]}"
    patterns = (
        rf"{gone}{_WORD}{{0,6}}? {after}",
        rf"{after},?{_WORD}{{0,5}}? {gone}",
        rf"{kept}{_WORD}{{0,6}}? {for_}(?:[\w'’-]+ ){{0,4}}?{time}",
        rf"{for_}{time}{_WORD}{{0,3}}? {kept}",
        rf"{gone}{_WORD}{{0,4}}? {time} (?:later|später|plus tard|después)\b",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
