"""A tone for the agent, as long as a mask holds on that should have been renewed.

In: the recording's state. Out: `uuid_displace` on the agent's leg. Only the agent hears
it, and it is in no file (measured; a broadcast would cut the talk off for 0.4 s).
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import Api, Command, Until
from eslflow.call.events import CallEnded, Event
from eslflow.call.live import Live
from eslflow.call.recording import Recording
from eslflow.wire.terms import ApiCommand

EVERY_S = 30.0
TONE = "tone_stream://%(250,0,440)"
"""A quarter of a second (mod_tone_stream)."""
LONGEST_S = 1


def is_needed(live: Live) -> bool:
    """Whether there is a mask to be reminded of, and may be somebody to hear it."""
    return live.recorder.was_wished and live.flow.has_agents


def watch(live: Live) -> Generator[Command, Event | None, None]:
    """Remind the agent, while the call lasts."""
    try:
        while True:
            yield Until(lambda: _is_due(live))
            arg = f"{live.leg} start {TONE} {LONGEST_S} mux"
            yield Api(ApiCommand.UUID_DISPLACE, arg, waits=False)
            yield Until(lambda: not _is_due(live), EVERY_S)
    except CallEnded:
        return


def _is_due(live: Live) -> bool:
    recorder = live.recorder
    is_masked = recorder.state is Recording.MASKED
    return is_masked and recorder.is_overdue and bool(live.leg)
