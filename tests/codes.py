"""A bad and a good example for each code of `eslflow check`, and the page of them.

`python -m tests.codes` prints docs/checks.md; scripts/docs writes it. What an example
leaves out stands in `USUAL`.
"""

from __future__ import annotations

import re

from eslflow.check.lint import RULES
from eslflow.check.prove import CIRCLE, REFUSED
from eslflow.flow.codes import SORTS

USUAL = {
    "purposes": {"training": "{basis: consent, retain: 90d}"},
    "notices": {
        "recording": "{version: 1, text: You can withdraw at any time. "
        "Press 1 to agree or 2 to refuse.}"
    },
    "prompts": {
        "welcome": "Welcome.",
        "which": '"For sales, press 1. For support, press 2."',
        "number": "Please enter your customer number.",
        "card": "Please enter your card number.",
    },
}
"""What is declared where an example does not do so, as far as its steps name it."""

ASK = """\
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
"""
HELLO = "prompts: {hello: Hello.}\n"
TALK = "  talk: {queue: support, record: on, from: answer}\n"
DUTY = "purposes: {duty: {basis: legal_obligation, retain: 1826d}}\n"
DEMAND = (
    DUTY + "prompts: {sorry: We cannot record this call., told: This is recorded.}\n"
)
ENDS = "  bye: {hangup: NORMAL_CLEARING}\n"
TELL = "  tell: {inform: {notice: recording, purpose: duty}}\n"
INTEREST = "purposes: {quality: {basis: legitimate_interests, retain: 30d}}\n"
SECURE = "  card: {collect: card, digits: 12..19, into: card, secure: true}\n"
PAY = "  pay: {webhook: https://pay.example.com/, secrets: [card]}\n"
SORRY = "prompts: {sorry: Nobody is free., which: For sales press 1.}\n"

