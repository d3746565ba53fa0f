"""What is noted of a scenario's call, whichever switch it runs on.

In: a flow, a scenario, what the controller tells and keeps of the call. Out: what the
caller presses, what came of it all. Must not play anything, nor judge it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from eslflow.call.commands import Alarm, Tell
from eslflow.call.records import CallEnded, Choice, RecordingBegun, Remembered, Row
from eslflow.check.covered import Place
from eslflow.check.happened import Happened, became, why_not
from eslflow.check.scenario import DIALPLAN, Callee, Fault, Scenario, Span
from eslflow.errors import visible
from eslflow.flow.model import Flow, Notice, Prompt
from eslflow.steps.consent import Consent
from eslflow.steps.queue import Queue

DAY_US = 86_400_000_000

CAUSES = {
    Callee.ANSWERED: "",
    Callee.BUSY: "USER_BUSY",
    Callee.NO_ANSWER: "NO_ANSWER",
    Callee.REFUSED: "CALL_REJECTED",
    Callee.FULL: "NORMAL_CIRCUIT_CONGESTION",
    Callee.INVALID: "UNALLOCATED_NUMBER",
    Callee.FAILED: "NORMAL_TEMPORARY_FAILURE",
}
"""The hangup cause by which somebody does not answer."""


@dataclass(frozen=True)
class Played:
    """One call of a scenario."""

    happened: Happened
    story: tuple[str, ...]
    """As `eslflow try` tells it, line by line."""
    visited: frozenset[Place]
    """Steps it came to, and how they ended."""
    skipped: str = ""
    """Why it could not be played; empty: it was."""
    problems: tuple[str, ...] = ()
    """What went wrong that no scenario expects, in words."""
    rows: tuple[Row, ...] = ()
    """What was kept of it."""


class Moved(NamedTuple):
    """A transfer to an extension of the dialplan."""

    at_s: float
    to: str


@dataclass
class Noted:
    """What is noted of one call."""

    flow: Flow
    scenario: Scenario
    start: int
    """When it begins, in microseconds since 1970."""
    lines: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    steps: list[tuple[int, str]] = field(default_factory=list)
    """When each step began."""
    visited: set[Place] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)
    """How many questions came: in each step, and under `` in all of them."""
    met: list[float] = field(default_factory=list)
    """At which seconds the caller began to talk with somebody."""
    has_left: bool = False
    """The caller has hung up, or is about to."""

    def hears(self, now: int, what: Tell | Alarm, folder: Path) -> None:
        """Note what the controller tells; paths within the folder are cut short."""
        is_alarm = isinstance(what, Alarm)
        text = visible(what.text).replace(f"{folder}/", "")
        mark = "! " if is_alarm else ""
        self.lines.append(f"{(now - self.start) / 1e6:6.1f} s  {mark}{text}")
        if is_alarm:
            self.alarms.append(text)

    def earlier(self, purpose: str) -> Remembered | None:
        """Return what the caller of the scenario chose before, a day ago."""
        state = self.scenario.earlier.get(purpose)
        if state is None:
            return None
        notice = next(
            self.flow.notices[step.asks["notice"]]
            for step in self.flow.steps.values()
            if isinstance(step, Consent) and step.asks["purpose"] == purpose
        )
        at, name = self.start - DAY_US, self.flow.name
        return Remembered("earlier", at, state, name, notice.name, notice.version)

    def press(self, _: int = 0) -> str:
        """Return what the caller presses at the question that is asked now."""
        step = self.steps[-1][1] if self.steps else ""
        scenario = self.scenario
        number = self.asked[step] = self.asked.get(step, 0) + 1
        total = self.asked[""] = self.asked.get("", 0) + 1
        if self.has_left:
            # Whoever is about to hang up presses nothing more.
            return ""
        if scenario.press_at:
            keys, place = scenario.press_at.get(step, ()), number
        else:
            keys, place = scenario.press, total
        return keys[place - 1] if place <= len(keys) else ""

    def unpressed(self) -> Iterator[str]:
        """Yield the keys for which no question came."""
        scenario = self.scenario
        yield from filter(None, scenario.press[self.asked.get("", 0) :])
        for step, keys in scenario.press_at.items():
            for key in filter(None, keys[self.asked.get(step, 0) :]):
                yield f"{key} at {step}"

    def spans(self) -> list[Span]:
        """Return the steps with the seconds of the call at which they ran."""
        begun = [((now - self.start) / 1e6, step) for now, step in self.steps]
        ends = *(at for at, _ in begun[1:]), float("inf")
        # The call may have come to no step at all: no strict zip.
        return [
            Span(step, at, end) for (at, step), end in zip(begun, ends, strict=False)
        ]

    @property
    def ending(self) -> str:
        """How the call ended, as it was kept; empty: it has not."""
        found = [row.ending for row in self.rows if isinstance(row, CallEnded)]
        return found[-1] if found else ""

    def happened(
        self,
        files: int,
        heard: tuple[str, ...],
        masked: tuple[str, ...],
        reached: tuple[str, ...],
    ) -> Happened:
        """Return what came of it, with what only the switch's side can tell."""
        choices = [row for row in self.rows if isinstance(row, Choice)]
        return Happened(
            choices=became(choices),
            unrecorded=why_not(choices),
            files=files,
            purposes=tuple(
                row.purposes for row in self.rows if isinstance(row, RecordingBegun)
            ),
            heard=heard,
            masked=masked,
            reached=reached,
            path=tuple(step for _, step in self.steps),
            ending=self.ending,
            alarms=tuple(self.alarms),
            unpressed=tuple(self.unpressed()),
        )


def reached(
    flow: Flow,
    spans: Sequence[Span],
    met: Sequence[float],
    is_fallback: bool = False,
    moved: Sequence[Moved] = (),
) -> tuple[str, ...]:
    """Return whom the caller reached at last, under each of the names."""
    if is_fallback:
        return (DIALPLAN,)
    if moved and moved[-1].at_s >= max(met, default=0.0):
        return (moved[-1].to,)
    if not met:
        return ()
    names = [span.step for span in spans if span.from_s <= met[-1]]
    step = flow.steps[names[-1]]
    if isinstance(step, Queue):
        queue = step.queue
        return tuple(dict.fromkeys((queue, queue.partition("@")[0], step.name)))
    return (step.name,)


def unplayable(flow: Flow, scenario: Scenario) -> Iterator[str]:
    """Yield the paths of audio files that the switch cannot open."""
    words = scenario.faults.get(Fault.CANNOT_PLAY, ())
    texts: tuple[tuple[str, Prompt | Notice], ...]
    texts = (*flow.prompts.items(), *flow.notices.items())
    for name, spoken in texts:
        if name in words or "all" in words:
            for language in spoken.text:
                yield spoken.audio(flow.name, language)
