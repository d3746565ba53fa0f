"""What the people on a simulated call do, and what the switch gets wrong.

In: nothing. Out: a plan that `Channel` plays. Must not do anything by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

HANG_UP = "hangup"
"""Instead of a key: the caller hangs up during that question."""


class Agent(Enum):
    """How the queue answers."""

    ANSWERS = "answers"
    TIMEOUT = "timeout"
    """The queue's own waiting time runs out."""
    NO_AGENTS = "no agents"
    NOBODY = "nobody"
    """The caller waits until hanging up."""
    UNKNOWN = "unknown queue"


@dataclass(frozen=True)
class Script:
    """One call."""

    keys: tuple[str, ...] = ()
    """What is pressed at each question, in order: a key, `` for nothing, `hangup`."""
    press: Callable[[int], str] | None = None
    """Asked for the key of the n-th question (from 0) where `keys` has none."""
    early: Mapping[int, str] = field(default_factory=dict)
    """Keys pressed while the n-th playback (from 0) runs: typed ahead."""
    press_after_s: float = 1.0
    """When a key is pressed after its question began."""
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    caller: str = "+4930123456"
    caller_name: str = "Anna Example"
    called: str = "100"
    path: str = "support"
    """What stands after the slash in the dialplan's socket action; may be empty."""
    hang_up_at: str = ""
    """Application during which the caller hangs up: `playback`, `callcenter`, `answer`;
    `playback 2` is its second run; `bridged`: during the talk."""
    agent: Agent = Agent.ANSWERS
    agent_after_s: float = 4.0
    talk_s: float = 20.0
    agent_hangs_up: bool = False
    """The agent ends the talk, else the caller does."""
    refuse: Mapping[str, str] = field(default_factory=dict)
    """Replies to commands by how they begin: `{"api uuid_record": "-ERR no"}`."""
    missing: tuple[str, ...] = ()
    """Audio files that are not there, by how their path ends."""
    is_deaf: bool = False
    """`uuid_record start` answers +OK, but no recorder runs."""
    drop_at: str = ""
    """Application at whose start the socket breaks."""
    headers: Mapping[str, bytes] = field(default_factory=dict)
    """Headers of the channel as raw bytes, instead of ours or in addition."""
