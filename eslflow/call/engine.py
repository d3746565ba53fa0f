"""One call on its road: events in, commands out.

In: events, each with its time. Out: lists of commands, in order. Must not do I/O, read
a clock or know a kind of step. Several tracks run side by side: the flow's, which runs
each step's generator; the recorder's, which brings the recording to what is wanted; the
look-out's; and one for each wish that somebody has. Each waits for its own outcomes.
"""

from __future__ import annotations

from collections.abc import Generator
from types import ModuleType

from eslflow.call import (
    beep,
    callee,
    deadman,
    fulfil,
    hush,
    keys,
    lookout,
    moves,
    reminder,
    screen,
    unrecorded,
)
from eslflow.call.commands import (
    Alarm,
    Answer,
    Await,
    Close,
    Command,
    Hangup,
    Keep,
)
from eslflow.call.ending import ended_row, in_short, not_asked_rows, offered_row
from eslflow.call.events import (
    Bridged,
    CallEnded,
    Disconnected,
    Event,
    Held,
    HungUp,
    Kept,
    KeyPressed,
    LegEnded,
    Offered,
    Parked,
    RecordStarted,
    RecordStopped,
    Unbridged,
    Wished,
)
from eslflow.call.live import Live, Site
from eslflow.call.recording import PAUSES, sound
from eslflow.call.records import Row
from eslflow.call.track import Numbers, Track
from eslflow.call.wanting import held, want
from eslflow.call.wishes import OVER
from eslflow.flow.model import Flow, From, Record
from eslflow.steps import speech

MOST_STEPS = 1000
"""A call that takes more steps goes round in circles; the dialplan gets it back."""

GUARDIANS = (moves, deadman, lookout, reminder, callee, beep, unrecorded, screen)
"""What goes on beside the flow. Most calls need few of them, and late."""
TOLD = frozenset(
    {Bridged, Unbridged, Parked, Held, LegEnded, RecordStarted, RecordStopped}
)
"""What the switch tells of a call, whoever waits for it."""
MEETINGS = (Bridged, RecordStarted)
"""With these, more of them may be needed."""


