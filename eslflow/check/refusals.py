"""Whether callers who refuse come to the people to whom those come who agree.

In: the states of a proof, each with its moves. Out: where somebody is not served who
says no to a question, or later withdraws by key. Must not go on to what happens once a
person has the call, nor judge anything else.

Two calls are followed side by side, one with a yes and one with a no, as long as the
same happens in both and neither has come to a person. At each place it is asked how
they can end if all goes well. So nobody who refuses is hung up on after a wait that
leads all others on, either. Keys that make a call private need no look: no step asks
whether it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from eslflow.check.choice import Choice
from eslflow.check.explore import Move, State
from eslflow.check.trails import leading_to, reached, shortest
from eslflow.flow.model import CallerKey, Flow
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection

PERSON, GONE = "a person", "the flow hangs up"
_KINDS = {"handed_back": PERSON, "transferred": PERSON} | dict.fromkeys(
    ("finished", "refused"), GONE
)
_YES, _NO = ("granted", "unopposed"), ("refused", "objected")
_WITHDRAWS = ("caller key", CallerKey.WITHDRAW)
_BY_ITSELF = frozenset(
    ("kept", "told", "done", "played", "executed", "recorder", "recorder again")
)
"""What comes of what eslflow does by itself, such as to end a file."""
_ENDINGS = frozenset(("queue", "called party", "dialled"))
"""What else ends a wait: nobody answers."""

Pair = tuple[int, int]
"""A state of the call with a yes, and of the other."""


@dataclass(frozen=True)
class Refusal:
    """Somebody who says no, and is not served."""

    state: int
    """Where it is said."""
    detail: str
    story: tuple[tuple[int, Choice], ...]
    """What happens from there, each with the state before it."""
    reaches: str
    """The step in which the caller would have come to a person."""
    there: tuple[tuple[int, Choice], ...]
    """What happens on the way there, told as the story is."""


@dataclass(frozen=True)
class _Seed:
    """A place where one call says yes, and the other no."""

    state: int
    agrees: int
    """The state after a yes."""
    refuses: Move
    detail: str
    """What is told if the second comes to nobody."""


class Refusals:
    """Looks at all states of a proof together."""

    def __init__(self, flow: Flow, states: Sequence[State]) -> None:
        self._flow = flow
        self._states = states
        self._all = {state.number: state.moves for state in states}
        self._fair = {
            number: [move for move in moves if move.choice.is_fair]
            for number, moves in self._all.items()
        }
        self._leads: dict[int, tuple[dict[Choice, int], dict[Choice, int]]] = {}
        self._can = {
            kind: leading_to(self._fair, partial(self._is, kind), self._is_end)
            for kind in (PERSON, GONE)
        }

    def found(self) -> Iterator[Refusal]:
        """Yield who is not served, on a way on which little else goes wrong."""
        seeds: dict[Pair, _Seed] = {}
        troubles = self._troubles()
        for seed in sorted(self._seeds(), key=lambda seed: troubles[seed.state]):
            seeds.setdefault((seed.agrees, seed.refuses.to), seed)
        before: dict[Pair, tuple[Pair, Choice] | None] = dict.fromkeys(seeds)
        waiting = deque(seeds)
        while waiting:
            pair = waiting.popleft()
            if self._is_unserved(pair):
                yield self._refusal(seeds, before, pair)
                continue
            for choice, near in self._near(pair):
                if near not in before and near[0] != near[1]:
                    before[near] = pair, choice
                    waiting.append(near)

    def _troubles(self) -> list[int]:
        """Return how much goes wrong, or is interfered with, before each state."""
        counts: list[int] = []
        for state in self._states:
            before = counts[state.parent] if state.choice is not None else 0
            is_fair = state.choice is None or state.choice.is_fair
            counts.append(before + (not is_fair))
        return counts

    # Where somebody says no.

    def _seeds(self) -> Iterator[_Seed]:
        begins = [state.number for state in self._states if state.begin is not None]
        alone = reached(self._all, begins, self._is_end)
        for state in self._states:
            yield from self._answers(state)
            if state.number in alone:
                yield from self._withdrawals(state)

    def _answers(self, state: State) -> Iterator[_Seed]:
        """Yield what refuses in a question, beside what agrees once that is kept."""
        step = self._flow.steps.get(state.step)
        if not isinstance(step, (Consent, Objection)):
            return
        meant = [(_meaning(step, move.choice), move) for move in state.moves]
        yes = [
            after.to
            for meaning, move in meant
            if meaning in _YES
            for after in self._all[move.to]
            if after.choice.what == "kept"
        ]
        for meaning, move in meant:
            if meaning in _NO:
                detail = f"who agrees reaches {PERSON}, who refuses {{}} not"
                yield from (_Seed(state.number, to, move, detail) for to in yes)

    def _withdrawals(self, state: State) -> Iterator[_Seed]:
        """Yield what withdraws while a call waits that nobody has taken yet."""
        step = self._flow.steps.get(state.step)
        if step is None or not step.waits:
            return
        for move in state.moves:
            if move.choice[:2] == _WITHDRAWS:
                detail = f"who withdraws {{}} not reach {PERSON}, all others do"
                yield _Seed(state.number, state.number, move, detail)

    # Two calls side by side.

    def _near(self, pair: Pair) -> Iterator[tuple[Choice, Pair]]:
        """Yield what comes by itself in one of them, or in both in the same step."""
        yes, no = pair
        (mine, awaited), (others, awaited_there) = self._goes_on(no), self._goes_on(yes)
        for choice, to in mine.items():
            yield choice, (yes, to)
        for choice, to in others.items():
            yield choice, (to, no)
        if self._step(yes) == self._step(no):
            for choice in awaited.keys() & awaited_there.keys():
                yield choice, (awaited_there[choice], awaited[choice])

    def _goes_on(self, number: int) -> tuple[dict[Choice, int], dict[Choice, int]]:
        """Return where it leads what comes by itself, and what is waited for.

        Only what happens before a person has the call.
        """
        known = self._leads.get(number)
        if known is None:
            known = self._leads[number] = {}, {}
            for choice, to in self._before_a_person(number):
                known[choice.what not in _BY_ITSELF][choice] = to
        return known

    def _before_a_person(self, number: int) -> Iterator[tuple[Choice, int]]:
        for move in self._all[number]:
            is_awaited = move.choice.is_fair or move.choice.what in _ENDINGS
            if is_awaited and not self._is_end(move):
                yield move.choice, move.to

    def _step(self, number: int) -> str:
        return self._states[number].step

    def _is_unserved(self, pair: Pair) -> bool:
        """Whether the one comes to a person, and the other does not, or may not."""
        yes, no = pair
        people, gone = self._can[PERSON], self._can[GONE]
        is_lost = no not in people or (no in gone and yes not in gone)
        return yes in people and is_lost

    # What is told of it.

    def _refusal(
        self,
        seeds: Mapping[Pair, _Seed],
        before: Mapping[Pair, tuple[Pair, Choice] | None],
        pair: Pair,
    ) -> Refusal:
        yes, no = pair
        lost = "may" if no in self._can[PERSON] else "does"
        story = list(self._way(no, GONE))
        while (came := before[pair]) is not None:
            pair, choice = came
            if pair[1] != no:
                story.insert(0, (pair[1], choice))
                no = pair[1]
        seed = seeds[pair]
        there = tuple(self._way(yes, PERSON))
        return Refusal(
            state=seed.state,
            detail=seed.detail.format(lost),
            story=((seed.state, seed.refuses.choice), *story),
            reaches=self._step(there[-1][0]),
            there=there,
        )

    def _way(self, number: int, kind: str) -> Iterator[tuple[int, Choice]]:
        """Yield how a call goes on from a state until it ends so, if it can."""
        for move in self._shortest(number, kind):
            yield number, move.choice
            number = move.to

    def _shortest(self, start: int, kind: str) -> list[Move]:
        is_kind = partial(self._is, kind)
        return shortest(self._fair, start, is_kind, None, self._is_end) or []

    def _is(self, kind: str, move: Move) -> bool:
        return self._kind(move) == kind

    def _is_end(self, move: Move) -> bool:
        return self._kind(move) != ""

    def _kind(self, move: Move) -> str:
        if move.meets:
            return PERSON
        return _KINDS.get(self._states[move.to].ending, "")


def _meaning(step: Consent | Objection, choice: Choice) -> str:
    """Return what a caller says to a question; who does not object, agrees."""
    if choice.what == "presses":
        return str(step.keys.get(choice.arg, ""))
    is_silent = isinstance(step, Objection) and choice.what == "presses nothing"
    return "unopposed" if is_silent else ""
