"""Which key the words of a question give for yes, and which for no.

In: a text in a language. Out: keys, each with what it means and the sentence that says
so. Must not know flows, nor guess: what is not clear is left out.

A sentence that tells to press keys says by its order which words belong to which key.
In any other sentence, and of keys that such a one leaves open, a key means what stands
beside it with nothing between but words that link the two: `1 = yes`, `die Eins steht
für ja`, `yes is 1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from eslflow.check.wordlist import (
    NAMES,
    YES_NO,
    by_key,
    in_digits,
    labelled,
    says,
    sentences,
)

_YES = {
    "en": r"\b(agree|accept|consent|allow|permit)(s|ing)?\b|\b(yes|ok|okay)\b",
    "de": r"einverstanden|zustimm|zuzustimm|einwillig|einzuwillig|\bja\b|erlaub"
    r"|\bstimm\w*\b.*\bzu\b|\bwillig\w*\b.*\bein\b",
    "fr": r"accepte|\baccord\b|d'accord|consent|autoris|\boui\b",
    "es": r"acept|\bde acuerdo\b|consient|consent|autoriz|\bsí\b",
    "it": r"accett|acconsent|d'accordo|autorizz|\bsì",
    "nl": r"akkoord|toestem|\bja\b",
}
_NO = {
    "en": r"\b(without|refus|declin|reject|deny|withhold|disagree|not\b|object|no\b"
    r"|don't|opt out)",
    "de": r"\bohne\b|ablehn|abzulehn|\bnicht\b|widersprech|\bnein\b|verweiger"
    r"|\blehn\w*\b.*\bab\b",
    "fr": r"\bsans\b|refus|\bne pas\b|\bn'\w+ pas\b|\bpas d'accord|\bnon\b",
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
_RECORDING = {
    "en": r"((?P<no>no|without( a)?|not?) |(with )?(a |the )?)(call )?record(ing|ed)?",
    "de": r"((?P<no>keine?|ohne) |(mit )?(einer? |die )?)(gesprächs)?"
    r"(aufzeichnung|aufnahme|mitschnitt)",
    "fr": r"((?P<no>(pas d'|sans |aucun ))|(avec )?(un |l')?)enregistrement",
    "es": r"((?P<no>sin|no|ninguna) |(con )?(una |la )?)grabación",
    "it": r"((?P<no>senza|no|nessuna|niente) |(con )?(una |la )?)registrazione",
    "nl": r"((?P<no>geen|zonder) |(met )?(een |de )?)opname",
}
"""A label of a key that says no more than whether there is a recording."""
_LINKS = {
    "en": "for means? is are to if when you your as says? say stands? the key button "
    "press dial use enter choose type hit then with by pressing that i we want wish "
    "would like do which",
    "de": "für heißt bedeutet ist steht wenn falls um sie ihnen die der das taste zum "
    "zur ziffer ein dann mit drücken wählen bitte dass damit sagen möchten wollen "
    "sind ich",
    "fr": "pour signifie veut vaut dire est si vous le la les touche avec sur par que "
    "appuyez tapez êtes votre donner souhaitez voulez alors à",
    "es": "para significa quiere decir es equivale si usted está el la tecla con por a "
    "que pulse marque su quiere desea dar entonces",
    "it": "per significa vuol dire è se lei il lo la tasto con che prema premete dare "
    "suo vuole siete desidera",
    "nl": "voor betekent is staat als om u de het toets met dat bent wilt gaat druk op "
    "kies te",
}
"""What may stand between a key and its answer, and says nothing of its own."""
_IFS = {
    "en": "if when to",
    "de": "wenn falls um dass",
    "fr": "si pour que",
    "es": "si para que",
    "it": "se per che",
    "nl": "als om dat",
}
"""Links that a comma may stand before: "die 2, wenn nicht"."""
_WITH = {
    "en": "with|by pressing|the|key|button",
    "de": "mit der|mit|die|taste|ziffer",
    "fr": "avec le|avec la|le|la|touche",
    "es": "con el|con la|el|la|tecla",
    "it": "con il|il|tasto",
    "nl": "met de|met|de|toets",
}
"""Behind these the name of a digit is a key."""
_SIGN = r"[\s:=?/()\"'„“”«»‘’–—→>-]"
_ANDS = "and|or|und|oder|et|ou|y|o|e|en|of(?! the)|key|otherwise|sonst|sinon|altrimenti"
_KEY = re.compile(
    r"(?<!art\. )(?<!\barticle )(?<!\bartikel )(?<!\bartículo )(?<!\barticolo )(?<!§ )"
    r"(?<![\w.,*§-])[0-9](?![\w-])(?!\.\w)|[*#]",
    re.IGNORECASE,
)
"""A digit that stands alone, and is none of a law's articles."""
_SENTENCE = re.compile(
    r"(?<=[.!?;])" + "".join(rf"(?<!\b{yes}\?)" for yes in YES_NO) + r"\s+",
    re.IGNORECASE,
)
"""Between two sentences; "Yes? Then 1." is one."""
_IN_LIST = re.compile(r"(?<=[.!?;])(?<!\s[0-9*#]\.)\s+")
"""The same where keys are numbers of a list: "1. Yes 2. No"."""
_LIST = re.compile(r"(?:^|[.!:]\s)\s*[0-9*#]\.\s")
_BREAK = re.compile(r"[;!]|(?<=\w\w)\.")


