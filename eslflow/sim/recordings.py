"""`uuid_record` on the simulated switch: recorders, and what is in their files.

In: a channel and what was asked. Out: recorders that hear what the channel lets pass,
events, and a WAV file for those who want one. Must not write files by itself.
"""

from __future__ import annotations

import wave
from array import array
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from eslflow.sim.commands import words

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

OK = "+OK Success\n"
USAGE = "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n"
START_S = 0.0116
"""A start takes that long, most of it a sleep in the switch (measured)."""
LOST_S = 0.5
"""What a stop of a parked, silent leg loses without RECORD_PRE_BUFFER_FRAMES."""
RATE = 8000
_CALLER = array("h", [2000] * 10 + [-2000] * 10)
_AGENT = array("h", [1500] * 8 + [-1500] * 8)
"""One wave of what caller and agent hum."""


class Span(NamedTuple):
    """A stretch of a file."""

    seconds: float
    is_bridged: bool
    is_masked: bool


@dataclass
class Recording:
    """One recorder on the channel."""

    path: str
    started_s: float
    options: dict[str, str] = field(default_factory=dict)
    """What was given in braces."""
    stopped_s: float | None = None
    is_masked: bool = False
    spans: list[Span] = field(default_factory=list)
    cause: str = ""
    """`Record-Completion-Cause`."""

    @property
    def needs_bridge(self) -> bool:
        """Whether it hears only while caller and agent talk."""
        return self.options.get("RECORD_BRIDGE_REQ") == "true"

    @property
    def tracks(self) -> int:
        """How many there are in the file: caller and agent on one, or on two."""
        return 2 if self.options.get("RECORD_STEREO") == "true" else 1

    @property
    def is_running(self) -> bool:
        """Whether it has not been stopped."""
        return self.stopped_s is None

    @property
    def heard_s(self) -> float:
        """Seconds of sound in the file."""
        return sum(span.seconds for span in self.spans)

    @property
    def clear_s(self) -> float:
        """Seconds of sound in the file that are not masked."""
        return sum(span.seconds for span in self.spans if not span.is_masked)

    def headers(self) -> dict[str, str]:
        """Return what an event says of it."""
        given = self.options.items()
        named = {f"Recording-Variable-{name}": value for name, value in given}
        return {"Record-File-Path": self.path, **named}

    def hear(self, seconds: float, is_bridged: bool) -> None:
        """Take in what passes on the channel."""
        if self.is_running and (is_bridged or not self.needs_bridge):
            self.spans.append(Span(seconds, is_bridged, self.is_masked))

    def wav(self) -> bytes:
        """Return the file: each party hums, masked parts are silent."""
        sound = array("h")
        for span in self.spans:
            sound += _hum(span, self.tracks == 2)
        out = BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(self.tracks)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(sound.tobytes())
        return out.getvalue()


def _hum(span: Span, is_stereo: bool) -> array[int]:
    frames = round(span.seconds * RATE)
    silence = array("h", [0]) * frames
    caller = agent = silence
    if not span.is_masked:
        caller = (_CALLER * (frames // len(_CALLER) + 1))[:frames]
        if span.is_bridged:
            agent = (_AGENT * (frames // len(_AGENT) + 1))[:frames]
    if not is_stereo:
        return array("h", map(sum, zip(caller, agent, strict=True)))
    both = array("h", [0]) * (2 * frames)
    both[0::2], both[1::2] = caller, agent
    return both


def uuid_record(channel: Channel, arg: str) -> str:
    """Answer `uuid_record <uuid> start|stop|mask|... <path> [limit] [{...}]`."""
    uuid, action, path, limit, options = (*words(arg), "", "", "", "", "")[:5]
    if not path or action not in _ACTIONS:
        return USAGE
    if uuid != channel.script.uuid or not channel.state.is_up:
        return "-ERR Cannot locate session!\n"
    if action == "start":
        return _start(channel, path, limit, options)
    running = [found for found in channel.recordings if found.is_running]
    if action == "stop":
        return _stop(channel, [r for r in running if path in (r.path, "all")])
    return _change(channel, action, [r for r in running if r.path == path])


_ACTIONS = frozenset({"start", "stop", "mask", "unmask", "pause", "resume"})


def _start(channel: Channel, path: str, limit: str, options: str) -> str:
    if any(found.is_running and found.path == path for found in channel.recordings):
        return OK
    channel.pass_s(START_S)
    if channel.script.is_deaf:
        return OK
    pairs = [item.partition("=") for item in options.strip("{}").split(",") if item]
    given = {name: value for name, _, value in pairs}
    recording = Recording(path, channel.now_s, given)
    channel.recordings.append(recording)
    channel.tell("recording starts", path)
    channel.fire("RECORD_START", recording.headers())
    if limit.isdigit() and int(limit):
        end = partial(stop, channel, recording, "success-maxtime")
        channel.later(int(limit), end, in_passing=True)
    channel.reach("recording")
    return OK


def _stop(channel: Channel, found: list[Recording]) -> str:
    for recording in found:
        stop(channel, recording, "success-maxtime")
    return OK if found else "-ERR Cannot stop record session!\n"


def _change(channel: Channel, action: str, found: list[Recording]) -> str:
    for recording in found:
        recording.is_masked = action == "mask"
        channel.tell(f"recording {action}", recording.path)
    return OK if found else f"-ERR Cannot {action} recording session!\n"


def stop(channel: Channel, recording: Recording, cause: str) -> None:
    """Close a recorder's file; the causes are not what they say (measured)."""
    if not recording.is_running:
        return
    recording.stopped_s = channel.now_s
    ms = round(_kept_s(channel, recording) * 1000)
    discarded = ms < _least_ms(channel, recording)
    if discarded:
        cause = "input-too-short"
        channel.set("RECORD_DISCARDED", "true")
    recording.cause = cause if ms else "empty-file"
    channel.tell("recording stops", recording.path)
    channel.set("record_file_size", str(44 + 16 * ms * recording.tracks))
    channel.set("record_samples", str(8 * ms))
    channel.set("record_seconds", str(ms // 1000))
    channel.set("record_ms", str(ms))
    channel.set("record_completion_cause", recording.cause)
    told = {"Record-Completion-Cause": recording.cause}
    channel.fire("RECORD_STOP", recording.headers() | told)


def _kept_s(channel: Channel, recording: Recording) -> float:
    heard_s = recording.heard_s
    is_buffered = "RECORD_PRE_BUFFER_FRAMES" in recording.options
    if is_buffered or not heard_s or recording.needs_bridge or channel.state.has_audio:
        return heard_s
    # mod_dptools' recorder waits for frames of the silent side; at a hang-up it keeps
    # at least a frame.
    least_s = 0.0 if channel.state.is_up else 0.02
    return max(least_s, heard_s - LOST_S)


def _least_ms(channel: Channel, recording: Recording) -> int:
    given = recording.options.get("RECORD_MIN_SEC") or channel.get("RECORD_MIN_SEC")
    return int(given) * 1000 if given and given.isdigit() else 0
