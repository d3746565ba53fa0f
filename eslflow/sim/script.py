"""What the people on a simulated call do, and what the switch gets wrong.

In: nothing. Out: a plan that `Channel` plays. Must not do anything by itself.

A point of a call is written `NAME [RUN] [+SECONDS]`: an application (`playback`,
`callcenter`, its second run `playback 2`) or `offered`, `connect`, `answered`,
`recording`, `bridged`, `parked`. Seconds are simulated ones after the point.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from eslflow.sim.lies import Lie

if TYPE_CHECKING:
    from eslflow.sim.deeds import Deed

HANG_UP = "hangup"
"""Instead of a key: the caller hangs up during that question."""

_POINT = re.compile(r"(\S+)(?: (\d+))?(?: \+(\d+(?:\.\d+)?))?")


class Agent(Enum):
    """How the queue answers."""

    ANSWERS = "answers"
    TIMEOUT = "timeout"
    """The queue's own waiting time runs out."""
    NO_AGENTS = "no agents"
    BUSY = "busy"
    """The agent's telephone is busy until the waiting time runs out."""
    NOBODY = "nobody"
    """The caller waits until hanging up."""
    UNKNOWN = "unknown queue"


@dataclass(frozen=True)
class Point:
    """A moment of a call, tied to what the controller does."""

    name: str
    run: int = 1
    after_s: float | None = None
    """None: where the action itself has a fitting moment."""

    @classmethod
    def read(cls, text: str) -> Point:
        """Read `playback 2 +0.5`.

        Raises:
            ValueError: it is no point.
        """
        found = _POINT.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no point of a call, `playback 2 +0.5` is")
        name, run, after = found.groups()
        return cls(name, int(run or 1), None if after is None else float(after))


@dataclass(frozen=True)
class Script:
    """One call."""

    keys: tuple[str, ...] = ()
    """What is pressed at each question, in order: keys, `` for nothing, `hangup`.
    A question that is asked again for want of an answer counts again."""
    press: Callable[[int], str] | None = None
    """Asked for the keys of the n-th question (from 0) where `keys` has none."""
    hears: Callable[[str], object] = bool
    """Told of each audio file when it begins, a question's before any key of it."""
    early: Mapping[int, str] = field(default_factory=dict)
    """Keys pressed while the n-th playback (from 0) runs: typed ahead."""
    press_after_s: float = 1.0
    """When keys are pressed after their question or playback began."""
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    caller: str = "+4930123456"
    caller_name: str = "Anna Example"
    called: str = "100"
    path: str = "support"
    """What stands after the slash in the dialplan's socket action; may be empty."""
    hang_up_at: str = ""
    """Point at which the caller hangs up. Within an application half a second after
    it was asked for unless told otherwise, and in any case before it has ended."""
    agent: Agent = Agent.ANSWERS
    queues: Mapping[str, Sequence[Agent]] = field(default_factory=dict)
    """How a queue answers at each visit, where it is not as `agent`; the last stays."""
    agent_after_s: float = 4.0
    """When the agent answers, or how long a caller waits for nobody."""
    queue_timeout_s: float = 3.53
    """How long the queue keeps a caller whom no agent answers."""
    callee: str = ""
    """Hangup cause with which whom a flow dials does not answer; empty: they do, after
    `agent_after_s`."""
    callee_keys: tuple[str, ...] = ()
    """What they press at each question, as in `keys`."""
    talk_s: float = 20.0
    agent_hangs_up: bool = False
    """The agent ends the talk, else the caller does."""
    refuse: Mapping[str, str] = field(default_factory=dict)
    """Replies to commands by how they begin: `{"api uuid_record": "-ERR no"}`, or by
    their application."""
    refuse_times: int | None = None
    """How many commands are refused; None: every one of them."""
    missing: tuple[str, ...] = ()
    """Audio files that are not there, by how their path ends."""
    is_deaf: bool = False
    """`uuid_record start` answers +OK, but no recorder runs."""
    drop_at: str = ""
    """Point at which the socket breaks; the switch goes on as it does then."""
    at: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    """What else happens, by point: `{"bridged +3": mask_over_http}`."""
    does: Mapping[str, Deed | Sequence[Deed]] = field(default_factory=dict)
    """What people and the switch itself do, by point: `{"bridged +3": Keys("*1")}`."""
    lies: Sequence[Lie] = ()
    """What the switch gets wrong about API commands."""
    lost: tuple[str, ...] = ()
    """Recordings of which there is no file in the end, by how their path ends."""
    headers: Mapping[str, bytes] = field(default_factory=dict)
    """Headers of the channel as raw bytes, instead of ours or in addition; they are
    percent-encoded as FreeSWITCH does."""
    raw: bytes = b""
    """Lines that stand at the end of every block as they are; for hostile tests."""

    def agent_of(self, queue: str, visit: int) -> Agent:
        """Return how a queue answers at a visit, from 1."""
        turns = self.queues.get(queue) or (self.agent,)
        return turns[min(visit, len(turns)) - 1]

    def pressed_by_callee(self, place: int) -> str:
        """Return what the called party presses at their n-th question, from 0."""
        if place < len(self.callee_keys):
            return self.callee_keys[place]
        return self.press(place) if self.press else ""
