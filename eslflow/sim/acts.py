"""What people do in a call besides answering questions, as scenarios spell it.

In: acts of an agent, keys of a caller. Out: deeds, by the point of the call at which
they come. Must not ask what a flow makes of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from eslflow.check.scenario import HANG_UP, HOLD, PASS_ON, PASS_OUTSIDE, UNHOLD
from eslflow.sim import deeds

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

ACT_S = 3.0
"""Between two things that an agent, then the caller, does."""
WAIT_S = 0.5
"""How long a caller waits in a queue before pressing keys."""
TALK_S = 20.0
"""How long they talk besides."""
_ACTS: dict[str, deeds.Deed] = {
    HOLD: deeds.Hold(),
    UNHOLD: deeds.Unhold(),
    HANG_UP: deeds.HangUp(),
    PASS_ON: deeds.Attended(variables={"dialed_user": "1009"}),
    PASS_OUTSIDE: deeds.Attended(variables={"sip_gateway_name": "provider"}),
}


def of_agent(act: str) -> deeds.Deed:
    """Return what an agent, or a called party, does: keys, or a word for something."""
    return _ACTS.get(act) or deeds.Keys(act)


def of_caller(keys: str) -> deeds.Deed:
    """Return that the caller presses keys."""
    return deeds.Keys(keys, deeds.CALLER)


def in_talk(acts: Sequence[deeds.Deed]) -> tuple[dict[str, deeds.Deed], float]:
    """Return what is done in the first talk, by point, and how long that talk is."""
    points = {f"bridged +{n * ACT_S:g}": deed for n, deed in enumerate(acts, 1)}
    return points, TALK_S + len(acts) * ACT_S


def while_waiting(channel: Channel, acts: Iterable[deeds.Deed]) -> None:
    """Let a caller who begins to wait do this, one after the other."""
    for place, deed in enumerate(acts, 1):
        channel.later(place * WAIT_S, partial(deed.do, channel))
