"""What prompts assure callers of, and the flow does not do: no recording, no file.

In: a flow. Out: findings. Must not guess: only whole sentences that say it plainly
count, in the languages that there are words for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from eslflow.check.finding import Finding, Look, Rule, at, own
from eslflow.check.wordlist import RECORDED, says
from eslflow.flow.model import Basis, Flow, OnWithdrawal, Party, Record
from eslflow.steps.announce import Announce
from eslflow.steps.branch import Branch
from eslflow.steps.consent import Consent
from eslflow.steps.inform import Inform
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step

SAID_UNRECORDED = Rule(
    "said-unrecorded", False, "Callers hear that they are not recorded, and are."
)
SAID_DELETED = Rule(
    "said-deleted", False, "Callers hear that a recording is deleted, and it is kept."
)
_UNRECORDED = {
    "en": r"(?:(?:well|okay|all right|thank you|please note(?: that)?|from (?:here|now)"
    r" on),? )?(?:(?:this|your|the) (?:(?:tele)?phone )?(?:call|conversation) "
    r"(?:is not|isn't|will not be|won't be|is never) (?:being )?recorded"
    r"|nothing (?:is|will be) recorded|we (?:do not|don't|will not|won't) record "
    r"(?:this|your|the) (?:call|conversation))"
    r"(?: any ?more| any longer|,? from (?:here|now) on|,? as you (?:wish|wished))?",
    "de": r"(?:(?:gut|in ordnung|vielen dank|danke|wie gewünscht|ab (?:hier|jetzt)"
    r"|von (?:hier|jetzt|nun) an),? )?(?:(?:dieses|das|ihr) (?:telefon)?gespräch wird "
    r"(?:ab jetzt |von jetzt an )?(?:nicht|nie)|(?:dieser|der|ihr) anruf wird nicht"
    r"|(?:ab hier |ab jetzt |von (?:hier|jetzt) an )?wird (?:nichts|"
    r"(?:dieses|das|ihr) (?:telefon)?gespräch nicht)|es wird nichts)"
    r"(?: mehr)? (?:aufgezeichnet|aufgenommen|mitgeschnitten)"
    r"|wir zeichnen (?:dieses|das|ihr) (?:telefon)?gespräch nicht(?: mehr)? auf",
    "fr": r"(?:(?:bien|merci|d'accord|à partir de maintenant|désormais),? )?"
    r"(?:(?:cet|votre|l')\s?appel|(?:cette|votre|la) (?:conversation|communication)) "
    r"(?:n'est|ne sera) (?:pas|plus) enregistrée?"
    r"|(?:(?:à partir de maintenant|désormais),? )?rien (?:n'est|ne sera)(?: plus)? "
    r"enregistré|nous n'enregistrons (?:pas|plus) (?:cet|votre) appel",
    "es": r"(?:(?:bien|gracias|de acuerdo|a partir de ahora|desde ahora),? )?"
    r"(?:(?:esta|su|la) (?:llamada|conversación) (?:ya )?no (?:se graba|se grabará"
    r"|se está grabando|será grabada|es grabada|queda grabada)"
    r"|no (?:se graba|se grabará|grabamos|grabaremos) "
    r"(?:nada|(?:esta|su|la) (?:llamada|conversación)))",
}
"""Whole sentences that say that a call is not recorded, and on no condition."""
_DELETED = {
    "en": r"\b(?:is|are|will be|gets?|has been|have been) (?:\w+ )?(?:deleted|erased)\b"
    r"|\bwe (?:will |shall )?(?:delete|erase)\b",
    "de": r"\b(?:wird|werden|wurden?|ist|sind) (?:\w+ ){0,3}gelöscht\b|\bwir löschen\b",
    "fr": r"\b(?:est|sont|sera|seront|a été|ont été) (?:\w+ )?(?:supprim|effac)ée?s?\b"
    r"|\bnous (?:supprim|effaç)[eo]\w+",
    "es": r"\bse (?:borra|borrará|elimina|eliminará)n?\b"
    r"|\b(?:será|serán|ha sido|han sido) (?:borrad|eliminad)[oa]s?\b"
    r"|\b(?:borramos|borraremos|eliminamos|eliminaremos)\b",
}
_AND = {"en": "and", "de": "und", "fr": "et", "es": "y"}
_NOT = {
    "en": r"\b(?:not?|never|nothing|none|cannot)\b|n't\b",
    "de": r"\b(?:nichts?|nie|niemals|kein\w*)\b",
    "fr": r"\b(?:ne|pas|rien|jamais|aucune?)\b|\bn'",
    "es": r"\b(?:no|nada|nunca|tampoco|ningun[oa]?|ningún)\b",
}
_UNSURE = {
    "en": r"\b(?:if|unless|when|where|only|or|after|within|later|until|once|may|can"
    r"|could|ask\w*|request\w*|days?|months?|years?|keep|kept|stored?)\b",
    "de": r"\b(?:wenn|falls|sofern|soweit|sobald|nur|oder|nach|binnen|innerhalb|später"
    r"|bis|könn\w+|kann|wunsch|verlang\w+|tage?n?|monate?n?|jahre?n?|aufbewahrt"
    r"|behalten|gespeichert)\b",
    "fr": r"\b(?:si|sauf|quand|lorsque|dès|seulement|ou|après|dans|plus tard|jusqu\w*"
    r"|pou[vr]\w+|peut|peuvent|demande\w*|jours?|mois|an(?:s|nées?)?"
    r"|conserv\w+|garde\w*|gardé\w*)\b",
    "es": r"\b(?:si|salvo|cuando|sólo|solo|solamente|o|después|tras|dentro|hasta|puede"
    r"|pueden|podrá|podrán|solicit\w+|pid\w+|días?|mes|meses|años?|conserv\w+"
    r"|guard\w+)\b",
}
"""What makes it no plain promise: a condition, a time, another possibility."""
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


def said_unrecorded(flow: Flow) -> Iterator[Finding]:
    """Yield the announcements of no recording that recorded callers hear."""
    before = _permitted(flow)
    for step in own(flow):
        if not isinstance(step, Announce) or not before.get(step.name):
            continue
        said = _said(_UNRECORDED, flow.prompts[step.prompt].text)
        to = _recording(flow, step.target("done"))
        if said and to:
            names = " and ".join(f"'{name}'" for name in sorted(before[step.name]))
            problem = (
                f"step '{step.name}' says “{said}”, and step '{to}' then records "
                f"callers for {names}"
            )
            hint = f"Lead those who are recorded past it, or remove record from '{to}'."
            yield Finding(SAID_UNRECORDED, at(step), problem, hint)


def _permitted(flow: Flow) -> Mapping[str, set[str]]:
    """Return for what callers can surely be recorded who come to a step.

    A branch may have sorted them by what they said, and a talk may have changed it:
    after these nobody can tell. Steps that no recording can follow lead nowhere.
    """
    found = {flow.start: {name for name in flow.purposes if not _is_asked(flow, name)}}
    waiting = [flow.start]
    while waiting:
        step = flow.steps[waiting.pop()]
        for ending, to in {} if step.forbids else step.ways().items():
            gained = _after(step, ending, found[step.name])
            if to and not (to in found and gained <= found[to]):
                found[to] = found.get(to, set()) | gained
                waiting.append(to)
    return found


def _is_asked(flow: Flow, name: str) -> bool:
    """Whether a purpose permits nothing before callers have said so."""
    return flow.purposes[name].basis is Basis.CONSENT or name in flow.announced


def _after(step: Step, ending: str, before: set[str]) -> set[str]:
    """Return what is permitted after a step by what was before it."""
    if isinstance(step, Branch) or step.meets:
        return set()
    if isinstance(step, Consent):
        is_yes = ending == "granted" and Party.CALLER in step.asks_whom
        asked = {*step.asks_for()}
    elif isinstance(step, Objection):
        is_yes = ending in ("unopposed", "undecided")
        asked = {*step.may_be_opposed()}
    else:
        return before
    return before | asked if is_yes else before - asked


def _recording(flow: Flow, start: str) -> str:
    """Return a step that records, if every way leads to one with nothing said before.

    Else nothing.
    """
    found, waiting, seen = "", [start], {start}
    while waiting:
        step = flow.steps.get(waiting.pop())
        if step is None or _is_other(flow, step):
            return ""
        if step.record is Record.ON:
            found = found or step.name
            continue
        waiting += {*step.ways().values()} - seen
        seen |= {*waiting}
    return found


def _is_other(flow: Flow, step: Step) -> bool:
    """Whether a step ends the call, forbids its recording, or tells of another one."""
    if isinstance(step, Announce):
        texts = flow.prompts[step.prompt].text
        is_told = any(says(RECORDED, text, lang) for lang, text in texts.items())
        return is_told and not _said(_UNRECORDED, texts)
    if isinstance(step, (Consent, Objection, Inform)) or step.forbids:
        return True
    is_talk = step.meets or step.hands_over
    return not step.ways() or (is_talk and step.record is not Record.ON)


class _Promise(NamedTuple):
    """A prompt after which a recording stays."""

    option: str
    prompt: str
    keeps: str


def said_deleted(flow: Flow) -> Iterator[Finding]:
    """Yield the prompts that say of what is kept that it is deleted."""
    for promise in _keeping(flow):
        said = _said_deleted(flow.prompts[promise.prompt].text)
        if said:
            problem = f"prompt '{promise.prompt}' says “{said}”, and {promise.keeps}"
            hint = "Say in the words that it is kept, or write delete in place of keep."
            place = ("recording", promise.option)
            yield Finding(SAID_DELETED, place, problem, hint)


def _keeping(flow: Flow) -> Iterator[_Promise]:
    rules = flow.recording
    kept = [
        name
        for name, purpose in flow.purposes.items()
        if purpose.on_withdrawal is OnWithdrawal.KEEP and _is_asked(flow, name)
    ]
    if rules.withdrawn and kept:
        keeps = f"purpose '{kept[0]}' has on_withdrawal: keep"
        yield _Promise("withdrawn", rules.withdrawn, keeps)
    if rules.made_private and rules.before_private is OnWithdrawal.KEEP:
        keeps = "recording has before_private: keep"
        yield _Promise("made_private", rules.made_private, keeps)


def _said_deleted(texts: Mapping[str, str]) -> str:
    """Return a sentence by which a recording is deleted, whatever else; or nothing."""
    for language, text in texts.items():
        name = language.partition("-")[0].lower()
        for sentence in _sentences(text) if name in _DELETED else ():
            if says(_UNSURE, sentence, name):
                continue
            for part in re.split(rf",? \b{_AND[name]}\b ", sentence):
                if says(_DELETED, part, name) and not says(_NOT, part, name):
                    return sentence
    return ""


def _said(words: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """Return the first sentence that is one of those meant, as a whole; or nothing."""
    for language, text in texts.items():
        pattern = words.get(language.partition("-")[0].lower(), "(?!)")
        for sentence in _sentences(text):
            if re.fullmatch(rf"(?:{pattern})[.!;]?", sentence, re.IGNORECASE):
                return sentence
    return ""


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(" ".join(text.replace("’", "'").split()))


RULES: dict[Rule, Look] = {
    SAID_UNRECORDED: said_unrecorded,
    SAID_DELETED: said_deleted,
}
