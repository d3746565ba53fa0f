"""Why a code of a check matters, and how to mend it: `eslflow check --explain CODE`.

In: a code, as it stands behind a message. Out: what it means, why that matters, and an
example with the mistake and without. Must not look at flows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from textwrap import fill, indent

import click
from ruamel.yaml import YAML

from eslflow.check import lint, prove
from eslflow.flow.codes import SORTS
from eslflow.flow.problems import near

ERROR, WARNING = "error", "warning"


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


@dataclass(frozen=True)
class Code:
    """What there is to say of a code."""

    kind: str
    """Whether it is an error, a warning, or when it is which."""
    means: str
    why: str
    """Why it matters, and what mends it."""
    bad: str = ""
    good: str = ""


def codes() -> dict[str, Code]:
    """Return every code that a check or a proof can tell."""
    page = files("eslflow.check").joinpath("codes.yaml").read_text(encoding="utf-8")
    told = YAML(typ="safe", pure=True).load(page)
    means = dict.fromkeys(SORTS, ERROR)
    means |= {rule.code: ERROR if rule.is_error else WARNING for rule in lint.RULES}
    words = SORTS | {rule.code: rule.means for rule in lint.RULES}
    for rule in prove.RULES:
        means[rule.code], words[rule.code] = ERROR, f"{_capital(rule.words)}."
        told.setdefault(rule.code, {"why": rule.mend})
    for code, entry in told.items():
        if "means" in entry:
            means[code], _, rest = entry.pop("means").partition(": ")
            words[code] = _capital(rest)
    return {code: Code(means[code], words[code], **told[code]) for code in means}


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


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def explained(name: str) -> str:
    """Return what there is to say of a code, for a terminal.

    Raises:
        click.BadParameter: there is no such code.
    """
    known = codes()
    plain = name.strip("[]").lower()
    code = known.get(plain)
    if code is None:
        guess = near(plain, known) or "."
        raise click.BadParameter(
            f"there is no code '{name}'{guess} There are: {', '.join(known)}"
        )
    parts = [f"{plain} ({code.kind})", code.means, fill(code.why, 78)]
    for title, example in (("Wrong:", code.bad), ("Right:", code.good)):
        if example:
            parts += [title, indent(whole(example).rstrip("\n"), "  ")]
    return "\n\n".join(parts)
