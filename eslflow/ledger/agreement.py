"""Whether callers suddenly all agree, or none does: then something is broken.

In: the newest answers. Out: what somebody has to look after, or nothing. When nobody
can hear the question, or no key arrives, nobody agrees; when silence is taken for a
yes, everybody does. Must not cry because few calls come: it counts people, not hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from math import sqrt
from pathlib import Path

from eslflow.ledger.tally import Answer, newest

LEAST_RUN = 10
"""People in a row who did the same; fewer are no news, however unlikely."""
LEAST_BEFORE = 50
"""Questions before them; with fewer, nobody knows what is usual."""
MOST_BEFORE = 500
CHANCE = 1e-5
"""How likely a run may be, by what was usual before, and still be an alarm."""
MOST = 2000
"""How many questions are looked at, of all notices together."""


def sudden(answers: Iterable[Answer]) -> Iterator[str]:
    """Yield what is wrong with each notice; answers come the newest first."""
    by_notice: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        by_notice.setdefault((answer.flow, answer.notice), []).append(answer)
    for (flow, notice), found in by_notice.items():
        if problem := _problem(found):
            yield f"{flow}, notice {notice}: {problem}"


def _problem(answers: list[Answer]) -> str:
    is_yes = answers[0].is_yes
    run = list(takewhile(lambda answer: answer.is_yes is is_yes, answers))
    before = answers[len(run) :][:MOST_BEFORE]
    # Somebody who calls again and again, such as a machine, counts once.
    people = len({answer.who or answer.call_uuid for answer in run})
    if people < LEAST_RUN or len(before) < LEAST_BEFORE:
        return ""
    yes = sum(answer.is_yes for answer in before)
    alike = yes if is_yes else len(before) - yes
    if _usual(alike, len(before)) ** people > CHANCE:
        return ""
    before_ = f"of the {len(before)} before, {yes / len(before):.0%} did"
    if is_yes:
        return f"the last {people} people all agreed; {before_}: can they refuse?"
    hint = "is the question heard, and does the key arrive?"
    return f"none of the last {people} people agreed; {before_}: {hint}"


def _usual(alike: int, many: int) -> float:
    """Return how likely an answer is at most, by how many of those before were alike.

    As if one more had been, and one more had not: nothing is ever certain. And two
    standard errors more, for what was seen may itself have been luck.
    """
    share = (alike + 1) / (many + 2)
    return min(1.0, share + 2 * sqrt(share * (1 - share) / many))


class Agreement:
    """Looks at the newest answers now and then."""

    def __init__(self, path: Path, alarm: Callable[[str], object]) -> None:
        self._path, self._alarm = path, alarm
        self.problem = ""
        """What is sudden; empty: nothing is."""

    def look(self) -> None:
        """Look, and sound the alarm if it is a new one.

        Raises:
            StoreError: the ledger cannot be read.
        """
        if not self._path.exists():
            return
        told = bool(self.problem)
        self.problem = "; ".join(sudden(newest(self._path, MOST)))
        if self.problem and not told:
            self._alarm(self.problem)
