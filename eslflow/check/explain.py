"""A flow told in sentences, so that who wrote it can hear whether it is what was meant.

In: a flow that loads. Out: paragraphs, one for the whole and one for each step, in
English or German. Must not know what happens better than the flow does: each clause is
made from an option or a target of a step, and each way out of a step is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from eslflow.check import cases, counted, opening
from eslflow.check.helped import helped
from eslflow.check.recorded import recorded
from eslflow.check.wording import LANGUAGES, paragraph, series
from eslflow.flow.destination import CALLED, Destination
from eslflow.flow.model import Asked, Basis, Flow, Outside, Purpose, RecordingRules
from eslflow.flow.values import LANGUAGE
from eslflow.steps.announce import Announce
from eslflow.steps.branch import Branch
from eslflow.steps.calling import Calling
from eslflow.steps.collect import Collect
from eslflow.steps.consent import Consent
from eslflow.steps.flow import SubFlow
from eslflow.steps.hangup import HangupStep
from eslflow.steps.hours import OpeningHours
from eslflow.steps.inform import Inform
from eslflow.steps.language import Language
from eslflow.steps.menu import Menu
from eslflow.steps.objection import Objection
from eslflow.steps.queue import Queue
from eslflow.steps.set import Set
from eslflow.steps.step import Step
from eslflow.steps.transfer import Transfer
from eslflow.steps.webhook import Webhook

UNRECORDED = frozenset({"refused", "unanswered", "objected", "undecided"})
"""Endings of a question after which its purpose permits nothing."""


def explain(
    flow: Flow, language: str = "en", emergency: Collection[str] | None = None
) -> list[str]:
    """Return the paragraphs that tell a flow, in one of `wording.LANGUAGES`.

    Emergency numbers are those that the site names; None: the usual ones.
    """
    teller = _Teller(flow, language)
    return [teller.whole(emergency), *map(teller.step, flow.steps.values())]


class _Teller:
    """Tells one flow in one language."""

    def __init__(self, flow: Flow, language: str) -> None:
        self._flow = flow
        self._language = language
        self._templates = LANGUAGES[language]
        self._hours_told: set[str] = set()

    def say(self, name: str, /, **places: object) -> str:
        """Return a sentence, or a part of one."""
        return self._templates[name].format(**places)

    def whole(self, emergency: Collection[str] | None) -> str:
        """Return the paragraph about the flow as a whole."""
        flow = self._flow
        told = [f"{flow.name}.", flow.description]
        if len(flow.languages) > 1:
            told.append(self._spoken())
        told += map(self._purpose, flow.purposes.values())
        if not flow.records:
            told.append(self.say("unrecorded flow"))
        told += self._rules(flow.recording)
        told.append(self.say("start", step=self.named(flow.start)))
        if flow.way_out:
            told += helped(self.say, self.named(flow.way_out), emergency)
        return paragraph(told)

    def _spoken(self) -> str:
        """Return which languages there are, and whether callers get at all of them."""
        names = list(map(self.language, self._flow.languages))
        sentence = "languages.first"
        if any(map(_chooses_language, self._flow.steps.values())):
            sentence = "languages"
        every = series(names, self.say("and"))
        return self.say(sentence, languages=every, first=names[0])

    def _purpose(self, purpose: Purpose) -> str:
        retain = ""
        if purpose.retain_s:
            retain = self.say("purpose.retain", time=self.time(purpose.retain_s))
        if purpose.on_withdrawal is not None:
            retain += self.say(f"purpose.{purpose.on_withdrawal}")
        basis = self.basis(purpose.basis)
        return self.say("purpose", purpose=purpose.name, basis=basis, retain=retain)

    def _rules(self, rules: RecordingRules) -> Iterator[str]:
        """Yield how calls are recorded, whatever the step."""
        yield from self._bound(rules)
        if rules.verbal is not None:
            text = self.notice(rules.verbal.notice)
            yield self.say("verbal", purpose=rules.verbal.purpose, text=text)
            yield from [self.say("verbal.receipt")] * rules.verbal.receipt
        if rules.refusal:
            yield self.say("refuses", text=self.prompt(rules.refusal))
        if rules.never_record:
            yield self.say("never", numbers=", ".join(rules.never_record))
        if rules.agreement is not None:
            text, version = rules.agreement.text, rules.agreement.version
            yield self.say("agreement", text=text, version=version)
        if rules.outside is Outside.RECORD:
            yield self.say("outside")

    def _bound(self, rules: RecordingRules) -> Iterator[str]:
        """Yield what keys do in a talk."""
        if rules.agent_keys:
            yield self.say("agent", keys=self._presses("agent", rules.agent_keys))
        if rules.caller_keys:
            keys = self._presses("caller", rules.caller_keys)
            yield self.say("caller key", keys=keys)
        for key in rules.callee_keys:
            yield self.say("callee key", key=key)
        if rules.before_private:
            yield self.say(f"private.{rules.before_private}")

    def _presses(self, who: str, keys: Mapping[str, object]) -> str:
        told = [
            self.say("press", key=key, what=self.say(f"{who}.{does}"))
            for key, does in keys.items()
        ]
        return series(told, f",{self.say('or')}")

    def step(self, step: Step) -> str:
        """Return the paragraph about one step: what it does, and where it leads."""
        told = SENTENCES[step.kind](self, step)
        more = recorded(self.say, self._flow, step)
        return paragraph([f"{step.name}.", *told, *more, *self._ways(step)])

    # Parts of sentences.

    def named(self, name: str) -> str:
        """Return a step's name as it stands in a sentence."""
        return self.say("step", name=name)

    def language(self, code: str) -> str:
        """Return the name of a language, if it has one here."""
        return self._templates.get(f"language.{code}", code)

    def quoted(self, names: Iterable[str]) -> str:
        """Return names of values, one after the other."""
        told = [self.say("quoted", name=name) for name in names]
        return series(told, self.say("and"))

    def text(self, texts: Mapping[str, str]) -> str:
        """Return what is played, in this language if the flow has it."""
        return texts.get(self._language) or texts[self._flow.languages[0]]

    def prompt(self, name: str) -> str:
        """Return the text of a prompt."""
        return self.text(self._flow.prompts[name].text)

    def in_all(self, step: Language) -> str:
        """Return what is asked in each language, for who speaks no other."""
        texts = self._flow.prompts[step.prompt].text
        return " ".join(texts[language] for language in step.keys.values())

    def notice(self, name: str) -> str:
        """Return the text of a notice."""
        return self.text(self._flow.notices[name].text)

    def basis(self, basis: Basis) -> str:
        """Return a lawful basis in words."""
        return self.say("consent basis" if basis is Basis.CONSENT else str(basis))

    def time(self, seconds: float) -> str:
        """Return a duration in words."""
        return counted.time(self.say, seconds)

    def keys(self, keys: Mapping[str, Any]) -> Iterator[str]:
        """Yield what each key of a question means."""
        for key, meaning in keys.items():
            yield self.say("key", key=key, meaning=self.say(f"key.{meaning}"))

    def where(self, to: Destination) -> str:
        """Return who is called."""
        name = to.user or to.number
        return self.say("called") if name == CALLED else name

    def hours(self, name: str) -> Iterator[str]:
        """Yield which hours are looked at; when they are, the first time."""
        if name in self._hours_told:
            yield self.say("hours", hours=name, week="")
            return
        self._hours_told.add(name)
        hours = self._flow.hours[name]
        week = f": {opening.week(self.say, hours)}"
        yield self.say("hours", hours=name, week=week)
        days = opening.holidays(self.say, hours)
        if days:
            yield self.say("hours.holidays", days=days)

    # Where a step leads.

    def _ways(self, step: Step) -> Iterator[str]:
        """Yield a sentence for each place that the step leads to."""
        ways = step.ways()
        whens: dict[str, list[str]] = {}
        for when, goes in self._chosen(step):
            whens.setdefault(goes, []).append(when)
        for ending in (ending for ending in step.endings if ending in ways):
            goes = self._goes(step, ending)
            whens.setdefault(goes, []).append(self._when(step, ending))
        for goes, told in whens.items():
            yield from self._joined(list(dict.fromkeys(told)), goes)

    def _joined(self, whens: list[str], goes: str) -> Iterator[str]:
        """Yield the sentence of several conditions; "Then" stands for itself."""
        clauses = [when for when in whens if when.endswith(",")]
        then = [when for when in whens if when not in clauses]
        is_anyway = bool(then) and clauses == [self.say("announce.error")]
        also = self.say("announce.also") if is_anyway else ""
        yield from (f"{when} {goes}{also}." for when in then)
        if clauses and not is_anyway:
            later = [clauses[0], *(each[0].lower() + each[1:] for each in clauses[1:])]
            bare = [each.removesuffix(",") for each in later]
            yield f"{series(bare, self.say('or if'))}, {goes}."

    def _chosen(self, step: Step) -> Iterator[tuple[str, str]]:
        """Yield where the keys of a menu and the cases of a branch lead."""
        for when, target in cases.chosen(self.say, step):
            yield when, self.say("goes", step=self.named(target))

    def _goes(self, step: Step, ending: str) -> str:
        target, more = step.target(ending), ""
        if ending in UNRECORDED:
            for purpose in (*step.asks_for(), *step.may_be_opposed()):
                more += self.say("unrecorded", purpose=purpose)
        if target:
            return self.say("goes", step=self.named(target)) + more
        if ending not in step.fallbacks:
            return self.say("hangs up") + more
        # Whoever has talked with somebody is not handed to the dialplan any more.
        return self.say("dialplan unless" if step.meets else "dialplan") + more

    def _when(self, step: Step, ending: str) -> str:
        own = f"{step.kind}.{ending}"
        name = own if own in self._templates else f"*.{ending}"
        whom = step.whom if isinstance(step, Consent) else Asked.CALLER
        if whom is Asked.BOTH:
            name, whom = f"consent.both.{ending}", Asked.CALLER
        places = {"who": self.say(f"who.{whom}")}
        if isinstance(step, (Consent, Objection, Menu, Collect, Language)):
            places["time"] = self.time(step.timeout)
            places["tries"] = counted.tries(self.say, step.tries)
        return self.say(name, **places)


