"""What came of a scenario's call, and in what it differs from what was expected.

In: a scenario, what happened. Out: differences, each with the line that expected it
otherwise. Must not play anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eslflow.call.records import Choice
from eslflow.check.scenario import NOBODY, REST, Expected, Scenario

MOST_STEPS = 24
"""Of a path that are told; a call that goes round in circles has thousands."""


@dataclass(frozen=True)
class Happened:
    """What came of a call."""

    choices: Mapping[str, str] = field(default_factory=dict)
    """What became of each purpose at last; and as `training callee`, of one who was
    asked about it."""
    files: int = 0
    """How many recordings hold sound."""
    unrecorded: tuple[str, ...] = ()
    """Why the call, or a part of it, was not to be recorded, in order."""
    purposes: tuple[str, ...] = ()
    """What each file that was begun is for, in order."""
    heard: tuple[str, ...] = ()
    """Steps of which anything is to be heard in a recording."""
    masked: tuple[str, ...] = ()
    """Steps of which there is silence in a recording because it was masked."""
    reached: tuple[str, ...] = ()
    """Whom the caller reached at last, under each name that has."""
    path: tuple[str, ...] = ()
    ending: str = ""
    alarms: tuple[str, ...] = ()
    unpressed: tuple[str, ...] = ()
    """Keys for which no question came, as `2` or `2 at choose`."""


@dataclass(frozen=True)
class Difference:
    """One thing that came otherwise."""

    what: str
    expected: str
    happened: str
    line: int


def became(choices: Iterable[Choice]) -> dict[str, str]:
    """Return what became of each purpose, as a whole and of each who was asked."""
    return {
        name: str(row.state)
        for row in choices
        for name in (row.purpose, f"{row.purpose} {row.party}")
    }


def why_not(choices: Iterable[Choice]) -> tuple[str, ...]:
    """Return the reasons of the notes that are about no purpose."""
    return tuple(row.reason for row in choices if not row.purpose)


def compare(scenario: Scenario, happened: Happened) -> list[Difference]:
    """Return all in which a call differs from what was expected of it."""
    found = list(_untrue(scenario, happened))
    for expected in scenario.expected:
        what, _, purpose = expected.what.partition(" ")
        if what == "choice":
            have = happened.choices.get(purpose, "not_asked")
            is_so, words = expected.want == have, have
        else:
            is_so, words = _LOOKS[what](expected.want, happened)
        if not is_so:
            found.append(_differs(expected, words))
    return found


def _untrue(scenario: Scenario, happened: Happened) -> Sequence[Difference]:
    """Return what the scenario tells of the caller that did not come to pass."""
    found = [
        Difference("press", keys, "no question came for it", scenario.line)
        for keys in happened.unpressed
    ]
    leaves_at = scenario.hang_up_at
    if leaves_at and happened.path[-1:] != (leaves_at,):
        words = f"the call ended at {happened.path[-1]}" if happened.path else "no call"
        found.append(Difference("hang_up_at", leaves_at, words, scenario.line))
    return found


def _differs(expected: Expected, happened: str) -> Difference:
    return Difference(expected.what, _told(expected.want), happened, expected.line)


def _told(value: object) -> str:
    """Return a value as a file has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _recorded(want: object, happened: Happened) -> tuple[bool, str]:
    files = happened.files
    if isinstance(want, bool):
        return want is (files > 0), _told(files > 0)
    return want == files, _told(files)


def _unrecorded(want: object, happened: Happened) -> tuple[bool, str]:
    return want == happened.unrecorded, _told(happened.unrecorded)


def _purposes(want: object, happened: Happened) -> tuple[bool, str]:
    return want == happened.purposes, _told(happened.purposes)


def _heard(want: object, happened: Happened) -> tuple[bool, str]:
    return want == happened.heard, _told(happened.heard)


def _masked(want: object, happened: Happened) -> tuple[bool, str]:
    return want == happened.masked, _told(happened.masked)


def _reaches(want: object, happened: Happened) -> tuple[bool, str]:
    reached = happened.reached or (NOBODY,)
    return want in reached, reached[0]


def _path(want: object, happened: Happened) -> tuple[bool, str]:
    assert isinstance(want, tuple)  # noqa: S101  the loader makes it one
    path = happened.path
    if len(path) > MOST_STEPS:
        path = (*path[: MOST_STEPS - 1], f"and {len(path) - MOST_STEPS + 1} more")
    return follows(happened.path, want), _told(path)


def _ends(want: object, happened: Happened) -> tuple[bool, str]:
    return want == happened.ending, happened.ending


def _alarms(want: object, happened: Happened) -> tuple[bool, str]:
    assert isinstance(want, tuple)  # noqa: S101
    told = happened.alarms
    # `alarms: []` says that there is none.
    is_so = all(any(words in alarm for alarm in told) for words in want)
    return is_so and bool(want) == bool(told), _told(_counted(told))


def _counted(words: Sequence[str]) -> tuple[str, ...]:
    """Return each of the words once, with how often it is there."""
    return tuple(
        word if times == 1 else f"{word} ({times} times)"
        for word, times in Counter(words).items()
    )


_LOOKS: dict[str, Callable[[object, Happened], tuple[bool, str]]] = {
    "recorded": _recorded,
    "unrecorded": _unrecorded,
    "purposes": _purposes,
    "heard": _heard,
    "masked": _masked,
    "reaches": _reaches,
    "path": _path,
    "ends": _ends,
    "alarms": _alarms,
}


def follows(path: Sequence[str], want: Sequence[str]) -> bool:
    """Whether a path is the one wanted, in which `...` stands for any steps."""
    # Where in the wanted path one may stand; after `...`, also before what follows it.
    places = _open({0}, want)
    for step in path:
        moved = {place + 1 for place in places if want[place : place + 1] == (step,)}
        stayed = {place for place in places if want[place : place + 1] == (REST,)}
        places = _open(moved | stayed, want)
    return len(want) in places


def _open(places: set[int], want: Sequence[str]) -> set[int]:
    """Return places, and those behind a `...` that may stand for nothing."""
    found = set(places)
    for place in range(len(want)):
        if place in found and want[place] == REST:
            found.add(place + 1)
    return found
