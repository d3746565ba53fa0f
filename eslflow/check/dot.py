"""The text from which Graphviz draws a flow: how its picture looks, and is laid out.

In: a graph. Out: text for `dot`, which finds the places. Must not know a flow.

A picture is to be printed: boxes go down in ranks, and long chains of them in columns
side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from math import sqrt
from textwrap import wrap

from eslflow.check.graph import Arrow, Box, Graph, Look

MOST_RANKS = 20
"""Boxes below each other; what comes then stands in the next column."""
MOST_LINE = 19
"""Characters on one line beside an arrow."""
TITLE = 50
"""Characters on a line above a picture."""
FEW = 16
"""Boxes up to which a picture is printed as large as it is drawn. With more its title
grows as it does, and boxes move together."""
MOST_FALLBACKS = 6
"""Dashed lines to one step; where more lead there, each ends at the step's name."""
_NO_BREAK = "\xa0"
"""A blank at which no line ends."""
_DOT = """\
    graph [nodesep={gap:.2f}, ranksep=0.3, size="23.3,23.3", labelloc=t]
    graph [fontname="{font}"]
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="{font}"]
    node [width=0, height=0, margin="0.12,0.08"]
    edge [fontname="{font}", fontsize=11, color="#444444"]
"""
"""No side is longer, in inches, than that of a sheet of A2."""
_FONT = "Arial,Helvetica,sans-serif"
"""Whatever stands in for Arial has its widths; others would not fit into the boxes."""
_FILLS = {
    Look.RECORDED: 'fillcolor="#fbd5d5", color="#b00020"',
    # Stripes are all the hatching that Graphviz has.
    Look.MASKED: 'style=striped, color="#999999", fillcolor="{}"'.format(
        ":".join(("#ffffff", "#e8e8e8") * 4)
    ),
    Look.END: 'shape=plaintext, style="", fontcolor="#555555"',
}
_LEGEND = {
    Look.RECORDED: "red: recorded, where that is permitted",
    Look.MASKED: "striped: silence in the recording",
}
_DASHED = "dashed: nothing was chosen, or something failed"
_NAMED = "a grey name: on to the step of that name"
_STUB = (
    'shape=plaintext, style="", fontsize=11, fontcolor="#555555", margin="0.06,0.03"'
)
"""How a step's name looks that stands for the step at the end of an arrow."""


def dot(drawn: Graph) -> str:
    """Return the text from which Graphviz draws it."""
    return "\n".join(_lines(drawn)) + "\n}\n"


def _lines(drawn: Graph) -> Iterator[str]:
    grown = max(1, sqrt(len(drawn.boxes) / FEW))
    yield f"digraph {_quoted(drawn.name)} {{"
    yield _DOT.rstrip("\n").format(font=_FONT, gap=0.2 / grown)
    yield f"    label=<{'<br/>'.join(_title(drawn, grown))}>"
    for number, box in enumerate(drawn.boxes):
        fill = f", {_FILLS[box.look]}" if box.look in _FILLS else ""
        yield f"    s{number} [label=<{_inside(box)}>{fill}]"
    columns, named = _columns(drawn), _named(drawn)
    for number, arrow in enumerate(drawn.arrows):
        label = f"<{_beside(arrow)}>" if arrow.words else '""'
        style = ", style=dashed" if arrow.is_fallback else ""
        target = f"s{arrow.target}"
        if number in named:
            target = f"f{number}"
            name = escape(drawn.boxes[arrow.target].name)
            yield f"    {target} [label=<<b>{name}</b>>, {_STUB}]"
        elif columns[arrow.source] != columns[arrow.target]:
            style += ", constraint=false"
        yield f"    s{arrow.source} -> {target} [label={label}{style}]"


def _named(drawn: Graph) -> set[int]:
    """Return the arrows that end at a step's name: more lines there, and none is seen.

    One line leads to every step.
    """
    to: dict[int, list[int]] = {}
    for number, arrow in enumerate(drawn.arrows):
        if arrow.is_fallback and drawn.boxes[arrow.target].look is not Look.END:
            to.setdefault(arrow.target, []).append(number)
    whole = {arrow.target for arrow in drawn.arrows if not arrow.is_fallback}
    return {
        number
        for target, numbers in to.items()
        if len(numbers) > MOST_FALLBACKS
        for number in (numbers if target in whole else numbers[:-1])
    }


def _title(drawn: Graph, grown: float) -> Iterator[str]:
    """Yield what stands above a picture: what it shows, and what its colours mean."""
    yield _sized(18 * grown, f"<b>{escape(drawn.name)}</b>")
    for line in wrap(drawn.description, TITLE):
        yield _sized(14 * grown, escape(line))
    looks = {box.look for box in drawn.boxes}
    told = [words for look, words in _LEGEND.items() if look in looks]
    told += [_DASHED] if any(arrow.is_fallback for arrow in drawn.arrows) else []
    told += [_NAMED] if _named(drawn) else []
    yield from (_sized(12 * grown, line) for line in told)


def _sized(points: float, text: str) -> str:
    return f'<font point-size="{points:.0f}">{text}</font>'


def _inside(box: Box) -> str:
    """Return what stands in a box; only steps have names that stand out."""
    name = escape(box.name)
    if box.look is not Look.END:
        name = f"<b>{name}</b>"
    return f"{name}<br/>{_sized(11, escape(box.second))}" if box.kind else name


def _beside(arrow: Arrow) -> str:
    """Return what stands beside an arrow: short lines, with room around them."""
    # Lines end after commas, and before brackets.
    whole = re.sub(r"(?<!,) (?!\()", _NO_BREAK, arrow.words)
    lines = wrap(whole, MOST_LINE, break_long_words=False, break_on_hyphens=False)
    text = "<br/>".join(map(escape, lines)).replace(_NO_BREAK, " ")
    table = '<table border="0" cellborder="0" cellspacing="0" cellpadding="5">'
    return f'{table}<tr><td balign="left">{text}</td></tr></table>'


def _columns(drawn: Graph) -> list[int]:
    """Return the column of each box; an end stands where it is led to."""
    ranks, columns = [0] * len(drawn.boxes), [0] * len(drawn.boxes)
    for source, target in _onward(drawn):
        ranks[target] = max(ranks[target], ranks[source] + 1)
        is_end = drawn.boxes[target].look is Look.END
        columns[target] = ranks[source if is_end else target] // MOST_RANKS
    return columns


def _onward(drawn: Graph) -> Iterator[tuple[int, int]]:
    """Yield the arrows that lead on, those to a box before those from it."""
    leads: dict[int, list[int]] = {}
    for arrow in drawn.arrows:
        leads.setdefault(arrow.source, []).append(arrow.target)
    way, begun, ended = [0], {0}, []
    while way:
        ahead = [box for box in leads.get(way[-1], ()) if box not in begun]
        if ahead:
            begun.add(ahead[0])
            way.append(ahead[0])
        else:
            ended.append(way.pop())
    place = {box: number for number, box in enumerate(reversed(ended))}
    for source in place:
        for target in leads.get(source, ()):
            if place[target] > place[source]:
                yield source, target


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