def _chooses_language(step: Step) -> bool:
    return isinstance(step, Language) or (
        isinstance(step, Set) and LANGUAGE in step.values
    )


# One for each kind: what the step does.


def _announce(teller: _Teller, step: Announce) -> Iterator[str]:
    yield teller.say("announce", text=teller.prompt(step.prompt))


def _consent(teller: _Teller, step: Consent) -> Iterator[str]:
    yield teller.say(
        "consent",
        who=teller.say(str(step.whom)),
        purpose=step.asks["purpose"],
        text=teller.notice(step.asks["notice"]),
    )
    yield from teller.keys(step.keys)
    if step.receipt:
        yield teller.say("receipt")
    if step.ask_again_after:
        which = "not again.both" if step.remember else "not again.refused"
        time = teller.time(step.ask_again_after)
        yield teller.say("not again", what=teller.say(which), time=time)
    if step.more:
        yield teller.say("more", text=teller.notice(step.more))
    if step.meanwhile:
        name = "meanwhile.both" if step.whom is Asked.BOTH else "meanwhile"
        yield teller.say(name, text=teller.prompt(step.meanwhile))


def _objection(teller: _Teller, step: Objection) -> Iterator[str]:
    purpose, notice = step.announces["purpose"], step.announces["notice"]
    yield teller.say("objection", purpose=purpose, text=teller.notice(notice))
    yield from teller.keys(step.keys)


