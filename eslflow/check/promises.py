"""What a notice promises, and the flow does not keep: a key to withdraw, a time.

In: a flow. Out: findings. Must not guess: only plain words count as a promise, in the
languages that there are words for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from eslflow.check import counted
from eslflow.check.finding import Finding, Look, Place, Rule
from eslflow.check.lasting import limits
from eslflow.check.wording import ENGLISH
from eslflow.check.wordlist import NAMES, TOLD_ALONE, WITHDRAWN, behind_star, says
from eslflow.flow.model import CalleeKey, CallerKey, Flow, Party
from eslflow.flow.subflow import top
from eslflow.steps.consent import Consent
from eslflow.steps.inform import Inform
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step

WITHDRAWAL_KEY = Rule(
    "withdrawal-key", False, "A notice gives a key to withdraw that does not."
)
KEPT_LONGER = Rule(
    "kept-longer", False, "Recordings are kept longer than a notice says."
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_VERSION = "with a new version of the notice."


class _Said(NamedTuple):
    """A notice that somebody hears."""

    notice: str
    purpose: str
    step: str
    """Empty: an agent's key plays it."""
    whom: tuple[Party, ...]


def withdrawal_key(flow: Flow) -> Iterator[Finding]:
    """Yield the notices that give a key for withdrawal which means none, or nothing."""
    rules = flow.recording
    tables: Mapping[Party, tuple[str, str, Mapping[str, object]]] = {
        Party.CALLER: ("caller", "caller_keys", rules.caller_keys),
        Party.CALLEE: ("called party", "callee_keys", rules.callee_keys),
    }
    for said in _said(flow):
        for language, key in _keys_to_withdraw(flow.notices[said.notice].text):
            for who, option, keys in (tables[party] for party in said.whom):
                if keys.get(key) in (CallerKey.WITHDRAW, CalleeKey.WITHDRAW):
                    continue
                own = [k for k, does in keys.items() if does == CallerKey.WITHDRAW]
                tells = f"notice '{said.notice}' tells to press *{key} to withdraw, in "
                tells += f"{language}, and "
                if own:
                    problem = f"{tells}that is *{own[0]}"
                    hint = f"Say *{own[0]} in the words, {_VERSION}"
                else:
                    problem = f"{tells}no key of the {who} does"
                    hint = f"Add recording: {{{option}: {{{key}: withdraw}}}}, or "
                    hint += f"change the words, {_VERSION}"
                place = _place(said, language)
                yield Finding(WITHDRAWAL_KEY, place, problem, hint)


def _place(said: _Said, language: str) -> Place:
    """Return where words stand; of a flow inside, the step that runs it."""
    if "/" in said.notice:
        return ("steps", top(said.step))
    return ("notices", said.notice, "text", language)


def _keys_to_withdraw(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield by language the digit that is to be pressed behind the star."""
    for language, text in texts.items():
        pressed = behind_star(language)
        if pressed is None:
            continue
        names = NAMES[language.partition("-")[0].lower()]
        before = ""
        for sentence in _SENTENCE.split(text):
            found = pressed.search(sentence)
            # "You can withdraw. Press star 0." and "Change your mind? Then star 0."
            goes_on = before.endswith("?") or TOLD_ALONE.fullmatch(
                pressed.sub("*", sentence)
            )
            said = f"{before} {sentence}" if goes_on else sentence
            if found is not None and says(WITHDRAWN, said, language):
                yield language, names.get(found["key"].lower(), found["key"])
            before = sentence


def kept_longer(flow: Flow) -> Iterator[Finding]:
    """Yield the notices by which recordings go sooner than by their purpose."""
    for said in _said(flow):
        purpose = flow.purposes[said.purpose]
        if "/" in said.notice:
            continue
        for language, text in flow.notices[said.notice].text.items():
            for limit in limits(text, language):
                if 0 < purpose.retain_s <= limit.days * 86400:
                    continue
                time = "for ever"
                if purpose.retain_s:
                    time = f"for {counted.time(_say, purpose.retain_s)}"
                problem = (
                    f"notice '{said.notice}' says “{limit.words}”, and purpose "
                    f"'{said.purpose}' keeps recordings {time}"
                )
                hint = f"Write retain: {limit.days}d, or say in the words what holds, "
                place = _place(said, language)
                yield Finding(KEPT_LONGER, place, problem, f"{hint}{_VERSION}")


def _say(name: str, /, **places: object) -> str:
    return ENGLISH[name].format(**places)


def _said(flow: Flow) -> Iterator[_Said]:
    """Yield the notices that are played, each once for a purpose."""
    found: dict[tuple[str, str], _Said] = {}
    for step in flow.steps.values():
        for notice, purpose in _of(step):
            whom = step.asks_whom or (Party.CALLER,)
            before = found.get((notice, purpose))
            if before is not None:
                whom = tuple(dict.fromkeys((*before.whom, *whom)))
            found[notice, purpose] = _Said(notice, purpose, step.name, whom)
    verbal = flow.recording.verbal
    if verbal is not None:
        said = _Said(verbal.notice, verbal.purpose, "", (Party.CALLER,))
        found.setdefault((verbal.notice, verbal.purpose), said)
    yield from found.values()


def _of(step: Step) -> Iterator[tuple[str, str]]:
    """Yield the notices of a step, each with its purpose."""
    told: Mapping[str, str] = {}
    if isinstance(step, Consent):
        told = step.asks
    elif isinstance(step, Objection):
        told = step.announces
    elif isinstance(step, Inform):
        told = step.tells
    if told:
        yield told["notice"], told["purpose"]
    if isinstance(step, Consent) and step.more:
        yield step.more, told["purpose"]


RULES: dict[Rule, Look] = {WITHDRAWAL_KEY: withdrawal_key, KEPT_LONGER: kept_longer}
