"""Whether every secret of a flow has one home.

In: the steps, with what each sets, looks at, hides and carries. Out: problems, noted in
the document. Must not know any kind of step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from eslflow.flow import codes
from eslflow.flow.document import Node
from eslflow.flow.problems import Context, Wrong, listed, near
from eslflow.flow.subflow import top

if TYPE_CHECKING:
    from eslflow.steps.step import Step


def check_secrets(node: Node, steps: Mapping[str, Step], context: Context) -> None:
    """Note secrets that would get about, and those that nobody gets."""
    nodes = {key.text: value for key, value in node.pairs}
    hidden = sorted({name for step in steps.values() for name in step.hides()})
    carriers: dict[str, Step] = {}
    for step in steps.values():
        for code, name, problem, hint in _problems(step, hidden, carriers):
            here = top(step.name)
            place = _place(nodes[here], name)
            context.inside(here).problem(code, place, problem, hint)
    for step in steps.values():
        for name in step.hides():
            if name not in carriers:
                here = top(step.name)
                problem = f"nobody gets the secret '{name}'"
                hint = "Name it under secrets: of the one webhook that is to have it."
                place = _place(nodes[here], name)
                context.inside(here).problem(codes.SECRET, place, problem, hint)


def _place(step: Node, name: str) -> Node:
    """Return where a step names a secret, if it does so itself."""
    inside = (
        node for _, value in reversed(step.pairs) for node in (value, *value.items)
    )
    return next((node for node in inside if node.text == name), step)


def _problems(step: Step, hidden: list[str], carriers: dict[str, Step]) -> list[Wrong]:
    found = [
        (
            codes.SECRET,
            name,
            f"'{name}' is secret",
            "Name it under secrets: of one webhook.",
        )
        for _, what, name in step.refers_to()
        if what == "value" and name in hidden
    ]
    found += [
        (
            codes.SECRET,
            name,
            f"'{name}' is secret in another step",
            "Give one of them another name.",
        )
        for name in step.writes()
        if name in hidden
    ]
    for name in step.carries():
        carrier = carriers.setdefault(name, step)
        if name not in hidden:
            problem = f"there is no secret '{name}'{near(name, hidden)}"
            hint = f"Secrets (collect with secure: true): {listed(hidden)}"
            found.append((codes.SECRET, name, problem, hint))
        elif not _is_same(carrier, step):
            hint = "Name it there alone: a secret is wiped after that step."
            problem = f"'{name}' goes to '{carrier.name}' already"
            found.append((codes.SECRET, name, problem, hint))
    return found


def _is_same(one: Step, other: Step) -> bool:
    """Whether two steps are one of a flow that is run twice."""
    name = one.name.partition("/")[2]
    is_inside = one is other or name == other.name.partition("/")[2] != ""
    return is_inside and replace(one, targets={}) == replace(
        other, name=one.name, targets={}
    )
