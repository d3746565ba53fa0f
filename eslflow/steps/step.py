"""What every kind of step has: a name, a place to go for each ending, what it records.

In: the options of one step, converted by the loader. Out: a generator that yields
commands and returns the name of its ending. Must not do I/O or read a clock.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.commands import Command
from eslflow.call.events import Event
from eslflow.flow.model import From, Party, Purpose, Record
from eslflow.flow.options import RECORD_FROM, RECORD_WANTED, option
from eslflow.flow.problems import Wrong
from eslflow.wire.terms import EventName, Module, Subclass

if TYPE_CHECKING:
    from eslflow.call.live import Live

Road = Generator[Command, Event | None, str]
"""A step on its way: yields commands, is resumed with events, returns its ending."""

AT_ONCE: tuple[Command, ...] = ()
"""What a step yields that asks nobody for anything."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """The part that all kinds share."""

    kind: ClassVar[str]
    """Word that names the kind in a flow file; also its first option."""
    endings: ClassVar[tuple[str, ...]]
    """How it can end; each may name the step to go to, else the next one below."""

    again: ClassVar[frozenset[str]] = frozenset()
    """Endings that stay inside the step unless the flow names a step for them."""
    ends: ClassVar[frozenset[str]] = frozenset()
    """Endings after which the flow is over unless it names a step for them."""
    like: ClassVar[Mapping[str, str]] = {}
    """Endings that lead where another one does unless they name a step."""
    fallbacks: ClassVar[frozenset[str]] = frozenset({"error"})
    """Endings after which, with nowhere to go, the dialplan takes the call on."""
    waits: ClassVar[bool] = True
    """Whether it waits for somebody; steps that do not must not lead in a circle."""
    forbids: ClassVar[bool] = False
    """Whether it forbids every recording of the call."""
    hands_over: ClassVar[bool] = False
    """Whether it gives the caller to whoever the dialplan knows."""
    hears: ClassVar[frozenset[EventName]] = frozenset()
    """Events it reads besides those that every call does."""

    name: str
    targets: Mapping[str, str] = field(default_factory=dict)
    """Step to go to, by ending; the loader fills in every ending (`` = hang up)."""
    record: Record = option(
        RECORD_WANTED, Record.OFF, "Whether the call is recorded while the step runs."
    )
    record_from: From = option(
        RECORD_FROM,
        From.STEP,
        "The moment from which it is recorded.",
        key="from",
    )

    @property
    def hears_custom(self) -> frozenset[Subclass]:
        """Subclasses of CUSTOM events it reads."""
        return frozenset()

    @property
    def needs(self) -> frozenset[Module]:
        """Modules without which the switch cannot do it."""
        return frozenset()

    @property
    def takes_away(self) -> str:
        """What it takes away from the beginning of the number dialled."""
        return ""

    @property
    def dials_called(self) -> bool:
        """Whether it calls whatever number the caller has dialled."""
        return False

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the keys that mean something in the step, besides digits it takes."""
        return ()

    def keys_to(self, ending: str) -> tuple[str, ...]:
        """Return what is pressed for an ending, with what that means: `1 granted`.

        Nothing where the ending is the key itself, or none brings it about.
        """
        return ()

    @property
    def asks_whom(self) -> tuple[Party, ...]:
        """Who is asked for consent, in order."""
        return ()

    @property
    def says_receipt(self) -> bool:
        """Whether it reads a receipt out."""
        return False

    @cached_property
    def meets(self) -> bool:
        """Whether it can bring the caller to somebody."""
        return EventName.CHANNEL_BRIDGE in self.hears

    def target(self, ending: str) -> str:
        """Return the step that an ending leads to; empty: the flow ends."""
        return self.targets.get(ending, "")

    def leads_to(self) -> list[str]:
        """Return every step that can come next, with `` for the end of the flow."""
        return list(self.targets.values())

    def ways(self) -> Mapping[str, str]:
        """Return where each way out of the step leads, by how the step ends.

        An ending that stays inside the step is none.
        """
        return {
            ending: target
            for ending, target in self.targets.items()
            if ending not in self.again or target != self.name
        }

    def asks_for(self) -> tuple[str, ...]:
        """Return the purposes that the step asks consent for."""
        return ()

    def may_be_opposed(self) -> tuple[str, ...]:
        """Return the purposes that the step lets callers object to."""
        return ()

    def speaks_of(self) -> tuple[str, ...]:
        """Return the purposes that the step knows by name."""
        return (*self.asks_for(), *self.may_be_opposed())

    def runs_flow(self) -> str:
        """Return the flow whose steps stand behind this one; empty: none."""
        return ""

    def writes(self) -> tuple[str, ...]:
        """Return the names of the call's values that the step sets."""
        return ()

    def sets(self, ending: str) -> tuple[str, ...]:
        """Return the values and secrets that are new, or gone, whenever it ends so."""
        return ()

    def renamed(self, names: Mapping[str, str]) -> Step:
        """Return the same step with other names for the values and secrets it knows."""
        return self

    def refers_to(self) -> Iterator[tuple[str, str, str]]:
        """Yield what must be there once all steps are read: option, kind, name.

        The option as `keys/1` where a part of it names it; the kind is `value` or
        `language`.
        """
        yield from ()

    def hides(self) -> tuple[str, ...]:
        """Return the secrets that it asks for; they are no values."""
        return ()

    def carries(self) -> tuple[str, ...]:
        """Return the secrets that it passes on; each has one step that does."""
        return ()

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield what is wrong with the options taken together."""
        yield from ()

    def warns(self) -> Iterator[str]:
        """Yield what is right, and should be thought about twice."""
        yield from ()

    def at_once(self, live: Live) -> Road:
        """Walk the step without asking anybody anything: for an emergency."""
        return self.run(live)

    @abstractmethod
    def run(self, live: Live) -> Road:
        """Walk the step; return the name of its ending."""