EXAMPLES: dict[str, tuple[str, str]] = {
    "not-yaml": (
        "steps:\n  talk: {queue: support\n",
        "steps:\n  talk: {queue: support}\n",
    ),
    "invisible": (
        'prompts: {hello: "Press 1.\\u202E .2 sserP"}\n'
        "steps:\n  hello: {announce: hello}\n",
        f"{HELLO}steps:\n  hello: {{announce: hello}}\n",
    ),
    "unsafe": (
        "steps:\n  talk: {queue: 'a${system(x)}'}\n",
        "steps:\n  talk: {queue: support}\n",
    ),
    "no-refusal": (
        f"steps:\n{ASK.replace(', 2: refused', '')}{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "wrong-basis": (
        "purposes: {training: {basis: legal_obligation, retain: 90d}}\n"
        f"steps:\n{ASK}{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "demanded": (
        f"{DEMAND}recording: {{if_unrecorded: refuse, refusal: sorry}}\n"
        "steps:\n  told: {announce: told}\n  talk: {queue: support}\n",
        f"{DEMAND}recording: {{if_unrecorded: refuse, refusal: sorry}}\n"
        "steps:\n  told: {announce: told}\n  talk: {queue: support, record: on}\n",
    ),
    "shadowed": (
        'steps:\n  who:\n    branch: caller\n    cases: {"+*": sales, "+49*": talk}\n'
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
        'steps:\n  who:\n    branch: caller\n    cases: {"+49*": talk, "+*": sales}\n'
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
    ),
    "withdrawal": (
        f"recording: {{caller_keys: {{0: withdraw}}}}\nsteps:\n{ASK}{TALK}",
        "purposes: {training: {basis: consent, retain: 90d, on_withdrawal: delete}}\n"
        f"recording: {{caller_keys: {{0: withdraw}}}}\nsteps:\n{ASK}{TALK}",
    ),
    "secret": (
        f"steps:\n{SECURE}{PAY.replace('secrets', 'sends')}",
        f"steps:\n{SECURE}{PAY}",
    ),
    "never-asked": (
        "purposes: {training: {basis: consent, retain: 90d}}\n"
        f"steps:\n  welcome: {{announce: welcome}}\n{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "dead-step": (
        "steps:\n  welcome: {announce: welcome, next: talk}\n"
        f"{ENDS}  talk: {{queue: support}}\n",
        "steps:\n  welcome: {announce: welcome}\n  talk: {queue: support}\n",
    ),
    "endless": (
        "steps:\n  welcome: {announce: welcome, next: welcome}\n",
        "steps:\n  welcome: {announce: welcome, next: bye}\n" + ENDS,
    ),
    "no-words": (
        "languages: [en, de]\nprompts: {hello: {en: Hello.}}\n"
        "steps:\n  hello: {announce: hello}\n",
        "languages: [en, de]\nprompts: {hello: {en: Hello., de: Hallo.}}\n"
        "steps:\n  hello: {announce: hello}\n",
    ),
    "twice": (
        "steps:\n  talk: {queue: sales}\n  talk: {queue: support}\n",
        "steps:\n  sales: {queue: sales}\n  support: {queue: support}\n",
    ),
    "missing": (
        f"steps:\n  card: {{collect: number, digits: 4}}\n{ENDS}",
        f"steps:\n  card: {{collect: number, digits: 4, into: number}}\n{ENDS}",
    ),
    "unknown-name": (
        "steps:\n  welcome: {announce: welcom}\n",
        "steps:\n  welcome: {announce: welcome}\n",
    ),
    "unknown-option": (
        "steps:\n  talk: {queue: support, recorded: off}\n",
        "steps:\n  talk: {queue: support, record: off}\n",
    ),
    "bad-name": (
        "steps:\n  The talk: {queue: support}\n",
        "steps:\n  the-talk: {queue: support}\n",
    ),
    "too-long": (
        f"values: {{company: {'Example ' * 130}Ltd}}\n"
        "steps:\n  talk: {queue: support}\n",
        "values: {company: Example Ltd}\nsteps:\n  talk: {queue: support}\n",
    ),
    "wrong-value": (
        f"steps:\n{ASK}    timeout: soon\n{TALK}",
        f"steps:\n{ASK}    timeout: 8s\n{TALK}",
    ),
    "not-together": (
        f"steps:\n{ASK}  talk: {{queue: support, from: answer}}\n",
        f"steps:\n{ASK}{TALK}",
    ),
    # Of a flow that loads: what is recorded, and with whose leave.
    "too-early": (
        f"steps:\n  welcome: {{announce: welcome, record: on}}\n{ASK}{TALK}",
        f"steps:\n  welcome: {{announce: welcome}}\n{ASK}{TALK}",
    ),
    "for-nothing": (
        f"steps:\n{ASK}  talk: {{queue: support}}\n",
        f"steps:\n{ASK}{TALK}",
    ),
    "untold": (
        f"{DUTY}steps:\n{TALK}",
        f"{DUTY}steps:\n{TELL}{TALK}",
    ),
    "kept-forever": (
        f"purposes: {{training: {{basis: consent}}}}\nsteps:\n{ASK}{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "unused": (
        f"{HELLO}steps:\n{ASK}{TALK}",
        f"{HELLO}steps:\n  hello: {{announce: hello}}\n{ASK}{TALK}",
    ),
    "half-a-mask": (
        f"recording: {{agent_keys: {{1: mask}}}}\nsteps:\n{ASK}{TALK}",
        f"recording: {{agent_keys: {{1: mask, 2: unmask}}}}\nsteps:\n{ASK}{TALK}",
    ),
    "remembered": (
        f"steps:\n{ASK}    ask_again_after: 30d\n    remember: true\n{TALK}",
        f"steps:\n{ASK}    ask_again_after: 30d\n{TALK}",
    ),
    # Where calls go.
    "no-exit": (
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}, failure: choose}\n"
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}, failure: talk}\n"
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
    ),
    "silent-end": (
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}, failure: bye, "
        "error: talk}\n"
        f"{ENDS}  sales: {{queue: sales}}\n  talk: {{queue: support}}\n",
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}, failure: talk, "
        "error: talk}\n"
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
    ),
    "broken-end": (
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}, failure: talk, "
        "error: bye}\n"
        f"{ENDS}  sales: {{queue: sales}}\n  talk: {{queue: support}}\n",
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}, failure: talk, "
        "error: talk}\n"
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
    ),
    "until-yes": (
        f"steps:\n{ASK}    refused: ask\n{TALK}",
        f"steps:\n{ASK}    refused: talk\n{TALK}",
    ),
    "dropped": (
        "steps:\n  call: {dial: {user: 1001}, busy: busy}\n"
        "  busy: {hangup: USER_BUSY}\n",
        "steps:\n  call: {dial: {user: 1001}, busy: busy, next: bye}\n"
        f"  busy: {{hangup: USER_BUSY}}\n{ENDS}",
    ),
    "crossed": (
        'hours: {office: {zone: Europe/Berlin, mon-fri: "08:00-17:00"}}\n'
        "steps:\n  when: {hours: office, open: closed, closed: open}\n"
        "  open: {queue: support, next: closed}\n  closed: {announce: welcome}\n",
        'hours: {office: {zone: Europe/Berlin, mon-fri: "08:00-17:00"}}\n'
        "steps:\n  when: {hours: office, open: open, closed: closed}\n"
        "  open: {queue: support, next: closed}\n  closed: {announce: welcome}\n",
    ),
    "other-prefix": (
        'steps:\n  which: {branch: called, cases: {"*67*": hush}, otherwise: talk}\n'
        '  hush: {private: prefix, prefix: "*76"}\n  talk: {queue: support}\n',
        'steps:\n  which: {branch: called, cases: {"*67*": hush}, otherwise: talk}\n'
        '  hush: {private: prefix, prefix: "*67"}\n  talk: {queue: support}\n',
    ),
    "emergency-behind-prompt": (
        "steps:\n  welcome: {announce: welcome}\n"
        "  help: {dial: {gateway: provider, number: 112}, next: bye}\n" + ENDS,
        "steps:\n  help: {dial: {gateway: provider, number: 112}, next: bye}\n" + ENDS,
    ),
    # What callers hear.
    "keys-swapped": (
        f"steps:\n{ASK.replace('1: granted, 2: refused', '1: refused, 2: granted')}"
        f"{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "key-unsaid": (
        f"steps:\n{ASK.replace('2: refused', '3: refused')}{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "key-untold": (
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk, 3: accounts}}\n"
        "  sales: {queue: sales}\n  talk: {queue: support}\n"
        "  accounts: {queue: accounts}\n",
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: talk}}\n"
        "  sales: {queue: sales}\n  talk: {queue: support}\n",
    ),
    "key-dead": (
        "steps:\n  choose: {menu: which, keys: {1: sales}}\n  sales: {queue: sales}\n",
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: support}}\n"
        "  sales: {queue: sales}\n  support: {queue: support}\n",
    ),
    "menu-swapped": (
        "steps:\n  choose: {menu: which, keys: {2: sales, 1: support}}\n"
        "  sales: {queue: sales}\n  support: {queue: support}\n",
        "steps:\n  choose: {menu: which, keys: {1: sales, 2: support}}\n"
        "  sales: {queue: sales}\n  support: {queue: support}\n",
    ),
    "no-withdrawal": (
        "notices: {recording: {version: 1, text: Press 1 to agree or 2 to refuse.}}\n"
        f"steps:\n{ASK}{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "card-in-clear": (
        "steps:\n  card: {collect: card, digits: 12..19, into: card}\n"
        "  pay: {webhook: https://pay.example.com/, sends: [card]}\n",
        f"steps:\n{SECURE}{PAY}",
    ),
    # What a proof finds.
    "refused": (
        f"steps:\n{ASK}    granted: talk\n    unanswered: talk\n{ENDS}{TALK}",
        f"steps:\n{ASK}{TALK}",
    ),
    "circle": (
        "steps:\n  sales: {queue: sales, no_agents: support}\n"
        "  support: {queue: support, no_agents: sales}\n",
        "steps:\n  sales: {queue: sales, no_agents: support}\n"
        "  support: {queue: support}\n",
    ),
}
"""By code: a flow that gets it, and what it should have been."""

