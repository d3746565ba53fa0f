"""What somebody may ask of a live call's recording, and what is answered.

In: wishes from the control API, the command line, an agent's keys. Out: the state after
them, as the switch confirmed it. Must not decide who may ask: `web` does.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Protocol


class Want(str, Enum):
    """What somebody asks of a call's recording."""

    ON = "on"
    MASKED = "masked"
    OFF = "off"


class Wish(NamedTuple):
    """One wish, and whose it is."""

    want: Want
    by: str
    """Who asks: `token payment-page`, `key 1001`, `cli anna`."""
    for_s: float | None = None
    """A mask that nobody renews ends after this, as the flow says."""


class Answered(NamedTuple):
    """What became of a wish."""

    call: str
    """uuid of the A-leg."""
    recording: str
    """The recording's state after it, confirmed by the switch."""
    is_done: bool
    """Whether the wish holds now, confirmed by the switch."""
    why: str = ""
    """Why not, in words for a person."""
    until: int = 0
    """When a mask ends by itself, in microseconds since 1970; 0: never."""


class LiveCall(NamedTuple):
    """A call that goes on."""

    uuid: str
    caller: str
    called: str
    flow: str
    step: str
    agent: str
    """Extension of the agent who talks; empty while nobody does."""
    recording: str
    offered_at: int
    until: int = 0
    """When a mask ends by itself, in microseconds since 1970; 0: never."""


class Desk(Protocol):
    """Where live calls are looked at and asked for something."""

    def calls(self) -> list[LiveCall]:
        """Return the calls that go on."""

    def by_agent(self, extension: str) -> list[LiveCall]:
        """Return the calls this agent talks on now, normally one."""

    def ask(self, uuid: str, wish: Wish) -> Answered:
        """Carry a wish out; wait until the switch has confirmed it.

        Raises:
            NotFound: the call is over.
        """
