"""How many agreed, added up by notice, hour and queue, and drawn.

In: counts of questions. Out: rates, bars of text, an SVG. Only numbers and the names
that the office gave to its notices and queues; must not know who was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any, NamedTuple, Protocol

from eslflow.call.records import State

BAR = 20
"""Columns of a whole bar of text."""
MOST_NAME = 36
"""Characters of a name in a drawing."""
_EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
_FULL = "\u2588"


class Counted(Protocol):
    """Questions that have something in common."""

    @property
    def state(self) -> str:
        """What became of them."""

    @property
    def questions(self) -> int:
        """How many there were."""


class Rate(NamedTuple):
    """What became of some questions."""

    agreed: int = 0
    refused: int = 0
    no_answer: int = 0
    hung_up: int = 0

    @property
    def asked(self) -> int:
        """How many questions there were."""
        return sum(self)

    @property
    def share(self) -> float:
        """The part that was agreed to, from 0 to 1."""
        return self.agreed / self.asked if self.asked else 0.0

    def json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"asked": self.asked, **self._asdict(), "rate": round(self.share, 4)}


_MEANS = {
    State.GRANTED.value: Rate(agreed=1),
    State.VERBAL.value: Rate(agreed=1),
    State.REFUSED.value: Rate(refused=1),
    State.UNANSWERED.value: Rate(no_answer=1),
    State.HUNG_UP.value: Rate(hung_up=1),
}


def rates(
    counts: Iterable[Counted], key: Callable[[Any], tuple[Any, ...]]
) -> dict[tuple[Any, ...], Rate]:
    """Return rates by what a key makes of counts, in its order."""
    found: dict[tuple[Any, ...], Rate] = {}
    for count in counts:
        one, name = _MEANS[count.state], key(count)
        so_far = found.get(name, Rate())
        sums = (a + b * count.questions for a, b in zip(so_far, one, strict=True))
        found[name] = Rate(*sums)
    return dict(sorted(found.items()))


def bar(share: float) -> str:
    """Return a bar of text for a part from 0 to 1."""
    whole, rest = divmod(round(share * BAR * 8), 8)
    return _FULL * whole + _EIGHTHS[rest].strip()


def svg(title: str, parts: Mapping[str, Mapping[str, Rate]]) -> str:
    """Return a drawing: a bar for each rate, under the name of its part."""
    lines: list[str] = []
    y = 56
    for part, found in parts.items():
        lines.append(f'<text x="20" y="{y}" class="part">{escape(part)}</text>')
        y += 12
        for name, rate in found.items():
            lines += _bar(y, name, rate)
            y += 22
        y += 28
    style = (
        "text{font:13px sans-serif;fill:#222}.title{font-size:17px}"
        ".part{font-weight:bold}.number{text-anchor:end}"
        ".of{fill:#ddd}.agreed{fill:#2a78b0}"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{y}" '
            f'viewBox="0 0 720 {y}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style>",
            f'<rect width="720" height="{y}" fill="#fff"/>',
            f'<text x="20" y="28" class="title">{escape(title)}</text>',
            *lines,
            "</svg>",
            "",
        ]
    )


def _cut(name: str) -> str:
    """Return what of a name there is room for."""
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}\u2026"


def _bar(y: int, name: str, rate: Rate) -> list[str]:
    told = f"{rate.agreed} of {rate.asked}"
    return [
        f"<g><title>{escape(name)}: {told} agreed</title>",
        f'<text x="20" y="{y + 13}">{escape(_cut(name))}</text>',
        f'<rect x="300" y="{y + 2}" width="240" height="14" class="of"/>',
        f'<rect x="300" y="{y + 2}" width="{rate.share * 240:.1f}" height="14" '
        'class="agreed"/>',
        f'<text x="595" y="{y + 13}" class="number">{rate.share:.1%}</text>',
        f'<text x="700" y="{y + 13}" class="number">{told}</text></g>',
    ]
