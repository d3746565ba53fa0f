"""What is wrong with a step that needs something of an earlier one.

In: a flow. Out: findings: somebody who was not called, or is called in vain; what
cannot have been entered yet. Must not judge what an earlier step does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from eslflow.check.finding import Finding, Rule, at, own
from eslflow.check.roads import Graph, graph, reach
from eslflow.flow.model import Flow, Party
from eslflow.steps.connect import Connect
from eslflow.steps.ring import Ring
from eslflow.steps.step import Step

NOT_CALLED = Rule("not-called", True, "A step is for somebody whom nobody has called.")
LEFT_WAITING = Rule(
    "left-waiting", True, "Somebody is called, and never talks with the caller."
)
NOT_YET = Rule("not-yet", True, "Something is used before it can be there.")


def not_called(flow: Flow) -> Iterator[Finding]:
    """Yield the steps for a called party to which no step leads that calls one."""
    called = _behind(flow, graph(flow), lambda step: isinstance(step, Ring))
    for step in own(flow):
        is_for = isinstance(step, Connect) or Party.CALLEE in step.asks_whom
        if is_for and step.name not in called:
            problem = f"step '{step.name}' is for a called party, and nobody was called"
            hint = "Let a ring step lead here, or take dial, which calls and connects."
            yield Finding(NOT_CALLED, at(step), problem, hint)


def left_waiting(flow: Flow) -> Iterator[Finding]:
    """Yield the steps that call somebody whom no later step connects."""
    roads = graph(flow)
    for step in own(flow):
        if not isinstance(step, Ring):
            continue
        after = reach(roads, step.target("answered"))
        if not any(isinstance(flow.steps.get(name), Connect) for name in after):
            problem = f"whom step '{step.name}' calls never talks with the caller"
            hint = "Let connect: callee come after it, or take dial instead of ring."
            yield Finding(LEFT_WAITING, at(step), problem, hint)


def not_yet(flow: Flow) -> Iterator[Finding]:
    """Yield the secrets and values that are used where nothing can have set them."""
    roads = graph(flow)
    for step in own(flow):
        for name in step.carries():
            if step.name not in _behind(flow, roads, partial(_hides, name)):
                yield _early(step, "secrets", name)
        for place, kind, name in step.refers_to():
            is_set = partial(_writes, name)
            is_ours = kind == "value" and any(map(is_set, flow.steps.values()))
            if is_ours and step.name not in _behind(flow, roads, is_set):
                yield _early(step, place.partition("/")[0], name)


def _early(step: Step, option: str, name: str) -> Finding:
    problem = f"step '{step.name}': '{name}' cannot be there yet"
    hint = "Lead here after the step that it comes from."
    return Finding(NOT_YET, at(step, option), problem, hint)


def _hides(name: str, step: Step) -> bool:
    return name in step.hides()


def _writes(name: str, step: Step) -> bool:
    return name in step.writes()


def _behind(flow: Flow, roads: Graph, is_such: Callable[[Step], bool]) -> set[str]:
    """Return the steps that calls can come to after one of some steps."""
    such = [step.name for step in flow.steps.values() if is_such(step)]
    return reach(roads, *(to for name in such for to in roads[name]))


RULES = {
    NOT_CALLED: not_called,
    LEFT_WAITING: left_waiting,
    NOT_YET: not_yet,
}
