"""A proof that no path through a flow does what must never happen.

The real engine is driven through every outcome of all that it waits for, until no new
state appears. Nothing of its rules is written down a second time: an observer with
books of its own watches what is said to the switch, what really runs there, and what
has been made durable. Shown is, for every path that is covered:

- nothing is recorded, nor goes on being recorded, without what permits it on disk, nor
  for other purposes than those; nothing of private calls, nor of those who never are;
- no masked or secure step is entered, or goes on, while sound gets into a file; nothing
  is unmasked that somebody has masked;
- every path ends, or reaches a person: no wait for nothing, no circle without a pause;
- nobody talks unrecorded where the law demands a recording;
- who refuses, or withdraws, reaches a person where he would have, had he not.

Covered are each key, also with the hang-up, wrong keys, silence and hanging up wherever
the call waits; prompts that are not played; the ledger that fails; queues, calls,
transfers and webhooks with each of their endings; opening hours and branches by calls
that differ in what is looked at; agents who answer, leave and pass calls on, those
among them who are never recorded, and who is outside; their keys, the caller's, and
what a program asks for; what the ledger remembers of earlier calls; the recorder's
commands refused, unanswered, done and not told, or told and not done; files that end by
themselves; the dead-man.

Not covered: a second trouble of the recorder within one visit of a step; what happens
during a trouble, apart from hanging up (it is taken to happen just before or after);
masks of two hands at the same time; the wait of a new call until it is parked; what
else is done, or fails, while an answer in a talk is on its way to the disk, but for
another such answer; keys that take back while a question's answer is; lists of the
settings; how long something takes, beyond whether it comes in time: of two times that
run, either may be over first; a switch that says it has masked and has not; recorders
of others; holds; the death of the controller. A file that a switch will not stop, not
even with all others of the leg, is no violation once a person is alarmed. Steps that
differ by names alone count as one; in a step that is like one above but for where it
leads, little goes wrong (`alike`), and of two such, one is gone through (`explore`).
What makes two states the same is told in `fingerprint`: it holds the place of every
track in its code with all variables there, but for those that are named there as
deciding nothing.

In: a flow. Out: what was found wrong, each with the shortest story. Must not open
files, nor decide what a step does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from eslflow.check.choice import Choice, Sort
from eslflow.check.explore import Explorer, Move, State
from eslflow.check.kept import uncollected
from eslflow.check.observer import (
    BARRED,
    FAULT,
    FORGOTTEN,
    OUTSIDE,
    PRIVATE,
    UNAGREED,
    UNASKED,
    UNMASKED,
    UNPERMITTED,
    UNRECORDED,
    Rule,
)
from eslflow.check.refusals import Refusals
from eslflow.check.roads import graph, reach
from eslflow.check.stage import Begin
from eslflow.check.trails import leading_to, reached, shortest, without_ends
from eslflow.flow.model import Flow

STUCK = Rule(
    "stuck",
    "the call waits for nothing",
    "That is a fault of eslflow, whatever the flow says: take no calls with this "
    "version, and send this story to its makers.",
)
NO_END = Rule(
    "no-end",
    "no way ends the call",
    "For such a call, every way leads back to where it has been. Let one of them lead "
    "to a person and no further, or hang up.",
)
CIRCLE = Rule(
    "circle",
    "round in circles without a pause",
    "Nobody can do anything in it, and after some hundred rounds the dialplan gets the "
    "call. Let one of the endings lead out of it, or to a step that waits.",
)
REFUSED = Rule(
    "refused",
    "who refuses is not served",
    "An agreement that is needed to be served is none (GDPR Art. 7(4)). Let whoever "
    "refuses, or withdraws, come to the same people.",
)

RULES = (
    (REFUSED, NO_END, CIRCLE, UNPERMITTED, PRIVATE, BARRED, OUTSIDE)
    + (UNAGREED,)
    + (*(UNMASKED, UNASKED, FORGOTTEN, UNRECORDED, STUCK, FAULT),)
)
"""All that must hold."""
_RESTLESS = (Sort.WORKS, Sort.FAILS)
"""What happens without anybody being waited for."""


@dataclass(frozen=True)
class Happening:
    """One thing in a story, and the step in which it happens."""

    step: str
    choice: Choice


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold, and the shortest way to see it."""

    rule: Rule
    step: str
    detail: str
    begin: Begin
    story: tuple[Happening, ...]
    reaches: str = ""
    """The step in which the caller would have come to a person."""
    there: tuple[Happening, ...] = ()
    """What happens on the way there to a caller who agrees."""


@dataclass(frozen=True)
class Proof:
    """What came of a proof."""

    flow: Flow
    states: int
    moves: int
    violations: tuple[Violation, ...]
    left: tuple[str, ...]
    """Steps that no call came to."""
    is_whole: bool
    """Whether all states were seen."""


def prove(flow: Flow) -> Proof:
    """Return what a flow can do that it must not."""
    explorer = Explorer(flow)
    found: dict[tuple[str, str], Violation] = {}
    with uncollected():
        explorer.run()
        for violation in _Judge(flow, explorer).violations():
            known = found.get((violation.rule.code, violation.step))
            if known is None or _plainness(violation) < _plainness(known):
                found[violation.rule.code, violation.step] = violation
    alike = explorer.plan.alike
    seen = {alike[step] for step, _ in explorer.visited}
    return Proof(
        flow=flow,
        states=len(explorer.states),
        moves=sum(len(state.moves) for state in explorer.states),
        violations=tuple(sorted(found.values(), key=lambda found: len(found.story))),
        left=tuple(name for name in flow.steps if alike[name] not in seen),
        is_whole=explorer.is_whole,
    )


