"""The recording of one call: a table, and the commands that move along it.

      state     | event            -> state
      off       | START            -> starting
      starting  | RUNS             -> on
      starting  | FAILED           -> failed
      starting  | STOPPED          -> off
      on        | STOP             -> stopping
      on        | STOPPED          -> off
      stopping  | STOPPED          -> off
      stopping  | FAILED           -> failed
      failed    | START            -> starting
      failed    | STOPPED          -> off

In: what a step wants and the purposes that permit it. Out: `uuid_record` commands and
rows. Must not decide who agreed (`consent` does), nor touch a file.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from time import gmtime
from typing import TYPE_CHECKING

from eslflow.call.commands import Alarm, Api, Await, Command, Keep, Tell
from eslflow.call.events import (
    CallEnded,
    Event,
    RecordStarted,
    RecordStopped,
    Replied,
)
from eslflow.call.records import RecordingAction, RecordingBegun, RecordingEnded, Row
from eslflow.errors import IllegalTransition
from eslflow.flow.model import From
from eslflow.wire.terms import ApiCommand, RecordAction

if TYPE_CHECKING:
    from eslflow.call.live import Live

RUNS_WITHIN_S = 2.0
"""RECORD_START comes with the reply (11 ms, measured); after this it will not come."""
TRIES = 2
"""A refused start is asked for once more."""

Moves = Generator[Command, "Event | None", None]


class Recording(Enum):
    """Where the recording is."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    STOPPING = "stopping"
    FAILED = "failed"

    def __str__(self) -> str:
        """Give the word as people read it."""
        return self.value


class Moved(Enum):
    """What moves it."""

    START = "START"
    RUNS = "RUNS"
    STOP = "STOP"
    STOPPED = "STOPPED"
    FAILED = "FAILED"

    def __str__(self) -> str:
        """Give the word as the table spells it."""
        return self.value


TABLE: dict[Recording, dict[Moved, Recording]] = {
    Recording.OFF: {Moved.START: Recording.STARTING},
    Recording.STARTING: {
        Moved.RUNS: Recording.ON,
        Moved.FAILED: Recording.FAILED,
        Moved.STOPPED: Recording.OFF,
    },
    Recording.ON: {Moved.STOP: Recording.STOPPING, Moved.STOPPED: Recording.OFF},
    Recording.STOPPING: {
        Moved.STOPPED: Recording.OFF,
        Moved.FAILED: Recording.FAILED,
    },
    Recording.FAILED: {
        Moved.START: Recording.STARTING,
        Moved.STOPPED: Recording.OFF,
    },
}


def advance(state: Recording, event: Moved) -> Recording:
    """Return the next state.

    Raises:
        IllegalTransition: the table has no such move; the state is unchanged.
    """
    try:
        return TABLE[state][event]
    except KeyError:
        raise IllegalTransition("recording", state, event) from None


@dataclass
class Segment:
    """One file: from a start to its RECORD_STOP."""

    id: str
    path: str
    started_at: int = 0
    """When RECORD_START came, in microseconds; 0: not yet."""
    ended: bool = False


class Recorder:
    """The recording state of one call, fed with every event of the call."""

    __slots__ = ("segment", "segments", "state")

    def __init__(self, segments: int = 0) -> None:
        self.state = Recording.OFF
        self.segments = segments
        self.segment: Segment | None = None

    def move(self, event: Moved) -> None:
        """Advance along the table."""
        self.state = advance(self.state, event)

    def note(self, event: Event, live: Live, reason: str) -> tuple[Row, ...]:
        """Take in what the switch said; return the rows that end our file."""
        segment = self.segment
        if segment is None or segment.ended:
            return ()
        if isinstance(event, RecordStarted) and event.path == segment.path:
            segment.started_at = segment.started_at or live.now
        elif isinstance(event, RecordStopped) and event.path == segment.path:
            unasked = self.state is not Recording.STOPPING
            segment.ended = True
            self.move(Moved.STOPPED)
            ended = RecordingEnded(
                id=segment.id,
                started_at=segment.started_at,
                stopped_at=live.now,
                ms=event.ms,
                cause=event.cause,
                state="stopped",
            )
            if unasked:
                action = RecordAction.STOP
                return (ended, _action(live, action, reason, event.cause))
            return (ended,)
        return ()

    def give_up(self, now: int) -> tuple[Row, ...]:
        """Return the row of a file whose RECORD_STOP will not come any more."""
        segment = self.segment
        if segment is None or segment.ended:
            return ()
        segment.ended = True
        state = "lost" if segment.started_at else "failed"
        return (RecordingEnded(segment.id, segment.started_at, now, 0, "", state),)


