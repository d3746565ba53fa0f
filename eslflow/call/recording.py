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

In: a state and what moves it. Out: the next state; and what is known of one file. Must
not decide what is wanted (`recorder` does), nor send anything (`moves` does).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import gmtime

from eslflow.call.events import Bridged, Event, Held, Parked, Unbridged
from eslflow.call.records import RecordingBegun
from eslflow.errors import IllegalTransition
from eslflow.flow.model import From
from eslflow.wire.terms import StrEnum


class Recording(StrEnum):
    """Where the recording is."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    MASKED = "masked"
    STOPPING = "stopping"
    FAILED = "failed"


class Moved(StrEnum):
    """What moves it."""

    START = "START"
    RUNS = "RUNS"
    MASKED = "MASKED"
    UNMASK = "UNMASK"
    STOP = "STOP"
    STOPPED = "STOPPED"
    FAILED = "FAILED"


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
MOVING = frozenset({Recording.STARTING, Recording.STOPPING})


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
    moment: From = From.STEP
    purposes: tuple[str, ...] | None = None
    """Those that permitted it when it was begun; None: nobody knows."""
    started_at: int = 0
    """When RECORD_START came, in microseconds; 0: not yet."""
    told_at: int = 0
    """When that was by the switch's clock; 0: it has not said so."""
    audio_at: int = 0
    """When sound could first be in the file; 0: not yet."""
    gaps: list[str] = field(default_factory=list)
    """Stretches that were cut out: no agent was there, or the caller was on hold."""
    parted_at: int = 0
    """Since when that is so; 0: it is not, or there was no sound yet."""
    ended: bool = False
    is_stuck: bool = False
    """It was to be stopped, and nobody has seen it end: it may still run."""

    def begun(self, call_uuid: str, step: str, now: int) -> RecordingBegun:
        """Return the row of a file that is about to begin on the caller's leg."""
        return RecordingBegun(
            id=self.id,
            call_uuid=call_uuid,
            leg_uuid=call_uuid,
            path=self.path,
            purposes=" ".join(self.purposes or ()),
            step=step,
            asked_at=now,
        )

    def fits(self, moment: From, permitting: tuple[str, ...]) -> bool:
        """Whether it may go on: it waits for no agent in vain, and is for these."""
        waits = moment is not self.moment and moment is From.STEP
        return not waits and self.purposes in (None, permitting)

    def follow(self, event: Event, now: int, has_parted: bool) -> None:
        """Note whether sound gets into the file."""
        if isinstance(event, Bridged):
            self.hears(now)
        elif isinstance(event, (Unbridged, Parked)):
            self.parts(now)
        elif isinstance(event, Held):
            self._held(event, now, has_parted)

    def _held(self, event: Held, now: int, has_parted: bool) -> None:
        """Note that a caller on hold is cut out of the file; an agent is not."""
        if not event.is_callers or not self.audio_at:
            return
        if event.is_on:
            self.pauses(now)
        elif not (has_parted and self.moment is From.ANSWER):
            self.hears(now)

    def forget_start(self) -> None:
        """Take back that it began: it is not seen to run."""
        self.started_at = self.told_at = self.audio_at = 0

    def ended_at(self, told_at: int, now: int) -> int:
        """Return when it ended, however late that was heard."""
        if not (told_at and self.told_at):
            return now
        lasted = max(0, told_at - self.told_at)
        return min(now, self.started_at + lasted)

    def hears(self, now: int) -> None:
        """Note that sound gets into the file from now on."""
        if not self.audio_at:
            self.audio_at = now
        elif self.parted_at:
            self.gaps.append(f"{self.parted_at}-{now}")
        self.parted_at = 0

    def told_gaps(self, now: int) -> str:
        """Return the stretches that were cut out, one that still lasts among them."""
        last = [f"{self.parted_at}-{now}"] if self.parted_at else []
        return " ".join([*self.gaps, *last])

    def parts(self, now: int) -> None:
        """Note that no sound gets into a file that waits for an agent."""
        if self.moment is From.ANSWER:
            self.pauses(now)

    def pauses(self, now: int) -> None:
        """Note that no sound gets into the file for now; it is cut out, not silent."""
        if self.audio_at:
            self.parted_at = self.parted_at or now


PAUSES = "pauses"


def sound(segment: Segment | None) -> str:
    """Return whether sound gets into a file, in words; empty: none ever did."""
    if segment is None or not segment.audio_at:
        return ""
    if segment.ended:
        return "has ended"
    return PAUSES if segment.parted_at else "runs"


def file_path(folder: str, uuid: str, number: int, now: int) -> str:
    """Return `FOLDER/YYYY/MM/DD/<uuid>-<n>.wav`; the day is UTC's."""
    day = gmtime(now // 1_000_000)
    date = f"{day.tm_year:04}/{day.tm_mon:02}/{day.tm_mday:02}"
    return f"{folder}/{date}/{uuid}-{number}.wav"
