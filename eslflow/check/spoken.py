"""What is wrong between the words that callers hear and what the flow then does.

In: a flow. Out: findings. It understands some words of some languages (`wordlist`), and
is silent about all others. Must not judge ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eslflow.check.answers import Answer, answers
from eslflow.check.finding import Finding, Rule, at, own
from eslflow.check.wordlist import (
    CALL_US,
    behind_star,
    by_key,
    in_digits,
    keys_ending,
    keys_named,
    keys_said,
    labelled,
    says_withdrawal,
    sentences,
    without,
)
from eslflow.flow.model import Flow
from eslflow.steps.announce import Announce
from eslflow.steps.consent import Consent
from eslflow.steps.language import Language
from eslflow.steps.menu import Menu
from eslflow.steps.objection import Meaning as Opposition
from eslflow.steps.objection import Objection
from eslflow.steps.question import Meaning
from eslflow.steps.step import Step

KEYS_SWAPPED = Rule(
    "keys-swapped", True, "The words say the opposite of what the keys mean."
)
KEY_UNSAID = Rule("key-unsaid", True, "A key counts that callers are not told of.")
KEY_UNTOLD = Rule("key-untold", False, "No words of a menu tell of one of its keys.")
KEY_DEAD = Rule("key-dead", False, "Callers are told to press a key that is none.")
MENU_SWAPPED = Rule("menu-swapped", False, "A key leads elsewhere than its words say.")
NO_WITHDRAWAL = Rule(
    "no-withdrawal", False, "Nobody is told that consent can be withdrawn."
)
_NO = (Meaning.REFUSED, Opposition.OBJECTED)
_YES = (Meaning.GRANTED, Opposition.UNOPPOSED)
_SWAP = "Swap the keys, or mend the words."


def keys_swapped(flow: Flow) -> Iterator[Finding]:
    """Yield the questions whose words say all keys the other way round."""
    for step in own(flow):
        if not isinstance(step, (Consent, Objection)):
            continue
        for language, text in _texts(flow, step).items():
            wrong = _contrary(step.keys, answers(text, language))
            if wrong:
                means = ", ".join(f"{a.key} means {step.keys[a.key]}" for a in wrong)
                problem = f"step '{step.name}': {means}; the {language} words differ"
                said = " ".join(dict.fromkeys(answer.sentence for answer in wrong))
                hint = f"{_SWAP} They say: {said}"
                yield Finding(KEYS_SWAPPED, at(step, "keys"), problem, hint)
                break


def _contrary(keys: Mapping[str, object], said: list[Answer]) -> list[Answer]:
    """Return what is said the other way round; nothing, if one of them is right.

    Then it may be the words that are odd.
    """
    wrong = []
    for answer in said:
        meaning = keys.get(answer.key)
        if meaning in (_YES if answer.is_yes else _NO):
            return []
        wrong += [answer] if meaning in (_NO if answer.is_yes else _YES) else []
    return wrong


def key_unsaid(flow: Flow) -> Iterator[Finding]:
    """Yield the keys of a question that its words do not say."""
    for step in own(flow):
        for language, text in _texts(flow, step).items():
            said = _said(flow, step, language, text)
            for key, meaning in _unsaid(step, language, said).items():
                problem = (
                    f"step '{step.name}': key {key} means {meaning}, and the "
                    f"{language} words do not say so"
                )
                told = " ".join(sentences(text, language))
                told = f"They say: {told}" if told else "They name no key."
                hint = f"{_say(step)} {told}"
                yield Finding(KEY_UNSAID, at(step, "keys", key), problem, hint)


def _said(flow: Flow, step: Step, language: str, text: str) -> set[str] | None:
    """Return the keys that are said in a question; None: nobody can tell.

    Where no sentence tells to press any, those count that are named at all, in it or
    just before it; and star and hash are never more than named.
    """
    said = keys_said(text, language)
    if said:
        said |= keys_ending(text, language)
        said |= {answer.key for answer in answers(text, language)}
    before = " ".join(text.get(language, "") for text in _heard_before(flow, step))
    named = keys_named(f"{before} {text}", language)
    if named is None:
        return said | set("*#") if said else None
    return said | (named & set("*#")) if said else named


def _say(step: Step) -> str:
    """Return what mends words that do not tell of a key."""
    version = "" if isinstance(step, Language) else ", with a new version of the notice"
    return f"Say it in the words{version}, or remove the key."


def _unsaid(step: Step, language: str, said: set[str] | None) -> dict[str, str]:
    """Return the keys that count and are not said; none where nobody can tell."""
    if said is None:
        return {}
    offered = _offered(step, language)
    # A second key for no that is not said harms nobody.
    harmless = {offered[key] for key in said if key in offered} & {
        str(no) for no in _NO
    }
    return {
        key: meaning
        for key, meaning in offered.items()
        if key not in said and meaning not in harmless
    }


def _offered(step: Step, language: str) -> Mapping[str, str]:
    """Return the keys that a text in a language must say."""
    if isinstance(step, Language):
        # It is played once in each language that a key chooses.
        return {key: lang for key, lang in step.keys.items() if lang == language}
    if isinstance(step, (Consent, Objection)):
        return {key: str(meaning) for key, meaning in step.keys.items()}
    return {}


def key_untold(flow: Flow) -> Iterator[Finding]:
    """Yield the keys of a menu that neither it nor what is said before it tells."""
    for step in own(flow):
        for key, languages in _untold(flow, step).items():
            problem = (
                f"step '{step.name}': key {key} leads to '{step.target(key)}', and "
                f"nobody is told so in {', '.join(languages)}"
            )
            hint = "Say it in the menu's prompt, or leave it to those who know it."
            yield Finding(KEY_UNTOLD, at(step, "keys", key), problem, hint)


def _untold(flow: Flow, step: Step) -> dict[str, list[str]]:
    """Return by key of a menu in which languages no words have it in them."""
    if not isinstance(step, Menu):
        return {}
    heard = [flow.prompts[step.prompt].text, *_heard_before(flow, step)]
    found: dict[str, list[str]] = {}
    for language in flow.languages:
        words = " ".join(text.get(language, "") for text in heard)
        named = keys_named(words, language)
        if named is None:
            continue
        for key in [key for key in step.keys if key not in named]:
            found.setdefault(key, []).append(language)
    return found


def _heard_before(flow: Flow, step: Step) -> list[Mapping[str, str]]:
    """Return what is announced just before a step, by language."""
    return [
        flow.prompts[other.prompt].text
        for other in flow.steps.values()
        if isinstance(other, Announce) and step.name in other.ways().values()
    ]


def key_dead(flow: Flow) -> Iterator[Finding]:
    """Yield the keys that words tell to press, and that do nothing."""
    for step in own(flow):
        rules = flow.recording
        known = {*step.takes_keys, *rules.caller_keys, *rules.callee_keys}
        if isinstance(step, Language):
            known = {*step.keys}
        for language, text in _texts(flow, step).items():
            dead = sorted(_plain(text, language) - known)
            # Where a key that counts is not said, the words are told already.
            every = _said(flow, step, language, text)
            if dead and not _unsaid(step, language, every):
                problem = (
                    f"step '{step.name}': the {language} words tell to press "
                    f"{', '.join(dead)}, and that means nothing"
                )
                hint = "Add it to keys, or change the words."
                yield Finding(KEY_DEAD, at(step, "keys"), problem, hint)
                break


def _plain(text: str, language: str) -> set[str]:
    """Return the keys that a text tells to press here and now, by themselves.

    What is pressed behind the star is no key of a step.
    """
    rest, starred = without(CALL_US, text, language), behind_star(language)
    return keys_said(rest if starred is None else starred.sub("", rest), language)


def menu_swapped(flow: Flow) -> Iterator[Finding]:
    """Yield the keys in whose sentence another key's step is named, and not theirs."""
    for step in own(flow):
        if not isinstance(step, Menu):
            continue
        for language, text in _texts(flow, step).items():
            for sentence, key, named in _named(step, text, language):
                problem = (
                    f"step '{step.name}': key {key} leads to '{step.keys[key]}', "
                    f"and its words name {', '.join(sorted(named))}"
                )
                hint = f"{_SWAP} They say: {sentence}"
                place = at(step, "keys", key)
                yield Finding(MENU_SWAPPED, place, problem, hint)


