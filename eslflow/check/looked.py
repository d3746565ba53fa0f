"""What a flow looks at in a call: numbers, the time, what was entered or answered.

In: a flow. Out: the calls worth trying, each other in what the flow looks at; what of a
call's values can still make a difference. Must not decide where a step leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import islice, product

from eslflow.call.events import Offered
from eslflow.check.stage import Begin, Stage, one_of
from eslflow.flow.model import Flow
from eslflow.flow.values import CALLED, CALLER, CALLER_NAME, matches
from eslflow.steps.branch import Branch
from eslflow.steps.hours import OpeningHours
from eslflow.steps.set import Set
from eslflow.steps.step import Step

UUID = "a-leg"
MONDAY = datetime(2026, 11, 23, tzinfo=timezone.utc)
"""Where the search for open, closed and holidays begins."""
PLAIN = {CALLER: "+4930123456", CALLED: "1000", CALLER_NAME: "Anna Example"}
OTHERS = ("+4930123456", "1000", "x")
"""Values of which one is none of the cases of most branches."""
MOST_CALLS = 200


class Looks:
    """What the steps of one flow look at."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        steps = flow.steps.values()
        self._branches = [step for step in steps if isinstance(step, Branch)]
        self._relevant: dict[str, tuple[tuple[str, ...], ...]] = {}
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
        cases = list(dict.fromkeys(self._cases(name)))
        if not cases:
            return [PLAIN.get(name, "1")]
        found = [one_of(case) for case in cases]
        other = next(
            (o for o in OTHERS if not any(matches(case, o) for case in cases)), "y"
        )
        return list(dict.fromkeys([*found, other]))

    def _cases(self, name: str) -> Iterator[str]:
        """Yield the patterns that a value is compared with, under whatever name."""
        names = {name}
        for _ in self._flow.steps:
            names |= {new for new, old in self._copied if old in names}
        for step in self._branches:
            if step.looks_at.value in names:
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

    def seen(self, stage: Stage) -> tuple[object, ...]:
        """Return what the steps that can still come will see of a call's values."""
        live = stage.engine.live
        values, hours, asked = self._relevance(live.step)
        return (
            (values, hours, asked),
            tuple(self._case(name, live.value(name)) for name in values),
            tuple(self._flow.hours[name].state(live.now)[0] for name in hours),
            tuple(live.consents.state(name) for name in asked),
        )

    def _case(self, name: str, value: str) -> object:
        if name in self._sources:
            return value
        return tuple(
            next((case for case in step.cases if matches(case, value)), None)
            for step in self._branches
            if step.looks_at.value == name
        )

    @cached_property
    def _sources(self) -> frozenset[str]:
        """The values that other values are made of."""
        return frozenset(old for _, olds in self._made for old in olds)

    @cached_property
    def _made(self) -> list[tuple[str, tuple[str, ...]]]:
        """The values that steps set, each with those that it is made of."""
        return [
            (name, tuple(piece.name for piece in text if piece.name))
            for step in self._flow.steps.values()
            if isinstance(step, Set)
            for name, text in step.values.items()
        ]

    def _relevance(self, step: str) -> tuple[tuple[str, ...], ...]:
        if step not in self._relevant:
            self._relevant[step] = self._find_relevance(step)
        return self._relevant[step]

    def named(self, step: str) -> frozenset[str]:
        """Return the purposes that are spoken of by name in a step, or after it."""
        if step not in self._named:
            self._named[step] = frozenset(self._find_named(step))
        return self._named[step]

    def never_records(self, stage: Stage) -> bool:
        """Whether nothing of a call will be recorded any more, whoever masks what.

        Somebody has forbidden it, or nothing permits it, and nobody asks any more.
        """
        observer = stage.observer
        if observer.is_forbidden or observer.is_private:
            return True
        return not (observer.permits() or self.named(stage.engine.live.step))

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

    def _find_relevance(self, step: str) -> tuple[tuple[str, ...], ...]:
        ahead = self._ahead(step)
        looked = [s.looks_at for s in ahead if isinstance(s, Branch)]
        values = {look.value for look in looked if look.value}
        for _ in ahead:
            values |= {old for new, olds in self._made if new in values for old in olds}
        return (
            tuple(sorted(values)),
            tuple(sorted({s.hours for s in ahead if isinstance(s, OpeningHours)})),
            tuple(sorted({look.purpose for look in looked if look.purpose})),
        )


def told(begin: Begin) -> Mapping[str, str]:
    """Return what the flow looks at in a call before it begins."""
    return {name: getattr(begin.offered, name) for name in begin.looked_at}


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=timezone.utc)
