"""A choice in words: what a branch looks at, and when each case, or key, is taken.

In: a step, and what says a sentence by its name. Out: parts of sentences. Must not know
what the step that is chosen does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eslflow.check.wording import series
from eslflow.flow.values import ANONYMOUS, CALLER
from eslflow.steps.branch import Branch
from eslflow.steps.menu import Menu
from eslflow.steps.step import Step

Say = Callable[..., str]
"""Says a sentence of `wording`, with its places filled in."""
KNOWN = ("caller", "caller_name", "called", "language")
"""Values of every call, which have words of their own."""


def looks_at(say: Say, step: Branch) -> str:
    """Return what a branch looks at."""
    looked = step.looks_at
    if looked.purpose:
        return say("branch.consent", name=looked.purpose)
    if looked.value in KNOWN:
        return say(f"branch.{looked.value}")
    return say("branch.value", name=looked.value)


def chosen(say: Say, step: Step) -> Iterator[tuple[str, str]]:
    """Yield when keys of a menu, or cases of a branch, are taken, and their step."""
    alike: dict[tuple[str, str], list[str]] = {}
    if isinstance(step, Menu):
        for key, to in step.keys.items():
            alike.setdefault(("menu.key", to), []).append(key)
    elif isinstance(step, Branch):
        for case, to in step.cases.items():
            sentence, key = _case(step, case)
            alike.setdefault((sentence, to), []).append(key)
    for (sentence, to), keys in alike.items():
        yield say(sentence, keys=series(keys, say("or")), it=_it(say, step)), to


def _case(step: Branch, case: str) -> tuple[str, str]:
    """Return the sentence of a case, and what it compares with."""
    looked = step.looks_at
    if looked.purpose:
        return f"case.{case}", ""
    if looked.value == CALLER and case == ANONYMOUS:
        return "case.anonymous", ""
    if case.endswith("*"):
        return "case.begins", case[:-1]
    return "case.is", case


def _it(say: Say, step: Step) -> str:
    """Return the pronoun of what a branch looks at; German has three."""
    value = step.looks_at.value if isinstance(step, Branch) else ""
    return say(f"it.{value if value in KNOWN else 'value'}")
