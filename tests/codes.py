"""The page of all codes of `eslflow check`, and examples for tests.

`python -m tests.codes` prints docs/checks.md; scripts/docs writes it. What it says of a
code stands in eslflow/check/codes.yaml.
"""

from __future__ import annotations

from textwrap import fill

from eslflow.check.prove import CIRCLE, NO_END, REFUSED, RULES
from eslflow.cli.why import codes, whole

__all__ = ["EXAMPLES", "whole"]


def _uncut(example: str) -> str:
    """Return an example with the long line that the page cuts."""
    return example.replace(" ... ", f" {'Example ' * 125}")


ASK = """\
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
"""
TALK = "  talk: {queue: support, record: on, from: answer}\n"
DUTY = "purposes: {duty: {basis: legal_obligation, retain: 1826d}}\n"
SECURE = "  card: {collect: card, digits: 12..19, into: card, secure: true}\n"

OURS = {rule.code for rule in RULES} - {NO_END.code, CIRCLE.code, REFUSED.code}
"""Codes of what no flow can be blamed for: docs/proof.md tells of them."""
CODES = {name: code for name, code in codes().items() if name not in OURS}
EXAMPLES = {
    name: (_uncut(code.bad), _uncut(code.good))
    for name, code in CODES.items()
    if code.bad
}
"""By code: a flow that gets it, and what it should have been."""

HEAD = """\
# What a check finds

`eslflow check` tells all that is wrong with a flow before a call finds out: what keeps
it from being loaded, what it says against what it does, what is missing on disk, and
what a [proof](proof.md) finds. Each message ends with a code. The code stays when the
words of a message change. `eslflow check --explain CODE` tells what stands here, too:
what it means, why it matters, what mends it.

After an error `eslflow check` ends with 78: such a flow should take no calls. A warning
lets it end well: it is right as far as eslflow can tell, and should be thought about
twice.

What keeps a flow from being loaded hides little else: steps, words and audio that are
right themselves are looked at all the same. Where steps lead, and the proof, wait until
the flow loads, and a last line says so.

It understands some words of English, German, French, Spanish, Italian and Dutch:
whether a notice tells that consent can be withdrawn and by which key, how long it says
that recordings are kept, which key it gives for yes and for no, whether a menu tells of
its keys, whether a prompt asks for a card or for another number; of the first four,
whether a prompt says that the call is not recorded, or that a recording is deleted. Of
other languages it says nothing of the sort.

The examples leave out what is the same in all of them: the flow's name, the purpose
`training`, which rests on consent, the notice `recording`, and a few prompts.

"""


def page() -> str:
    """Return docs/checks.md."""
    lines = [HEAD, "| code | | what it means |\n|---|---|---|\n"]
    for name, code in CODES.items():
        lines.append(f"| [`{name}`](#{name}) | {code.kind} | {code.means} |\n")
    for name, code in CODES.items():
        told = fill(f"{code.means} {code.why}", 90, break_on_hyphens=False)
        lines.append(f"\n## {name}\n\n{told}\n")
        if code.bad:
            lines.append(f"\n```yaml bad\n{code.bad}```\n")
            lines.append(f"\n```yaml good\n{code.good}```\n")
    return "".join(lines)


if __name__ == "__main__":
    print(page(), end="")
