"""A choice in words: what a branch looks at, and when each case, or key, is taken.

In: a step, and what says a sentence by its name. Out: parts of sentences. Must not know
what the step that is chosen does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
    """Yield when each key of a menu, or case of a branch, is taken, and its step."""
    if isinstance(step, Menu):
        yield from ((say("menu.key", key=key), to) for key, to in step.keys.items())
    elif isinstance(step, Branch):
        yield from ((when(say, step, case), to) for case, to in step.cases.items())


def when(say: Say, step: Branch, case: str) -> str:
    """Return when a case is taken."""
    looked = step.looks_at
    if looked.purpose:
        return say(f"case.{case}")
    if looked.value == CALLER and case == ANONYMOUS:
        return say("case.anonymous")
    if case.endswith("*"):
        return say("case.begins", key=case[:-1])
    return say("case.is", key=case)
