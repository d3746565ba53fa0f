"""What values are compared with in a flow, under whatever name.

In: a flow. Out: for a value the patterns of all branches that look at it, or at what is
made of it alone; what each value is made of. Must not look at calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from eslflow.flow.model import Flow
from eslflow.steps.branch import Branch
from eslflow.steps.set import Set


class Compared:
    """The comparisons of one flow."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def cases(self, name: str) -> Iterator[str]:
        """Yield the patterns that a value is compared with."""
        names = {name}
        for _ in self._flow.steps:
            names |= {new for new, old in self._copied if old in names}
        for step in self._flow.steps.values():
            if isinstance(step, Branch) and step.looks_at.value in names:
                yield from step.cases

    @cached_property
    def _copied(self) -> list[tuple[str, str]]:
        """The values that are copies of others, each with that one's name."""
        return [
            (name, text[0].name)
            for step in self._flow.steps.values()
            if isinstance(step, Set)
            for name, text in step.values.items()
            if len(text) == 1 and text[0].name
        ]

    @cached_property
    def made(self) -> list[tuple[str, tuple[str, ...]]]:
        """The values that steps set, each with those that it is made of."""
        return [
            (name, tuple(piece.name for piece in text if piece.name))
            for step in self._flow.steps.values()
            if isinstance(step, Set)
            for name, text in step.values.items()
        ]
