"""`set`: remember something of the call, for steps further on.

In: values by name. Out: the ending `done`. A value is text and goes into no command, so
that what a caller sent can be remembered. `language` is the one that a step can change
of those that every call has: texts are played in it from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from eslflow.flow import codes
from eslflow.flow.model import Purpose
from eslflow.flow.options import option
from eslflow.flow.problems import Wrong
from eslflow.flow.template import MOST_VALUE, Piece
from eslflow.flow.values import LANGUAGE, Assignments
from eslflow.steps.step import AT_ONCE, Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class Set(Step):
    """Remembers values of the call."""

    kind: ClassVar[str] = "set"
    endings: ClassVar[tuple[str, ...]] = ("done",)
    waits: ClassVar[bool] = False

    values: Mapping[str, tuple[Piece, ...]] = option(
        Assignments(), help="The values, each with its text.", key="set"
    )

    def writes(self) -> tuple[str, ...]:
        """Return the names of the values."""
        return tuple(name for name in self.values if name != LANGUAGE)

    def sets(self, ending: str) -> tuple[str, ...]:
        """Return the names of the values, which are always new."""
        return self.writes()

    def renamed(self, names: Mapping[str, str]) -> Step:
        """Return the same step with other names for the values."""
        values = {
            names.get(name, name): tuple(
                piece._replace(name=names.get(piece.name, piece.name)) for piece in text
            )
            for name, text in self.values.items()
        }
        return replace(self, values=values)

    def refers_to(self) -> Iterator[tuple[str, str, str]]:
        """Yield the values that are filled in, and the language that is chosen."""
        for name, text in self.values.items():
            yield from ((f"set/{name}", "value", p.name) for p in text if p.name)
        chosen = self.values.get(LANGUAGE, ())
        if chosen and not any(piece.name for piece in chosen):
            yield f"set/{LANGUAGE}", "language", "".join(p.text for p in chosen)

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield a language that only a call would tell: it may be none of ours."""
        if any(piece.name for piece in self.values.get(LANGUAGE, ())):
            hint = "Name a language here, and choose by a branch step which."
            problem = "a language must be one of the flow's"
            yield codes.UNKNOWN_NAME, f"set/{LANGUAGE}", problem, hint

    def run(self, live: Live) -> Road:
        """Put each text together, in order: one may use the value above it."""
        for name, text in self.values.items():
            value = "".join(p.text or live.value(p.name) for p in text)[:MOST_VALUE]
            if name == LANGUAGE:
                live.language = value
            else:
                live.values[name] = value
            live.tell(f"sets {name}")
        yield from AT_ONCE
        return "done"