class Answer(NamedTuple):
    """A key, and what words give it for."""

    key: str
    is_yes: bool
    sentence: str
    """As it is written."""


class _Words(NamedTuple):
    """What reads the sentences of a language."""

    names: tuple[re.Pattern[str], ...]
    """The `name` of a key behind its `lead`, where an answer is linked to it."""
    behind: re.Pattern[str]
    """From a key up to its answer."""
    before: re.Pattern[str]
    """An answer, and what leads from it up to a key."""
    answer: re.Pattern[str]
    ends: re.Pattern[str]
    """What goes on behind a key whose answer is before it: no noun of which it is the
    number."""


def meanings(text: str, language: str) -> dict[str, bool]:
    """Return the keys that a text gives for yes, and for no."""
    return {answer.key: answer.is_yes for answer in answers(text, language)}


def answers(text: str, language: str) -> list[Answer]:
    """Return what a text says that keys mean, each key once.

    What belongs to a key stands behind it ("press 1 to agree"), or before it where a
    sentence begins with it, and ends with a key ("to agree, press 1").
    """
    found = {answer.key: answer for answer in _pressed(text, language)}
    linked: dict[str, list[Answer]] = {}
    for answer in _linked(text, language):
        linked.setdefault(answer.key, []).append(answer)
    for key, told in linked.items():
        # Of what contradicts itself nobody knows what is meant.
        if len({answer.is_yes for answer in told}) == 1:
            found.setdefault(key, told[0])
    # What is nothing but a label is plainest of all.
    found.update((answer.key, answer) for answer in _labelled(text, language))
    return list(found.values())


def _pressed(text: str, language: str) -> Iterator[Answer]:
    """Yield what sentences say that tell to press keys."""

    def is_clear(words: str) -> bool:
        return _meaning(words, language) is not None

    for sentence in sentences(text, language):
        if says(_UNLESS, sentence, language):
            continue
        for key, words in by_key(in_digits(sentence, language), is_clear):
            meaning = _meaning(words, language)
            if meaning is not None:
                yield Answer(key, meaning, sentence)


def _meaning(words: str, language: str) -> bool | None:
    yes, no = says(_YES, words, language), says(_NO, words, language)
    if says(_OBJECTED, words, language) and says(_DENIED, words, language):
        return None
    if no and _is_denied_twice(words, _NO[language.partition("-")[0].lower()]):
        return None
    return None if yes == no else bool(yes)


def _is_denied_twice(words: str, no: str) -> bool:
    """Whether one clause has two words for no: "if you do not refuse"."""
    clauses = words.split(",")
    return any(len(re.findall(no, each, re.IGNORECASE)) > 1 for each in clauses)


