"""Which steps and endings of a flow its scenarios reach, and which not.

In: a flow, steps and endings that calls came to. Out: counts, and what is left in
words. Steps of a flow inside another count in that one's own scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from eslflow.flow.model import Flow
from eslflow.steps.step import Step

Place = tuple[str, str]
"""A step, and how it ended; with an empty ending, the step itself."""


@dataclass(frozen=True)
class Coverage:
    """What scenarios reach of a flow."""

    reached: int
    places: int
    left: tuple[str, ...]
    """What no scenario reaches, in words."""

    @property
    def percent(self) -> int:
        """How much of it, rounded down."""
        return 100 * self.reached // self.places


def places(flow: Flow) -> list[Place]:
    """Return every step of a flow's own file, each with its endings behind it."""
    found: list[Place] = []
    for step in _own(flow):
        found.append((step.name, ""))
        found += [(step.name, ending) for ending in _ways(step)]
    return found


def coverage(flow: Flow, visited: Set[Place]) -> Coverage:
    """Return how much of a flow is reached."""
    known = places(flow)
    return Coverage(
        reached=sum(place in visited for place in known),
        places=len(known),
        left=tuple(_left(flow, visited)),
    )


def _own(flow: Flow) -> list[Step]:
    return [step for name, step in flow.steps.items() if "/" not in name]


def _ways(step: Step) -> dict[str, str]:
    # The way into a flow inside is no ending: it is there with the step.
    return {} if step.runs_flow() else dict(step.ways())


def _left(flow: Flow, visited: Set[Place]) -> Iterator[str]:
    for step in _own(flow):
        if (step.name, "") not in visited:
            yield f"step {step.name}"
            continue
        for ending, target in _ways(step).items():
            if (step.name, ending) not in visited:
                yield f"{step.name}: {ending} ({_where(step, ending, target)})"


def _where(step: Step, ending: str, target: str) -> str:
    """Return in words where an ending leads."""
    if target:
        return f"goes to {target}"
    return "the dialplan" if ending in step.fallbacks else "the end"