def _menu(teller: _Teller, step: Menu) -> Iterator[str]:
    yield teller.say("menu", text=teller.prompt(step.prompt))


def _collect(teller: _Teller, step: Collect) -> Iterator[str]:
    least, most = step.digits
    span = teller.say("from to", least=least, most=most)
    count = str(most) if least == most else span
    digits = teller.say("digit" if most == 1 else "digits", n=count)
    yield teller.say("collect", digits=digits, text=teller.prompt(step.prompt))
    if step.secure:
        yield teller.say("collect.secure")


def _queue(teller: _Teller, step: Queue) -> Iterator[str]:
    yield teller.say("queue", queue=step.queue)


def _calling(teller: _Teller, step: Calling) -> Iterator[str]:
    where, time = teller.where(step.to), teller.time(step.timeout)
    yield teller.say(step.kind, where=where, time=time)


def _plain(teller: _Teller, step: Step) -> Iterator[str]:
    yield teller.say(step.kind)


def _transfer(teller: _Teller, step: Transfer) -> Iterator[str]:
    yield teller.say("transfer", where=step.where["to"])


def _webhook(teller: _Teller, step: Webhook) -> Iterator[str]:
    yield teller.say("webhook", url=step.url)
    sends = (*step.sends, *step.secrets)
    if sends:
        yield teller.say("webhook.sends", names=teller.quoted(sends))
    if step.gets:
        yield teller.say("webhook.gets", names=teller.quoted(step.writes()))
    yield teller.say("webhook.waits", time=teller.time(step.timeout))


def _language(teller: _Teller, step: Language) -> Iterator[str]:
    yield teller.say("language", text=teller.in_all(step))


def _hours(teller: _Teller, step: OpeningHours) -> Iterator[str]:
    yield from teller.hours(step.hours)


def _branch(teller: _Teller, step: Branch) -> Iterator[str]:
    yield teller.say("branch", what=cases.looks_at(teller.say, step))


def _set(teller: _Teller, step: Set) -> Iterator[str]:
    told = []
    for name, pieces in step.values.items():
        text = "".join(p.text or f"{{{{ {p.name} }}}}" for p in pieces)
        if name == LANGUAGE:
            told.append(teller.say("set.language", language=teller.language(text)))
        else:
            told.append(teller.say("set.value", name=name, text=text))
    yield teller.say("set", values=series(told, teller.say("and")))


def _flow(teller: _Teller, step: SubFlow) -> Iterator[str]:
    yield teller.say("flow", flow=step.flow, first=", ".join(step.leads_to()))


def _inform(teller: _Teller, step: Inform) -> Iterator[str]:
    purpose, notice = step.tells["purpose"], step.tells["notice"]
    yield teller.say("inform", purpose=purpose, text=teller.notice(notice))


def _hangup(teller: _Teller, step: HangupStep) -> Iterator[str]:
    yield teller.say("hangup", cause=step.cause)


SENTENCES: dict[str, Callable[[_Teller, Any], Iterator[str]]] = {
    "announce": _announce,
    "consent": _consent,
    "objection": _objection,
    "menu": _menu,
    "collect": _collect,
    "queue": _queue,
    "dial": _calling,
    "ring": _calling,
    "connect": _plain,
    "transfer": _transfer,
    "webhook": _webhook,
    "language": _language,
    "hours": _hours,
    "branch": _branch,
    "set": _set,
    "flow": _flow,
    "inform": _inform,
    "private": _plain,
    "hangup": _hangup,
}
"""By the kind of step."""
