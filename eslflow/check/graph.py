"""A flow as a picture: its steps as boxes, and where each way out of them leads.

In: a flow that loads. Out: a graph, and its text for Mermaid, which lays it out. Must
not draw by itself, nor know what a step does: the ways are the step's own.

What is recorded is red, what is masked is striped; what happens when nothing was
chosen, or something failed, is dashed, and the picture says so. Ways of a step that
lead alike share an arrow, whole and dashed ones apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from eslflow.check.details import cut, detail
from eslflow.flow.model import Flow, Record
from eslflow.flow.subflow import BEGIN, DONE
from eslflow.flow.week import CLOSED, HOLIDAY, OPEN
from eslflow.steps.question import Meaning
from eslflow.steps.step import Step

HANGS_UP, DIALPLAN = "hangs up", "dialplan"
QUIET = frozenset({BEGIN, DONE, "answered", "collected"})
"""Ways that are what a step is there for; their arrows say nothing."""
CHOSEN = frozenset({"refused", OPEN, CLOSED, HOLIDAY, "otherwise"})
"""Endings that a program chose, or a rule of the flow; whole, as what a key chose."""
SILENCE: Mapping[tuple[str, str], str] = {
    ("consent", "unanswered"): "unanswered (nothing pressed)",
    ("objection", "unopposed"): "unopposed (nothing pressed)",
    ("menu", "invalid"): "another key",
    ("menu", "timeout"): "nothing pressed",
    ("menu", "failure"): "nothing pressed",
    ("language", "failure"): "nothing pressed",
    ("collect", "failure"): "not entered",
}
"""What it is called when whoever is asked chooses nothing, by kind and ending."""
MOST_ENDS = 8
"""Arrows to one end, or one step that hangs up; where more lead there, each step has an
end of its own: no eye can follow lines from everywhere to one corner of a picture."""
MOST_WORDS = 60
"""Characters of what stands on an arrow; more is cut."""


class Look(Enum):
    """How a box looks."""

    PLAIN = "plain"
    RECORDED = "recorded"
    MASKED = "masked"
    END = "over"


@dataclass(frozen=True)
class Box:
    """A step, or an end."""

    name: str
    kind: str
    look: Look
    detail: str = ""
    """What is worth knowing of it at a glance."""

    @property
    def second(self) -> str:
        """Its second line."""
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


@dataclass(frozen=True)
class Arrow:
    """Where a step leads."""

    source: int
    target: int
    """Which boxes, by their place."""
    words: str
    is_fallback: bool


@dataclass(frozen=True)
class Graph:
    """A flow as boxes and arrows, in the order of its file."""

    name: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    description: str = ""


_LOOKS = {Record.ON: Look.RECORDED, Record.MASKED: Look.MASKED}


def graph(flow: Flow) -> Graph:
    """Return the graph of a flow."""
    ways = {name: _ways(step) for name, step in flow.steps.items()}
    led = Counter(target for found in ways.values() for target, _ in found)
    far = {
        end for end, arrows in led.items() if arrows > MOST_ENDS and not ways.get(end)
    }
    boxes = [
        Box(
            step.name,
            step.kind,
            _LOOKS.get(step.record, Look.PLAIN),
            detail(flow, step),
        )
        for step in flow.steps.values()
        if step.name not in far
    ]
    place = {box.name: number for number, box in enumerate(boxes)}
    arrows: list[Arrow] = []
    for step in flow.steps.values():
        for (target, is_fallback), words in ways[step.name].items():
            if target in far or target not in place:
                place[target] = len(boxes)
                kind = flow.steps[target].kind if target in flow.steps else ""
                boxes.append(Box(target, kind, Look.END))
            told = cut(", ".join(words), MOST_WORDS)
            arrows.append(Arrow(place[step.name], place[target], told, is_fallback))
    return Graph(flow.name, tuple(boxes), tuple(arrows), flow.description)


def _ways(step: Step) -> dict[tuple[str, bool], list[str]]:
    """Return what stands on the arrow to each target, whole and dashed ones apart."""
    ways: dict[tuple[str, bool], list[str]] = {}
    quiet: dict[tuple[str, bool], list[str]] = {}
    again = {str(Meaning.MORE): step.name} if step.keys_to(Meaning.MORE) else {}
    for way, target in {**step.ways(), **again}.items():
        end = DIALPLAN if way in step.fallbacks else HANGS_UP
        is_quiet = way in QUIET and way in step.targets
        for words, is_fallback in _led(step, way):
            place = target or end, is_fallback
            ways.setdefault(place, [])
            told = quiet if is_quiet else ways
            told.setdefault(place, []).append(words)
    for target, is_fallback in list(ways):
        if is_fallback and ways.get((target, False)) == []:
            # One arrow will do: it says nothing, and means whatever comes.
            del ways[target, True]
    # Beside others that are told, what a step is there for must be told, too.
    return {
        place: [*quiet.get(place, ()), *words] if words else []
        for place, words in ways.items()
    }


def _led(step: Step, way: str) -> Iterator[tuple[str, bool]]:
    """Yield what leads to a way out of a step, and whether as a fallback."""
    keys = step.keys_to(way)
    yield from ((key, False) for key in keys)
    # Where silence has a way of its own, only wrong keys use up the tries.
    is_wrong = way == "failure" and "timeout" in step.ways()
    silence = SILENCE.get((step.kind, "invalid" if is_wrong else way))
    if silence:
        yield silence, True
    elif not keys:
        is_fallback = way in (step.fallbacks | step.again) - CHOSEN
        yield way.replace("_", " "), is_fallback or way in step.ends - QUIET


_MERMAID = """\
    classDef recorded fill:#fbd5d5,stroke:#b00020,color:#000
    classDef masked fill:#e4e4e4,stroke:#555,stroke-dasharray:5 3,color:#000
    classDef over fill:#fff,stroke:#999,color:#555
"""
_SHAPES = {Look.END: ('(["', '"])')}
_PLAIN = ('["', '"]')


def mermaid(drawn: Graph) -> str:
    """Return the text from which Mermaid draws it, as code hosting sites do."""
    lines = ["flowchart TD"]
    for number, box in enumerate(drawn.boxes):
        before, after = _SHAPES.get(box.look, _PLAIN)
        second = f"<br/><small>{_escaped(box.second)}</small>" if box.kind else ""
        lines.append(f"    s{number}{before}{_escaped(box.name)}{second}{after}")
    for arrow in drawn.arrows:
        line = "-.->" if arrow.is_fallback else "-->"
        words = f'|"{_escaped(arrow.words)}"|' if arrow.words else ""
        lines.append(f"    s{arrow.source} {line}{words} s{arrow.target}")
    for look in (Look.RECORDED, Look.MASKED, Look.END):
        names = [f"s{n}" for n, box in enumerate(drawn.boxes) if box.look is look]
        if names:
            lines.append(f"    class {','.join(names)} {look.value}")
    return "\n".join(lines) + "\n" + _MERMAID


def _escaped(text: str) -> str:
    """Return a text for Mermaid, where nothing of it is markup."""
    marks = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "*": "#42;"}
    return "".join(marks.get(character, character) for character in text)
