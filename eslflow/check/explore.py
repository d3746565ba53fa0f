"""Every state that calls of a flow can come to, each once, the nearest first.

In: a flow. Out: states, with what can happen in each and where that leads; and what was
found wrong, with the shortest way there. Must not judge the whole: `prove` does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from eslflow.check.anchor import Anchor, becomes, call_from, note, unrecorded_from
from eslflow.check.choice import Choice
from eslflow.check.fingerprint import Print, fingerprint, place
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


Key = tuple[Print, str | None]
"""What tells a state from all others: what it is, and in which step."""


Visits = tuple[tuple[str, str], ...]
"""Steps that were come to, and how they ended."""


@dataclass(frozen=True)
class _Seen:
    """What came of a choice."""

    to: int
    meets: bool
    visits: Visits


class _UnlikeError(Exception):
    """Two steps are not as like each other as they were taken to be."""


class Explorer:
    """All states of one flow.

    In a step that repeats another, nothing is done that was done in a state of the
    other: what comes of it there is copied, with the step's own name and targets.
    """

    def __init__(self, flow: Flow, copies: bool = True) -> None:
        self.plan = Plan.of(flow)
        self.looks = Looks(flow)
        self._is_copying = copies
        self._forget()

    def _forget(self) -> None:
        """Begin with nothing."""
        self.states: list[State] = []
        self.wrong: list[Wrong] = []
        self.visited: set[tuple[str, str]] = set()
        """Steps, and how they ended."""
        self.is_whole = True
        """Whether no state was left out."""
        self._numbers: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._ways: dict[int, _Way] = {}
        self._waiting: deque[tuple[int, list[Choice]]] = deque()
        self._firsts: dict[Print, int] = {}
        """In steps that repeat others: the first state that is the same in another."""
        self._seen: dict[int, dict[Choice, _Seen]] = {}
        """What came of the choices in those."""
        self._there: dict[int, list[Choice]] = {}
        """All choices that there are in a state of such a step."""
        self._entries: dict[int, Anchor] = {}
        """What leads to such a state, where that is coming to its step and no more."""
        self._compared: set[str] = set()

    def run(self) -> None:
        """Go on until no new state appears."""
        try:
            self._explore()
        except _UnlikeError:
            self._is_copying = False
            self._forget()
            self._explore()

    def _explore(self) -> None:
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
        """Do one thing in a state, unless it is known what comes of it."""
        if self._copies(number, choice):
            return
        way = self._ways[number]
        stage = self._stage_of(way)
        self._happens(stage, choice, number)
        if not stage.observer.wrong:
            self._goes(stage, way.then(choice), number, choice)

    def _goes(self, stage: Stage, way: _Way, number: int, choice: Choice) -> None:
        """Take in what came of a choice; learn from it what comes of others like it."""
        seen = tuple(stage.visited), stage.met
        to = self._add(stage, way, number, choice)
        if self._model(number) == number:
            visits, meets = seen
            self._seen.setdefault(number, {})[choice] = _Seen(to, meets, visits)

    def _model(self, number: int) -> int:
        """Return the first state that is the same in another step; -1: in none."""
        return self._firsts.get(self._keys[number][0], -1)

    def _copies(self, number: int, choice: Choice) -> bool:
        """Take in what comes of a choice as it came in the other step, if it did."""
        model = self._model(number)
        if model == number:
            return False
        seen = self._seen.get(model, {}).get(choice)
        if seen is None:
            return False
        visits = self._visits_from(self.states[number].step, seen.visits)
        if visits is None:
            return False
        step = visits[-1][0] if visits else self.states[number].step
        way = self._ways[number].then(choice)
        if visits and seen.to in self._entries:
            anchor = replace(self._entries[seen.to], step=step)
            way = _Way(anchor.begin, anchor)
        to = self._copied(seen.to, step, way, number, choice)
        self.visited.update(visits)
        self.states[number].moves.append(Move(choice, to, seen.meets))
        return True

    def _visits_from(self, step: str, visits: Visits) -> Visits | None:
        """Return where the same leads from another step; None: to what is unlike."""
        steps, shapes = self.plan.flow.steps, self.plan.shapes
        found = []
        target = ""
        for name, ending in visits:
            if ending:
                target = steps[step].target(ending)
            else:
                step = target
                if not step or shapes[step] != shapes[name]:
                    return None
            found.append((step, ending))
        return tuple(found)

    def _copied(
        self, model: int, step: str, way: _Way, parent: int, choice: Choice
    ) -> int:
        """Return the state that is in this step what another is in its own."""
        print_, where = self._keys[model]
        key = print_, where and self.plan.alike[step]
        number = self._numbers.get(key)
        if number is not None:
            return number
        number = self._new(key, State(len(self.states), step, "", parent, choice))
        self._ways[number] = way
        self._there[number] = self._there[model]
        self._waiting.append((number, self._there[model]))
        if not way.choices and way.anchor is not None:
            self._entries[number] = way.anchor
        if step not in self._compared:
            self._compared.add(step)
            self._compare(number)
        return number

    def _compare(self, number: int) -> None:
        """Make the first state that is copied to a step, and look whether it is so.

        Raises:
            _UnlikeError: it is not.
        """
        stage = self._stage_of(self._ways[number])
        there = choices(stage, self.looks)
        is_same = self.key(stage) == self._keys[number]
        if not is_same or set(there) != set(self._there[number]):
            raise _UnlikeError(self.states[number].step)

    def _new(self, key: Key, state: State) -> int:
        """Take in a state."""
        self._numbers[key] = state.number
        self._keys.append(key)
        self.states.append(state)
        return state.number

    def key(self, stage: Stage) -> Key:
        """Return what tells a call's state from all others."""
        if stage.engine.is_over:
            ending = stage.engine._ending
            return ("end", ending and ending.ending), None
        return fingerprint(stage, self.looks), place(stage)

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

    def _add(self, stage: Stage, way: _Way, parent: int, choice: Choice | None) -> int:
        """Take in the state that a call has come to; return its number."""
        key = self.key(stage)
        number = self._numbers.get(key)
        is_new = number is None
        if number is None:
            ending = stage.engine._ending if stage.engine.is_over else None
            state = State(len(self.states), stage.observer.step, parent=parent)
            state.ending = ending.ending if ending is not None else ""
            state.begin = way.begin if choice is None else None
            state.choice = choice
            number = self._new(key, state)
        if choice is not None:
            self.states[parent].moves.append(Move(choice, number, stage.met))
        if is_new and not stage.engine.is_over:
            self._open(stage, self._shorter(stage, way, key[0]), number)
        return number

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
        print_, where = self._keys[number]
        if where is not None and self._is_copying and stage.is_repeated:
            self._firsts.setdefault(print_, number)
            self._there[number] = found
            if way.anchor is not None and not (way.choices or way.lead):
                self._entries[number] = way.anchor
        leaves = next((c for c in found if c.what == "hang up"), None)
        if leaves is not None:
            self._happens(stage, leaves, number)
            if not stage.observer.wrong:
                self._goes(stage, way.then(leaves), number, leaves)


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
