"""How long it takes to prove flows of some sixty steps; in a process of its own.

    scripts/bench prove          flows of one purpose, and of three
    scripts/bench prove more     and with more and more that people can do in a talk

Time of the processor, so that other work on the machine counts less.
"""

from __future__ import annotations

import sys
import time

from eslflow.check.prove import prove
from eslflow.flow.load import load
from eslflow.steps import KINDS

DESKS = 9
HEAD = """\
flow: sixty
languages: [en, de]
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 1, text: {en: Press 1 or 2., de: Die 1 oder die 2.}}
prompts:
  hello: {en: Hello., de: Hallo.}
hours:
  office: {zone: Europe/Berlin, mon-fri: [08:00-17:00], holidays: {12-25: Christmas}}
recording:
  agent_keys: {1: mask, 2: unmask, 0: stop}
steps:
  tongue: {language: hello, keys: {1: en, 2: de}}
  office: {hours: office, closed: night}
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
  who: {branch: caller, cases: {"+49*": main, anonymous: main}, otherwise: main}
  main:
    menu: hello
    keys: {1: hello0, 2: hello1, 3: hello2, 4: hello3, 5: hello4, 6: hello5, 7: hello6,
      8: hello7, 0: hello8, 9: card}
    failure: desk0
    error: desk0
"""
DESK = """\
  hello%(n)d: {announce: hello}
  menu%(n)d:
    menu: hello
    keys: {1: desk%(n)d, 2: number%(n)d}
    failure: desk%(n)d
    error: desk%(n)d
  number%(n)d: {collect: hello, digits: 6, into: number%(n)d, tries: 2}
  note%(n)d: {set: {line: desk}}
  desk%(n)d:
    {queue: desk%(n)d, record: on, from: answer, timeout: sorry, no_agents: sorry,
    next: sorry}
"""
TAIL = """\
  card:
    collect: hello
    digits: 12..19
    check: luhn
    into: card
    secure: true
    failure: desk0
    error: desk0
  code:
    {collect: hello, digits: 3, into: code, secure: true, failure: desk0, error: desk0}
  pay:
    webhook: https://pay.example.com/
    secrets: [card, code]
    failed: desk0
    refused: desk0
  paid: {announce: hello, next: bye}
  night: {announce: hello}
  box: {menu: hello, keys: {1: away, 2: bye}, failure: bye, error: bye}
  away: {transfer: {to: 1000, context: default}}
  boss: {dial: {user: 1001}, busy: sorry, no_answer: sorry}
  sorry: {announce: hello}
  again: {menu: hello, keys: {1: main, 2: bye}, failure: bye, error: bye}
  bye: {hangup: NORMAL_CLEARING}
"""
MENUS = 14
"""Each with a queue, a telephone and words of its own: no two of them are alike."""
CHAIN = """\
flow: chain
purposes: {training: {basis: consent, retain: 90d}}
notices: {recording: {version: 1, text: Press 1 or 2.}}
prompts: {hello: Hello.}
steps:
  hello: {announce: hello}
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
"""
LINK = """\
  menu%(n)d:
    menu: hello
    keys: {1: queue%(n)d, 2: phone%(n)d, 3: %(next)s}
    failure: queue%(n)d
  queue%(n)d:
    {queue: desk%(n)d, record: on, from: answer, timeout: phone%(n)d,
    no_agents: phone%(n)d}
  phone%(n)d:
    {dial: {user: %(n)d}, record: on, from: answer, busy: sorry%(n)d,
    no_answer: sorry%(n)d}
  sorry%(n)d: {announce: hello, next: %(next)s}
"""
LAST = "  last: {queue: last, record: on, from: answer}\n"
HOUSE = """\
flow: %(flow)s
languages: [en, de]
purposes:
  training: {basis: consent, retain: 90d, on_withdrawal: delete}
  evidence: {basis: consent, retain: 1095d, on_withdrawal: keep}
  quality: {basis: legitimate_interests, retain: 30d, on_withdrawal: delete}
notices:
  recording: {version: 1, text: {en: Press 1 or 2., de: Die 1 oder die 2.}}
prompts:
  hello: {en: Hello., de: Hallo.}
hours:
  office: {zone: Europe/Berlin, mon-fri: [08:00-17:00]}
recording:
  %(rules)s
steps:
  tongue: {language: hello, keys: {1: en, 2: de}}
  office: {hours: office, closed: night, next: tell}
  night: {announce: hello, next: bye}
  tell:
    objection: {notice: recording, purpose: quality}
    keys: {3: objected, 1: unopposed}
  train:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
  ask:
    consent: {notice: recording, purpose: evidence}
    keys: {1: granted, 2: refused}
  main:
    menu: hello
    keys: {1: menu1, 2: menu2, 3: menu3, 4: menu4}
    failure: talk
    error: talk
"""
"""Three purposes, and four departments, each with people and a payment of its own."""
DEPARTMENT = """\
  menu%(n)d:
    menu: hello
    keys: {1: desk%(n)d, 2: card%(n)d, 3: news%(n)d, 4: boss%(n)d}
    failure: desk%(n)d
    error: desk%(n)d
  news%(n)d: {announce: hello, next: desk%(n)d}
  boss%(n)d:
    {dial: {user: 100%(n)d}, record: on, from: answer, busy: desk%(n)d,
    no_answer: desk%(n)d, error: desk%(n)d, next: bye}
  card%(n)d:
    {collect: hello, digits: 12..19, check: luhn, into: card%(n)d, secure: true,
    failure: desk%(n)d, error: desk%(n)d}
  expiry%(n)d:
    {collect: hello, digits: 4, into: expiry%(n)d, secure: true,
    failure: desk%(n)d, error: desk%(n)d}
  code%(n)d:
    {collect: hello, digits: 3..4, into: code%(n)d, secure: true,
    failure: desk%(n)d, error: desk%(n)d}
  wait%(n)d: {announce: hello}
  pay%(n)d:
    webhook: https://pay.example.com/
    secrets: [card%(n)d, expiry%(n)d, code%(n)d]
    gets: {status: payment%(n)d}
    refused: declined%(n)d
    failed: desk%(n)d
  paid%(n)d: {announce: hello, next: bye}
  declined%(n)d: {announce: hello, next: desk%(n)d}
  desk%(n)d:
    {queue: desk%(n)d, record: on, from: answer, timeout: sorry%(n)d,
    no_agents: sorry%(n)d, error: sorry%(n)d, next: bye}
  sorry%(n)d: {announce: hello, next: talk}
"""
REST = """\
  talk: {queue: all, record: on, from: answer, timeout: sorry, no_agents: sorry}
  sorry: {announce: hello, next: bye}
  bye: {hangup: NORMAL_CLEARING}
"""
WITHDRAW = """\
agent_keys: {5: mask, 6: unmask}
  caller_keys: {0: withdraw}
"""
PRIVATE = """\
agent_keys: {5: mask, 6: unmask, 7: private}
  caller_keys: {0: withdraw, 7: private}
  before_private: delete
"""
VERBAL = """\
agent_keys: {1: granted, 2: refused, 5: mask, 6: unmask, 7: private, 0: stop}
  caller_keys: {0: withdraw, 7: private}
  before_private: delete
  verbal: {notice: recording, purpose: training}
"""
HOUSES = {
    "house": "after_mask: stay",
    "house-masked": "agent_keys: {5: mask, 6: unmask}",
    "house-withdrawn": WITHDRAW,
    "house-private": PRIVATE,
    "house-verbal": VERBAL,
}
"""The same flow, with more and more keys."""


def main() -> None:
    """Prove them, and print a line for each."""
    desks = "".join(DESK % {"n": number} for number in range(DESKS))
    measure(HEAD + desks + TAIL)
    names = [*(f"menu{number}" for number in range(1, MENUS)), "last"]
    links = [LINK % {"n": n, "next": name} for n, name in enumerate(names)]
    measure("".join([CHAIN, *links, LAST]))
    houses = HOUSES if sys.argv[1:] == ["more"] else list(HOUSES)[:2]
    departments = [DEPARTMENT % {"n": number} for number in range(1, 5)]
    for name in houses:
        head = HOUSE % {"flow": name, "rules": HOUSES[name]}
        measure("".join([head, *departments, REST]))


def measure(text: str) -> None:
    """Prove a flow, and print a line."""
    flow = load(text.encode(), "sixty.yaml", KINDS)
    began = time.process_time()
    proof = prove(flow)
    took = time.process_time() - began
    print(
        f"prove: {flow.name}, {len(flow.steps)} steps, {proof.states:,} states, "
        f"{proof.moves:,} moves: {took:.1f} s; {len(proof.violations)} violations"
    )


if __name__ == "__main__":
    main()
