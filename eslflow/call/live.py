"""What one call knows of itself while it runs; what steps read and write.

In: the offer, the flow, the site. Out: the state that the engine and the steps share.
Must not do anything by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eslflow.call.commands import Command, Tell
from eslflow.call.consent import Consents
from eslflow.call.events import Offered
from eslflow.call.recorder import Recorder
from eslflow.call.screen import Screen
from eslflow.call.secret import Secret
from eslflow.flow.destination import dialled
from eslflow.flow.model import Flow
from eslflow.flow.values import GIVEN, LANGUAGE, is_withheld


@dataclass(frozen=True)
class Sound:
    """An audio file that is there."""

    path: str
    """Absolute, as the switch opens it."""
    sha256: str
    ms: int


def _is_enough() -> str:
    return ""


def _nobody_watches(_: str, __: str, ___: str) -> None:
    return None


def _as_it_is(number: str) -> str:
    """Return a number without what separates its digits for the eye."""
    return "" if is_withheld(number) else dialled(number)


def _nobody_has(_: str, __: str, ___: int) -> bool:
    return False


EMERGENCY = (
    "112",
    "110",
    "911",
    "999",
    "000",
    "111",
    "113",
    "115",
    "117",
    "118",
    "119",
)
"""Numbers of police, fire brigade and ambulance, unless the settings say others."""


@dataclass(frozen=True)
class Site:
    """What every call of one installation shares."""

    recordings: str
    """Absolute folder for recordings, as the switch writes it."""
    engine: str = ""
    """eslflow's version, for the record."""
    sounds: Mapping[str, Sound] = field(default_factory=dict)
    """By the path relative to the sounds folder: `support/en/welcome.wav`."""
    is_controlled: bool = False
    """Whether calls can be asked for something from outside: the control API."""
    beep_s: float = 0.0
    """How often both parties hear a tone while they are recorded; 0: never."""
    normal: Callable[[str], str] = _as_it_is
    """Puts a number in one spelling; empty: it is none, or withheld."""
    room: Callable[[], str] = _is_enough
    """Says why there is no room for another recording; empty: there is."""
    visited: Callable[[str, str, str], object] = _nobody_watches
    """Told the call, the step it comes to and ``, and again how the step has ended."""
    emergency: frozenset[str] = frozenset(EMERGENCY)
    """Numbers, as they are dialled, that are never asked, delayed or recorded."""
    never_record: tuple[str, ...] = ()
    """Extensions and numbers whose calls are never recorded, as patterns."""
    extensions: tuple[str, ...] = ()
    """The office's own: calls among them are never recorded."""
    agreed: Callable[[str, str, int], bool] = _nobody_has
    """Says whether an agent has agreed to a text, in this version or a later one."""


class Aside(NamedTuple):
    """A sentence that is mixed into a talk."""

    path: str = ""
    legs: tuple[str, ...] = ()
    until: int = 0
    """When it is over, in microseconds since 1970."""


