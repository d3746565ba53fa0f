"""What a script has in mind for the points of a call.

In: a script, points as the call reaches them. Out: actions, each with its delay. Must
not carry them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from eslflow.sim.apps import Run
from eslflow.sim.script import Point, Script
from eslflow.sim.timeline import Action

if TYPE_CHECKING:
    from eslflow.sim.deeds import Deed

Do = Callable[["Deed"], object]
HANG_UP_S = 0.5
"""When the caller hangs up within an application, unless told otherwise."""


class Plan(NamedTuple):
    """One thing to do at a point."""

    point: Point
    action: Action
    is_hangup: bool = False


class Plans:
    """The points of one call, and how often each was reached."""

    def __init__(self, script: Script, hang_up: Action, drop: Action, do: Do) -> None:
        self._reached: dict[str, int] = {}
        self._plans = [Plan(Point.read(text), act) for text, act in script.at.items()]
        for text, deeds in script.does.items():
            for deed in deeds if isinstance(deeds, Sequence) else (deeds,):
                self._plans.append(Plan(Point.read(text), partial(do, deed)))
        if script.hang_up_at:
            self._plans.append(Plan(Point.read(script.hang_up_at), hang_up, True))
        if script.drop_at:
            self._plans.append(Plan(Point.read(script.drop_at), drop))

    def runs(self, app: str, arg: str, mark: str) -> Run:
        """Count a run of an application, which is a point too."""
        return Run(app, arg, mark, self._counted(app))

    def at(self, name: str) -> Iterator[tuple[float, Action]]:
        """Give what is to be done, and after how many seconds."""
        return self._due(name, self._counted(name), None)

    def of(self, run: Run) -> Iterator[tuple[float, Action]]:
        """Give what is to be done in an application."""
        return self._due(run.app, run.number, run)

    def _due(
        self, name: str, number: int, run: Run | None
    ) -> Iterator[tuple[float, Action]]:
        for plan in self._plans:
            if (plan.point.name, plan.point.run) != (name, number):
                continue
            after_s = plan.point.after_s
            if plan.is_hangup and run is not None:
                run.leaves = True
                after_s = HANG_UP_S if after_s is None else after_s
            yield after_s or 0.0, plan.action

    def _counted(self, name: str) -> int:
        number = self._reached[name] = self._reached.get(name, 0) + 1
        return number
