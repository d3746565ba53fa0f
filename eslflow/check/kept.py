"""Calls of a proof that stand in states in which more is to be tried.

In: a call that has come to a state. Out: the same call, for whatever is tried next in
that state: two calls in one state are the same in all that counts, so that none has to
be brought there anew. Must not hold more than some thousand.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from eslflow.check.choice import Choice
from eslflow.check.stage import Stage
from eslflow.check.way import Way

MOST = 4000
"""Each takes some ten kilobytes."""


class Call(NamedTuple):
    """A call, and how it has come to where it is."""

    stage: Stage
    way: Way

    def after(self, choice: Choice) -> Call:
        """Return it once something has happened to it, with its way there."""
        pause = self.stage.pause
        way = self.way.then(choice)
        return self._replace(way=way if pause is None else Way(way.begin, pause))


class Kept:
    """The calls that stand in states, by the states' numbers."""

    def __init__(self) -> None:
        self._calls: dict[int, list[Call]] = {}
        self._count = 0

    def takes(self, call: Call, number: int, needed: int) -> bool:
        """Keep a call in a state, unless there are enough; return whether it is."""
        there = self._calls.setdefault(number, [])
        if self._count >= MOST or len(there) >= needed:
            return False
        there.append(call)
        self._count += 1
        return True

    def gives(self, number: int) -> Call | None:
        """Return a call that stands in a state, for good; None: there is none."""
        there = self._calls.get(number)
        if not there:
            return None
        self._count -= 1
        return there.pop()

    def leaves(self, number: int) -> None:
        """Let go of all calls in a state in which nothing is to be tried any more."""
        for call in self._calls.pop(number, ()):
            self._count -= 1
            call.stage.drop()


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector off: it would look through all states, for nothing.

    A call that is let go is in no circle.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
