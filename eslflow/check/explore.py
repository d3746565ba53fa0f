"""Every state that calls of a flow can come to, each once, the nearest first.

In: a flow. Out: states, with what can happen in each and where that leads; and what was
found wrong, with the shortest way there. Must not judge the whole: `prove` does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from eslflow.check.anchor import Anchor, moved, note
from eslflow.check.choice import Choice
from eslflow.check.fingerprint import Print, fingerprint, place
from eslflow.check.happens import happens
from eslflow.check.kept import Call, Kept, uncollected
from eslflow.check.looked import Looks
from eslflow.check.observer import Found
from eslflow.check.outcomes import choices
from eslflow.check.stage import FAULTS, Begin, Plan, Stage
from eslflow.check.way import Way, call_on, shortened
from eslflow.flow.model import Flow
from eslflow.steps.menu import Menu

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


Key = tuple[Print, str | None]
"""What tells a state from all others: what it is, and in which step."""

KEYS = frozenset(("presses", "presses at last"))
"""With these a menu's step is chosen."""

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

    A call that has come to a state in which more is to be tried is kept for that, for
    any call in a state is as good as another.
    """

    def __init__(self, flow: Flow, copies: bool = True) -> None:
        self.plan = Plan.of(flow)
        self.looks = Looks(flow)
        inside = self.plan.shapes.items()
        self._kinds = {name: (like, self.looks.kind(name)) for name, like in inside}
        """What tells by a step what can happen in it, and what is looked at ahead."""
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
        self._ways: dict[int, Way] = {}
        self._rest: dict[int, deque[Choice]] = {}
        """What is still to be tried in a state."""
        self._waiting: deque[int] = deque()
        self._kept = Kept()
        self._seen: dict[tuple[Print, Choice], list[_Seen]] = {}
        """What came of a choice in a state that is the same in several steps."""
        self._there: dict[Print, list[Choice]] = {}
        """All choices that there are in such a state."""
        self._entries: dict[int, Anchor] = {}
        """What leads to such a state, where that is coming to its step and no more."""
        self._compared: set[str] = set()

    def run(self) -> None:
        """Go on until no new state appears."""
        with uncollected():
            try:
                self._explore()
            except _UnlikeError:
                self._is_copying = False
                self._forget()
                self._explore()

    def _explore(self) -> None:
        for begin in self.looks.calls():
            stage = Stage(self.plan, begin)
            stage.note = note
            stage.start()
            if self._is_sound(stage, -1, None):
                self._add(Call(stage, Way(begin, None)), -1, None)
        while self._waiting:
            number = self._waiting.popleft()
            rest = self._rest[number]
            while rest:
                choice = rest.popleft()
                if not (self._is_copying and self._repeats(number, choice)):
                    self._go(number, choice)
            self._kept.leaves(number)
            del self._ways[number], self._rest[number]
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
        call = self._kept.gives(number) or Call(call_on(self.plan, way), way)
        stage = call.stage
        if self._happens(stage, choice, number):
            call = call.after(choice)
            to = self._goes(call, number, choice)
            if self._stays(call, to) or self._hops(call, to):
                return
        stage.drop()

    def _stays(self, call: Call, number: int) -> bool:
        """Keep a call in a state it has come to, if more is to be tried there."""
        rest = self._rest.get(number)
        is_there = call.stage.observer.step == self.states[number].step
        if not rest or not is_there or self._sees(number, rest[0]):
            return False
        # Whichever way it came: from here on, it is on the shortest one.
        call = call._replace(way=self._ways[number])
        return self._kept.takes(call, number, len(rest))

    def _hops(self, call: Call, number: int) -> bool:
        """Let a call go on to a state where more is to be tried, if one is near."""
        state = self.states[number]
        if call.stage.observer.step != state.step:
            return False
        near = next((move for move in state.moves if self._rest.get(move.to)), None)
        if near is None or not self._happens(call.stage, near.choice, number):
            return False
        return self._stays(call.after(near.choice), near.to)

    def _repeats(self, number: int, choice: Choice) -> bool:
        """Take in a menu's key that leads to a step like that of a key before it."""
        state, alike = self.states[number], self.plan.alike
        step = self.plan.flow.steps.get(state.step)
        if not isinstance(step, Menu) or choice.what not in KEYS:
            return False
        keys = {key: alike[target] for key, target in step.keys.items()}
        first = next(key for key in keys if keys[key] == keys[choice.arg])
        same = choice._replace(arg=first)
        move = next((move for move in state.moves if move.choice == same), None)
        if move is None:
            return False
        state.moves.append(replace(move, choice=choice))
        self.visited.add((state.step, choice.arg))
        return True

    def _goes(self, call: Call, number: int, choice: Choice) -> int:
        """Take in what came of a choice; learn from it what comes of others like it."""
        visits, meets = tuple(call.stage.visited), call.stage.met
        to = self._add(call, number, choice)
        print_ = self._keys[number][0]
        if print_ in self._there:
            seen = _Seen(to, meets, visits)
            self._seen.setdefault((print_, choice), []).append(seen)
        return to

    def _sees(self, number: int, choice: Choice) -> tuple[_Seen, Visits] | None:
        """Return what came of a choice in another step, with its visits from here."""
        for seen in self._seen.get((self._keys[number][0], choice), ()):
            visits = self._visits_from(self.states[number].step, seen.visits)
            if visits is not None:
                return seen, visits
        return None

    def _copies(self, number: int, choice: Choice) -> bool:
        """Take in what comes of a choice as it came in another step, if it did."""
        found = self._sees(number, choice)
        if found is None:
            return False
        seen, visits = found
        step = visits[-1][0] if visits else self.states[number].step
        way = self._ways[number].then(choice)
        if visits and seen.to in self._entries:
            anchor = moved(self._entries[seen.to], step, self.looks.holds)
            way = Way(anchor.begin, anchor)
        to = self._copied(seen.to, step, way, number, choice)
        self.visited.update(visits)
        self.states[number].moves.append(Move(choice, to, seen.meets))
        return True

    def _visits_from(self, step: str, visits: Visits) -> Visits | None:
        """Return where the same leads from another step; None: to what is unlike."""
        steps, kinds = self.plan.flow.steps, self._kinds
        found = []
        target = ""
        for name, ending in visits:
            if ending:
                target = steps[step].target(ending)
            else:
                step = target
                if not step or kinds[step] != kinds[name]:
                    return None
            found.append((step, ending))
        return tuple(found)

    def _copied(
        self, model: int, step: str, way: Way, parent: int, choice: Choice
    ) -> int:
        """Return the state that is in this step what another is in its own."""
        print_, where = self._keys[model]
        key = print_, where and self.plan.alike[step]
        number = self._numbers.get(key)
        if number is not None:
            return number
        number = self._new(key, State(len(self.states), step, "", parent, choice))
        self._ways[number] = way
        self._rest[number] = deque(self._there[print_])
        self._waiting.append(number)
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
        stage = call_on(self.plan, self._ways[number])
        there = choices(stage, self.looks)
        is_same = self.key(stage) == self._keys[number]
        if not is_same or set(there) != set(self._there[self._keys[number][0]]):
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

    def _happens(self, stage: Stage, choice: Choice, number: int) -> bool:
        """Let something happen in a state; return whether nothing was wrong then."""
        stage.visited.clear()
        stage.met, stage.pause, stage.note = False, None, note
        try:
            happens(stage, choice)
        except FAULTS:
            # It has happened to another call, which was the same in all that counts.
            stage.fails(
                "of calls that seem to be the same, one goes on as another cannot"
            )
        return self._is_sound(stage, number, choice)

    def _is_sound(self, stage: Stage, number: int, choice: Choice | None) -> bool:
        self.visited.update(stage.visited)
        found = stage.observer.wrong
        if found:
            self.wrong.append(Wrong(found[0], number, choice, stage.begin))
        return not found

    def _add(self, call: Call, parent: int, choice: Choice | None) -> int:
        """Take in the state that a call has come to; return its number."""
        stage = call.stage
        key = self.key(stage)
        number = self._numbers.get(key)
        is_new = number is None
        if number is None:
            ending = stage.engine._ending if stage.engine.is_over else None
            state = State(len(self.states), stage.observer.step, parent=parent)
            state.ending = ending.ending if ending is not None else ""
            state.begin = stage.begin if choice is None else None
            state.choice = choice
            number = self._new(key, state)
        if choice is not None:
            self.states[parent].moves.append(Move(choice, number, stage.met))
        if is_new and not stage.engine.is_over:
            self._open(call, number)
        return number

    def _shorter(self, call: Call, print_: Print) -> Call | None:
        """Return another call, by a shorter way in the same state, if there is one."""
        shorter = shortened(*call)
        if shorter is call.way:
            return None
        try:
            stage = call_on(self.plan, shorter)
            same = fingerprint(stage, self.looks)
        except (AssertionError, LookupError):
            return None
        return Call(stage, shorter) if same == print_ else None

    def _open(self, call: Call, number: int) -> None:
        """Note what can happen in a new state; let the caller hang up in it."""
        found = choices(call.stage, self.looks)
        state = self.states[number]
        twin = self._shorter(call, self._keys[number][0])
        way = (twin or call).way
        if twin is None and state.choice is not None:
            way = self._ways[state.parent].then(state.choice)
        self._ways[number] = way
        self._waiting.append(number)
        print_, where = self._keys[number]
        if where is not None and self._is_copying and call.stage.is_repeated:
            self._there[print_] = found
            if not (way.choices or way.lead or way.within) and way.anchor is not None:
                self._entries[number] = way.anchor
        leaves = next((c for c in found if c.what == "hang up"), None)
        self._rest[number] = deque(found)
        if leaves is not None and twin is not None:
            self._rest[number].remove(leaves)
            if self._happens(twin.stage, leaves, number):
                self._goes(twin.after(leaves), number, leaves)
            twin.stage.drop()
