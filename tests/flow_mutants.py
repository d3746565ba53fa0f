"""Faults to be seeded in the shipped flows, each of which `eslflow check` must tell.

A fault changes a few words of one file, as a person would who edits it late and alone.
`python -m tests.flow_mutants` seeds one after the other and prints what is told;
`scripts/mutants flows` runs it.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.command import run

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class FlowMutant:
    """A fault."""

    name: str
    flow: str
    """The flow that gets it."""
    step: str
    """The step, or other part of the flow, that must be named."""
    says: str
    """The code that must be told, or words of the loader."""
    changes: tuple[tuple[str, str], ...]
    """What stands there once, and what stands there instead."""

    def seeded(self) -> str:
        """Return the file with the fault in it."""
        text = (ROOT / "flows" / f"{self.flow}.yaml").read_text(encoding="utf-8")
        for old, new in self.changes:
            # What is not there once would seed nothing, or more than is told.
            assert text.count(old) == 1, (self.name, old, text.count(old))
            text = text.replace(old, new)
        return text


def _of(flow: str, *faults: tuple[str | tuple[str, str], ...]) -> Iterator[FlowMutant]:
    for name, step, says, *changes in faults:
        pairs = tuple(pair for pair in changes if isinstance(pair, tuple))
        assert isinstance(name, str)
        assert isinstance(step, str)
        assert isinstance(says, str)
        yield FlowMutant(name, flow, step, says, pairs)


ASK_12 = "    keys: {1: granted, 2: refused}\n"
ASK = (
    "  ask:\n    consent: {notice: recording, purpose: training}\n"
    "    keys: {1: granted, 2: refused}\n"
)
GO_ON = "    granted: choose\n    refused: choose\n    unanswered: choose\n"
SALES = "  sales: {queue: sales, record: on, from: answer, timeout: sorry, "
SUPPORT = "  support: {queue: support, record: on, from: answer, timeout: sorry, "
TALK = "  talk: {queue: support, record: on, from: answer, timeout: sorry, "
TRAINING = "  training: {basis: consent, retain: 90d}\n"
CHOOSE = "    keys: {1: sales, 2: support}\n    failure: support\n    error: support\n"

MUTANTS: tuple[FlowMutant, ...] = (
    *_of(
        "opt-in",
        (
            "the question is removed",
            "sales",
            "can never record: nobody is ever asked",
            (ASK + GO_ON, ""),
        ),
        (
            "the question is not asked any more",
            "ask",
            "nothing leads to step 'ask'",
            ("{announce: welcome}", "{announce: welcome, next: choose}"),
        ),
        (
            "the recording begins before the question",
            "welcome",
            "too-early",
            ("{announce: welcome}", "{announce: welcome, record: on}"),
        ),
        (
            "a recorded queue comes before the question",
            "first",
            "too-early",
            (
                "  ask:\n",
                "  first: {queue: sales, record: on, timeout: ask}\n  ask:\n",
            ),
        ),
        (
            "whoever refuses is hung up on",
            "ask",
            "[refused]",
            ("    refused: choose\n", "    refused: sorry\n"),
        ),
        (
            "whoever refuses is asked until he agrees",
            "ask",
            "until-yes",
            ("    refused: choose\n", "    refused: ask\n"),
        ),
        (
            "whoever says nothing is asked for ever",
            "ask",
            "no-exit",
            ("    unanswered: choose\n", "    unanswered: ask\n"),
        ),
        (
            "whoever says nothing is hung up on",
            "ask",
            "silent-end",
            ("    unanswered: choose\n", "    unanswered: sorry\n"),
        ),
        (
            "yes and no are swapped",
            "ask",
            "keys-swapped",
            (ASK_12, "    keys: {2: granted, 1: refused}\n"),
        ),
        (
            "no is on a key that nobody is told of",
            "ask",
            "key-unsaid",
            (ASK_12, "    keys: {1: granted, 3: refused}\n"),
        ),
        (
            "nobody can refuse",
            "ask",
            "no key means refused",
            (ASK_12, "    keys: {1: granted}\n"),
        ),
        (
            "nobody can agree",
            "ask",
            "no key means granted",
            (ASK_12, "    keys: {2: refused}\n"),
        ),
        (
            "both keys mean yes",
            "ask",
            "no key means refused",
            (ASK_12, "    keys: {1: granted, 2: granted}\n"),
        ),
        (
            "it rests on legitimate interests, and is asked for as consent",
            "ask",
            "not on consent",
            (TRAINING, "  training: {basis: legitimate_interests, retain: 90d}\n"),
        ),
        (
            "it rests on the law, and is asked for as consent",
            "ask",
            "not on consent",
            (TRAINING, "  training: {basis: legal_obligation, retain: 90d}\n"),
        ),
        (
            "nobody says how long recordings are kept",
            "training",
            "kept-forever",
            (TRAINING, "  training: {basis: consent}\n"),
        ),
        (
            "callers are asked, and no queue records",
            "ask",
            "for-nothing",
            (SALES, SALES.replace("record: on, from: answer, ", "")),
            (SUPPORT, SUPPORT.replace("record: on, from: answer, ", "")),
        ),
        (
            "the keys of the menu are swapped",
            "choose",
            "menu-swapped",
            ("keys: {1: sales, 2: support}", "keys: {1: support, 2: sales}"),
        ),
        (
            "a key of the menu is missing",
            "choose",
            "key-dead",
            ("keys: {1: sales, 2: support}", "keys: {1: sales}"),
        ),
        (
            "the menu gets a key, and no words for it",
            "choose",
            "key-untold",
            ("keys: {1: sales, 2: support}", "keys: {1: sales, 2: support, 3: sales}"),
        ),
        (
            "the menu's fallback is removed",
            "choose",
            "silent-end",
            ("    failure: support\n", ""),
        ),
        (
            "the menu's fallback for a prompt that fails is removed",
            "choose",
            "broken-end",
            ("    error: support\n", ""),
        ),
        (
            "the menu leads to itself for ever",
            "choose",
            "no-exit",
            ("    failure: support\n", "    failure: choose\n"),
        ),
        (
            "a wrong key begins the question anew",
            "choose",
            "no-exit",
            (
                CHOOSE,
                CHOOSE.replace("failure: support", "on_timeout: ask\n    failure: ask"),
            ),
        ),
        (
            "a queue that fails hangs up",
            "support",
            "broken-end",
            (SUPPORT, SUPPORT.replace("timeout: sorry", "failed: sorry")),
        ),
        (
            "a target is misspelt",
            "choose",
            "there is no step 'suport'",
            ("    failure: support\n", "    failure: suport\n"),
        ),
        (
            "a step that others lead to is removed",
            "sorry",
            "there is no step 'goodbye'",
            ("  goodbye: {hangup: NORMAL_CLEARING}\n", ""),
        ),
    ),
    *_of(
        "opt-in-first",
        (
            "the question is removed",
            "orders",
            "can never record: nobody is ever asked",
            (
                "  introduction:\n"
                "    consent: {notice: introduction, purpose: training}\n"
                "    keys: {2: granted, 3: refused}\n" + GO_ON,
                "",
            ),
        ),
        (
            "yes and no are swapped",
            "introduction",
            "keys-swapped",
            ("{2: granted, 3: refused}", "{2: refused, 3: granted}"),
        ),
        (
            "yes is on the menu's first key",
            "introduction",
            "key-unsaid",
            ("{2: granted, 3: refused}", "{1: granted, 3: refused}"),
        ),
        (
            "the recording begins with the question",
            "introduction",
            "too-early",
            (
                "    keys: {2: granted, 3: refused}\n",
                "    keys: {2: granted, 3: refused}\n    record: on\n",
            ),
        ),
        (
            "the queues of the menu are swapped",
            "choose",
            "menu-swapped",
            ("{1: orders, 2: repairs}", "{1: repairs, 2: orders}"),
        ),
    ),
    *_of(
        "office-hours",
        (
            "the question is removed",
            "sales",
            "can never record: nobody is ever asked",
            (
                "  ask:\n    consent: {notice: recording, purpose: training}\n"
                "    keys: {1: granted, 2: refused, 9: more}\n    more: details\n"
                + GO_ON,
                "",
            ),
        ),
        (
            "the languages are swapped",
            "tongue",
            "key-unsaid",
            ("keys: {1: en, 2: de}", "keys: {1: de, 2: en}"),
        ),
        (
            "a key chooses a language that is not spoken",
            "tongue",
            "there is no language 'fr'",
            ("keys: {1: en, 2: de}", "keys: {1: en, 2: fr}"),
        ),
        (
            "the longer notice has no key any more",
            "ask",
            "no key means more",
            ("{1: granted, 2: refused, 9: more}", "{1: granted, 2: refused}"),
        ),
        (
            "the longer notice has a key, and is none",
            "ask",
            "a key means more, but more of what?",
            ("    more: details\n", ""),
        ),
        (
            "yes and more are swapped",
            "ask",
            "keys-swapped",
            (
                "{1: granted, 2: refused, 9: more}",
                "{1: refused, 2: granted, 9: more}",
            ),
        ),
        (
            "the question comes before the hours, and leads past them",
            "opening",
            "nothing leads to step 'opening'",
            (
                "  tongue: {language: tongue, keys: {1: en, 2: de}}\n",
                "  tongue: {language: tongue, keys: {1: en, 2: de}, next: ask}\n",
            ),
        ),
    ),
    *_of(
        "opening",
        (
            "open and closed are swapped",
            "when",
            "crossed",
            ("open: welcome, closed: closed", "open: closed, closed: welcome"),
        ),
        (
            "closed and holiday are swapped",
            "when",
            "crossed",
            ("closed: closed, holiday: holiday", "closed: holiday, holiday: closed"),
        ),
        (
            "nobody is told that it is closed",
            "closed",
            "nothing leads to step 'closed'",
            ("closed: closed, holiday", "closed: goodbye, holiday"),
        ),
        (
            "a holiday is in a month that is none",
            "13-24",
            "is no date",
            ("      12-24: Christmas Eve\n", "      13-24: Christmas Eve\n"),
        ),
    ),
    *_of(
        "opt-out",
        (
            "the announcement is removed",
            "talk",
            "untold",
            (
                "  tell:\n    objection: {notice: recording, purpose: quality}\n"
                "    keys: {3: objected, 1: unopposed}\n    objected: unrecorded\n"
                "    unopposed: talk\n    undecided: talk\n"
                "  unrecorded: {announce: unrecorded, next: talk}\n",
                "  welcome: {branch: called, cases: {1: talk}, otherwise: talk}\n",
            ),
        ),
        (
            "silence is taken for consent",
            "tell",
            "silence is no consent",
            ("basis: legitimate_interests", "basis: consent"),
        ),
        (
            "whoever must be recorded may object",
            "tell",
            "nobody can object to that",
            ("basis: legitimate_interests", "basis: legal_obligation"),
        ),
        (
            "the keys are swapped",
            "tell",
            "keys-swapped",
            ("{3: objected, 1: unopposed}", "{1: objected, 3: unopposed}"),
        ),
        (
            "nobody can object",
            "tell",
            "no key means objected",
            ("{3: objected, 1: unopposed}", "{1: unopposed}"),
        ),
        (
            "whoever objects is hung up on",
            "tell",
            "[refused]",
            ("{announce: unrecorded, next: talk}", "{announce: unrecorded, next: bye}"),
            ("  sorry: {", "  bye: {hangup: NORMAL_CLEARING}\n  sorry: {"),
        ),
        (
            "only silence goes on, and whoever objects is hung up on",
            "tell",
            "[refused]",
            ("{3: objected, 1: unopposed}", "{3: objected}"),
            ("{announce: unrecorded, next: talk}", "{announce: unrecorded, next: bye}"),
            ("  sorry: {", "  bye: {hangup: NORMAL_CLEARING}\n  sorry: {"),
        ),
        (
            "it is recorded while it is announced",
            "tell",
            "too-early",
            (
                "    keys: {3: objected, 1: unopposed}\n",
                "    keys: {3: objected, 1: unopposed}\n    record: on\n",
            ),
        ),
        (
            "the talk is not recorded",
            "tell",
            "for-nothing",
            (TALK, TALK.replace("record: on, from: answer, ", "")),
        ),
    ),
    *_of(
        "outgoing",
        (
            "the question is removed",
            "callee_keys",
            "no step asks the called party for anything",
            ("    answered: ask\n", "    answered: talk\n"),
            (
                "  ask:\n    consent: {notice: recording, purpose: training}\n"
                "    ask: callee\n    meanwhile: wait\n"
                "    keys: {1: granted, 2: refused}\n"
                "    # An answering machine says nothing: it is asked once, and not "
                "recorded.\n"
                "    tries: 1\n    timeout: 5s\n    granted: talk\n    refused: talk\n"
                "    unanswered: talk\n",
                "",
            ),
        ),
        (
            "whoever answers is put through unasked",
            "ask",
            "nothing leads to step 'ask'",
            ("    answered: ask\n", "    answered: talk\n"),
        ),
        (
            "the caller is asked in place of who is called",
            "ask",
            "the caller is asked",
            ("    ask: callee\n", "    ask: caller\n"),
        ),
        (
            "who is called and refuses is hung up on",
            "ask",
            "[refused]",
            ("    refused: talk\n", "    refused: goodbye\n"),
        ),
        (
            "the keys are swapped",
            "ask",
            "keys-swapped",
            (ASK_12, "    keys: {1: refused, 2: granted}\n"),
        ),
        (
            "who is called waits, and the caller goes to a queue",
            "call",
            "left-waiting",
            ("{connect: callee, record: on,", "{queue: desk, record: on,"),
        ),
        (
            "who is asked was talked to already",
            "ask",
            "not-called",
            ("    ring: {gateway", "    dial: {gateway"),
        ),
        (
            "a number that is busy ends without a word",
            "call",
            "dropped",
            ("    busy: engaged\n    refused", "    refused"),
        ),
        (
            "emergency calls have a step of their own behind the announcement",
            "help",
            "emergency-behind-prompt",
            (
                "  engaged: {hangup: USER_BUSY}\n",
                "  help: {dial: {gateway: provider, number: 112}, next: goodbye}\n"
                "  engaged: {hangup: USER_BUSY}\n",
            ),
            ("announce: wrong, next: goodbye}", "announce: wrong, next: help}"),
        ),
    ),
    *_of(
        "payment",
        (
            "the card's number is no secret any more",
            "card",
            "card-in-clear",
            (
                "    check: luhn\n    into: card\n    secure: true\n",
                "    check: luhn\n    into: card\n",
            ),
            ("secrets: [card, expiry, code]", "secrets: [expiry, code]"),
            ("sends: [call, caller]", "sends: [call, caller, card]"),
        ),
        (
            "its security code is no secret any more",
            "code",
            "card-in-clear",
            ("    into: code\n    secure: true\n", "    into: code\n"),
            ("secrets: [card, expiry, code]", "secrets: [card, expiry]"),
            ("sends: [call, caller]", "sends: [call, caller, code]"),
        ),
        (
            "its last month is no secret any more",
            "expiry",
            "card-in-clear",
            ("    into: expiry\n    secure: true\n", "    into: expiry\n"),
            ("secrets: [card, expiry, code]", "secrets: [card, code]"),
            ("sends: [call, caller]", "sends: [call, caller, expiry]"),
        ),
        (
            "a step is no secure one, and its digits go on as a secret",
            "pay",
            "there is no secret 'card'",
            ("    into: card\n    secure: true\n", "    into: card\n"),
        ),
        (
            "the card is sent as a value",
            "pay",
            "'card' is secret",
            ("sends: [call, caller]", "sends: [call, caller, card]"),
            ("secrets: [card, expiry, code]", "secrets: [expiry, code]"),
        ),
        (
            "nobody gets the security code",
            "code",
            "nobody gets the secret 'code'",
            ("secrets: [card, expiry, code]", "secrets: [card, expiry]"),
        ),
        (
            "the card goes to the bank in clear",
            "pay",
            "would be read on the way",
            ("https://pay.example.com/calls", "http://pay.example.com/calls"),
        ),
        (
            "the card's number is recorded",
            "card",
            "what is secure cannot be recorded",
            (
                "    into: card\n    secure: true\n",
                "    into: card\n    secure: true\n    record: on\n",
            ),
        ),
        (
            "agents can unmask, and not mask",
            "agent_keys",
            "half-a-mask",
            ("agent_keys: {0: stop, 1: mask, 2: unmask}", "agent_keys: {2: unmask}"),
        ),
        (
            "agents can mask, and not unmask",
            "agent_keys",
            "half-a-mask",
            ("agent_keys: {0: stop, 1: mask, 2: unmask}", "agent_keys: {1: mask}"),
        ),
        (
            "whoever cannot enter a card is hung up on",
            "card",
            "silent-end",
            (
                "    into: card\n    secure: true\n    failure: talk\n",
                "    into: card\n    secure: true\n    failure: bye\n",
            ),
        ),
        (
            "whoever refuses cannot pay",
            "ask",
            "[refused]",
            (ASK_12, "    keys: {1: granted, 2: refused}\n    refused: bye\n"),
        ),
        (
            "nobody is told that consent can be withdrawn",
            "ask",
            "no-withdrawal",
            (
                "        You can withdraw your consent at any time: tell the person "
                "you are talking to, or\n",
                "        Ask the person you are talking to, or\n",
            ),
        ),
    ),
    *_of(
        "private",
        (
            "what makes a call private leads on at once",
            "hush",
            "nothing leads to step 'hush'",
            ('{"*67*": hush, "0*": out', '{"*67*": out, "0*": out'),
        ),
        (
            "the prefix is another one",
            "hush",
            "other-prefix",
            ('prefix: "*67"}', 'prefix: "*76"}'),
        ),
        (
            "a private call is recorded",
            "personal",
            "nothing of a private call is recorded",
            ("  personal: {private: key}", "  personal: {private: key, record: on}"),
        ),
        (
            "the key for private calls is missing",
            "personal",
            "nothing leads to step 'personal'",
            ("keys: {1: ask, 2: personal}", "keys: {1: ask}"),
        ),
        (
            "whoever refuses is served as if the call were private, and hung up on",
            "ask",
            "[refused]",
            ("    refused: talk\n", "    refused: sorry\n"),
        ),
    ),
    *_of(
        "regulated",
        (
            "nobody is told of the recording",
            "talk",
            "untold",
            (
                "  tell: {inform: {notice: recording, purpose: orders}, done: talk, "
                "error: briefly}\n",
                "",
            ),
            (
                "  briefly: {announce: unheard, done: talk, error: goodbye}\n",
                "  briefly: {announce: sorry, done: talk, error: goodbye}\n",
            ),
        ),
        (
            "the talk is not recorded",
            "talk",
            "talk unrecorded",
            ("    record: on\n    from: answer\n", ""),
        ),
        (
            "it rests on consent",
            "tell",
            "it must be asked for",
            ("basis: legal_obligation", "basis: consent"),
        ),
        (
            "callers hear no reason",
            "if_unrecorded",
            "must hear why",
            ("  refusal: unrecordable\n", ""),
        ),
        (
            "whoever is not recorded is served",
            "refusal",
            "nobody is refused here",
            ("  if_unrecorded: refuse\n", ""),
        ),
        (
            "an agent can end the recording",
            "agent_keys",
            "must not end during the talk",
            (
                "  refusal: unrecordable\n",
                "  refusal: unrecordable\n  agent_keys: {0: stop}\n",
            ),
        ),
        (
            "somebody is left out",
            "never_record",
            "cannot leave somebody out",
            (
                "  refusal: unrecordable\n",
                "  refusal: unrecordable\n  never_record: [1999]\n",
            ),
        ),
    ),
    *_of(
        "two-purposes",
        (
            "the first question has the purpose of the second",
            "training",
            "there is no purpose 'evidenc'",
            (
                "notice: training, purpose: training}",
                "notice: training, purpose: evidenc}",
            ),
        ),
        (
            "both questions are passed by",
            "training",
            "nothing leads to step 'training'",
            ("steps:\n", "start: talk\nsteps:\n"),
        ),
        (
            "the first question's no leads out",
            "training",
            "[refused]",
            (
                "  evidence:\n    consent",
                "    refused: sorry\n  evidence:\n    consent",
            ),
        ),
        (
            "the second question's keys are swapped",
            "evidence",
            "keys-swapped",
            (
                "    keys: {1: granted, 2: refused}\n    next: talk\n",
                "    keys: {2: granted, 1: refused}\n    next: talk\n",
            ),
        ),
    ),
    *_of(
        "two-queues",
        (
            "whoever agrees goes to where nobody records",
            "ask",
            "for-nothing",
            (
                "    queue: others\n    record: on\n    from: answer\n",
                "    queue: others\n",
            ),
            ("cases: {granted: agreed}", "cases: {refused: agreed}"),
            ("    granted: connecting\n", "    granted: others\n"),
        ),
        (
            "the other queue is for those whose question has a state that is none",
            "sort",
            "no question ends as 'agreed'",
            ("cases: {granted: agreed}", "cases: {agreed: agreed}"),
        ),
        (
            "whoever refuses is hung up on",
            "ask",
            "[refused]",
            ("    refused: connecting\n", "    refused: sorry\n"),
        ),
        (
            "the queues hand the call back and forth",
            "agreed",
            "[circle]",
            (
                "    queue: others\n    record: on\n",
                "    queue: others\n    failed: agreed\n    record: on\n",
            ),
        ),
    ),
    *_of(
        "verbal",
        (
            "the agent has no key for no",
            "verbal",
            "no key of the agent means refused",
            ("agent_keys: {1: granted, 2: refused}", "agent_keys: {1: granted}"),
        ),
        (
            "the agent asks for nothing",
            "agent_keys",
            "a key means granted, but of what?",
            ("  verbal: {notice: confirmed, purpose: training}\n", ""),
        ),
        (
            "the agent asks, and the talk is not recorded",
            "verbal",
            "for-nothing",
            (TALK, TALK.replace("record: on, from: answer, ", "")),
        ),
        (
            "nobody says what becomes of recordings when somebody withdraws",
            "caller_keys",
            "does not say what becomes of recordings",
            (", on_withdrawal: delete", ""),
        ),
    ),
    *_of(
        "withdraw",
        (
            "callers cannot withdraw by key any more",
            "withdrawn",
            "no key of the caller withdraws anything",
            ("  caller_keys: {0: withdraw}\n", ""),
        ),
        (
            "the question takes the star key",
            "ask",
            "takes the star key",
            (ASK_12, "    keys: {1: granted, 2: refused, star: refused}\n"),
        ),
        (
            "whoever refuses is told that nobody is free",
            "ask",
            "[refused]",
            ("    refused: talk\n", "    refused: sorry\n"),
        ),
        (
            "only those are recorded who refuse",
            "loud",
            "too-early",
            ("    refused: talk\n", "    refused: loud\n"),
            (
                "  sorry: {",
                "  loud: {queue: support, record: on, timeout: sorry}\n  sorry: {",
            ),
        ),
    ),
    *_of(
        "receipt",
        (
            "permitted and withdrawn are swapped",
            "sort",
            "crossed",
            (
                "{permitted: permitted, withdrawn: withdrawn}",
                "{permitted: withdrawn, withdrawn: permitted}",
            ),
        ),
        (
            "what was entered is sent under another name",
            "find",
            "there is no value 'code'",
            (
                "/receipts\n    sends: [receipt, caller]",
                "/receipts\n    sends: [code, caller]",
            ),
        ),
        (
            "whoever enters nothing hears the question for ever",
            "code",
            "no-exit",
            (
                "    terminator: none\n    failure: unknown\n",
                "    terminator: none\n    failure: code\n",
            ),
        ),
    ),
    *_of(
        "support",
        (
            "the question is removed",
            "sales",
            "can never record: nobody is ever asked",
            (ASK + "    tries: 2\n    timeout: 6s\n" + GO_ON, ""),
        ),
        (
            "a language has no words",
            "which",
            "has no text in es",
            ("    es: Para ventas, pulse 1. Para asistencia, pulse 2.\n", ""),
        ),
        (
            "silence leads back to the question",
            "ask",
            "no-exit",
            (
                "    unanswered: choose\n",
                "    unanswered: ask\n",
            ),
        ),
    ),
)


def told(mutant: FlowMutant, site: Path) -> tuple[int, str]:
    """Return with what `check` ends for a flow with a fault, and what it says."""
    path = site / "flows" / f"{mutant.flow}.yaml"
    path.write_text(mutant.seeded(), encoding="utf-8")
    try:
        done = run(site, "check", str(path))
    finally:
        shutil.copy(ROOT / "flows" / path.name, path)
    return done.exit_code, done.stderr


def site_of(folder: Path) -> Path:
    """Make a site with the shipped flows and their sounds."""
    shutil.copytree(ROOT / "flows", folder / "flows")
    (folder / "sounds").symlink_to(ROOT / "sounds")
    return folder


def is_named(mutant: FlowMutant, text: str) -> bool:
    """Whether a message says what is wrong, in which line, and of which step."""
    messages = re.split(rf"\n(?=\S*{re.escape(mutant.flow)}\.yaml)", text)
    word = re.compile(rf"(?<![\w-]){re.escape(mutant.step)}(?![\w-])")
    place = re.compile(rf"\S*/{re.escape(mutant.flow)}\.yaml:\d+")
    return any(
        mutant.says in message
        and place.match(message)
        # In the problem itself, or in the line that is shown: no hint is looked at.
        and word.search("\n".join(message.splitlines()[:2]))
        for message in messages
    )


def main() -> int:
    """Seed one after the other; return 1 if one was not told."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        site = site_of(Path(folder))
        for mutant in MUTANTS:
            code, text = told(mutant, site)
            is_told = is_named(mutant, text)
            missed += not is_told
            word = ("error  " if code else "warning") if is_told else "MISSED "
            print(f"{word}  {mutant.flow}: {mutant.name}: {mutant.says}", flush=True)
            if not is_told:
                print(text)
    count = len(MUTANTS)
    print(f"{count - missed} of {count} faults in flows were told")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
