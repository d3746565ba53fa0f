"""A scenario: what people and the switch do in a call, and what must come of it.

In: what the loader found right. Out: values to read. Must not play anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eslflow.call.records import State
from eslflow.flow.model import Flow
from eslflow.wire.terms import StrEnum

HANG_UP = "hang_up"
"""What an agent may do besides pressing keys."""
HOLD, UNHOLD = "hold", "unhold"
PASS_ON, PASS_OUTSIDE = "pass_on", "pass_outside"
"""The agent hands the call over: to a colleague, to somebody outside the office."""
REST = "..."
"""In a path: any steps, or none."""
DIALPLAN, NOBODY = "dialplan", "nobody"
"""Whom a call reaches that reaches no queue."""
ENDINGS = (
    *("hung_up", "finished", "handed_back", "transferred"),
    *("refused", "lost", "failed"),
)
"""How a call ends, as the ledger spells it."""


class Outcome(StrEnum):
    """How a queue answers."""

    ANSWERED = "answered"
    TIMEOUT = "timeout"
    NO_AGENTS = "no_agents"
    BUSY = "busy"
    """The agent's telephone is busy until the waiting time runs out."""
    NOBODY = "nobody"
    """The caller waits, and gives up."""
    FAILED = "failed"
    """There is no such queue."""


class Callee(StrEnum):
    """What becomes of a call to somebody, as the steps that call spell it."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    FULL = "full"
    INVALID = "invalid"
    FAILED = "failed"


class Posted(StrEnum):
    """What becomes of a webhook, as the step spells it."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Act(StrEnum):
    """What is asked of a recorder."""

    RECORD = "record"
    MASK = "mask"
    UNMASK = "unmask"
    STOP = "stop"


class Fault(StrEnum):
    """What the switch gets wrong."""

    REFUSE = "refuse"
    """It answers -ERR and does nothing."""
    LIE = "lie"
    """It answers +OK and does nothing."""
    LOSE = "lose"
    """It does it, and nobody hears the event."""
    LATE = "late"
    """It answers when nobody waits any more."""
    CANNOT_PLAY = "cannot_play"
    """Prompts and notices whose files it cannot open."""


@dataclass(frozen=True)
class Expected:
    """One thing that must come of the call."""

    what: str
    """Which: `recorded`, `choice training`."""
    want: object
    line: int


class Span(NamedTuple):
    """A step that the call was in, and from when to when."""

    step: str
    from_s: float
    to_s: float


@dataclass(frozen=True)
class Scenario:
    """One call, and what must come of it."""

    name: str
    file: str
    line: int
    expected: tuple[Expected, ...]
    press: tuple[str, ...] = ()
    """What the caller presses at each question, in order; empty: nothing."""
    press_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same, by step."""
    hang_up_at: str = ""
    """The step in which the caller hangs up."""
    queues: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    """How queues answer, visit by visit."""
    callee: Callee = Callee.ANSWERED
    """What becomes of a call to somebody."""
    webhook: tuple[Posted, ...] = (Posted.DONE,)
    """What becomes of webhooks, one after the other; nothing is sent."""
    answer: Mapping[str, str] = field(default_factory=dict)
    """The fields that they answer with."""
    faults: Mapping[Fault, tuple[str, ...]] = field(default_factory=dict)
    agent: tuple[str, ...] = ()
    """What the agent does in the talk, in order: keys, `hold`, `unhold`, `pass_on`,
    `pass_outside`, `hang_up`."""
    in_queue: tuple[str, ...] = ()
    """Keys that the caller presses while waiting for an agent."""
    in_talk: tuple[str, ...] = ()
    """Keys that the caller presses in the talk, after what the agent does."""
    agent_agreed: bool = True
    """Whether the agents have agreed to being recorded, by the register."""
    earlier: Mapping[str, State] = field(default_factory=dict)
    """What the caller chose in an earlier call, by purpose."""
    caller: str = "+4930123456"
    caller_name: str = "Anna Example"
    called: str = ""
    """The number dialled; empty: the flow's name."""
    at: int | None = None
    """Microseconds since 1970; None: it does not matter."""


def keys_of_agent(flow: Flow) -> dict[str, str]:
    """Return the keys of an agent, or of a called party, by what they mean."""
    own, theirs = flow.recording.agent_keys, flow.recording.callee_keys
    return _by_meaning(own) | _by_meaning(theirs)


def keys_of_caller(flow: Flow) -> dict[str, str]:
    """Return the keys of a caller, by what they mean."""
    return _by_meaning(flow.recording.caller_keys)


def _by_meaning(keys: Mapping[str, object]) -> dict[str, str]:
    return {str(meaning): f"*{key}" for key, meaning in keys.items()}