class Live:
    """One call on its way through its flow."""

    __slots__ = (
        "_named",
        "agent",
        "aside",
        "asked",
        "callee",
        "consents",
        "flow",
        "hears",
        "is_adopted",
        "is_answered",
        "is_driven",
        "is_hushed",
        "is_private",
        "language",
        "leaving",
        "leg",
        "now",
        "offered",
        "offered_at",
        "queue",
        "recorder",
        "screen",
        "secrets",
        "site",
        "step",
        "values",
        "was_bridged",
        "was_played",
    )

    def __init__(self, offered: Offered, flow: Flow, site: Site, now: int) -> None:
        self.offered, self.flow, self.site = offered, flow, site
        self.hears: list[Command] | None = None
        """Takes what the call tells of itself, among its commands; None: nobody."""
        self.offered_at = self.now = now
        """Microseconds since 1970; `now` is set by the engine at every event."""
        self.language = flow.languages[0]
        self.is_answered = offered.is_answered
        self.is_driven = self.is_adopted = self.is_hushed = self.is_private = False
        """Whether the switch's own thread of the call has executed something for us; it
        went on without us, and no flow drives it any more; the switch keeps what the
        caller presses to itself; somebody has made it private."""
        self.consents = Consents(flow.purposes, flow.announced)
        self.recorder = Recorder(offered.segments)
        self.screen = Screen(offered, flow, site)
        self.values: dict[str, str] = {}
        """What the flow remembers of the call: text, and never part of a command."""
        self.step = self.queue = ""
        """Names of the step the call is in, and of the queue it has waited in last."""
        self.leg = self.agent = ""
        """Unique-ID of the leg that the caller talks with, and who has it; empty: with
        none."""
        self.aside = Aside()
        """What both heard last in between."""
        self.callee = self.asked = ""
        """Unique-ID of a leg that was called and does not talk yet, and of the one
        whose owner was asked for consent; empty: none."""
        self.was_bridged = self.was_played = False
        """Whether an agent had the call: the dialplan cannot take it on after that;
        whether something was played to the caller, and its length not forgotten yet."""
        self.leaving = ""
        """How the flow ends the call, once it does: `finished`, `handed_back`, ..."""
        self.secrets: dict[str, Secret] = {}
        """What only the one request that names it may carry."""
        self._named: dict[str, int] = {}
        """How many names of each kind were given."""

    def comes_to(self, step: str) -> None:
        """Begin a step; whoever watches is told."""
        self.step = step
        self.screen.comes_to_step()
        self.tell(f"step {step}")
        self.site.visited(self.offered.uuid, step, "")

    def tell(self, words: str) -> None:
        """Say something of the call to whoever watches, if anybody does."""
        if self.hears is not None:
            self.hears.append(Tell(words))

    @property
    def is_emergency(self) -> bool:
        """Whether somebody calls for help, and the flow can put them through."""
        if not self.flow.way_out:
            return False
        called = dialled(self.offered.called)
        plain = {called, *map(called.removeprefix, self.flow.prefixes)}
        return not plain.isdisjoint(self.site.emergency)

    @property
    def agents_key(self) -> str:
        """Who it is that presses a key of the agent's, by name where that is known."""
        return f"key {self.agent}".rstrip()

    @property
    def may_be_recorded(self) -> bool:
        """Whether a purpose permits it, and so does who has the call."""
        return bool(self.consents.permitting()) and self.screen.lets(self)

    def drop_prefix(self, *prefixes: str) -> None:
        """Take away what stands before the number dialled, and is no part of it."""
        called = self.offered.called
        for prefix in prefixes:
            called = called.removeprefix(prefix)
        self.offered = self.offered._replace(called=called)

    def new_leg(self) -> str:
        """Return the Unique-ID of a leg that is to be called; no other call has it."""
        name = f"{self.offered.uuid} {self.now} {self._next('leg')}"
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))

    def value(self, name: str) -> str:
        """Return a value of the call; empty when nothing has set it."""
        if name == LANGUAGE:
            return self.language
        if name in GIVEN:
            return str(getattr(self.offered, name))
        return self.values.get(name, "")

    def new_variable(self) -> str:
        """Return the name of a channel variable that this call has not used yet.

        A name used twice could hold the answer to an earlier question.
        """
        return f"eslflow_digits_{self._next('variable')}"

    def new_request(self) -> str:
        """Return a name for a request that nobody else has sent or will send."""
        return f"{self.offered.uuid}-{self.step}-{self._next('request')}"

    def new_answer(self) -> int:
        """Return the number of an answer that an agent gives for the caller."""
        return self._next("answer")

    def is_last_answer(self, number: int) -> bool:
        """Whether no other one was given since."""
        return self._named["answer"] == number

    def _next(self, kind: str) -> int:
        self._named[kind] = number = self._named.get(kind, 0) + 1
        return number

    def hide(self, name: str, secret: Secret) -> None:
        """Hold a secret until the request that may carry it."""
        self.forget((name,))
        self.secrets[name] = secret

    def forget(self, names: Iterable[str] | None = None) -> None:
        """Wipe secrets: these, or all."""
        for name in tuple(self.secrets) if names is None else names:
            secret = self.secrets.pop(name, None)
            if secret is not None:
                secret.wipe()