OTHERS = {
    "not-there": "warning: the switch does not have the queue, user, gateway or "
    "profile that a step names; asked where the settings name the switch.",
    "no-audio": "error: a prompt or notice has no file that could be played.",
    "bad-audio": "error: the file is there, and cannot be played as it is.",
    "old-audio": "error for a notice, warning for a prompt: the words were changed, "
    "and the file still speaks the old ones.",
    "same-version": "error: callers have heard this version of a notice with other "
    "words or other sound.",
}
"""Codes of what does not stand in the flow's file."""

HEAD = """\
# What a check finds

`eslflow check` tells all that is wrong with a flow before a call finds out: what keeps
it from being loaded, what it says against what it does, what is missing on disk, and
what a [proof](proof.md) finds. Each message ends with a code. The code stays when the
words of a message change; it can be searched for here.

After an error `eslflow check` ends with 78: such a flow should take no calls. A warning
lets it end well: it is right as far as eslflow can tell, and should be thought about
twice.

It understands some words of English, German, French, Spanish, Italian and Dutch:
whether a notice tells that consent can be withdrawn, which key it gives for yes and for
no, whether a prompt asks for a card. Of other languages it says nothing of the sort.

The examples leave out what is the same in all of them: the flow's name, the purpose
`training`, which rests on consent, the notice `recording`, and a few prompts.

"""


