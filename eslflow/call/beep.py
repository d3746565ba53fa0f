"""A tone for both parties, again and again, as long as they are recorded.

In: the recording's state. Out: `uuid_displace` on the caller's leg and on the one that
the caller talks with. What runs masked is not recorded, and has no tone.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import Api, Command, Until
from eslflow.call.events import CallEnded, Event
from eslflow.call.live import Live
from eslflow.call.recording import Recording
from eslflow.wire.terms import ApiCommand

TONE = "tone_stream://%(200,0,1400)"
"""A fifth of a second of 1400 Hz (mod_tone_stream)."""
LONGEST_S = 1


def is_needed(live: Live) -> bool:
    """Whether the site wants it, and the flow records."""
    return live.site.beep_s > 0 and live.flow.records


def watch(live: Live) -> Generator[Command, Event | None, None]:
    """Let both hear it, while the call lasts."""
    try:
        while True:
            yield Until(lambda: _is_recorded(live))
            for leg in filter(None, (live.offered.uuid, live.leg)):
                arg = f"{leg} start {TONE} {LONGEST_S} mux"
                yield Api(ApiCommand.UUID_DISPLACE, arg, waits=False)
            yield Until(lambda: not _is_recorded(live), live.site.beep_s)
    except CallEnded:
        return


def _is_recorded(live: Live) -> bool:
    """Whether sound gets into the file: not before an agent, nor while one is held."""
    recorder = live.recorder
    segment = recorder.segment
    if recorder.state is not Recording.ON or segment is None:
        return False
    return bool(segment.audio_at) and not segment.parted_at
