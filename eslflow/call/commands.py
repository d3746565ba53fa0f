"""What the engine asks for, in the imperative.

In: nothing. Out: the commands that steps yield and drivers carry out. Must not hold
behaviour. A command that waits is resumed with the event named in its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from eslflow.call.records import Row
from eslflow.call.secret import Secret
from eslflow.call.wishes import Answered
from eslflow.wire.terms import ApiCommand, App, HangupCause


class Execute(NamedTuple):
    """Run an application; resumed with `Executed`, or `Replied` when refused."""

    app: App
    arg: str = ""
    waits: bool = True
    """False: go on at once; the switch runs applications one after the other."""
    leg: str = ""
    """Unique-ID of the leg that runs it; empty: the A-leg."""
    sooner: tuple[type, ...] = ()
    """Kinds of event that end the wait before the application does."""


class Api(NamedTuple):
    """Run an API command; resumed with `Replied`, or with `TimedOut`."""

    command: ApiCommand
    arg: str = ""
    waits: bool = True
    timeout_s: float | None = None
    """Seconds; None: as long as the call lasts."""


class Job(NamedTuple):
    """Let the switch make a leg in the background; resumed with `JobDone`.

    Resumed with `Replied` when refused, or with `TimedOut`. From then on the events of
    that leg are heard, as `LegEnded` and the `Executed` of what it runs.
    """

    command: ApiCommand
    arg: str
    leg: str
    """Unique-ID of the new leg; the job is named like it."""
    timeout_s: float | None = None
    """Seconds; None: as long as the call lasts."""


class Keep(NamedTuple):
    """Store rows; when durable, resumed with `Kept` after their commit."""

    rows: tuple[Row, ...]
    is_durable: bool = False


class Await(NamedTuple):
    """Wait for one of these kinds of event; resumed with it, or with `TimedOut`."""

    kinds: tuple[type, ...]
    timeout_s: float | None = None
    """Seconds; None: as long as the call lasts."""


class Until(NamedTuple):
    """Wait until this holds, looked at after each event; or be `TimedOut`."""

    holds: Callable[[], bool]
    timeout_s: float | None = None
    """Seconds; None: as long as the call lasts."""


class Timer(NamedTuple):
    """Say `TimedOut` with this token after a while; goes on at once.

    The engine sets one for whatever waits with a timeout; steps need not.
    """

    token: int
    seconds: float | None
    """None: not any more."""


class Token(NamedTuple):
    """Where the driver finds what proves to a program who asks; never the proof."""

    file: str = ""
    env: str = ""
    """Name of an environment variable."""
    header: str = "Authorization"


class Request(NamedTuple):
    """POST fields to a program; resumed with `Responded`, or with `TimedOut`."""

    key: str
    """Names the request, so that the program knows one that it gets twice."""
    url: str
    fields: Mapping[str, str | Secret]
    token: Token | None = None
    timeout_s: float = 5.0
    """For all of it: waiting for a connection, each try, the pauses between them."""
    retries: int = 0
    """How often it is sent again where nothing can have come of it."""


class Recall(NamedTuple):
    """Wait no more for a request; what has not been sent yet is not; goes on at once.

    What was sent cannot be taken back: it runs to its end, and that is told.
    """

    key: str


class LookUp(NamedTuple):
    """Ask the ledger for a caller's last choice; resumed with `Found` or `TimedOut`."""

    key: str
    """Names the question, so that a late answer is none to another."""
    number: str
    """The caller's, in one spelling."""
    purpose: str
    since: int
    """Microseconds since 1970; what was chosen before is forgotten."""
    timeout_s: float


class Answer(NamedTuple):
    """Tell somebody who asked for something what became of it; goes on at once."""

    ticket: int
    """As in `events.Wished`."""
    answered: Answered


class Tell(NamedTuple):
    """Say something of the call to whoever watches; goes on at once."""

    text: str


class Alarm(NamedTuple):
    """Say that something is wrong that a person must mend; goes on at once."""

    text: str


class Hangup(NamedTuple):
    """End the call; goes on at once."""

    cause: HangupCause = HangupCause.NORMAL_CLEARING


class Close(NamedTuple):
    """Give the socket back: the switch goes on in its dialplan; goes on at once."""


Command = (
    Execute
    | Api
    | Job
    | Keep
    | Await
    | Until
    | Timer
    | Request
    | Recall
    | LookUp
    | Answer
    | Tell
    | Alarm
    | Hangup
    | Close
)


def mark(number: int) -> str:
    """Return the `Event-UUID` of a call's n-th `Execute`, `Api` or `Job` command.

    Engine and driver both count, so that an outcome names the command it belongs to.
    """
    return f"eslflow-{number}"
