"""What came of scenarios, in lines for people and in data for programs.

In: verdicts. Out: lines, values. Must not play anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eslflow.check.covered import Coverage
from eslflow.check.happened import Difference
from eslflow.check.scenario import Scenario
from eslflow.errors import columns
from eslflow.flow.model import Flow

HEADS = ("", "expected", "happened")
WIDEST = 48
"""Columns of a cell; what is longer moves those behind it."""
FIRST, LAST = 40, 10
"""Lines of a story that are shown; a call that goes round in circles has thousands."""


@dataclass(frozen=True)
class Verdict:
    """What came of one scenario."""

    scenario: Scenario
    differences: Sequence[Difference]
    story: Sequence[str]
    skipped: str = ""
    """Why it could not be played; empty: it was."""


@dataclass(frozen=True)
class Report:
    """What came of a flow's scenarios."""

    flow: Flow
    path: Path
    """Of the file with the scenarios."""
    verdicts: Sequence[Verdict]
    coverage: Coverage

    @property
    def failures(self) -> int:
        """How many scenarios came otherwise."""
        return sum(bool(verdict.differences) for verdict in self.verdicts)

    @property
    def skips(self) -> int:
        """How many scenarios could not be played."""
        return sum(bool(verdict.skipped) for verdict in self.verdicts)


def told(verdict: Verdict) -> Iterator[str]:
    """Yield what differs, side by side, and the call's story."""
    scenario = verdict.scenario
    rows = [HEADS, *((d.what, d.expected, d.happened) for d in verdict.differences)]
    first, second = (
        min(WIDEST, max(columns(row[place]) for row in rows)) for place in (0, 1)
    )
    yield f"{scenario.file}:{verdict.differences[0].line}: {scenario.name}"
    places = ["", *(f"line {d.line}" for d in verdict.differences)]
    width = max(map(len, places))
    for place, (what, expected, happened) in zip(places, rows, strict=True):
        cells = f"{what:<{first}}  {expected:<{second}} | {happened}"
        yield f"  {place:<{width}}  {cells}"
    yield "  The call:"
    for line in _shortened(verdict.story):
        yield f"  {line}"


def _shortened(story: Sequence[str]) -> Sequence[str]:
    left = len(story) - FIRST - LAST
    if left <= 1:
        return story
    return [*story[:FIRST], f"  ... {left} lines more ...", *story[-LAST:]]


def summary(report: Report) -> Iterator[str]:
    """Yield how much of the flow the scenarios reach, and what not."""
    found = report.coverage
    skipped = f", {report.skips} skipped" if report.skips else ""
    yield (
        f"{report.path}: {_scenarios(len(report.verdicts))}, {report.failures} failed"
        f"{skipped}; "
        f"{found.reached} of {found.places} steps and endings ({found.percent} %)"
    )
    for place in found.left:
        yield f"  not reached: {place}"


def _scenarios(number: int) -> str:
    return f"{number} scenario{'' if number == 1 else 's'}"


def data(report: Report) -> dict[str, Any]:
    """Return a report for programs."""
    return {
        "flow": report.flow.name,
        "file": str(report.path),
        "coverage": {
            "percent": report.coverage.percent,
            "reached": report.coverage.reached,
            "of": report.coverage.places,
            "not_reached": list(report.coverage.left),
        },
        "scenarios": [
            {
                "name": verdict.scenario.name,
                "line": verdict.scenario.line,
                "passed": not (verdict.differences or verdict.skipped),
                "skipped": verdict.skipped,
                "differences": [
                    {
                        "what": found.what,
                        "expected": found.expected,
                        "happened": found.happened,
                        "line": found.line,
                    }
                    for found in verdict.differences
                ],
                "story": list(verdict.story),
            }
            for verdict in report.verdicts
        ],
    }
