"""Words by which a check understands what callers are told.

In: texts by language. Out: the keys that are said in them, and whether something is. Of
languages without words here it says that it cannot tell. Must not know flows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from eslflow.flow.keys import CALLED, EVERY

_RECORDED = {
    "en": r"record|tap(e|ing)",
    "de": r"aufzeichn|aufgezeichnet|aufnahme|aufgenommen|mitgeschnitten|mitschn",
    "fr": r"enregistr",
    "es": r"grab",
    "it": r"registra",
    "nl": r"opgenomen|opname|opnem",
}
_WITHDRAWN = {
    "en": r"withdraw|revoke|take (it|this|that|your consent) back|change your mind",
    "de": r"widerruf|zurücknehm|zurückzieh|anders überleg",
    "fr": r"retir|retrait|révoqu",
    "es": r"retir|revoc",
    "it": r"revoc|ritir",
    "nl": r"intrek|ingetrokken|herroep",
}
_CARD = {
    "en": r"\bcard\b|security code|expir|\bc[vs]c\b|\bcvv\b",
    "de": r"karten?nummer|kreditkarte|prüfziffer|\bc[vs]c\b|\bcvv\b",
    "fr": r"carte (bancaire|de crédit)|numéro de (votre )?carte|cryptogramme",
    "es": r"tarjeta|código de seguridad",
    "it": r"carta di credito|numero della carta|codice di sicurezza",
    "nl": r"kaartnummer|creditcard|beveiligingscode",
}
_YES = {
    "en": r"\b(agree|accept|consent|yes|ok|okay|allow|permit)\b",
    "de": r"einverstanden|zustimm|zuzustimm|einwillig|einzuwillig|\bja\b"
    r"|\bstimm\w*\b.*\bzu\b",
    "fr": r"accepte|d'accord|\boui\b",
    "es": r"acept|\bsí\b",
    "it": r"accett|acconsent|\bsì",
    "nl": r"akkoord|toestem|\bja\b",
}
_NO = {
    "en": r"\b(without|refuse|decline|not|object|no|don't|opt out)\b",
    "de": r"\bohne\b|ablehn|abzulehn|\bnicht\b|widersprech|\bnein\b"
    r"|\blehn\w*\b.*\bab\b",
    "fr": r"\bsans\b|refuse|\bne pas\b|\bnon\b",
    "es": r"\bsin\b|rechaz|\bno\b",
    "it": r"\bsenza\b|rifiut|\bnon\b|\bno\b",
    "nl": r"\bzonder\b|weiger|\bniet\b|\bnee\b",
}
_OBJECTED = {
    "en": r"\b(mind|bother|object|objections?|oppose\w*|against|problem|issue)\b",
    "de": r"stör|gegen\b|einw[äa]nd|einwend|problem|verzicht|ausmach|etwas aus\b",
    "fr": r"inconvénient|dérang|oppos|gêne|objection|problème|contre\b",
    "es": r"inconveniente|importa|molest|objeci|problema|contra\b|opon",
    "it": r"contrari|dispiac|problem|disturb|obiezion|oppon",
    "nl": r"bezwaar|\berg\b|probleem|\btegen\b|stoor",
}
"""With these, a denial is a yes: "if you don't mind"."""
_DENIED = {
    "en": r"\b(not|no|nothing|never|without)\b|n't\b",
    "de": r"\b(nicht|nichts|kein\w*|nie|ohne)\b",
    "fr": r"\b(pas|sans|aucun\w*|rien|non)\b",
    "es": r"\b(no|sin|ning\w+|nada)\b",
    "it": r"\b(non|senza|nessun\w*|nulla|niente)\b",
    "nl": r"\b(niet|niets|geen|zonder)\b",
}
_UNLESS = {
    "en": r"\b(unless|except)\b",
    "de": r"\baußer\b|es sei denn",
    "fr": r"\b(sauf|à moins)\b",
    "es": r"\b(salvo|a menos|excepto)\b",
    "it": r"\b(salvo|a meno|tranne)\b",
    "nl": r"\b(tenzij|behalve)\b",
}
"""What turns a sentence round."""
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
_ALONE = re.compile(r"(?<!\d)[0-9](?!\d)|[*#]")
_FROM_TO = re.compile(
    r"\b([0-9])\s*(?:-|–|to|through|bis|à|al?|tot(?: en met)?)\s*([0-9])\b", re.I
)
_PRESS = re.compile(
    r"\b(press|dial|hit|push|drück|tast|wähl|mit der(?= \d\b)|appuy|tap(?:ez|ar)"
    r"|puls|marque|prem|digit|toets|druk|kies)",
    re.I,
)
_NAMED = {
    language: {
        name: str(digit)
        for digit, names in enumerate(told.split()[:10])
        for name in names.split("|")
    }
    for language, told in CALLED.items()
}
"""By language, which digit a word is."""
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
_ANSWER = re.compile(r"\b(yes|no|ja|nein|oui|non|sí|sì|nee)\s*:\s*", re.I)
"""An answer before its key: "Yes: press 1. No: press 2."."""
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")


def says(words: Mapping[str, str], text: str, language: str) -> bool | None:
    """Whether a text has one of the words; None: there are none in its language."""
    pattern = words.get(language.partition("-")[0].lower())
    return None if pattern is None else bool(re.search(pattern, text, re.IGNORECASE))


def _without(words: Mapping[str, str], text: str, language: str) -> str:
    """Return a text less what has the words."""
    pattern = words.get(language.partition("-")[0].lower())
    return re.sub(pattern, "", text, flags=re.IGNORECASE) if pattern else text


def says_withdrawal(texts: Mapping[str, str]) -> Mapping[str, bool | None]:
    """Return by language whether a text says that one may take it back."""
    return {
        lang: says(_WITHDRAWN, _without(_FOR_GOOD, text, lang), lang)
        for lang, text in texts.items()
    }


def tells_of_recording(texts: Mapping[str, str]) -> bool:
    """Whether a text may tell of a recording, in all its languages."""
    return all(says(_RECORDED, text, lang) is not False for lang, text in texts.items())


def asks_for_card(texts: Mapping[str, str]) -> bool:
    """Whether a text asks for what stands on a card, in any language."""
    return any(says(_CARD, text, lang) for lang, text in texts.items())


def in_digits(text: str, language: str) -> str:
    """Return a text in which the keys that it tells to press by name are digits."""
    digits = _NAMED.get(language.partition("-")[0].lower())
    if digits is None:
        return text
    named = re.compile(rf"({_BEFORE})\s+({'|'.join(digits)}){_BEHIND}", re.I)
    return named.sub(lambda found: f"{found[1]} {digits[found[2].lower()]}", text)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences that tell to press keys."""
    for sentence in _SENTENCE.split(text):
        if _PRESS.search(sentence) and _KEY.search(sentence):
            yield sentence


