"""What a flow looks at in a call: numbers, the time, what was entered or answered.

In: a flow. Out: the calls worth trying, each other in what the flow looks at; what of a
call's values can still make a difference. Must not decide where a step leads.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice, product
from typing import NamedTuple

from eslflow.call.events import Offered
from eslflow.check.compared import Compared
from eslflow.check.held import Holds
from eslflow.check.stage import Begin, Stage, one_of
from eslflow.flow.model import Flow, Record
from eslflow.flow.values import CALLED, CALLER, CALLER_NAME, GIVEN, matches
from eslflow.steps.branch import Branch
from eslflow.steps.hours import OpeningHours
from eslflow.steps.step import Step

UUID = "a-leg"
MONDAY = datetime(2026, 11, 23, tzinfo=timezone.utc)
"""Where the search for open, closed and holidays begins."""
PLAIN = {CALLER: "+4930123456", CALLED: "1000", CALLER_NAME: "Anna Example"}
OTHERS = ("+4930123456", "1000", "x")
"""Values of which one is none of the cases of most branches."""
MOST_CALLS = 200


class Ahead(NamedTuple):
    """What the steps look at that can still come."""

    key: Hashable
    """All of it, by names that stand for it wherever the call is."""
    parts: tuple[str, ...]
    """The values of which others are made."""
    branches: tuple[Branch, ...]
    """Each other in what it looks at, or in its cases."""
    hours: tuple[str, ...]


class Looks:
    """What the steps of one flow look at."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._compared = Compared(flow)
        self.holds = Holds(flow)
        self._aheads: dict[str, Ahead] = {}
        self._recorded: dict[str, bool] = {}
        self._named: dict[str, frozenset[str]] = {}

    # Calls.

    def calls(self) -> Iterator[Begin]:
        """Yield a call for each way in which calls differ before they begin."""
        given = {name: self.values(name) for name in PLAIN}
        looked_at = tuple(name for name, values in given.items() if len(values) > 1)
        moments = self._moments()
        combined = islice(product(moments, product(*given.values())), MOST_CALLS)
        for at, (caller, called, name) in combined:
            offered = Offered(UUID, caller=caller, caller_name=name, called=called)
            yield Begin(offered, at, looked_at)
        never = self._flow.recording.never_record
        if never:
            listed = one_of(never[0])
            for name in (CALLER, CALLED):
                one = {**PLAIN, name: listed}
                offered = Offered(UUID, caller=one[CALLER], called=one[CALLED])
                yield Begin(offered, moments[0], (name,), is_barred=True)
        if self._flow.way_out:
            yield Begin(Offered(UUID, caller=PLAIN[CALLER], called="112"), moments[0])

    def values(self, name: str) -> list[str]:
        """Return values that are as different as the flow can tell."""
        cases = list(dict.fromkeys(self._compared.cases(name)))
        if not cases:
            return [PLAIN.get(name, "1")]
        found = [one_of(case) for case in cases]
        other = next(
            (o for o in OTHERS if not any(matches(case, o) for case in cases)), "y"
        )
        return list(dict.fromkeys([*found, other]))

    def _moments(self) -> list[int]:
        """Return moments at which the flow's hours differ in all ways they can."""
        hours = self._flow.hours
        days = [MONDAY + timedelta(days=day) for day in range(7)]
        for each in hours.values():
            days += [_day(2028, *day) for day in each.yearly]
            days += [_day(d.year, d.month, d.day) for d in each.once]
        found: dict[tuple[str, ...], int] = {}
        for day in days if hours else days[:1]:
            # Its day has begun somewhere on earth, or not ended yet.
            for half_hours in range(-24, 72):
                at = day + timedelta(minutes=30 * half_hours)
                now = round(at.timestamp()) * 1_000_000
                states = tuple(each.state(now)[0] for each in hours.values())
                found.setdefault(states, now)
        return list(found.values())

    # Calls on their way.

    def seen(self, stage: Stage) -> Hashable:
        """Return what the steps that can still come will see of a call's values."""
        live = stage.engine.live
        ahead = self.ahead(live.step)
        return (
            ahead.key,
            tuple([live.value(name) for name in ahead.parts]),
            tuple([branch.chosen(live) for branch in ahead.branches]),
            tuple([self._flow.hours[name].state(live.now)[0] for name in ahead.hours]),
            frozenset(self.holds.of(live.secrets, live.step)),
        )

    def ahead(self, step: str) -> Ahead:
        """Return what is looked at in a step, or after it."""
        if step not in self._aheads:
            self._aheads[step] = self._find_ahead(step)
        return self._aheads[step]

    def _find_ahead(self, step: str) -> Ahead:
        ahead, held = self._ahead(step), self.holds.at.get(step, frozenset())
        branches: dict[tuple[str, str, tuple[str, ...]], Branch] = {}
        for branch in (each for each in ahead if isinstance(each, Branch)):
            value, purpose = branch.looks_at.value, branch.looks_at.purpose
            if purpose or value in held or value in GIVEN:
                name = self.holds.names.get(value, value)
                branches[name, purpose, tuple(branch.cases)] = branch
        parts = self._parts(ahead) & held.union(GIVEN)
        plain = {self.holds.names.get(name, name): name for name in parts}
        hours = tuple(
            sorted({each.hours for each in ahead if isinstance(each, OpeningHours)})
        )
        return Ahead(
            (tuple(sorted(plain)), tuple(sorted(branches)), hours),
            tuple(plain[name] for name in sorted(plain)),
            tuple(branches[key] for key in sorted(branches)),
            hours,
        )

    def _parts(self, ahead: list[Step]) -> set[str]:
        """Return the values of which others are made that are looked at."""
        looked = {each.looks_at.value for each in ahead if isinstance(each, Branch)}
        parts: set[str] = set()
        for _ in self._flow.steps:
            for new, olds in self._compared.made:
                parts.update(olds if new in looked | parts else ())
        return parts

    def kind(self, step: str) -> Hashable:
        """Return what tells by a step what is looked at in calls there, or ahead."""
        held = self.holds.kind(step)
        return self.ahead(step).key, self.named(step), held, self._records(step)

    def named(self, step: str) -> frozenset[str]:
        """Return the purposes that are spoken of by name in a step, or after it."""
        if step not in self._named:
            self._named[step] = frozenset(self._find_named(step))
        return self._named[step]

    def never_records(self, stage: Stage) -> bool:
        """Whether nothing of a call will be recorded any more, whoever masks what.

        Somebody has forbidden it, or nothing permits it, and nobody asks any more; or
        no step wants it.
        """
        observer, step = stage.observer, stage.engine.live.step
        if observer.is_forbidden or observer.is_private or not self._records(step):
            return True
        return not (observer.permits() or self.named(step))

    def _records(self, step: str) -> bool:
        """Whether a step is recorded, or one that can come after it."""
        if step not in self._recorded:
            steps = self._ahead(step)
            self._recorded[step] = any(each.record is Record.ON for each in steps)
        return self._recorded[step]

    def _find_named(self, step: str) -> Iterator[str]:
        verbal = self._flow.recording.verbal
        if verbal is not None:
            yield verbal.purpose
        for ahead in self._ahead(step):
            yield from ahead.speaks_of()

    def _ahead(self, step: str) -> list[Step]:
        """Return a step, and those that can come after it; of none, the first."""
        steps = self._flow.steps
        reached, waiting = set(), {step or self._flow.start} & set(steps)
        while waiting:
            reached |= waiting
            far = {name for near in waiting for name in steps[near].leads_to()}
            waiting = far - reached - {""}
        return [steps[name] for name in sorted(reached)]


def told(begin: Begin) -> Mapping[str, str]:
    """Return what the flow looks at in a call before it begins."""
    return {name: getattr(begin.offered, name) for name in begin.looked_at}


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=timezone.utc)
