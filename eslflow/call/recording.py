"""The recording of one call: its table, and what is wanted of it.

      state     | event            -> state
      off       | START            -> starting
      starting  | RUNS             -> on
      starting  | FAILED           -> failed
      starting  | STOPPED          -> off
      on        | MASKED           -> masked
      on        | STOP             -> stopping
      on        | STOPPED          -> off
      masked    | UNMASK           -> on
      masked    | STOP             -> stopping
      masked    | STOPPED          -> off
      stopping  | STOPPED          -> off
      stopping  | FAILED           -> failed
      failed    | START            -> starting
      failed    | STOPPED          -> off

It is on only after the switch's reply and RECORD_START, masked only after its `+OK`;
but it counts as on from the moment that an unmask is sent.

In: what a step wants, what the caller permits, what somebody asked for, and every event
of the call. Out: what is to be sent next (`recorder` sends it). Must not decide who
agreed (`consent` does), nor touch a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from time import gmtime
from typing import TYPE_CHECKING, NamedTuple

from eslflow.call.events import (
    Bridged,
    Event,
    Parked,
    RecordStarted,
    RecordStopped,
    Unbridged,
)
from eslflow.call.records import RecordingAction, RecordingEnded, Row
from eslflow.call.wishes import Want, Wish
from eslflow.errors import IllegalTransition
from eslflow.flow.model import From, Record
from eslflow.wire.terms import RecordAction

if TYPE_CHECKING:
    from eslflow.call.live import Live

GUARD_S = 0.06
"""How long an unmask waits: sound of the last 36 ms before it, and of the packet that
is under way, still gets into the file (measured, bridged and parked)."""
MOST_RESTARTS = 3
"""How often a recording that ended by itself is begun again in one step."""


class Recording(Enum):
    """Where the recording is."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    MASKED = "masked"
    STOPPING = "stopping"
    FAILED = "failed"

    def __str__(self) -> str:
        """Give the word as people read it."""
        return self.value


class Moved(Enum):
    """What moves it."""

    START = "START"
    RUNS = "RUNS"
    MASKED = "MASKED"
    UNMASK = "UNMASK"
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
    Recording.ON: {
        Moved.MASKED: Recording.MASKED,
        Moved.STOP: Recording.STOPPING,
        Moved.STOPPED: Recording.OFF,
    },
    Recording.MASKED: {
        Moved.UNMASK: Recording.ON,
        Moved.STOP: Recording.STOPPING,
        Moved.STOPPED: Recording.OFF,
    },
    Recording.STOPPING: {
        Moved.STOPPED: Recording.OFF,
        Moved.FAILED: Recording.FAILED,
    },
    Recording.FAILED: {
        Moved.START: Recording.STARTING,
        Moved.STOPPED: Recording.OFF,
    },
}

RUNNING = frozenset({Recording.ON, Recording.MASKED})


def advance(state: Recording, event: Moved) -> Recording:
    """Return the next state.

    Raises:
        IllegalTransition: the table has no such move; the state is unchanged.
    """
    try:
        return TABLE[state][event]
    except KeyError:
        raise IllegalTransition("recording", state, event) from None


class Asked(NamedTuple):
    """Something that the switch was asked for."""

    action: RecordAction
    reason: str
    step: str
    at: int


@dataclass
class Segment:
    """One file: from a start to its RECORD_STOP."""

    id: str
    path: str
    moment: From = From.STEP
    started_at: int = 0
    """When RECORD_START came, in microseconds; 0: not yet."""
    audio_at: int = 0
    """When sound could first be in the file; 0: not yet."""
    gaps: list[str] = field(default_factory=list)
    """Stretches without sound, because no agent was there."""
    parted_at: int = 0
    """Since when there is no agent; 0: there is one, or there was none yet."""
    ended: bool = False

    def hears(self, now: int) -> None:
        """Note that sound gets into the file from now on."""
        if not self.audio_at:
            self.audio_at = now
        elif self.parted_at:
            self.gaps.append(f"{self.parted_at}-{now}")
        self.parted_at = 0

    def parts(self, now: int) -> None:
        """Note that no sound gets into a file that waits for an agent."""
        if self.moment is From.ANSWER and self.audio_at:
            self.parted_at = self.parted_at or now