def keys_said(text: str) -> set[str]:
    """Return the keys that a text tells to press, as far as they are digits."""
    return {key for sentence in sentences(text) for key in _KEY.findall(sentence)}


def keys_ending(text: str) -> set[str]:
    """Return the digits that clauses end with: "to agree, press 1; to refuse, 2"."""
    return set(_LAST.findall(text))


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


def meanings(text: str, language: str) -> dict[str, bool]:
    """Return the keys that a text gives for yes, and for no.

    What belongs to a key stands behind it ("press 1 to agree"), or before it where a
    sentence begins with it, and ends with a key ("to agree, press 1"). What is not
    clear is left out.
    """
    found: dict[str, bool] = {}

    def is_clear(words: str) -> bool:
        return _meaning(words, language) is not None

    for sentence in sentences(_ANSWER.sub(r"\1 ", text)):
        if says(_UNLESS, sentence, language):
            continue
        for key, words in by_key(sentence, is_clear):
            meaning = _meaning(words, language)
            if meaning is not None:
                found[key] = meaning
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


def _meaning(words: str, language: str) -> bool | None:
    yes, no = says(_YES, words, language), says(_NO, words, language)
    if says(_OBJECTED, words, language) and says(_DENIED, words, language):
        return None
    return None if yes == no else bool(yes)
