"""Calls that must be recorded, and are not: none of them reaches a person.

With `if_unrecorded: refuse` a call whose recording cannot begin is refused before it
meets anybody (the engine plays why). One whose recording fails in a talk ends there:
the agent's leg is hung up on, the caller comes back to the flow and hears why. One that
fails while the caller waits is hung up on, for no application of the switch that waits
can be left to play something.

In: the recording's state. Out: commands. Must not decide what is recorded.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import Alarm, Api, Await, Command, Until
from eslflow.call.events import CallEnded, Event
from eslflow.call.live import Live
from eslflow.call.recording import RUNNING, Recording
from eslflow.flow.model import Record
from eslflow.wire.terms import ApiCommand, HangupCause

REFUSED = "refused"
"""How such a call ends, as the ledger spells it."""
CAUSE = HangupCause.NORMAL_TEMPORARY_FAILURE


def is_needed(live: Live) -> bool:
    """Whether a recording has been begun that must not fail."""
    return live.flow.recording.is_demanded and live.recorder.segment is not None


def is_lost(live: Live) -> bool:
    """Whether the call must be recorded now, and cannot be."""
    recorder = live.recorder
    if not live.flow.recording.is_demanded or recorder.wanted is not Record.ON:
        return False
    if recorder.parted_at or recorder.target(live) is Recording.MASKED:
        return False
    return recorder.state not in RUNNING and recorder.is_settled(live)


def watch(live: Live) -> Generator[Command, Event | None, None]:
    """End talks, and the waiting for them, whose recording has failed."""
    try:
        while True:
            yield Until(lambda: _is_to_end(live))
            if live.leg and _comes_back(live):
                yield from _end_talk(live, live.leg)
            else:
                yield from _end_call(live)
    except CallEnded:
        return


def _comes_back(live: Live) -> bool:
    """Whether a flow has the caller again, once nobody talks with them."""
    step = live.flow.steps.get(live.step)
    return not live.is_adopted and step is not None and step.meets


def _end_talk(live: Live, leg: str) -> Generator[Command, Event | None, None]:
    """Hang up on the agent; the caller comes back to the flow."""
    yield Alarm(f"the recording failed, so the talk is ended: {live.recorder.why}")
    yield Api(ApiCommand.UUID_KILL, leg, waits=False)
    yield Until(lambda: live.leg != leg)


def _end_call(live: Live) -> Generator[Command, Event | None, None]:
    """Hang up on the caller: nothing can be played, or no flow goes on."""
    yield Alarm(f"the recording failed, so the call is ended: {live.recorder.why}")
    live.leaving = REFUSED
    yield Api(ApiCommand.UUID_KILL, f"{live.offered.uuid} {CAUSE}", waits=False)
    yield Await(())


def _is_to_end(live: Live) -> bool:
    """Whether the caller is with somebody, or on the way there, and it is lost."""
    step = live.flow.steps.get(live.step)
    is_there = step is None or step.meets or step.hands_over
    return is_there and is_lost(live)
