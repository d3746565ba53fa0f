"""What a check finds in a flow that loads: a code, a place, what to do.

In: a rule, the way to a place in the file, its nodes. Out: findings, with their line.
Must not decide what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from eslflow.errors import FlowError
from eslflow.flow.document import Document, Mark, Node
from eslflow.flow.model import Flow
from eslflow.steps.step import Step

Place = tuple[str, ...]
"""The keys that lead to it: `steps`, `ask`, `keys`, `1`."""


@dataclass(frozen=True)
class Rule:
    """What must hold of a flow, under a name that stays."""

    code: str
    is_error: bool
    """Whether the flow must not take calls; else it is a warning."""
    means: str


@dataclass(frozen=True)
class Finding:
    """A place where a rule does not hold."""

    rule: Rule
    place: Place
    problem: str
    hint: str


Look = Callable[[Flow], Iterator[Finding]]
"""Looks at a flow, and yields what it finds."""


@dataclass(frozen=True)
class Told:
    """A finding, and where it stands."""

    rule: Rule
    error: FlowError

    def __str__(self) -> str:
        """Tell it as the loader tells its own."""
        kind = "" if self.rule.is_error else "warning: "
        return str(replace(self.error, problem=f"{kind}{self.error.problem}"))


def own(flow: Flow) -> Iterator[Step]:
    """Yield the steps of a flow's own file."""
    return (step for name, step in flow.steps.items() if "/" not in name)


def at(step: Step, *way: str) -> Place:
    """Return the place of a step, or of a part of it."""
    return ("steps", step.name, *way)


def told(document: Document, top: Node, finding: Finding) -> Told:
    """Return a finding with its line."""
    mark = place_in(top, finding.place)
    inside = 0 < mark.line <= len(document.lines)
    error = FlowError(
        file=document.file,
        line=mark.line,
        column=mark.column,
        problem=finding.problem,
        source=document.lines[mark.line - 1] if inside else "",
        width=mark.width,
        hint=finding.hint,
        path=".".join(finding.place),
        code=finding.rule.code,
    )
    return Told(finding.rule, error)


def place_in(node: Node, place: Place) -> Mark:
    """Return where a place stands, or the nearest that there is around it."""
    mark = node.mark
    for name in place:
        found = next((pair for pair in node.pairs if _name(pair[0]) == name), None)
        if found is None:
            break
        mark, node = found[0].mark, found[1]
    return mark


def _name(key: Node) -> str:
    return {"star": "*", "hash": "#"}.get(key.text, key.text)