def _plainness(violation: Violation) -> tuple[int, int]:
    """Return how much goes wrong in a story, and its length."""
    choices = [happening.choice for happening in violation.story]
    return sum(not choice.is_fair for choice in choices), len(choices)


class _Judge:
    """Looks at all states together."""

    def __init__(self, flow: Flow, explorer: Explorer) -> None:
        self._flow = flow
        self._explorer = explorer
        self._states = explorer.states

    def violations(self) -> Iterator[Violation]:
        """Yield all that is wrong; of what was not seen whole, not all can be told."""
        yield from self._broken()
        if self._explorer.is_whole:
            yield from self._endless()
            yield from self._circles()
            yield from self._refusals()

    def _broken(self) -> Iterator[Violation]:
        """Yield what the observer has found."""
        for wrong in self._explorer.wrong:
            rule, step, detail = wrong.found
            if wrong.choice is None:
                yield Violation(rule, step, detail, wrong.begin, ())
            else:
                more = (wrong.choice,)
                yield self._violation(rule, step, detail, wrong.state, more)

    def _violation(
        self,
        rule: Rule,
        step: str,
        detail: str,
        state: int,
        more: tuple[Choice, ...] = (),
    ) -> Violation:
        begin, way = self._explorer.way(state)
        at = self._states[state].step
        story = [*self._told(way), *(Happening(at, choice) for choice in more)]
        return Violation(rule, step, detail, begin, tuple(story))

    # Endings.

    def _endless(self) -> Iterator[Violation]:
        """Yield the first state from which no call ends but by its caller's leaving."""
        before: dict[int, list[int]] = {}
        for state in self._states:
            for move in state.moves:
                if _must_happen(move.choice):
                    before.setdefault(move.to, []).append(state.number)
        waiting = [state.number for state in self._states if state.ending]
        waiting += [wrong.state for wrong in self._explorer.wrong if wrong.state >= 0]
        good = set(waiting)
        while waiting:
            near = [n for n in before.get(waiting.pop(), ()) if n not in good]
            good.update(near)
            waiting += near
        lost = [state for state in self._states if state.number not in good]
        for state in lost[:1]:
            rule = self._fault_of(state.number)
            if rule is not CIRCLE:
                detail = "nobody but the caller can end the call, by hanging up"
                yield self._violation(rule, state.step, detail, state.number)

    def _fault_of(self, lost: int) -> Rule:
        """Return what keeps a call from its end: the flow, if its ways lead round."""
        goes_on = {
            state.number: [m for m in state.moves if _must_happen(m.choice)]
            for state in self._states
        }
        ways = graph(self._flow)
        back = {name for name, to in ways.items() if name in reach(ways, *to)}
        within = reached(goes_on, [lost])
        happens = [move for number in within for move in goes_on[number]]
        if not within <= leading_to(goes_on, partial(self._is_in, back)):
            return STUCK
        # Of a circle is told as of any other.
        is_circle = all(move.choice.sort in _RESTLESS for move in happens)
        return CIRCLE if is_circle else NO_END

    def _is_in(self, steps: set[str], move: Move) -> bool:
        return move.choice.what != "renewed" and self._states[move.to].step in steps

    # Circles.

    def _circles(self) -> Iterator[Violation]:
        """Yield a circle in which nothing waits for anybody; a plain one, if any."""
        for is_plain in (True, False):
            found = next(self._circle(is_plain), None)
            if found is not None:
                yield found
                return

    def _circle(self, is_plain: bool) -> Iterator[Violation]:
        restless = {
            state.number: [m for m in state.moves if _goes_on(m.choice, is_plain)]
            for state in self._states
        }
        left = without_ends(restless)
        for number in sorted(left):
            way = shortest(restless, number, partial(_leads_to, number), left)
            if way is not None:
                at = [number, *(move.to for move in way)]
                steps = [name for name, _ in groupby(self._states[n].step for n in at)]
                way_round = f"goes from {' to '.join(steps)}"
                if len(steps) == 1:
                    way_round = "comes back to it at once"
                detail = f"the call {way_round}, again and again, and waits for nobody"
                story = self._violation(
                    CIRCLE, self._states[number].step, detail, number
                )
                yield _longer(story, self._states, number, way)

    # Refusals.

    def _refusals(self) -> Iterator[Violation]:
        for refusal in Refusals(self._flow, self._states).found():
            step = self._states[refusal.state].step
            found = self._violation(REFUSED, step, refusal.detail, refusal.state)
            story = (*found.story, *self._told(refusal.story))
            there = tuple(self._told(refusal.there))
            yield replace(found, story=story, reaches=refusal.reaches, there=there)

    def _told(self, way: Iterable[tuple[int, Choice]]) -> Iterator[Happening]:
        for number, choice in way:
            yield Happening(self._states[number].step, choice)


def _goes_on(choice: Choice, is_plain: bool) -> bool:
    """Whether it happens without anybody; if plain, without a recorder's fault."""
    is_trouble = choice.sort is Sort.FAILS and choice.what.startswith("recorder")
    is_trouble = is_trouble or choice.what in ("file ends", "dead man")
    return choice.sort in _RESTLESS and not (is_plain and is_trouble)


def _must_happen(choice: Choice) -> bool:
    """Whether a call may rely on it: nobody has to hang up, or to ask for a mask."""
    return choice.sort is not Sort.LEAVES and choice.what not in _AT_WILL


_AT_WILL = ("key", "caller key", "callee key", "wish", "dead man", "file ends")


def _leads_to(number: int, move: Move) -> bool:
    return move.to == number


def _longer(
    violation: Violation, states: list[State], start: int, way: list[Move]
) -> Violation:
    """Return a violation with more of its story."""
    story = list(violation.story)
    at = start
    for move in way:
        story.append(Happening(states[at].step, move.choice))
        at = move.to
    return replace(violation, story=tuple(story))
