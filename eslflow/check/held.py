"""What a call holds that a step will read: its values, and its secrets.

Two names stand for the same if no call ever holds both for somebody, and all that read
them do alike: a card number for one department, and for the next. Nobody could tell a
step from another by such names.

In: a flow. Out: for each step the names that are read there or ahead, before they are
set anew; one name for all that stand for the same. Must not look at what they hold.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from typing import TypeVar

from eslflow.check.compared import Compared
from eslflow.flow.model import Flow
from eslflow.flow.values import GIVEN
from eslflow.steps.step import Step

Held = TypeVar("Held")


class Holds:
    """The values and secrets of one flow."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    @cached_property
    def at(self) -> Mapping[str, frozenset[str]]:
        """The names that are read in each step or ahead, also once it has ended."""
        before = self._before
        return {
            name: before[name].union(*(before[to] for to in step.ways().values() if to))
            for name, step in self._flow.steps.items()
        }

    @cached_property
    def _before(self) -> Mapping[str, frozenset[str]]:
        """The names that are read in each step or ahead, and may have been set."""
        read, filled = self._read, self._filled
        return {name: read[name] & filled[name] for name in self._flow.steps}

    @cached_property
    def _filled(self) -> Mapping[str, frozenset[str]]:
        """The names that may hold something when a call comes to each step."""
        steps = self._flow.steps
        found: dict[str, frozenset[str]] = dict.fromkeys(steps, frozenset())
        count = -1
        while count != sum(map(len, found.values())):
            count = sum(map(len, found.values()))
            for name, step in steps.items():
                after = found[name].difference(step.carries())
                after |= {*step.writes(), *step.hides()}
                for to in filter(None, step.ways().values()):
                    found[to] |= after
        return found

    @cached_property
    def _read(self) -> Mapping[str, frozenset[str]]:
        """The names that are read in each step, or ahead of it."""
        steps = self._flow.steps
        found = {name: frozenset(_reads(step)) for name, step in steps.items()}
        count = -1
        while count != sum(map(len, found.values())):
            count = sum(map(len, found.values()))
            for name, step in steps.items():
                for ending, to in step.ways().items():
                    if to:
                        found[name] |= found[to].difference(step.sets(ending))
        return found

    @cached_property
    def names(self) -> Mapping[str, str]:
        """For each name the first one that stands for the same."""
        apart = self._apart
        alike: dict[str, list[str]] = {}
        kinds = {name: self._kind(name) for name in apart}
        for name in apart:
            first = next(
                (
                    first
                    for first, others in alike.items()
                    if kinds[first] == kinds[name] and apart[name].isdisjoint(others)
                ),
                name,
            )
            alike.setdefault(first, []).append(name)
        return {name: first for first, others in alike.items() for name in others}

    @cached_property
    def _apart(self) -> Mapping[str, set[str]]:
        """For each name, in their order in the file, those that are held besides it."""
        found: dict[str, set[str]] = {}
        for name, step in self._flow.steps.items():
            there = dict.fromkeys((*_mentions(step), *sorted(self.at[name])))
            for each in there:
                found.setdefault(each, set())
            for one, other in combinations(there, 2):
                found[one].add(other)
                found[other].add(one)
        return found

    def _kind(self, name: str) -> Hashable:
        """Return what tells by a name what becomes of what it stands for."""
        steps = self._flow.steps.values()
        is_secret = any(name in (*step.hides(), *step.carries()) for step in steps)
        is_read = any(name in _reads(step) for step in steps)
        return is_secret, is_read, tuple(sorted(set(self._compared.cases(name))))

    @cached_property
    def _compared(self) -> Compared:
        return Compared(self._flow)

    @cached_property
    def plain(self) -> Flow:
        """The flow with one name for all that stand for the same."""
        steps = self._flow.steps.items()
        plain = {name: step.renamed(self.names) for name, step in steps}
        return replace(self._flow, steps=plain)

    def kind(self, step: str) -> frozenset[str]:
        """Return what is held for a step, by the names that stand for it."""
        return frozenset(self.names[name] for name in self.at[step])

    def of(self, held: Mapping[str, Held], step: str) -> dict[str, Held]:
        """Return what is held for a step, by the names that stand for it."""
        at = self.at.get(step, frozenset())
        return {self.names[name]: what for name, what in held.items() if name in at}

    def moved(self, held: Mapping[str, Held], step: str, to: str) -> dict[str, Held]:
        """Return what a call holds that comes to one step, as if it came to another."""
        there = self.of(held, step)
        found = {name: w for name, w in held.items() if name not in self.names}
        names = {name: self.names[name] for name in self.at[to]}
        return found | {n: there[plain] for n, plain in names.items() if plain in there}


def _reads(step: Step) -> Iterator[str]:
    """Yield the values and secrets that a step reads."""
    yield from step.carries()
    for _, kind, name in step.refers_to():
        if kind == "value" and name not in GIVEN:
            yield name


def _mentions(step: Step) -> Iterator[str]:
    """Yield the values and secrets that a step knows."""
    yield from (*step.writes(), *step.hides())
    yield from _reads(step)
