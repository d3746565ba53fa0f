"""Ways from one state of a proof to another.

In: states by number, each with moves that lead on. Out: the shortest way, and states
from which one can go on for ever. Must not know what a move does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from eslflow.check.explore import Move

Moves = Mapping[int, Iterable[Move]]


def shortest(
    graph: Moves,
    start: int,
    is_end: Callable[[Move], bool],
    within: set[int] | None = None,
    stops: Callable[[Move], bool] = lambda _: False,
) -> list[Move] | None:
    """Return the shortest way from a state to a move that is the end."""
    before: dict[int, tuple[int, Move]] = {}
    waiting, seen = deque([start]), {start}
    while waiting:
        number = waiting.popleft()
        for move in graph[number]:
            if is_end(move):
                return [*_back(before, start, number), move]
            is_new = move.to not in seen and (within is None or move.to in within)
            if is_new and not stops(move):
                seen.add(move.to)
                before[move.to] = number, move
                waiting.append(move.to)
    return None


def _back(before: dict[int, tuple[int, Move]], start: int, number: int) -> list[Move]:
    found: list[Move] = []
    while number != start:
        number, move = before[number]
        found.append(move)
    return found[::-1]


def without_ends(graph: Moves) -> set[int]:
    """Return the states from which one can go on for ever."""
    left = set(graph)
    before: set[int] = set()
    while left != before:
        before = left
        left = {n for n in left if any(move.to in left for move in graph[n])}
    return left


def leading_to(
    graph: Moves,
    is_end: Callable[[Move], bool],
    stops: Callable[[Move], bool] = lambda _: False,
) -> set[int]:
    """Return the states from which there is a way to a move that is an end."""
    before: dict[int, list[int]] = {}
    waiting = []
    for number, moves in graph.items():
        for move in moves:
            if is_end(move):
                waiting.append(number)
            elif not stops(move):
                before.setdefault(move.to, []).append(number)
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += before.get(number, ())
    return found


def reached(
    graph: Moves,
    starts: Iterable[int],
    stops: Callable[[Move], bool] = lambda _: False,
) -> set[int]:
    """Return the states that one comes to without a move that stops."""
    waiting = list(starts)
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [move.to for move in graph[number] if not stops(move)]
    return found
