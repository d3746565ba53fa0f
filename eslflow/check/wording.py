"""The sentences that explain a flow: in English here, in German beside it.

In: nothing. Out: templates by name, the same names in each language. Must not know a
flow: `explain` fills the places in.

What begins with a kind of step says what it does (`queue`), or when it ends in some way
(`queue.timeout`); `*.error` is for every kind that says nothing of its own. Where a
flow goes next, follows such a clause: German puts the verb first there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from eslflow.check.german import GERMAN

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "step": "step {name}",
        # The flow as a whole.
        "languages": "It speaks {languages}; {first} until another one is chosen.",
        "languages.first": "Its words are there in {languages}; callers hear {first}.",
        "language.en": "English",
        "language.de": "German",
        "language.fr": "French",
        "language.es": "Spanish",
        "language.it": "Italian",
        "language.nl": "Dutch",
        "purpose": "Recordings for '{purpose}' rest on {basis}{retain}.",
        "purpose.retain": " and may be kept for {time}",
        "purpose.keep": "; they stay when consent is withdrawn",
        "purpose.delete": "; they are deleted when consent is withdrawn",
        "start": "A call begins with {step}.",
        "emergency": "Emergency numbers are put through at once by {step}, unasked and "
        "unrecorded.",
        "emergency.these": "At this site these are {numbers}.",
        "emergency.none": "This site names no emergency numbers: whoever calls for "
        "help is treated like everybody else.",
        "unrecorded flow": "Nothing is recorded in this flow.",
        "press": "*{key} to {what}",
        "agent": "During a talk, the agent can press {keys}.",
        "agent.mask": "silence the recording",
        "agent.unmask": "let the recording go on",
        "agent.stop": "end the recording for the rest of the call",
        "agent.granted": "note that the caller has agreed",
        "agent.refused": "note that the caller has refused",
        "agent.private": "make the call private, so that nothing of it is recorded any "
        "more",
        "refuses": "Whoever cannot be recorded hears “{text}”, and the call ends.",
        "never": "Calls with {numbers} are never recorded.",
        "agreement": "Agents are recorded only if they have agreed to “{text}”, in "
        "version {version} or a later one.",
        "outside": "Whoever takes a call over outside the office is recorded, too.",
        "caller key": "While waiting or talking, the caller can press {keys}.",
        "callee key": "While talking, a called party who was asked can press *{key} "
        "to withdraw the consent, which ends the recording.",
        "caller.withdraw": "withdraw the consent, which ends the recording",
        "caller.private": "make the call private, so that nothing of it is recorded "
        "any more",
        "private.keep": "What was recorded before a call became private stays.",
        "private.delete": "What was recorded before a call became private is deleted.",
        "verbal": "The agent asks the caller to agree to '{purpose}'. Once the "
        "recording runs, both hear: “{text}”",
        # What is recorded while a step runs.
        "off": "Nothing is recorded meanwhile.",
        "on": "{moment} the call is recorded {conditions}.",
        "on.answer": "From the moment somebody answers,",
        "on.talk": "From the beginning of the talk,",
        "on.step": "From the beginning of this step,",
        "masked": "If a recording runs, it holds silence meanwhile.",
        "for": "for {purposes}",
        "quoted": "'{name}'",
        "always": " in any case",
        "granted": " if {who} has agreed",
        "granted.several": " as far as {who} has agreed",
        "announced": " unless the caller has objected",
        "announced.several": " as far as the caller has not objected",
        "all": "everybody who is asked",
        "or": " or ",
        "and": " and ",
        "or if": ", or ",
        # Kinds.
        "announce": "The caller hears: “{text}”",
        "consent": "{who} is asked to agree to '{purpose}': “{text}”",
        "caller": "The caller",
        "callee": "The called party",
        "both": "First the caller, then the called party",
        "meanwhile": "The caller hears meanwhile: “{text}”",
        "meanwhile.both": "Whoever is not being asked hears meanwhile: “{text}”",
        "key": "Key {key}: {meaning}.",
        "key.granted": "agrees",
        "key.refused": "refuses",
        "key.more": "hears more, and is asked again",
        "key.objected": "objects",
        "key.unopposed": "does not object",
        "inform": "The caller hears that the call is recorded for '{purpose}': "
        "“{text}”",
        "inform.error": "If it cannot be played, or kept,",
        "private": "From here on, nothing of the call is recorded, whatever comes.",
        "private.done": "Then",
        "not again": "Whoever has {what} is not asked again for {time}.",
        "not again.refused": "refused",
        "not again.both": "refused or agreed",
        "receipt": "Whoever answers hears a receipt code.",
        "verbal.receipt": "Then a receipt code is read out.",
        "more": "Whoever wants to hear more hears: “{text}”",
        "objection": "The recording for '{purpose}' is announced: “{text}”",
        "menu": "The caller is asked: “{text}”",
        "collect": "The caller is asked for {digits}: “{text}”",
        "collect.secure": "Nobody sees the digits: they are not stored, not logged, "
        "and go to one program only.",
        "queue": "The caller waits in the queue '{queue}' until an agent answers.",
        "dial": "{where} is called, for {time} at most; whoever answers talks with the "
        "caller.",
        "ring": "{where} is called, for {time} at most; whoever answers is kept on the "
        "line.",
        "connect": "The caller and the called party talk.",
        "transfer": "The caller is handed to extension {where} of the dialplan, and "
        "eslflow has no more to do with the call.",
        "webhook": "A program is asked: {url}.",
        "webhook.sends": "It is sent {names}.",
        "webhook.gets": "Its answer sets {names}.",
        "webhook.waits": "The call waits {time} at most.",
        "language": "The caller chooses the language: “{text}”",
        "hours": "The opening hours '{hours}' are looked at{week}.",
        "hours.holidays": "Holidays: {days}.",
        "week.days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "week.months": "January February March April May June July August September "
        "October November December",
        "week.to": "{first} to {last}",
        "week.span": "from {opens} to {closes}",
        "week.overnight": "from {opens} to {closes} of the next day",
        "week.date": "{day} {month}",
        "branch": "The way on depends on {what}.",
        "branch.value": "'{name}'",
        "branch.caller": "the caller's number",
        "branch.caller_name": "the caller's name",
        "branch.called": "the number that was dialled",
        "branch.language": "the language",
        "branch.consent": "what became of the question for '{name}'",
        "set": "From here on, {values}.",
        "set.value": "'{name}' is “{text}”",
        "set.language": "the language is {language}",
        "flow": "The flow '{flow}' is walked through from step {first}; this one "
        "goes on after it.",
        "hangup": "eslflow hangs up ({cause}).",
        # How a step ends: the first half of a sentence.
        "*.done": "Then",
        "*.error": "If it fails,",
        "*.failed": "If it fails,",
        "*.answered": "After the talk",
        "*.busy": "If the line is busy,",
        "*.no_answer": "If nobody answers,",
        "*.refused": "If the call is refused,",
        "*.full": "If no line is free,",
        "*.invalid": "If there is no such number,",
        "announce.error": "If it cannot be played,",
        "announce.also": ", also if it cannot be played",
        "consent.granted": "If {who} agrees,",
        "consent.refused": "If {who} refuses,",
        "consent.unanswered": "If nobody presses such a key within {time}{tries},",
        "consent.both.granted": "If both agree,",
        "consent.both.refused": "If one of them refuses,",
        "consent.both.unanswered": "If one of them presses no such key within "
        "{time}{tries},",
        "who.caller": "the caller",
        "who.callee": "the called party",
        "objection.objected": "If the caller objects,",
        "objection.unopposed": "If the caller does not object within {time},",
        "objection.undecided": "If it cannot be told what the caller wants,",
        "menu.key": "If the caller presses {keys},",
        "menu.invalid": "If another key is pressed,",
        "menu.timeout": "If no key is pressed within {time},",
        "menu.failure": "If no such key is pressed within {time}{tries},",
        "menu.error": "If the question cannot be played,",
        "collect.collected": "Once entered,",
        "collect.failure": "If nothing right is entered{tries},",
        "collect.error": "If the question cannot be played,",
        "queue.timeout": "If it takes too long,",
        "queue.no_agents": "If no agent is there,",
        "queue.failed": "If the queue does not take the caller,",
        "ring.answered": "As soon as somebody answers,",
        "connect.gone": "If the called party has gone,",
        "transfer.error": "If that fails,",
        "webhook.done": "Once it has answered,",
        "webhook.refused": "If it says no,",
        "webhook.failed": "If it gives no answer,",
        "language.chosen": "Once it is chosen,",
        "language.failure": "If no such key is pressed{tries},",
        "hours.open": "If it is open,",
        "hours.closed": "If it is closed,",
        "hours.holiday": "If it is a holiday,",
        "case.is": "If {it} is {keys},",
        "case.begins": "If {it} begins with {keys},",
        "it.value": "it",
        "it.caller": "it",
        "it.caller_name": "it",
        "it.called": "it",
        "it.language": "it",
        "case.anonymous": "If it is withheld,",
        "case.granted": "If the answer was yes,",
        "case.refused": "If the answer was no,",
        "case.unanswered": "If there was no answer,",
        "case.verbal": "If the agent has noted a yes,",
        "case.withdrawn": "If the consent was withdrawn,",
        "case.expired": "If the consent has ended,",
        "case.not_asked": "If nobody was asked,",
        "branch.otherwise": "Otherwise",
        "set.done": "Then",
        # Where the call goes: the second half.
        "goes": "the call goes on with {step}",
        "hangs up": "eslflow hangs up",
        "dialplan": "the dialplan takes the call on",
        "dialplan unless": "the dialplan takes the call on (after a talk, eslflow "
        "hangs up)",
        "unrecorded": ", and is not recorded for '{purpose}'",
        # Numbers.
        "tries": ", {times}",
        "twice": "twice",
        "times": "{n} times",
        "3 times": "three times",
        "4 times": "four times",
        "5 times": "five times",
        "from to": "{least} to {most}",
        "digit": "one digit",
        "digits": "{n} digits",
        "second": "{n} second",
        "seconds": "{n} seconds",
        "day": "{n} day",
        "days": "{n} days",
        "hour": "{n} hour",
        "hours of time": "{n} hours",
        "minute": "{n} minute",
        "minutes": "{n} minutes",
        "consent basis": "consent",
        "contract": "a contract",
        "legal_obligation": "a legal obligation",
        "vital_interests": "vital interests",
        "public_task": "a public task",
        "legitimate_interests": "legitimate interests",
        "called": "The number that was dialled",
    }
)

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}


_ENDED = re.compile("[.!?…][\"'”’»)]*$")


def paragraph(told: Iterable[str]) -> str:
    """Return sentences one after the other, each with an end.

    Those that the flow's author has written may have none.
    """
    return " ".join(
        words if _ENDED.search(words) else f"{words}."
        for words in map(str.rstrip, told)
        if words
    )


def series(words: Sequence[str], last: str) -> str:
    """Return words one after the other, `last` before the last: `1, 2 or 3`."""
    *most, end = words
    return f"{', '.join(most)}{last}{end}" if most else end