def whole(example: str) -> str:
    """Return an example as a flow, with what it leaves out."""
    parts = ["flow: example\n"]
    for section, entries in USUAL.items():
        if f"{section}:" in example:
            continue
        named = {
            name: text
            for name, text in entries.items()
            if re.search(
                rf"\b(announce|menu|collect|notice|purpose): {name}\b", example
            )
        }
        if named:
            parts.append(f"{section}:\n")
            parts += [f"  {name}: {text}\n" for name, text in named.items()]
    return "".join(parts) + example


def meanings() -> dict[str, tuple[bool, str]]:
    """Return whether each code is an error, and what it means, in the page's order."""
    found = {code: (True, means) for code, means in SORTS.items()}
    found |= {rule.code: (rule.is_error, rule.means) for rule in RULES}
    for rule in (REFUSED, CIRCLE):
        found[rule.code] = (True, f"{rule.words[0].upper()}{rule.words[1:]}.")
    return found


def page() -> str:
    """Return docs/checks.md."""
    lines = [HEAD, "| code | | what it means |\n|---|---|---|\n"]
    for code, (is_error, means) in meanings().items():
        kind = "error" if is_error else "warning"
        lines.append(f"| [`{code}`](#{code}) | {kind} | {means} |\n")
    for code, means in OTHERS.items():
        kind, _, rest = means.partition(": ")
        lines.append(f"| `{code}` | {kind} | {rest[0].upper()}{rest[1:]} |\n")
    lines.append(
        "\nThe last of them have to do with files beside the flow: `eslflow prompts "
        "build` makes\naudio, and a notice with other words needs a new `version`.\n"
    )
    for code, (_, means) in meanings().items():
        bad, good = EXAMPLES[code]
        lines.append(f"\n## {code}\n\n{means}\n\n")
        lines.append(
            f"```yaml bad\n{_shown(bad)}```\n\n```yaml good\n{_shown(good)}```\n"
        )
    return "".join(lines)


def _shown(example: str) -> str:
    """Return an example as the page shows it: a very long line is cut."""
    return re.sub(r"((Example ){6})(Example )+", r"\1... ", example)


if __name__ == "__main__":
    print(page(), end="")