class Recorder:
    """The recording state of one call, and what is wanted of it."""

    __slots__ = (
        "_is_given_up",
        "_restarts",
        "asked",
        "clear_at",
        "is_forbidden",
        "is_overdue",
        "is_parted",
        "is_to_be_sure",
        "masks",
        "moment",
        "segment",
        "segments",
        "state",
        "wanted",
        "why",
    )

    def __init__(self, segments: int = 0) -> None:
        self.state = Recording.OFF
        self.segments = segments
        """How many files this call has had."""
        self.segment: Segment | None = None
        self.wanted = Record.OFF
        """What the step wants."""
        self.moment = From.STEP
        self.masks: dict[str, int] = {}
        """Who has masked it besides the step, and when that ends if nobody renews it,
        in microseconds; 0: never."""
        self.is_overdue = False
        """A mask should have been renewed, and holds on."""
        self.is_forbidden = False
        """Somebody has stopped the recording for the rest of the call."""
        self.is_parted = False
        """Caller and agent talk no more, and the call is not back with us: it was
        passed on, and whoever has it now has not been announced yet."""
        self.is_to_be_sure = False
        """A mask that holds is to be asked for once more, after a hand-over."""
        self.clear_at = 0
        """When an unmask may be sent; 0: nobody has asked for one."""
        self.why = ""
        """Why the recording is not what is wanted, in words."""
        self.asked: Asked | None = None
        """What the switch was asked for, and has not answered yet."""
        self._restarts = 0
        self._is_given_up = False

    def move(self, event: Moved) -> None:
        """Advance along the table."""
        self.state = advance(self.state, event)

    # What is wanted.

    def step_wants(self, wanted: Record, moment: From) -> None:
        """Take in what the next step wants."""
        self.wanted, self.moment = wanted, moment
        self._restarts = 0
        self.is_parted = False
        # A recorder that could not be stopped may still run: none is begun beside it.
        self._is_given_up = self._is_given_up and self.is_left_running

    def take(self, wish: Wish, now: int) -> None:
        """Take in what somebody asks for."""
        self.is_overdue = False
        if wish.want is Want.OFF:
            self.is_forbidden = True
        elif wish.want is Want.MASKED:
            ends = 0 if wish.for_s is None else now + round(wish.for_s * 1e6)
            self.masks[wish.owner] = ends
        else:
            self.masks.pop(wish.owner, None)
            if wish.is_master:
                self.masks.clear()
            # Asked for again, what could not be had is tried again.
            self._is_given_up = self._is_given_up and self.is_left_running

    @property
    def until(self) -> int:
        """When the first mask ends if nobody renews it, in microseconds; 0: never."""
        return min((ends for ends in self.masks.values() if ends), default=0)

    def late_masks(self, now: int) -> list[str]:
        """Return whose masks should have been renewed by now."""
        return [who for who, ends in self.masks.items() if 0 < ends <= now]

    def give_up_trying(self, why: str) -> None:
        """Leave it as it is until the next step."""
        self._is_given_up = True
        self.why = why

    @property
    def is_left_running(self) -> bool:
        """Whether a file was to be stopped, and nobody has seen it end."""
        segment = self.segment
        is_open = segment is not None and not segment.ended
        return self.state is Recording.FAILED and is_open

    def target(self, live: Live) -> Recording:
        """Return what the recording is to be: off, on or masked."""
        is_wanted = self.wanted is not Record.OFF and not self.is_forbidden
        # A file that waits for an agent holds nothing meanwhile, and may stay.
        is_wanted = is_wanted and not (self.is_parted and self.moment is From.STEP)
        if not is_wanted or not live.consents.permitting():
            return Recording.OFF
        if self.wanted is Record.MASKED or self.masks:
            return Recording.MASKED
        return Recording.ON

    def due(self, live: Live) -> RecordAction | None:
        """Return what is to be asked of the switch now, if anything."""
        target, state = self.target(live), self.state
        if target is Recording.OFF:
            return RecordAction.STOP if state in RUNNING else None
        if state is Recording.ON:
            return RecordAction.MASK if target is Recording.MASKED else None
        if target is Recording.MASKED:
            # Nothing is begun in order to be masked: it would be heard for a moment.
            is_unsure = state is Recording.MASKED and self.is_to_be_sure
            return RecordAction.MASK if is_unsure else None
        if state is Recording.MASKED:
            is_clear = 0 < self.clear_at <= live.now
            return RecordAction.UNMASK if is_clear else None
        may_start = state in (Recording.OFF, Recording.FAILED) and not self._is_given_up
        return RecordAction.START if may_start else None

    def is_settled(self, live: Live) -> bool:
        """Whether the recording is what is wanted, or will not come to be so."""
        target, state = self.target(live), self.state
        if self.asked or state in (Recording.STARTING, Recording.STOPPING):
            return False
        if target is Recording.ON:
            return state is Recording.ON or self._is_given_up
        return state is not Recording.ON and (
            target is Recording.MASKED or state is not Recording.MASKED
        )

    def guard(self, live: Live) -> None:
        """Note when an unmask may be sent, once one is wanted."""
        waits = self.state is Recording.MASKED and self.target(live) is Recording.ON
        if not waits:
            self.clear_at = 0
        elif not self.clear_at:
            self.clear_at = live.now + round(GUARD_S * 1e6)

    def wakes_at(self) -> int:
        """Return when something may be due without any event; 0: never."""
        return min((at for at in (self.clear_at, self.until) if at), default=0)

    # What the switch tells.

    def note(self, event: Event, live: Live, reason: str) -> tuple[Row, ...]:
        """Take in what the switch said; return the rows that end our file."""
        if isinstance(event, (Bridged, Unbridged, Parked)):
            self.is_parted = isinstance(event, Unbridged)
        segment = self.segment
        if segment is None or segment.ended:
            return ()
        if isinstance(event, RecordStarted) and event.path == segment.path:
            self._started(segment, live)
        elif isinstance(event, Bridged):
            segment.hears(live.now)
        elif isinstance(event, (Unbridged, Parked)):
            segment.parts(live.now)
        elif isinstance(event, RecordStopped) and event.path == segment.path:
            return self._stopped(segment, event, live, reason)
        return ()

    def _started(self, segment: Segment, live: Live) -> None:
        segment.started_at = segment.started_at or live.now
        if segment.moment is From.STEP or live.leg:
            segment.hears(live.now)

    def was_masked(self, live: Live) -> None:
        """Take in that the switch has masked it by itself."""
        if self.state is Recording.ON and self.asked is None:
            self.move(Moved.MASKED)

    def ends_unseen(self, live: Live) -> tuple[Row, ...]:
        """Return the rows of a file that has ended, though no event told so."""
        segment = self.segment
        assert segment is not None  # noqa: S101  only what ran can have ended
        event = RecordStopped(segment.path, 0, "no RECORD_STOP")
        return self._stopped(segment, event, live, "switch")

    def _stopped(
        self, segment: Segment, event: RecordStopped, live: Live, reason: str
    ) -> tuple[Row, ...]:
        is_asked_for = self.state is Recording.STOPPING
        is_begun = self.state in RUNNING
        segment.ended = True
        self.move(Moved.STOPPED)
        ended = RecordingEnded(
            id=segment.id,
            started_at=segment.started_at,
            stopped_at=live.now,
            ms=event.ms,
            cause=event.cause,
            state="stopped",
            audio_at=segment.audio_at,
            gaps=" ".join(segment.gaps),
        )
        if is_asked_for:
            return (ended,)
        self._ended_by_itself(is_begun)
        unasked = Asked(RecordAction.STOP, reason, live.step, 0)
        return (ended, action_row(live, unasked, event.cause, True))

    def _ended_by_itself(self, is_begun: bool) -> None:
        """Let it be begun again, though not for ever."""
        self._restarts += 1
        if not is_begun or self._restarts > MOST_RESTARTS:
            self.give_up_trying("the switch ends the recording again and again")

    def give_up(self, now: int) -> tuple[Row, ...]:
        """Return the row of a file whose RECORD_STOP will not come any more."""
        segment = self.segment
        if segment is None or segment.ended:
            return ()
        segment.ended = True
        row = RecordingEnded(
            id=segment.id,
            started_at=segment.started_at,
            stopped_at=now,
            ms=0,
            cause="",
            state="lost" if segment.started_at else "failed",
            audio_at=segment.audio_at,
            gaps=" ".join(segment.gaps),
        )
        return (row,)


def action_row(
    live: Live,
    asked: Asked,
    reply: str,
    is_verified: bool,
) -> RecordingAction:
    """Return the row of one thing that was done to the call's own file."""
    segment = live.recorder.segment
    assert segment is not None  # noqa: S101  there is an action only on a file
    return RecordingAction(
        recording_id=segment.id,
        call_uuid=live.offered.uuid,
        at=live.now,
        action=asked.action,
        reason=asked.reason,
        step=asked.step,
        reply=reply,
        verified=is_verified,
        asked_at=asked.at,
    )


def file_path(folder: str, uuid: str, number: int, now: int) -> str:
    """Return `FOLDER/YYYY/MM/DD/<uuid>-<n>.wav`; the day is UTC's."""
    day = gmtime(now // 1_000_000)
    date = f"{day.tm_year:04}/{day.tm_mon:02}/{day.tm_mday:02}"
    return f"{folder}/{date}/{uuid}-{number}.wav"
