"""What can happen to a call, in the past tense.

In: nothing. Out: the events that drivers hand to the engine. Must not hold behaviour;
the only thing looked up lazily is a channel variable, because an event has hundreds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from eslflow.call.records import Remembered
from eslflow.call.wishes import Wish


class Variables(Protocol):
    """Channel variables of one event: a wire message, or a `Told` in tests."""

    def variable(self, name: str) -> str | None:
        """Return a channel variable, or None."""


class Told:
    """Channel variables given as a mapping; for drivers without a wire."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def variable(self, name: str) -> str | None:
        """Return a channel variable, or None."""
        return self._values.get(name)


class Offered(NamedTuple):
    """The switch handed the call over (the reply to `connect`)."""

    uuid: str
    """Unique-ID of the A-leg."""
    direction: str = "inbound"
    caller: str = ""
    """Number, as the network claimed it."""
    caller_name: str = ""
    called: str = ""
    flow_path: str = ""
    """`variable_socket_path`: what stood after the slash in the dialplan."""
    is_answered: bool = False
    segments: int = 0
    """Recordings this call has had already, if it was handed over before."""
    may_linger: bool = True
    """Whether the socket may stay for a while after a hang-up."""
    assurance: str = ""
    """What the switch found of the number's signature; see `records.CallOffered`."""


class Executed(NamedTuple):
    """An application that we asked for is done (CHANNEL_EXECUTE_COMPLETE)."""

    mark: str
    """The `Event-UUID` we gave it, back as `Application-UUID`."""
    response: str = ""
    """`Application-Response`: `FILE PLAYED`, `FILE NOT FOUND`, mostly `_none_`."""
    variables: Variables = Told()


class Replied(NamedTuple):
    """The switch answered the command with this number."""

    number: int
    is_ok: bool
    text: str = ""


class JobDone(NamedTuple):
    """What was to be done in the background is done (BACKGROUND_JOB)."""

    leg: str
    """As in `commands.Job`."""
    is_ok: bool
    text: str = ""
    """The switch's words: `+OK <uuid>`, or `-ERR` and a hangup cause."""


class LegEnded(NamedTuple):
    """A leg that was called for this call is gone (its CHANNEL_HANGUP)."""

    leg: str
    cause: str = ""


class Kept(NamedTuple):
    """The ledger has made rows durable, or could not."""

    is_ok: bool
    problem: str = ""


class Bridged(NamedTuple):
    """The A-leg talks with another leg (CHANNEL_BRIDGE)."""

    leg: str
    """Unique-ID of the other leg."""
    agent: str = ""
    """Who has that leg: the queue's agent, else the number that was called."""


class Unbridged(NamedTuple):
    """The talk with the other leg is over, or interrupted (CHANNEL_UNBRIDGE)."""


class Held(NamedTuple):
    """A leg was put on hold, or taken off it (CHANNEL_HOLD, CHANNEL_UNHOLD)."""

    is_on: bool
    is_callers: bool
    """The A-leg, else the one it talks with."""


class Parked(NamedTuple):
    """The call is back with us after a bridge (CHANNEL_PARK)."""


class Queued(NamedTuple):
    """Something happened in a queue of mod_fifo (fifo::info)."""

    action: str
    """`FIFO-Action` in the switch's spelling."""


class KeyPressed(NamedTuple):
    """Somebody has pressed a key that is bound to something (eslflow::control)."""

    action: str
    """A word of `AgentKey`, or of `CallerKey`."""
    is_callers: bool = False
    """The caller's key, else the agent's."""


class RecordStarted(NamedTuple):
    """A recorder runs (RECORD_START); ours or another's."""

    path: str
    leg: str = ""
    """Unique-ID of the leg, when it is not the A-leg."""
    at: int = 0
    """When, by the switch's clock, in microseconds; 0: unknown."""


class RecordStopped(NamedTuple):
    """A recorder closed its file (RECORD_STOP)."""

    path: str
    ms: int = 0
    cause: str = ""
    at: int = 0
    """When, by the switch's clock, in microseconds; 0: unknown."""


class HungUp(NamedTuple):
    """The A-leg is gone (CHANNEL_HANGUP)."""

    cause: str = ""


class Disconnected(NamedTuple):
    """The socket is closed, or is about to be; nothing more will come."""

    problem: str = ""
    """Why, when it was not the end of the call."""


class Responded(NamedTuple):
    """A program has answered a request, or will not."""

    key: str
    """As in `commands.Request`."""
    status: int = 0
    """HTTP's; 0: there was no answer that could be read."""
    body: bytes = b""
    problem: str = ""
    is_sent: bool = True
    """False: nothing has left, so nothing can have come of it."""


class Found(NamedTuple):
    """The ledger has looked for a caller's last choice."""

    key: str
    """As in `commands.LookUp`."""
    choice: Remembered | None = None
    problem: str = ""
    """Why it could not look."""


class TimedOut(NamedTuple):
    """What was awaited did not come in time."""

    token: int
    """Of the `Timer` command."""


class Wished(NamedTuple):
    """Somebody asks for something; answered with the ticket's number."""

    ticket: int
    wish: Wish


Event = (
    Offered
    | Executed
    | Replied
    | JobDone
    | LegEnded
    | Kept
    | Bridged
    | Unbridged
    | Held
    | Parked
    | Queued
    | KeyPressed
    | RecordStarted
    | RecordStopped
    | HungUp
    | Disconnected
    | Responded
    | Found
    | TimedOut
    | Wished
)


class CallEnded(Exception):  # noqa: N818  not an error: the caller hung up
    """Thrown into a step when the call is over; carries the hangup cause."""

    def __init__(self, ending: str, cause: str = "") -> None:
        self.ending = ending
        """As in `records.CallEnded`."""
        self.cause = cause
        super().__init__(ending, cause)

    def __str__(self) -> str:
        """Tell it as people read it."""
        words = self.ending.replace("_", " ")
        return f"{words} ({self.cause})" if self.cause else words
