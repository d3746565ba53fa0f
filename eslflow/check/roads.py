"""Which steps a call can come to, and by which ways.

In: a flow. Out: ways out of a step, the steps that can come before and after. Must not
run a step, nor judge.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from eslflow.flow.model import Flow
from eslflow.steps.collect import Collect
from eslflow.steps.consent import Consent
from eslflow.steps.language import Language
from eslflow.steps.menu import Menu
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step

Graph = Mapping[str, Collection[str]]
"""The steps that each leads to; `` is the end of the flow."""
ASKING = (Menu, Consent, Objection, Collect, Language)
"""Steps that wait for keys."""
FAILS = ("error", "failed")
"""Endings that something on the switch brings about."""
_ENTERED = {"collected", "chosen", "granted", "refused", "objected", "unopposed"}
"""Endings that only a key brings about."""


def graph(flow: Flow) -> dict[str, set[str]]:
    """Return where every step leads."""
    return {name: set(step.ways().values()) for name, step in flow.steps.items()}


def silent(flow: Flow) -> dict[str, set[str]]:
    """Return where every step leads a caller who presses nothing."""
    return {name: set(in_silence(step).values()) for name, step in flow.steps.items()}


def in_silence(step: Step) -> dict[str, str]:
    """Return the ways out of a step that nobody presses a key for."""
    fails = FAILS if isinstance(step, ASKING) else ()
    return {
        ending: to
        for ending, to in step.ways().items()
        if not is_pressed(step, ending) and ending not in fails
    }


def is_pressed(step: Step, ending: str) -> bool:
    """Whether a key brings a step to this ending."""
    is_key = ending in _ENTERED or ending in step.takes_keys
    return isinstance(step, ASKING) and is_key


def reach(graph: Graph, *starts: str) -> set[str]:
    """Return the steps that can be come to, those where it begins among them."""
    found: set[str] = set()
    waiting = set(starts)
    while waiting:
        found |= waiting
        waiting = {to for name in waiting for to in graph.get(name, ())} - found
    return found


def without(graph: Graph, dams: Collection[str]) -> dict[str, Collection[str]]:
    """Return the same ways, but for those out of some steps."""
    return {name: () if name in dams else to for name, to in graph.items()}


def serves(flow: Flow, reached: Collection[str]) -> bool:
    """Whether one of these steps brings the caller to a person, or to the dialplan."""
    for name in reached:
        step = flow.steps.get(name)
        if step is not None and (step.meets or step.hands_over or _gives_back(step)):
            return True
    return False


def _gives_back(step: Step) -> bool:
    """Whether the dialplan takes a call on from here."""
    found = step.ways()
    return any(not found.get(ending, "-") for ending in step.fallbacks)


def permitted(flow: Flow) -> dict[str, set[str]]:
    """Return which purposes can have been permitted by the caller before each step."""
    before: dict[str, set[str]] = {name: set() for name in flow.steps}
    waiting = list(flow.steps)
    while waiting:
        step = flow.steps[waiting.pop(0)]
        for ending, to in step.ways().items():
            gained = before[step.name] | _gained(step, ending)
            if to and not gained <= before[to]:
                before[to] |= gained
                waiting.append(to)
    return before


def _gained(step: Step, ending: str) -> set[str]:
    if isinstance(step, Consent) and ending == "granted":
        return set(step.asks_for())
    if isinstance(step, Objection) and ending in ("unopposed", "undecided"):
        return set(step.may_be_opposed())
    return set()


def endless(graph: Graph, is_exit: Callable[[str], bool]) -> set[str]:
    """Return the steps from which no way leads out."""
    good = {name for name in graph if is_exit(name)} | {""}
    before: set[str] = set()
    while good != before:
        before = good
        good = good | {name for name, to in graph.items() if good & set(to)}
    return set(graph) - good
