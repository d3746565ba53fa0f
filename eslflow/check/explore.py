"""Every state that calls of a flow can come to, each once, the nearest first.

In: a flow. Out: states, with what can happen in each and where that leads; and what was
found wrong, with the shortest way there. Must not judge the whole: `prove` does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from eslflow.check.anchor import Anchor, becomes, call_from, note, unrecorded_from
from eslflow.check.choice import Choice
from eslflow.check.fingerprint import Print, fingerprint
from eslflow.check.happens import happens
from eslflow.check.looked import Looks
from eslflow.check.observer import Found
from eslflow.check.outcomes import choices
from eslflow.check.stage import Begin, Plan, Stage
from eslflow.flow.model import Flow

MOST_STATES = 50_000
"""A flow with more states than these is not proved."""


@dataclass(frozen=True)
class Move:
    """One thing that happens, and where it leads."""

    choice: Choice
    to: int
    """Number of the state after it."""
    meets: bool = False
    """Whether the caller comes to a person in it."""


@dataclass
class State:
    """A call at rest; or how calls end."""

    number: int
    step: str
    ending: str = ""
    """How the call has ended, where it has."""
    parent: int = -1
    choice: Choice | None = None
    """What led here from the parent."""
    begin: Begin | None = None
    """How the call came in, where it only begins."""
    moves: list[Move] = field(default_factory=list)


@dataclass(frozen=True)
class Wrong:
    """A rule that was broken, and after what."""

    found: Found
    state: int
    """The state before."""
    choice: Choice | None
    """What happened then; None: the call only came in."""
    begin: Begin


@dataclass(frozen=True)
class _Way:
    """How a state is reached again."""

    begin: Begin
    anchor: Anchor | None
    """What was known on coming to the step; None: the call has to begin anew."""
    choices: tuple[Choice, ...] = ()
    """What happens then."""
    lead: tuple[Choice, ...] = ()
    """What happens before, in a call that is not recorded."""
    within: Anchor | None = None
    """What is known where the lead ends."""

    def then(self, choice: Choice) -> _Way:
        """Return the way that goes on with something."""
        return replace(self, choices=(*self.choices, choice))


class Explorer:
    """All states of one flow."""

    def __init__(self, flow: Flow) -> None:
        self.plan = Plan.of(flow)
        self.looks = Looks(flow)
        self.states: list[State] = []
        self.wrong: list[Wrong] = []
        self.visited: set[tuple[str, str]] = set()
        """Steps, and how they ended."""
        self.is_whole = True
        """Whether no state was left out."""
        self._numbers: dict[Print, int] = {}
        self._ways: dict[int, _Way] = {}
        self._waiting: deque[tuple[int, list[Choice]]] = deque()

    def run(self) -> None:
        """Go on until no new state appears."""
        for begin in self.looks.calls():
            stage = Stage(self.plan, begin, note)
            stage.start()
            if self._is_sound(stage, -1, None):
                self._add(stage, _Way(begin, None), -1, None)
        while self._waiting:
            number, rest = self._waiting.popleft()
            for choice in rest:
                self._go(number, choice)
            del self._ways[number]
            if len(self.states) > MOST_STATES:
                self.is_whole = False
                return

    def way(self, number: int) -> tuple[Begin, list[tuple[int, Choice]]]:
        """Return the shortest way to a state: what happens, each time in which one."""
        found: list[tuple[int, Choice]] = []
        at = self.states[number]
        while at.choice is not None:
            found.append((at.parent, at.choice))
            at = self.states[at.parent]
        assert at.begin is not None  # noqa: S101  every way begins with a call
        return at.begin, found[::-1]

    def _go(self, number: int, choice: Choice) -> None:
        """Do one thing in a state."""
        way = self._ways[number]
        stage = self._stage_of(way)
        self._happens(stage, choice, number)
        if stage.observer.wrong:
            return
        self._add(stage, way.then(choice), number, choice)

    def _happens(self, stage: Stage, choice: Choice, number: int) -> None:
        stage.visited.clear()
        stage.met, stage.pause = False, None
        happens(stage, choice)
        self._is_sound(stage, number, choice)

    def _is_sound(self, stage: Stage, number: int, choice: Choice | None) -> bool:
        self.visited.update(stage.visited)
        found = stage.observer.wrong
        if found:
            self.wrong.append(Wrong(found[0], number, choice, stage.begin))
        return not found

    def _stage_of(self, way: _Way) -> Stage:
        if way.anchor is None:
            stage = Stage(self.plan, way.begin, note)
            stage.start()
        elif way.within is None:
            stage = call_from(self.plan, way.anchor)
        else:
            stage = unrecorded_from(self.plan, way.anchor)
            for choice in way.lead:
                happens(stage, choice)
            becomes(stage, way.within)
        for choice in way.choices:
            happens(stage, choice)
        return stage

    def _add(self, stage: Stage, way: _Way, parent: int, choice: Choice | None) -> None:
        """Take in the state that a call has come to."""
        ending = stage.engine._ending
        is_over = stage.engine.is_over
        told: Print = ("end", ending and ending.ending)
        print_ = told if is_over else fingerprint(stage, self.looks)
        number = self._numbers.get(print_)
        is_new = number is None
        if number is None:
            number = self._numbers[print_] = len(self.states)
            state = State(number, stage.observer.step, parent=parent, choice=choice)
            state.begin = way.begin if choice is None else None
            if is_over and ending is not None:
                state.ending = ending.ending
            self.states.append(state)
        if choice is not None:
            self.states[parent].moves.append(Move(choice, number, stage.met))
        if is_new and not is_over:
            self._open(stage, self._shorter(stage, way, print_), number)

    def _shorter(self, stage: Stage, way: _Way, print_: Print) -> _Way:
        """Return a shorter way to a state, if there is one that leads to the same."""
        if stage.engine.live.is_emergency:
            return way
        shorter = way
        if stage.pause is not None:
            shorter = _Way(way.begin, stage.pause)
        elif way.anchor is not None and len(way.choices) > 1 and not stage.is_moving:
            whole = (*way.lead, *way.choices)
            lead = tuple(choice for choice in whole if choice.what in LEADS)
            shorter = _Way(way.begin, way.anchor, (), lead, note(stage))
        if shorter is way:
            return way
        try:
            same = fingerprint(self._stage_of(shorter), self.looks)
        except (AssertionError, LookupError):
            return way
        return shorter if same == print_ else way

    def _open(self, stage: Stage, way: _Way, number: int) -> None:
        """Note what can happen in a new state; let the caller hang up in it."""
        found = choices(stage, self.looks)
        rest = [choice for choice in found if choice.what != "hang up"]
        self._ways[number] = way
        self._waiting.append((number, rest))
        leaves = next((c for c in found if c.what == "hang up"), None)
        if leaves is not None:
            self._happens(stage, leaves, number)
            if not stage.observer.wrong:
                self._add(stage, way.then(leaves), number, leaves)


LEADS = frozenset(
    (
        "found",
        "presses",
        "presses wrongly",
        "presses nothing",
        "enters",
        "played",
        "kept",
    )
    + (
        "agent answers",
        "called party talks",
        "called party answers",
        "joined",
        "done",
        "executed",
    )
    + ("agent passes on", "other agent")
)
"""What can bring the flow to its place in a step, whatever the recorder does."""
