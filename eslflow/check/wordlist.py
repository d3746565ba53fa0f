"""Words by which a check understands what callers are told.

In: texts by language. Out: the keys that are said in them, and whether something is. Of
languages without words here it says that it cannot tell. Must not know flows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from eslflow.flow.keys import CALLED, EVERY

RECORDED = {
    "en": r"record|tap(e|ing)",
    "de": r"aufzeichn|aufgezeichnet|aufnahme|aufgenommen|mitgeschnitten|mitschn"
    r"|\bzeichn\w*\b.*\bauf\b|\bnehmen\b.*\bauf\b|\bschneid\w*\b.*\bmit\b",
    "fr": r"enregistr",
    "es": r"grab",
    "it": r"registra",
    "nl": r"opgenomen|opname|opnem",
}
WITHDRAWN = {
    "en": r"withdraw|revoke|take (it|this|that|your consent) back|changed? your mind",
    "de": r"widerruf|zurücknehm|zurückzieh|anders überleg",
    "fr": r"retir|retrait|révoqu|chang\w+ d'avis",
    "es": r"retir|revoc|cambi\w+ de (opinión|idea)",
    "it": r"revoc|ritir|cambi\w+ idea",
    "nl": r"intrek|ingetrokken|herroep|van gedachten",
}
_FOR_GOOD = {
    "en": r"\b(?:can ?not|can't|can no longer|may not|not be|never|no way to)(?: be)? "
    r"(?:withdr|revok|take (?:it|this|that|your consent) back)\w*|irrevocabl\w*"
    r"|withdrawal is (?:not|im)\w*",
    "de": r"\bnicht (?:mehr )?(?:widerr\w+|zur[üu]ck\w+)|unwiderruflich"
    r"|kein\w* (?:recht auf )?widerruf\w*|widerruf\w* (?:ist|sind) (?:nicht|aus)\w*",
    "fr": r"\b(?:ne |n')(?:peu|pouv|pourr|sera)\w* (?:pas|plus) (?:être )?"
    r"(?:retir|révoq)\w*|irrévocabl\w*",
    "es": r"\bno (?:puede|podrá|se puede) (?:ser )?(?:retir|revoc)\w*|irrevocabl\w*",
    "it": r"\bnon (?:può|potrà|è possibile) (?:essere )?(?:revoc|ritir)\w*"
    r"|irrevocabil\w*",
    "nl": r"\bniet (?:meer )?(?:intrek|ingetrokken|herroep)\w*|onherroepelijk",
}
"""That consent cannot be withdrawn; what is left of the words must say that it can."""
_STAR = {
    "en": r"(?:star|asterisk|\*)(?: key)?",
    "de": r"(?:stern(?:taste)?|\*)",
    "fr": r"(?:(?:touche )?étoile|\*)",
    "es": r"(?:asterisco|estrella|\*)",
    "it": r"(?:asterisco|\*)",
    "nl": r"(?:ster(?:retje)?|\*)",
}
_THEN = (
    r"(?:[\s,-]|\b(?:and|then|plus|followed by|the|key|und|dann|danach|die|der|taste"
    r"|puis|ensuite|et|le|la|touche|y|luego|después|el|tecla|e|poi|il|tasto|en|dan"
    r"|daarna|de|toets)\b)*"
)
TOLD_ALONE = re.compile(
    r"\W*(?:(?:please|just|simply|then|press|dial|use|bitte|dazu|dafür|hierzu|einfach"
    r"|dann|drücken|wählen|sie|mit|die|der|appuyez|tapez|pour|cela|sur|pulse|marque"
    r"|para|ello|prema|prem[ei]te|digiti|druk|op|toets|kies|daarvoor)\s+)*\*"
    r"(?: (?:during|in|within) (?:the|this|your) call| at any time| jederzeit"
    r"| während des (?:gesprächs|anrufs))?\W*",
    re.IGNORECASE,
)
"""A sentence that tells to press a key, and not what for."""
CALL_US = {
    "en": r"\b(call|ring|phone) (us|back|our|0|\+)[^.;!?]*",
    "de": r"\brufen sie [^.;!?]*\ban\b[^.;!?]*",
    "fr": r"\b(r?appelez|téléphonez)\b[^.;!?]*",
    "es": r"\b(llame|llámenos)\b[^.;!?]*",
    "it": r"\b(richiami|chiami|chiamateci|chiamate)\b[^.;!?]*",
    "nl": r"\bbel(t u)? (ons|naar|terug)[^.;!?]*",
}
"""What is to be done in another call."""
_ALONE = re.compile(r"(?<!\d)[0-9](?!\d)|[*#]")
_FROM_TO = re.compile(
    r"\b([0-9])\s*(?:-|–|to|through|bis|à|al?|tot(?: en met)?)\s*([0-9])\b", re.I
)
_PRESS = re.compile(
    r"\b(press|dial|hit|push|drück|tast|wähl|mit der(?= \d\b)|appuy|tap(?:ez|ar)"
    r"|puls|marque|prem|digit|toets|druk|kies)",
    re.I,
)
NAMES = {
    language: {
        name: key
        for key, names in zip(EVERY, called.split(), strict=True)
        for name in names.split("|")
    }
    for language, called in CALLED.items()
}
"""By language, which key a word is."""
_BEFORE = (
    r"(?:\bmit der|\b(?:press|dial|hit|push|drück|tast|wähl|appuy|tape|puls|marque|"
    r"prem|digit|toets|druk|kies)\w*|[,;]|\b(?:or|and|oder|und|ou|et)\b)"
    r"(?:\s+(?:press|please|the|key|number|sie|bitte|die|der|taste|ziffer|mit|sur|le|la|"
    r"touche|el|tecla|il|tasto|de|op|toets))*"
)
"""Behind what a word stands that is a key: what tells to press, or goes on with it."""
_BEHIND = (
    r"(?=\s*(?:[.,;:!?]|$)|\s+(?:to|for|if|or|and|um|für|wenn|oder|und|pour|si|ou|et|"
    r"para|per|voor|om|als)\b)"
)
"""Before what: "press one of the keys" names none."""
_KEY = re.compile(r"(?<![\w.,*-])[0-9](?![\w-])(?!\.\w)")
_LAST = re.compile(r"[\s,:]([0-9])(?=[.,;:!?](?:\s|$)|$)")
_CLAUSE = re.compile(r"(?<=[.,;!?])\s+")
_PRESSED = (
    r"(?:(?:please|press|dial|key|number|the|then|bitte|dann|drücken|wählen|sie|mit|die"
    r"|der|taste|ziffer|appuyez|tapez|sur|la|le|touche|pulse|marque|tecla|el|prema"
    r"|premete|il|tasto|druk|kies|op|toets|de)\s+)*"
)
"""What stands before a key, and says nothing of what it is for."""
YES_NO = ("yes", "no", "ja", "nein", "oui", "non", "sí", "sì", "nee")
_SENTENCE = re.compile(
    r"(?<=[.!?:])" + "".join(rf"(?<!\b{yes}:)" for yes in YES_NO) + r"\s+",
    re.IGNORECASE,
)
"""Between two sentences; an answer is in one with its key: "Yes: press 1."."""


def says(words: Mapping[str, str], text: str, language: str) -> bool | None:
    """Whether a text has one of the words; None: there are none in its language."""
    pattern = words.get(language.partition("-")[0].lower())
    return None if pattern is None else bool(re.search(pattern, text, re.IGNORECASE))


def without(words: Mapping[str, str], text: str, language: str) -> str:
    """Return a text less what has the words."""
    pattern = words.get(language.partition("-")[0].lower())
    return re.sub(pattern, "", text, flags=re.IGNORECASE) if pattern else text


def says_withdrawal(texts: Mapping[str, str]) -> Mapping[str, bool | None]:
    """Return by language whether a text says that one may take it back."""
    return {
        lang: says(WITHDRAWN, without(_FOR_GOOD, text, lang), lang)
        for lang, text in texts.items()
    }


def tells_of_recording(texts: Mapping[str, str]) -> bool:
    """Whether a text may tell of a recording, in all its languages."""
    return all(says(RECORDED, text, lang) is not False for lang, text in texts.items())


def in_digits(text: str, language: str) -> str:
    """Return a text in which the keys that it tells to press by name are digits."""
    names = NAMES.get(language.partition("-")[0].lower())
    if names is None:
        return text
    digits = [name for name, key in names.items() if key.isdigit()]
    named = re.compile(rf"({_BEFORE})\s+({'|'.join(digits)}){_BEHIND}", re.I)
    return named.sub(lambda found: f"{found[1]} {names[found[2].lower()]}", text)


def sentences(text: str, language: str) -> Iterator[str]:
    """Yield the sentences that tell to press keys, as they are written."""
    for sentence in _SENTENCE.split(text):
        if _PRESS.search(sentence) and _KEY.search(in_digits(sentence, language)):
            yield sentence


def keys_said(text: str, language: str) -> set[str]:
    """Return the keys that a text tells to press, as far as they are digits."""
    told = (in_digits(each, language) for each in sentences(text, language))
    return {key for sentence in told for key in _KEY.findall(sentence)}


@cache
def behind_star(language: str) -> re.Pattern[str] | None:
    """Return what finds a `key` that is to be pressed behind the star."""
    name = language.partition("-")[0].lower()
    if name not in _STAR:
        return None
    digits = "|".join(word for word, key in NAMES[name].items() if key.isdigit())
    pressed = rf"(?<!\w){_STAR[name]}{_THEN}(?P<key>[0-9]|{digits})\b"
    return re.compile(pressed, re.IGNORECASE)


def keys_ending(text: str, language: str) -> set[str]:
    """Return the digits that clauses end with: "to agree, press 1; to refuse, 2"."""
    return set(_LAST.findall(in_digits(text, language)))


def labelled(text: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the clauses that are a key and its label, the key and the label.

    "Support: 1." is one, and "Taste 1: Support" is another.
    """
    for clause in _CLAUSE.split(text):
        found = _label(language.partition("-")[0].lower()).fullmatch(clause.strip())
        if found is not None:
            key = found["key"] or found["last"]
            named = NAMES.get(language.partition("-")[0].lower(), {})
            label = found["behind"] or found["before"]
            yield clause, named.get(key.lower(), key), label


