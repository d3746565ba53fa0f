"""What steps have in common in which the caller talks with somebody.

In: the call's live state. Out: the variables that must hold before a talk, the events
that are read, and the wait for its end. Must not decide with whom.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call.commands import Await, Command, Execute
from eslflow.call.events import Event, Parked
from eslflow.wire.terms import App, EventName

if TYPE_CHECKING:
    from eslflow.call.live import Live

PARK_S = 60
"""How long a call whose other party hung up waits for us before the switch ends it, in
case no controller is there any more."""
TALKS: frozenset[EventName] = frozenset(
    {
        EventName.CHANNEL_PARK,
        EventName.CHANNEL_BRIDGE,
        EventName.CHANNEL_UNBRIDGE,
        EventName.CHANNEL_HOLD,
        EventName.CHANNEL_UNHOLD,
    }
)
"""What a step reads in which two people talk."""


def talking() -> str:
    """Return what must hold before two people talk.

    With `socket_resume` on, the death of the controller would tear the talk down
    (measured); parked after it, the caller comes back to the flow.
    """
    return f"socket_resume=false;park_after_bridge=true;park_timeout={PARK_S}"


def driven(live: Live) -> Generator[Command, Event | None, None]:
    """Wait until the switch has parked the call, before it is told of a talk.

    A new call is parked in a thread of its own, which takes `park_timeout` for itself
    and forgets `park_after_bridge` (switch_ivr.c, switch_ivr_park). Told so before, it
    does not come back after the talk: with nothing else done first, on a busy machine,
    the caller whose other party had hung up stayed on the line alone in several calls
    of a hundred (measured).
    What that thread has executed, it has executed there.
    """
    if not live.is_driven:
        live.is_driven = True
        yield Execute(App.SLEEP, "0")


def talk(live: Live, begins: str, ends: str) -> Generator[Command, Event | None, None]:
    """Wait until the call comes back; a caller who hangs up never does."""
    live.was_bridged = live.is_answered = True
    live.tell(begins)
    yield Await((Parked,))
    live.tell(ends)