def file_path(folder: str, uuid: str, number: int, now: int) -> str:
    """Return `FOLDER/YYYY/MM/DD/<uuid>-<n>.wav`; the day is UTC's."""
    day = gmtime(now // 1_000_000)
    date = f"{day.tm_year:04}/{day.tm_mon:02}/{day.tm_mday:02}"
    return f"{folder}/{date}/{uuid}-{number}.wav"


def want(live: Live, wanted: bool, moment: From) -> Moves:
    """Bring the recording to what a step wants, as far as the caller permits it."""
    purposes = live.consents.permitting() if wanted else ()
    is_on = live.recorder.state is Recording.ON
    if purposes and not is_on:
        yield from start(live, purposes, moment)
    elif is_on and not purposes:
        yield from stop(live, "step")


def start(live: Live, purposes: tuple[str, ...], moment: From) -> Moves:
    """Start a new file; it counts as running after the reply and RECORD_START."""
    recorder = live.recorder
    recorder.segments += 1
    number = recorder.segments
    uuid = live.offered.uuid
    path = file_path(live.site.recordings, uuid, number, live.now)
    segment = recorder.segment = Segment(f"{uuid}-{number}", path)
    recorder.move(Moved.START)
    row = RecordingBegun(
        id=segment.id,
        call_uuid=uuid,
        leg_uuid=uuid,
        path=path,
        purposes=" ".join(purposes),
        step=live.step,
        asked_at=live.now,
    )
    yield Keep((row,))
    yield Api(ApiCommand.UUID_SETVAR, f"{uuid} eslflow_segments {number}", waits=False)
    for _ in range(TRIES):
        reply = yield from _ask_start(segment, uuid, moment)
        yield Keep((_action(live, RecordAction.START, "step", reply),))
        if segment.ended:
            return
        if segment.started_at:
            recorder.move(Moved.RUNS)
            yield Tell(f"recording starts: {path}")
            return
    recorder.move(Moved.FAILED)
    yield Alarm(f"recording did not start: {reply}")


def _ask_start(
    segment: Segment, uuid: str, moment: From
) -> Generator[Command, Event | None, str]:
    options = [
        "RECORD_STEREO=true",
        "RECORD_MIN_SEC=0",
        "RECORD_PRE_BUFFER_FRAMES=1",
        f"eslflow_recording={segment.id}",
    ]
    if moment is From.ANSWER:
        options.insert(0, "RECORD_BRIDGE_REQ=true")
    arg = f"{uuid} start {segment.path} 0 {{{','.join(options)}}}"
    reply = yield Api(ApiCommand.UUID_RECORD, arg)
    assert isinstance(reply, Replied)  # noqa: S101  the engine resumes an Api with it
    while reply.is_ok and not (segment.started_at or segment.ended):
        event = yield Await((RecordStarted, RecordStopped), RUNS_WITHIN_S)
        if not isinstance(event, (RecordStarted, RecordStopped)):
            return f"{reply.text}; no RECORD_START within {RUNS_WITHIN_S:g} s"
    return reply.text


def stop(live: Live, reason: str) -> Moves:
    """Stop the file; refused: stop every recorder of the leg, and raise an alarm."""
    recorder = live.recorder
    segment = recorder.segment
    assert segment is not None  # noqa: S101  ON means there is one
    recorder.move(Moved.STOP)
    try:
        reply = yield from _ask_stop(segment, live.offered.uuid)
    except CallEnded:
        yield Keep((_action(live, RecordAction.STOP, reason, ""),))
        raise
    yield Keep((_action(live, RecordAction.STOP, reason, reply),))
    if segment.ended:
        yield Tell("recording stops")
    else:
        recorder.move(Moved.FAILED)
        yield Alarm(f"recording may still run: {segment.path}")


def _ask_stop(segment: Segment, uuid: str) -> Generator[Command, Event | None, str]:
    reply = yield Api(ApiCommand.UUID_RECORD, f"{uuid} stop {segment.path}")
    assert isinstance(reply, Replied)  # noqa: S101  the engine resumes an Api with it
    if not reply.is_ok and not segment.ended:
        yield Alarm(f"recording did not stop, stopping all of the leg: {reply.text}")
        reply = yield Api(ApiCommand.UUID_RECORD, f"{uuid} stop all")
        assert isinstance(reply, Replied)  # noqa: S101  as above
    while reply.is_ok and not segment.ended:
        event = yield Await((RecordStopped,), RUNS_WITHIN_S)
        if not isinstance(event, RecordStopped):
            break
    return reply.text


def _action(
    live: Live, action: RecordAction, reason: str, reply: str
) -> RecordingAction:
    segment = live.recorder.segment
    assert segment is not None  # noqa: S101  there is an action only on a file
    done = segment.started_at if action is RecordAction.START else segment.ended
    return RecordingAction(
        recording_id=segment.id,
        call_uuid=live.offered.uuid,
        at=live.now,
        action=action,
        reason=reason,
        step=live.step,
        reply=reply,
        verified=bool(done),
    )
