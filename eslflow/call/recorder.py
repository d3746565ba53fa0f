"""The recorder of one call: what is wanted of it, what it is, and what is due.

In: what a step wants, what the caller permits, what somebody asked for, and every event
of the call. Out: what is to be asked of the switch next (`moves` asks it). Must not
decide who agreed (`consent` does), nor send anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eslflow.call.backlog import Backlog
from eslflow.call.events import (
    Bridged,
    Event,
    Held,
    Parked,
    RecordStarted,
    RecordStopped,
    Unbridged,
)
from eslflow.call.recording import MOVING, RUNNING, Moved, Recording, Segment, advance
from eslflow.call.records import (
    RecordingAction,
    RecordingEnded,
    Row,
)
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import From, Record
from eslflow.wire.terms import RecordAction

if TYPE_CHECKING:
    from eslflow.call.live import Live

GUARD_S = 0.06
"""How long an unmask waits: sound of the last 36 ms before it, and of the packet that
is under way, still gets into the file (measured, bridged and parked)."""
ALONE_S = 0.5
"""The same while nobody talks with the caller: packets that came in a burst stay late,
for it is a bridge that makes the switch throw away what has piled up (measured: sound
of 155 ms before, on a machine that was short of time)."""
PASSED_ON_S = 0.2
"""A call whose agent has left is parked 20 to 40 ms later (measured); one that is not,
was passed on."""
MOST_RESTARTS = 3
"""How often a recording that ended by itself is begun again in one step."""

OFF, ON, MASKED = Recording.OFF, Recording.ON, Recording.MASKED
"""Asked for at every event, and Python 3.11 is slow to find the members of an enum."""
TARGETS = {Record.OFF: OFF, Record.ON: ON, Record.MASKED: MASKED}
"""What the recording is to be for what a step wants, if nothing is in the way."""
RESTS = frozenset({OFF, Recording.FAILED})
SETTLED = {OFF: RESTS, ON: frozenset({ON}), MASKED: RESTS | {MASKED}}
"""Where the recording may be for each target; none is begun in order to be masked."""


class Asked(NamedTuple):
    """Something that the switch was asked for."""

    action: RecordAction
    reason: str
    step: str
    at: int


class Recorder:
    """The recording state of one call, and what is wanted of it."""

    __slots__ = (
        "_is_given_up",
        "_restarts",
        "asked",
        "backlog",
        "by",
        "clear_at",
        "is_forbidden",
        "is_overdue",
        "parted_at",
        "is_to_be_sure",
        "masked_at",
        "masks",
        "moment",
        "segment",
        "segments",
        "state",
        "wanted",
        "was_wished",
        "why",
    )

    def __init__(self, segments: int = 0) -> None:
        self.state = OFF
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
        self.was_wished = False
        """Somebody has asked for something, and may again."""
        self.parted_at = 0
        """Since when caller and agent talk no more, and the call is not back with us:
        it was passed on, and whoever has it now has not been announced yet."""
        self.is_to_be_sure = False
        """A mask that holds is to be asked for once more, after a hand-over."""
        self.masked_at = 0
        """When the mask began, in microseconds."""
        self.backlog = Backlog()
        self.clear_at = 0
        """When an unmask may be sent; 0: nobody has asked for one."""
        self.by = self.why = ""
        """Who has asked for something last (empty: the step, or nobody), and why the
        recording is not what is wanted, in words."""
        self.asked: Asked | None = None
        """What the switch was asked for, and has not answered yet."""
        self._restarts = 0
        self._is_given_up = False

    def move(self, event: Moved) -> None:
        """Advance along the table."""
        self.state = advance(self.state, event)

    def became_masked(self, now: int) -> None:
        """Take in that it is masked from now on."""
        self.move(Moved.MASKED)
        self.masked_at = now

    # What is wanted.

    def step_wants(self, wanted: Record, moment: From) -> None:
        """Take in what the next step wants."""
        self.wanted, self.moment = wanted, moment
        self._restarts = 0
        self.parted_at = 0
        self.by = ""
        # A recorder that could not be stopped may still run: none is begun beside it.
        self._is_given_up = self._is_given_up and self.is_left_running

    def take(self, wish: Wish, now: int) -> None:
        """Take in what somebody asks for."""
        self.is_overdue = False
        self.was_wished = True
        self.by = wish.by
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

    def get_stuck(self, why: str) -> None:
        """Begin no other file beside one that could not be stopped."""
        assert self.segment is not None  # noqa: S101  it is what could not be stopped
        self.segment.is_stuck = True
        self.give_up_trying(why)

    @property
    def is_left_running(self) -> bool:
        """Whether a file was to be stopped, and nobody has seen it end."""
        segment = self.segment
        return segment is not None and segment.is_stuck and not segment.ended

    @property
    def is_idle(self) -> bool:
        """Whether nothing is recorded, nor wanted, nor masked: most of the time."""
        return self.state is OFF and TARGETS[self.wanted] is OFF and not self.masks

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is to be done before a step, or the end of a mask.

        A mask that has no end is nothing to wait for, nor is what has failed.
        """
        is_over = self.state is OFF or self.state is Recording.FAILED
        is_unwanted = TARGETS[self.wanted] is OFF
        return is_over and is_unwanted and not (self.masks and self.until)

    def target(self, live: Live) -> Recording:
        """Return what the recording is to be: off, on or masked."""
        wanted = TARGETS[self.wanted]
        if wanted is OFF or self.is_forbidden:
            return OFF
        # A file that waits for an agent holds nothing meanwhile, and may stay.
        is_passed_on = self.parted_at and 0 < self._passed_on_at <= live.now
        if is_passed_on or not live.may_be_recorded:
            return OFF
        return MASKED if self.masks or live.screen.is_held else wanted

    def due(self, live: Live) -> RecordAction | None:
        """Return what is to be asked of the switch now, if anything."""
        target, state = self.target(live), self.state
        if target is OFF:
            return RecordAction.STOP if state in RUNNING else None
        if state is ON and target is ON:
            return RecordAction.STOP if self.is_misfit(live) else None
        if state is ON:
            return RecordAction.MASK
        if target is MASKED:
            # Nothing is begun in order to be masked: it would be heard for a moment.
            is_unsure = state is MASKED and self.is_to_be_sure
            return RecordAction.MASK if is_unsure else None
        if state is MASKED:
            opens = RecordAction.STOP if self.is_misfit(live) else RecordAction.UNMASK
            return opens if 0 < self.clear_at <= live.now else None
        may_start = state in RESTS and not self._is_given_up
        return RecordAction.START if may_start else None

    def is_misfit(self, live: Live) -> bool:
        """Whether the file is not the one that the step, or the caller, permits."""
        permitting = live.consents.permitting()
        segment = self.segment
        return segment is not None and not segment.fits(self.moment, permitting)

    def is_settled(self, live: Live) -> bool:
        """Whether the recording is what is wanted, or will not come to be so."""
        if self.asked or self.state in MOVING:
            return False
        target = self.target(live)
        is_so = self.state in SETTLED[target]
        if target is not ON:
            return is_so
        return (is_so and not self.is_misfit(live)) or self._is_given_up

    def guard(self, live: Live) -> None:
        """Note when an unmask may be sent, once one is wanted."""
        waits = self.state is MASKED and self.target(live) is ON
        if not waits:
            self.clear_at = 0
        elif not self.clear_at:
            guard_us = round((GUARD_S if live.leg else ALONE_S) * 1e6)
            late_us = 0 if live.screen.is_cause else self._late(live.now)
            self.clear_at = live.now + guard_us + late_us

    def _late(self, now: int) -> int:
        """Return how late sound may be heard that was to be masked."""
        return self.backlog.left(now) if self.backlog.since >= self.masked_at else 0

    def wakes_at(self, now: int) -> int:
        """Return when something may be due without any event; 0: never."""
        if not self.masks and not self.parted_at:
            return self.clear_at if self.clear_at > now else 0
        due = (self.clear_at, self.until, self._passed_on_at)
        return min((at for at in due if at > now), default=0)

    @property
    def _passed_on_at(self) -> int:
        """When a call that has parted is taken for passed on; 0: it is not."""
        if not self.parted_at or self.moment is From.ANSWER:
            return 0
        return self.parted_at + round(PASSED_ON_S * 1e6)

    # What the switch tells.

    def note(self, event: Event, live: Live, reason: str) -> tuple[Row, ...]:
        """Take in what the switch said; return the rows that end our file."""
        if isinstance(event, (Bridged, Unbridged, Parked)):
            self.parted_at = live.now if isinstance(event, Unbridged) else 0
        elif isinstance(event, Held):
            self.backlog.note(event, live.now)
        segment = self.segment
        if segment is None or segment.ended:
            return ()
        if isinstance(event, RecordStopped) and event.path == segment.path:
            return self._stopped(segment, event, live, reason)
        if isinstance(event, RecordStarted) and event.path == segment.path:
            self._started(segment, event, live)
        else:
            segment.follow(event, live.now, bool(self.parted_at))
        return ()

    def pause(self, now: int) -> None:
        """Note that the switch pauses all recorders of the call until a bridge."""
        if self.segment is not None and not self.segment.ended:
            self.segment.pauses(now)

    def _started(self, segment: Segment, event: RecordStarted, live: Live) -> None:
        # Without an event it has begun when it was asked for, not when that was seen.
        asked = None if event.at else self.asked
        began_at = asked.at if asked is not None else live.now
        if not segment.started_at:
            segment.started_at, segment.told_at = began_at, event.at
        if segment.moment is From.STEP or live.leg:
            segment.hears(began_at)

    def was_masked(self, live: Live, since: int = 0) -> tuple[Row, ...]:
        """Take in that the dead-man has masked it; return the row of that.

        It may have done so from `since` on; 0: nobody knows. Whatever is being asked of
        the switch meanwhile, comes after it.
        """
        if self.state is not ON or self.asked is not None:
            return ()
        self.by = ""
        self.became_masked(live.now)
        unasked = Asked(RecordAction.MASK, "dead man", live.step, since)
        return (action_row(live, unasked, "", True),)

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
        ended_at = segment.ended_at(event.at, live.now)
        ended = RecordingEnded(
            id=segment.id,
            started_at=segment.started_at,
            stopped_at=ended_at,
            ms=event.ms,
            cause=event.cause,
            state="stopped",
            audio_at=segment.audio_at,
            gaps=segment.told_gaps(ended_at),
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
            gaps=segment.told_gaps(now),
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