def _labelled(text: str, language: str) -> Iterator[Answer]:
    """Yield the keys whose label is a recording, or none: "Taste 1: Aufzeichnung"."""
    recording = _RECORDING.get(language.partition("-")[0].lower())
    for clause, key, label in labelled(text, language) if recording else ():
        said = re.fullmatch(recording or "", label.replace("’", "'"), re.IGNORECASE)
        if said is not None:
            yield Answer(key, said["no"] is None, clause)


def _linked(text: str, language: str) -> Iterator[Answer]:
    """Yield what sentences say by keys that have their answers beside them."""
    words = _words(language.partition("-")[0].lower())
    if words is None:
        return
    keys = NAMES[language.partition("-")[0].lower()]

    def key_of(found: re.Match[str]) -> str:
        return f"{found['lead']}{keys[found['name'].lower()]}"

    ends = _IN_LIST if _LIST.search(text) else _SENTENCE
    for sentence in ends.split(f" {text}"):
        if not says(_UNLESS, sentence, language):
            read = in_digits(sentence, language)
            for name in words.names:
                read = name.sub(key_of, read)
            for key, meaning in _sides(words, read, language):
                yield Answer(key, meaning, sentence.strip())


def _sides(words: _Words, sentence: str, language: str) -> Iterator[tuple[str, bool]]:
    """Yield the keys of a sentence with an answer on the side where they have it."""
    parts = _KEY.split(sentence)
    behind = [
        _before(words, part, language) if words.ends.match(after) else None
        for part, after in zip(parts, parts[1:], strict=False)
    ]
    ahead = [_after(words, part, language) for part in parts[1:]]
    is_before = bool(behind) and behind[0] is not None and ahead[-1] is None
    taken = -1
    for place, key in enumerate(_KEY.findall(sentence)):
        sides = [(place + 1, ahead[place])]
        # Only at the beginning are answers on either side: "for yes 1, and 2 for no".
        sides += [(place, behind[place])] if is_before or not place else []
        for part, meaning in reversed(sides) if is_before else sides:
            # What belongs to the key before it is none of its own.
            if part != taken and meaning is not None:
                yield key, meaning
                taken = part
                break


def _after(words: _Words, part: str, language: str) -> bool | None:
    linked = words.behind.sub("", part, count=1)
    rest = _BREAK.split(linked)[0].partition(",")[0]
    return _meaning(rest, language) if words.answer.match(rest) else None


def _before(words: _Words, part: str, language: str) -> bool | None:
    rest = _BREAK.split(part)[-1]
    return _meaning(rest, language) if words.before.search(rest) else None


@cache
def _words(language: str) -> _Words | None:
    """Return what reads a language; None: there are no words for it."""
    if language not in _LINKS:
        return None
    answer = f"(?:{_YES[language]}|{_NO[language]})"
    link = rf"\b(?:{'|'.join(_LINKS[language].split())})\b"
    one = rf"(?:{link}|{_SIGN})"
    # A comma only where an "if" or a "that" goes on.
    comma = rf",(?=\s*(?:{'|'.join(_IFS[language].split())})\b)"
    many = rf"(?:{one}|{comma})*"
    ends = rf"(?=\s*(?:[^\w\s]|$)|\s+(?:(?:{_ANDS})\b|{link}|{answer}))"
    name = rf"(?P<name>{'|'.join(NAMES[language])})\b"
    return _Words(
        tuple(
            re.compile(pattern, re.IGNORECASE)
            for pattern in (
                rf"(?P<lead>\b(?:{_WITH[language]}) ){name}(?={many}{answer})",
                rf"(?P<lead>\b(?<!no )){name}(?=(?:{comma})?\s*(?:{link}|[:=–→-])"
                rf"{many}{answer})",
                rf"(?P<lead>{answer}\w*,?{one}+){name}{ends}",
            )
        ),
        re.compile(rf"\.?{many}", re.IGNORECASE),
        re.compile(rf"{answer}\w*{one}*,?{one}*$", re.IGNORECASE),
        re.compile(answer, re.IGNORECASE),
        re.compile(ends, re.IGNORECASE),
    )
