"""`branch`: choose the next step by what is known of the call.

In: a value, or what became of the question for a purpose; cases with the step each
leads to. Out: the first case that matches, or the ending `otherwise`. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.records import State
from eslflow.flow import codes
from eslflow.flow.model import Basis
from eslflow.flow.options import option
from eslflow.flow.problems import Wrong, either
from eslflow.flow.values import (
    ANONYMOUS,
    CALLER,
    LANGUAGE,
    WITHHELD,
    Cases,
    Looked,
    Subject,
    is_withheld,
    matches,
)
from eslflow.steps.step import AT_ONCE, Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Purpose

STATES = tuple(
    str(state) for state in State if state not in (State.REQUESTED, State.HUNG_UP)
)
"""What can have become of a question when another step runs."""

_OTHER_WORDS = WITHHELD - {ANONYMOUS}


@dataclass(frozen=True, kw_only=True)
class Branch(Step):
    """Chooses the next step by what is known of the call."""

    kind: ClassVar[str] = "branch"
    endings: ClassVar[tuple[str, ...]] = ("otherwise",)
    fallbacks: ClassVar[frozenset[str]] = frozenset(endings)
    waits: ClassVar[bool] = False

    looks_at: Looked = option(
        Subject(),
        help="A value (caller, called, caller_name, language, or what a step set), or "
        "{consent: PURPOSE} for what became of a question.",
        key="branch",
    )
    cases: Mapping[str, str] = option(
        Cases(), help="The step of each pattern; the first that matches counts."
    )

    def target(self, ending: str) -> str:
        """Return the step that a case leads to."""
        return self.cases.get(ending) or super().target(ending)

    def leads_to(self) -> list[str]:
        """Return every step that a case leads to."""
        return [*self.cases.values(), *super().leads_to()]

    def ways(self) -> Mapping[str, str]:
        """Return every case and ending with the step it leads to."""
        return {**self.cases, **super().ways()}

    def refers_to(self) -> Iterator[tuple[str, str, str]]:
        """Yield the value that is looked at, and the languages that are compared."""
        if self.looks_at.value:
            yield "branch", "value", self.looks_at.value
        if self.looks_at.value == LANGUAGE:
            yield from ((f"cases/{case}", "language", case) for case in self.cases)

    def renamed(self, names: Mapping[str, str]) -> Step:
        """Return the same step with another name for the value that is looked at."""
        value = self.looks_at.value
        return replace(
            self, looks_at=replace(self.looks_at, value=names.get(value, value))
        )

    def speaks_of(self) -> tuple[str, ...]:
        """Return the purpose of which it looks at the question's state."""
        return tuple(filter(None, (self.looks_at.purpose,)))

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield the cases that no call can be."""
        purpose = purposes.get(self.looks_at.purpose)
        if purpose is not None and purpose.basis is not Basis.CONSENT:
            problem = f"nobody is asked for '{purpose.name}': it rests on"
            problem = f"{problem} {purpose.basis}"
            yield codes.WRONG_BASIS, "branch", problem, "Remove the step."
        for case in self.cases:
            if self.looks_at.purpose and case not in STATES:
                hint = f"Takes {either(STATES)}."
                if case == State.HUNG_UP:
                    hint = "Whoever hung up reaches no further step. Remove it."
                problem = f"no question ends as '{case}'"
                yield codes.UNKNOWN_NAME, f"cases/{case}", problem, hint
            elif self.looks_at.value == CALLER and case.lower() in _OTHER_WORDS:
                problem = f"a withheld number is not called '{case}'"
                yield codes.WRONG_VALUE, f"cases/{case}", problem, f"Write {ANONYMOUS}."

    def run(self, live: Live) -> Road:
        """Compare, and go where the first case leads that matches."""
        looked, found = self.looks_at, self.chosen(live)
        told = f"consent for {looked.purpose}: {self._text(live).replace('_', ' ')}"
        live.tell(f"{looked.value}: {found}" if looked.value else told)
        yield from AT_ONCE
        return found

    def chosen(self, live: Live) -> str:
        """Return the first case that matches, or `otherwise`."""
        text = self._text(live)
        return next((case for case in self.cases if matches(case, text)), "otherwise")

    def _text(self, live: Live) -> str:
        """Return what the cases are compared with."""
        looked = self.looks_at
        if looked.purpose:
            return str(live.consents.state(looked.purpose) or State.NOT_ASKED)
        text = live.value(looked.value)
        return ANONYMOUS if looked.value == CALLER and is_withheld(text) else text