class Engine:
    """Drives one call through one flow."""

    __slots__ = (
        "_ending",
        "_flow",
        "_foreseen",
        "_idle",
        "_is_gone",
        "_is_told",
        "_numbers",
        "_out",
        "_tracks",
        "is_over",
        "live",
    )

    def __init__(self, offered: Offered, flow: Flow, site: Site, now: int) -> None:
        self._out: list[Command] = []
        self.live = Live(offered, flow, site, now)
        self.live.hears = self._out
        self.is_over = False
        """Whether the call's rows are complete and nothing more can come of it."""
        self._numbers = Numbers()
        self._flow = Track(self._walk(), self._numbers)
        self._tracks = [self._flow]
        self._idle: tuple[ModuleType, ...] = GUARDIANS
        """Those that have not begun yet."""
        self._ending: CallEnded | None = None
        self._foreseen: CallEnded | None = None
        """How the call has ended, while events of earlier are still to be handled."""
        self._is_told = False
        self._is_gone = False

    @property
    def in_short(self) -> str:
        """What became of the call, for a log; empty while it goes on."""
        return in_short(self.live, self._ending) if self._ending else ""

    def begin(self) -> list[Command]:
        """Start the road; return what is to be done first."""
        offered = self.live.offered
        caller = offered.caller or "an unknown number"
        self._out.append(Keep((offered_row(self.live),)))
        self.live.tell(f"call from {caller} to {offered.called}")
        self._bar()
        return self._set_out()

    def adopt(self, live: Live) -> list[Command]:
        """Take on a call that goes on elsewhere, as it has been restored."""
        self.live, live.hears = live, self._out
        live.is_adopted = True
        self._flow = Track(self._stay(), self._numbers)
        self._tracks = [self._flow]
        return self._set_out()

    def _set_out(self) -> list[Command]:
        self._advance(self._flow)
        self._guard()
        self._look_round()
        return self._flush()

    def handle(self, event: Event, now: int) -> list[Command]:
        """Take one event; return what is to be done now."""
        if self.is_over:
            return self._too_late(event)
        self.live.now = now
        if type(event) in TOLD:
            self._note(event)
        if type(event) is HungUp:
            self._end(self.live.leaving or "hung_up", event.cause)
        elif type(event) is Disconnected:
            self._disconnected(event)
        elif type(event) is Wished:
            self._add(fulfil.fulfil(self.live, event.ticket, event.wish))
        elif type(event) is KeyPressed:
            self._press(event)
        else:
            self._hand_out(event)
        self._look_round()
        if self.live.recorder.was_wished or self.live.callee:
            self._guard()
        self._settle()
        return self._flush()

    def foresee(self, event: HungUp) -> None:
        """Take in that the caller is gone, before events of earlier are handled.

        Those still reach who waits for them, so that a key that was pressed is a
        choice; but nothing more is asked of a call that is gone.
        """
        self._foreseen = CallEnded(self.live.leaving or "hung_up", event.cause)

    def fail(self, now: int) -> list[Command]:
        """Give the call up after a fault of ours; the dialplan takes it on."""
        self.live.now = now
        for track in self._tracks:
            track.drop_out()
        self._is_gone = True
        self._end("failed", "")
        self._settle()
        return self._flush()

    def _guard(self) -> None:
        """Let begin what is needed beside the flow by now, each once."""
        for guardian in self._idle:
            if guardian.is_needed(self.live):
                self._idle = tuple(g for g in self._idle if g is not guardian)
                self._add(guardian.watch(self.live))

    def _disconnected(self, event: Disconnected) -> None:
        self._is_gone = True
        self._end(self.live.leaving or "lost", "")
        if event.problem:
            self._out.append(Alarm(event.problem))

    def _note(self, event: Event) -> None:
        """Take in what the switch tells of the call, whoever waits for it."""
        live = self.live
        was_held, before = live.screen.is_held, sound(live.recorder.segment)
        if isinstance(event, Bridged):
            live.leg, live.agent = event.leg, event.agent
            live.screen.is_held = False
            step = live.flow.steps.get(live.step)
            is_brought = step is not None and (step.meets or step.hands_over)
            live.screen.joins(event.leg, is_brought and not live.is_adopted)
        elif isinstance(event, (Unbridged, Parked)):
            live.leg = live.agent = ""
            live.screen.is_held = False
        elif isinstance(event, Held) and not event.is_callers:
            live.screen.is_held = live.screen.is_active and event.is_on
        if isinstance(event, (Bridged, LegEnded)) and event.leg == live.callee:
            live.callee = ""
        self._out += held(live, was_held)
        is_over = bool(self._ending or self._foreseen)
        reason = "hangup" if is_over else "switch"
        leg = event.leg if isinstance(event, Bridged) else live.asked
        ended = callee.taken_over(live, leg)
        rows = (*ended, *live.recorder.note(event, live, reason))
        after = sound(live.recorder.segment)
        if after != before and not (is_over and after == PAUSES):
            live.tell(f"the recording {after}")
        if rows:
            self._out.append(Keep(rows))
        if isinstance(event, MEETINGS):
            self._guard()

    def _bar(self) -> None:
        """Forbid every recording of a call from or to who is never recorded."""
        live = self.live
        reason = live.screen.bars_call(live.offered)
        if reason is not None and not live.is_emergency:
            live.recorder.is_forbidden = True
            self._out += screen.bar(live, reason)

    def _press(self, event: KeyPressed) -> None:
        """Do what a key asks for; nobody waits for the answer."""
        road = keys.pressed(self.live, event)
        if road is not None:
            self._add(road)

    def _too_late(self, event: Event) -> list[Command]:
        """Answer who asks something of a call that is over."""
        if isinstance(event, Wished):
            answer = fulfil.answered(self.live, event.wish, OVER)
            return [Answer(event.ticket, answer)]
        return []

    def _add(self, road: Generator[Command, Event | None, None]) -> None:
        """Let another track begin."""
        track = Track(road, self._numbers)
        self._tracks.append(track)
        self._advance(track)

    def _advance(
        self, track: Track, value: Event | None = None, error: CallEnded | None = None
    ) -> None:
        track.advance(self._out, value, error, self._ending or self._foreseen)
        if track.is_over and track is not self._flow:
            self._tracks.remove(track)

    def _hand_out(self, event: Event) -> None:
        """Wake the tracks that wait for this event."""
        tracks = tuple(self._tracks)
        if type(event) is Kept:
            # Rows become durable in their order: what is told is told of the oldest.
            keeping = [track for track in tracks if track.is_keeping]
            tracks = tuple(sorted(keeping, key=lambda track: track.keep)[:1])
        for track in tracks:
            if track.takes(event):
                self._advance(track, event)

    def _look_round(self) -> None:
        """Wake the tracks for which something holds now, until none is left."""
        is_moving = self._foreseen is None
        while is_moving:
            is_moving = False
            for track in tuple(self._tracks):
                if track.is_due():
                    is_moving = True
                    self._advance(track)

    def _stay(self) -> Generator[Command, Event | None, None]:
        """Wait for the end of a call whose flow is not ours to walk."""
        try:
            while True:
                yield Await(())
        except CallEnded:
            return

    def _walk(self) -> Generator[Command, Event | None, None]:
        """Go from step to step, in one generator: every wait goes through it."""
        live = self.live
        try:
            if live.is_emergency:
                yield from self._emergency()
                return
            name = live.flow.start
            for _ in range(MOST_STEPS):
                step = live.flow.steps[name]
                live.comes_to(name)
                yield from hush.fit(live, step.meets)
                yield from want(live, step.record, step.record_from)
                if unrecorded.is_lost(live):
                    yield from self._refuse()
                    return
                ending = yield from step.run(live)
                live.site.visited(live.offered.uuid, name, ending)
                if unrecorded.is_lost(live):
                    yield from self._refuse()
                    return
                name = step.target(ending)
                if not name:
                    yield from self._leave(ending in step.fallbacks)
                    return
            yield Alarm(f"{live.flow.name} goes round in circles at {live.step}")
            yield from self._leave(True)
        except CallEnded:
            return

    def _emergency(self) -> Generator[Command, Event | None, None]:
        """Put an emergency call through before anything else, and record nothing."""
        live = self.live
        step = live.flow.steps[live.flow.way_out]
        live.comes_to(step.name)
        live.recorder.is_forbidden = True
        live.drop_prefix(*live.flow.prefixes)
        live.tell(f"emergency call to {live.offered.called}")
        ending = yield from step.at_once(live)
        live.site.visited(live.offered.uuid, step.name, ending)
        # Nothing of it is left untried: the dialplan may have another way.
        yield from self._leave(True)

    def _leave(self, to_dialplan: bool) -> Generator[Command, Event | None, None]:
        """End the flow: hang up, or let the dialplan's fallback reach a person."""
        live = self.live
        to_dialplan = to_dialplan and not live.was_bridged
        if to_dialplan and live.flow.recording.is_demanded and not live.is_emergency:
            # Whoever the dialplan knows would talk unrecorded.
            live.recorder.why = "the flow has nowhere to go on"
            yield from self._refuse()
            return
        yield from want(live, Record.OFF, From.STEP)
        yield from callee.let_go(live)
        if to_dialplan:
            live.leaving = "handed_back"
            yield from hush.fit(live, meets=True)
            live.tell("the dialplan takes the call on")
            yield Close()
        else:
            live.leaving = "finished"
            live.tell("the flow hangs up")
            yield Hangup()

    def _refuse(self) -> Generator[Command, Event | None, None]:
        """End a call that must be recorded and cannot be; the caller hears why."""
        live = self.live
        yield Alarm(f"not recorded, so the call is refused: {live.recorder.why}")
        yield from want(live, Record.OFF, From.STEP)
        yield from callee.let_go(live)
        sound = speech.prompt_sound(live, live.flow.recording.refusal)
        yield from speech.play(live, sound, f"prompt {live.flow.recording.refusal}")
        live.leaving = unrecorded.REFUSED
        yield Hangup(unrecorded.CAUSE)

    def _end(self, ending: str, cause: str) -> None:
        """Note how the call ended, once, and wake the tracks that wait for it."""
        if self._ending is not None:
            return
        self._ending = CallEnded(ending, cause)
        self.live.forget()
        for track in tuple(self._tracks):
            # A row that is being made durable is answered first: the grant of a caller
            # who hung up meanwhile may be on disk, and the step must know.
            if track.awaited is not None and not track.is_keeping:
                self._advance(track, error=self._ending)

    def _settle(self) -> None:
        """Complete the rows of a call that has ended."""
        if self._ending is None or any(track.is_keeping for track in self._tracks):
            return
        live = self.live
        if not self._is_told:
            self._is_told = True
            rows: tuple[Row, ...] = (
                *not_asked_rows(live),
                ended_row(live, self._ending),
            )
            self._out.append(Keep(rows))
            live.tell(f"call ends: {self._ending}")
        if self._is_gone:
            given_up = live.recorder.give_up(live.now)
            if given_up:
                self._out.append(Keep(given_up))
            self.is_over = True
            for ending in (self._ending, self._foreseen):
                if ending is not None:
                    # Through its frames the call would know itself, and be garbage of
                    # the collector's kind.
                    ending.__traceback__ = None

    def _flush(self) -> list[Command]:
        out = self._out[:]
        self._out.clear()
        return out
