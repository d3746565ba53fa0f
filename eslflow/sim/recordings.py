"""`uuid_record` on the simulated switch: recorders, and what is in their files.

In: a channel and what was asked. Out: recorders that hear what the channel lets pass,
events, and a WAV file for those who want one. Must not write files by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.commands import words
from eslflow.sim.sound import RATE, Span, file_of, repainted

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.legs import Leg

OK = "+OK Success\n"
USAGE = "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n"
START_S = 0.0116
"""A start takes that long, most of it a sleep in the switch (measured)."""
LOST_S = 0.5
"""What a stop of a parked, silent leg loses without RECORD_PRE_BUFFER_FRAMES."""
MASK_S = 0.02
"""What a mask blanks of what was said before its `+OK`, at least (measured)."""
UNMASK_S = 0.056
"""What an unmask lets through of what was said before it, at most (measured: a packet
of the agent, 36 ms old, with 20 ms of speech in it); and what the file is behind."""
TINY_S = 1e-6
"""What is shorter is nothing."""
DISCARDED = ("empty-file", "input-too-short")
"""After these `Record-Completion-Cause`s the switch has removed the file."""


@dataclass
class Recording:
    """One recorder on a leg."""

    path: str
    started_s: float
    options: dict[str, str] = field(default_factory=dict)
    """What was given in braces."""
    stopped_s: float | None = None
    is_masked: bool = False
    is_paused: bool = False
    spans: list[Span] = field(default_factory=list)
    cause: str = ""
    """`Record-Completion-Cause`."""
    leg: str = ""
    """Unique-ID of the leg it is on."""
    is_foreign: bool = False
    """Somebody else has started it, not the controller."""
    is_lost: bool = False
    """Its file is not there, whatever the events say."""
    lag_s: float = 0.0
    """How far the file is behind, on a parked, silent leg."""
    full_s: float | None = None
    """After how many seconds of the file the disk was full."""

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
        """Seconds of sound that it took in."""
        return sum(span.seconds for span in self.spans)

    @property
    def clear_s(self) -> float:
        """Seconds of sound that it took in and that are not masked."""
        return sum(span.seconds for span in self.spans if not span.is_masked)

    def audible(self, from_s: float, to_s: float) -> bool:
        """Whether anything said between these seconds of the call is to be heard."""
        return any(
            min(span.end_s, to_s) - max(span.at_s, from_s) > TINY_S
            for span in self.spans
            if not span.is_masked
        )

    def headers(self) -> dict[str, str]:
        """Return what an event says of it."""
        given = self.options.items()
        named = {f"Recording-Variable-{name}": value for name, value in given}
        return {"Record-File-Path": self.path, **named}

    def hear(
        self, now_s: float, seconds: float, is_bridged: bool, has_audio: bool
    ) -> None:
        """Take in what has passed on the channel up to now."""
        # The recorder waits for frames of the silent side, half a second of them.
        self.lag_s = 0.0 if has_audio else min(LOST_S, self.lag_s + seconds)
        is_deaf = self.is_paused or (self.needs_bridge and not is_bridged)
        if self.is_running and not is_deaf:
            at_s = now_s - seconds
            self.spans.append(Span(seconds, is_bridged, self.is_masked, at_s))

    @property
    def behind_s(self) -> float:
        """How far the file is behind what is said."""
        is_quick = "RECORD_PRE_BUFFER_FRAMES" in self.options or self.needs_bridge
        return 0.0 if is_quick else self.lag_s

    def mask(self, now_s: float, is_masked: bool) -> None:
        """Mask or unmask, which takes effect on what was said a little before."""
        if self.is_masked is not is_masked:
            back_s = self.behind_s + (MASK_S if is_masked else UNMASK_S)
            self.spans = repainted(self.spans, now_s - back_s, is_masked)
            self.is_masked = is_masked

    def keep(self, seconds: float) -> None:
        """Have only so many seconds in the file."""
        surplus_s = self.heard_s - seconds
        while surplus_s > TINY_S:
            last = self.spans.pop()
            if last.seconds > surplus_s:
                self.spans.append(last.cut(last.end_s - surplus_s)[0])
            surplus_s -= last.seconds

    def wav(self) -> bytes:
        """Return the file; nothing if there is none."""
        if self.is_lost or self.cause in DISCARDED:
            return b""
        full = None if self.full_s is None else round(self.full_s * RATE)
        return file_of(self.spans, self.tracks, full)


def uuid_record(channel: Channel, arg: str) -> str:
    """Answer `uuid_record <uuid> start|stop|mask|... <path> [limit] [{...}]`."""
    uuid, action, path, limit, options = (*words(arg), "", "", "", "", "")[:5]
    if not path or action not in _ACTIONS:
        return USAGE
    leg = channel.legs.named(uuid)
    if leg is None:
        return "-ERR Cannot locate session!\n"
    if action == "start":
        return _start(leg, path, limit, options)
    running = on_leg(channel, leg)
    if action == "stop":
        return _stop(channel, [r for r in running if path in (r.path, "all")])
    return _change(channel, action, [r for r in running if r.path == path])


def on_leg(channel: Channel, leg: Leg) -> list[Recording]:
    """Return the recorders that run on a leg, in the order of their start."""
    return [r for r in channel.recorders if r.is_running and r.leg == leg.uuid]


_ACTIONS = frozenset({"start", "stop", "mask", "unmask", "pause", "resume"})


def _start(leg: Leg, path: str, limit: str, options: str) -> str:
    channel = leg.channel
    if any(found.path == path for found in on_leg(channel, leg)):
        return OK
    channel.pass_s(START_S)
    if channel.script.is_deaf:
        return OK
    pairs = [item.partition("=") for item in options.strip("{}").split(",") if item]
    given = {name: value for name, _, value in pairs}
    recording = record(leg, path, given)
    if limit.isdigit() and int(limit):
        end = partial(stop, channel, recording, "success-maxtime")
        channel.later(int(limit), end, in_passing=True)
    channel.reach("recording")
    return OK


def record(
    leg: Leg, path: str, options: Mapping[str, str], is_foreign: bool = False
) -> Recording:
    """Start a recorder on a leg, and say so."""
    channel = leg.channel
    recording = Recording(
        path,
        channel.now_s,
        dict(options),
        leg=leg.uuid,
        is_foreign=is_foreign,
        is_lost=bool(channel.script.lost) and path.endswith(channel.script.lost),
        full_s=0.0 if channel.state.is_disk_full else None,
    )
    channel.recorders.append(recording)
    channel.tell("recording starts", path)
    leg.fire("RECORD_START", recording.headers())
    return recording


def fill_disk(channel: Channel) -> None:
    """Let there be no room for another byte; nobody is told (measured)."""
    channel.state.is_disk_full = True
    for recording in channel.recorders:
        if recording.is_running and recording.full_s is None:
            recording.full_s = recording.heard_s


def _stop(channel: Channel, found: list[Recording]) -> str:
    for recording in found:
        stop(channel, recording, "success-maxtime")
    return OK if found else "-ERR Cannot stop record session!\n"


def _change(channel: Channel, action: str, found: list[Recording]) -> str:
    for recording in found:
        if action in ("mask", "unmask"):
            recording.mask(channel.now_s, action == "mask")
        else:
            recording.is_paused = action == "pause"
        channel.tell(f"recording {action}", recording.path)
    return OK if found else f"-ERR Cannot {action} recording session!\n"


def stop_all(channel: Channel, leg: Leg, cause: str) -> None:
    """Close the file of every recorder on a leg."""
    for recording in on_leg(channel, leg):
        stop(channel, recording, cause)


def stop(channel: Channel, recording: Recording, cause: str) -> None:
    """Close a recorder's file; the causes are not what they say (measured)."""
    if not recording.is_running:
        return
    recording.stopped_s = channel.now_s
    recording.keep(_kept_s(channel, recording))
    ms = round(recording.heard_s * 1000)
    leg = channel.legs.ever(recording.leg)
    if ms < _least_ms(channel, recording):
        cause = "input-too-short"
        leg.set("RECORD_DISCARDED", "true")
    recording.cause = cause if ms else "empty-file"
    channel.tell("recording stops", recording.path)
    leg.set("record_file_size", str(_size(recording, ms)))
    leg.set("record_samples", str(8 * ms))
    leg.set("record_seconds", str(ms // 1000))
    leg.set("record_ms", str(ms))
    leg.set("record_completion_cause", recording.cause)
    told = {"Record-Completion-Cause": recording.cause}
    leg.fire("RECORD_STOP", recording.headers() | told)


def _size(recording: Recording, ms: int) -> int:
    """Return the bytes on disk; on a full one there are fewer than were written."""
    if recording.full_s is not None:
        ms = min(ms, round(recording.full_s * 1000))
    return 44 + 16 * ms * recording.tracks


def _kept_s(channel: Channel, recording: Recording) -> float:
    """Return the seconds that are in the file once it is closed."""
    # At a hang-up the recorder keeps at least a frame (measured).
    least_s = 0.0 if channel.state.is_up else 0.02
    heard_s = recording.heard_s
    return min(heard_s, max(least_s, heard_s - recording.behind_s))


def _least_ms(channel: Channel, recording: Recording) -> int:
    given = recording.options.get("RECORD_MIN_SEC") or channel.get("RECORD_MIN_SEC")
    return int(given) * 1000 if given and given.isdigit() else 0