def _named(step: Menu, text: str, language: str) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the sentences, the keys and the steps that belong to others than theirs."""

    def steps(words: str) -> set[str]:
        return {to for to in step.keys.values() if to in words.lower()}

    labels = {key: (clause, label) for clause, key, label in labelled(text, language)}
    for key, (clause, label) in labels.items():
        if key in step.keys and steps(label) and step.keys[key] not in steps(label):
            yield clause, key, steps(label)
    for sentence in sentences(text, language):
        read = in_digits(sentence, language)
        told = list(by_key(read, lambda words: bool(steps(words))))
        keys = {key: steps(words if told[1:] else sentence) for key, words in told}
        # Of several keys, each has words that can be told, or nobody knows whose.
        if all(keys.values()):
            for key, named in keys.items():
                is_wrong = key in step.keys and step.keys[key] not in named
                if is_wrong and key not in labels:
                    yield sentence, key, named


def no_withdrawal(flow: Flow) -> Iterator[Finding]:
    """Yield the first notice of a flow none of which says how to take consent back."""
    asked = _asking(flow)
    told: set[str] = set()
    for name in (name for names in asked.values() for name in names):
        said = says_withdrawal(flow.notices[name].text)
        told |= {lang for lang, is_said in said.items() if is_said is not False}
    missing = [language for language in flow.languages if language not in told]
    own_steps = {step.name for step in own(flow)} | {""}
    first = next((step for step in asked if step in own_steps), None)
    if first is not None and missing:
        name = asked[first][0]
        where = f"step '{first}': " if first else ""
        problem = (
            f"{where}notice '{name}' does not say that consent can be withdrawn, in "
            f"{', '.join(missing)}"
        )
        hint = "Say how there, with a new version of the notice (GDPR Art. 7(3))."
        place = ("notices", name, "text", missing[0])
        yield Finding(NO_WITHDRAWAL, place, problem, hint)


def _asking(flow: Flow) -> dict[str, list[str]]:
    """Return by step, and for what an agent asks, the notices that ask for consent."""
    found: dict[str, list[str]] = {}
    for step in flow.steps.values():
        if isinstance(step, Consent):
            notices = (step.asks["notice"], step.more)
            found[step.name] = [name for name in notices if name in flow.notices]
    if flow.recording.verbal is not None:
        found[""] = [flow.recording.verbal.notice]
    return found


def _texts(flow: Flow, step: Step) -> Mapping[str, str]:
    """Return the words that a step asks with, by language."""
    texts: Mapping[str, str] = {}
    if isinstance(step, Consent):
        texts = flow.notices[step.asks["notice"]].text
    elif isinstance(step, Objection):
        texts = flow.notices[step.announces["notice"]].text
    elif isinstance(step, (Menu, Language)):
        texts = flow.prompts[step.prompt].text
    return texts


RULES = {
    KEYS_SWAPPED: keys_swapped,
    KEY_UNSAID: key_unsaid,
    KEY_UNTOLD: key_untold,
    KEY_DEAD: key_dead,
    MENU_SWAPPED: menu_swapped,
    NO_WITHDRAWAL: no_withdrawal,
}