@cache
def _label(language: str) -> re.Pattern[str]:
    names = NAMES.get(language, {})
    key = "|".join(["[0-9]", *(name for name, key in names.items() if key.isdigit())])
    label = r"[^\d:=*#]*[^\s\d:=*#.,;!?]"
    return re.compile(
        rf"(?:{_PRESSED}(?P<key>{key})\s*[:=]\s*(?P<behind>{label})"
        rf"|(?P<before>{label})\s*[:=]\s*{_PRESSED}(?P<last>{key}))\s*[.,;!?]*",
        re.IGNORECASE,
    )


def keys_named(text: str, language: str) -> set[str] | None:
    """Return the keys that a text has in it, as digits or as words, whatever it says.

    None: nobody can tell, for there are no words in its language.
    """
    names = CALLED.get(language.partition("-")[0].lower())
    if names is None:
        return None
    found = set(_ALONE.findall(text))
    for first, last in _FROM_TO.findall(text):
        found.update(map(str, range(int(first), int(last) + 1)))
    for key, name in zip(EVERY, names.split(), strict=True):
        if re.search(rf"\b(?:{name})", text, re.IGNORECASE):
            found.add(key)
    return found


def by_key(sentence: str, is_told: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a sentence, each with the words that belong to it.

    They stand behind it, or before it where it is told something before the first key,
    and nothing behind the last.
    """
    parts = _KEY.split(sentence)
    is_before = is_told(parts[0]) and not is_told(parts[-1])
    for place, key in enumerate(_KEY.findall(sentence)):
        yield key, parts[place if is_before else place + 1]
