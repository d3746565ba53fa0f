"""A call whose controller died while it went on: watched over the control link.

The call has no socket of its own any more, but the engine is the same: its commands go
over the control link, one after the other, what the switch tells of the call comes over
it, and what that leaves out is looked at. Masks can be asked for again, the dead-man is
put off again, and the recording is what the step wants. A link that breaks ends this as
a dead controller would: the call goes on as it is, and is adopted anew. Must not play,
answer or route.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import gevent
from gevent.queue import Queue

from eslflow.call.commands import Alarm, Answer, Api, Command, Keep, Tell, Timer
from eslflow.call.dialogue import Dialogue
from eslflow.call.engine import Engine
from eslflow.call.events import (
    Bridged,
    Disconnected,
    Event,
    Held,
    HungUp,
    Kept,
    Parked,
    RecordStarted,
    RecordStopped,
    Replied,
    Unbridged,
)
from eslflow.call.live import Live
from eslflow.call.recorder import action_row
from eslflow.call.wishes import OVER
from eslflow.errors import CommandRefused, LinkLost, UnsafeValue, on_one_line
from eslflow.switch.desk import LiveCall
from eslflow.switch.findings import Leg
from eslflow.switch.link import Link
from eslflow.switch.timers import CallTimers
from eslflow.wire.buglist import recorders
from eslflow.wire.message import Message
from eslflow.wire.terms import ApiCommand, RecordAction

if TYPE_CHECKING:
    from eslflow.switch.controller import Controller
    from eslflow.switch.timers import Handle

log = logging.getLogger("eslflow.call")

LOOK_S = 5.0
"""How often it is looked at whether the call and its recording are still there."""
TOLD_S = 0.5
"""After a start, a stop and a hang-up: the event comes sooner, or is lost."""
UNSEEN = "no RECORD_STOP"
"""Why a file has ended, when nobody has told."""
LAGS_S = 4.0
"""How long what the switch has told is newer than what `show calls` says."""
_OF_LEGS = (Bridged, Unbridged, Parked, Held)
_TOLD_BY_EVENTS = (str(RecordAction.START), str(RecordAction.STOP))

Job = Callable[[], None]


class AdoptedCall:
    """One call, whose live state has been restored."""

    def __init__(
        self,
        controller: Controller,
        link: Link,
        live: Live,
        left: Callable[[AdoptedCall], object],
    ) -> None:
        self.uuid = live.offered.uuid
        self._controller = controller
        self._link = link
        self._live = live
        self._engine = Engine(live.offered, live.flow, live.site, live.now)
        self._left = left
        self._events: deque[Event] = deque()
        self._is_busy = False
        self._is_over = False
        self._is_missed = False
        self._holds = {False: live.screen.is_held, True: False}
        """Whether the other one, and the caller, had somebody on hold, as last seen."""
        self._dialogue = Dialogue(self.uuid)
        self._told_at = 0
        """When the switch has told last who talks with whom."""
        self._number = 0
        self._timers = CallTimers(controller.timers, self.wake)
        self._next_look: Handle | None = None
        self._jobs: Queue[Job | None] = Queue()

    def begin(self, last: Api | None = None) -> None:
        """Take the call over; `last` is said after what the engine says first."""
        self._controller.desk.joined(self)
        gevent.spawn(self._work)
        self._jobs.put(partial(self._link.watch, self.uuid, self._hear))
        adopt = partial(self._engine.adopt, self._live)
        self._guard(partial(self._dispatch, adopt))
        if last is not None:
            self._jobs.put(partial(self._say, 0, last))
        self._jobs.put(self._look_round)

    def about(self) -> LiveCall | None:
        """Return what the call is now."""
        return LiveCall.of(self._live)

    def wake(self, event: Event) -> None:
        """Take an event."""
        if not self._is_over:
            self._events.append(event)
            self._guard(self._dispatch)

    def _hear(self, message: Message) -> None:
        """Take in what the switch tells of the call."""
        if self._is_ours():
            self._guard(partial(self._take, message))

    def _take(self, message: Message) -> None:
        event = self._dialogue.hear(message)
        if event is None:
            return
        if isinstance(event, _OF_LEGS):
            self._told_at = self._controller.clock.now()
            self._note(event)
        self.wake(event)
        if isinstance(event, HungUp):
            self._look_in(TOLD_S)

    def _note(self, event: Event) -> None:
        """Note who has whom on hold; no hold outlasts its talk."""
        if isinstance(event, Held):
            self._holds[event.is_callers] = event.is_on
        else:
            self._holds[False] = False

    def meets(self, leg: Leg | None) -> None:
        """Take in who the caller talks with by a look; None: with nobody."""
        if self._controller.clock.now() - self._told_at < LAGS_S * 1e6:
            return
        known = self._live.leg
        was_missed, self._is_missed = self._is_missed, leg is None
        if leg is not None:
            if leg.uuid != known:
                self._sees(Bridged(leg.uuid, leg.number))
            for is_callers, holds in ((False, leg.is_held), (True, leg.holds)):
                if holds is not self._holds[is_callers]:
                    self._sees(Held(holds, is_callers))
        elif (known or self._holds[False]) and was_missed:
            # Once alone it says little: `show calls` may lag behind.
            self._sees(Unbridged())

    def _sees(self, event: Event) -> None:
        self._note(event)
        self.wake(event)

    def close(self, why: str = "eslflow does not drive the call any more") -> None:
        """Leave the call alone: it goes on as it is."""
        if self._is_over:
            return
        self._is_over = True
        self._timers.clear()
        if self._next_look is not None:
            self._next_look.cancel()
        self._link.let_go(self.uuid)
        # Ends the greenlet, which may be the one that runs this.
        self._jobs.put(None)
        live = self._live
        if not self._engine.is_over and live.recorder.asked is not None:
            # Asked for, and nobody knows whether it was done.
            row = action_row(live, live.recorder.asked, "", False)
            self._controller.ledger.keep((row,))
        self._controller.desk.left(self, why, str(live.recorder.state))
        self._left(self)

    def _guard(self, part: Job) -> None:
        """Run a part of the call; what goes wrong leaves this call and no other."""
        try:
            part()
        except LinkLost as error:
            log.info("call %s is let go: %s", self.uuid, on_one_line(str(error)))
            self.close("the control link to the switch is down")
        except Exception:
            log.exception("fault in adopted call %s", self.uuid)
            self.close()

    def _is_ours(self) -> bool:
        """Whether nobody else has got the call: it may be handed over again."""
        return not self._is_over and self._controller.desk.get(self.uuid) is self

    def _dispatch(self, first: Callable[[], list[Command]] | None = None) -> None:
        """Carry out what the engine makes of each event, one at a time."""
        if self._is_busy:
            return
        self._is_busy = True
        try:
            if first is not None:
                self._carry_out(first())
            while self._events:
                now = self._controller.clock.now()
                self._carry_out(self._engine.handle(self._events.popleft(), now))
        finally:
            self._is_busy = False
        if self._engine.is_over:
            self.close(OVER)

    def _carry_out(self, commands: list[Command]) -> None:
        controller = self._controller
        for command in commands:
            if isinstance(command, Api):
                self._number += 1
                self._jobs.put(partial(self._say, self._number, command))
            elif isinstance(command, Keep):
                done = self._kept if command.is_durable else None
                controller.ledger.keep(command.rows, done)
            elif isinstance(command, Timer):
                self._timers.set(command)
            elif isinstance(command, Answer):
                controller.desk.answer(command.ticket, command.answered)
            elif isinstance(command, (Tell, Alarm)):
                controller.told(self.uuid, command)

    def _kept(self, problem: str) -> None:
        self.wake(Kept(not problem, problem))

    def _work(self) -> None:
        """Ask the switch for one thing after the other."""
        while (job := self._jobs.get()) is not None:
            # What a call that is over still has to say, strikes off its dead-man.
            if not self._is_ours() and not self._engine.is_over:
                self.close()
                return
            self._guard(job)

    def _say(self, number: int, command: Api) -> None:
        """Send a command, and hand its answer in."""
        is_ok = False
        try:
            text = self._link.api(command.command, command.arg)
            is_ok = True
        except CommandRefused as error:
            text = error.reply
        except UnsafeValue as error:
            text = f"-{error}"
        self.wake(Replied(number, is_ok, text))
        verb = command.arg.split(" ")[1:2]
        is_record = command.command is ApiCommand.UUID_RECORD
        if is_ok and is_record and verb and verb[0] in _TOLD_BY_EVENTS:
            self._look_in(TOLD_S)

    def _look_round(self) -> None:
        """Look, and again after a while."""
        if not self._is_over:
            self._look()
        if not self._is_over:
            self._look_in(LOOK_S)

    def _look_in(self, seconds: float) -> None:
        """Look after so long instead of when it was to be looked."""
        if self._next_look is not None:
            self._next_look.cancel()
        again = partial(self._jobs.put, self._look_round)
        self._next_look = self._controller.timers.after(seconds, again)

    def _look(self) -> None:
        """Look whether the call is still there, and whether it is still recorded."""
        if self._link.api(ApiCommand.UUID_EXISTS, self.uuid) == "false":
            self._is_gone()
            return
        segment = self._live.recorder.segment
        if segment is None or segment.ended:
            return
        try:
            running = recorders(self._link.api(ApiCommand.UUID_BUGLIST, self.uuid))
        except CommandRefused:
            return
        if running is None:
            return
        if segment.path not in running:
            # What has not been seen to begin, cannot have ended.
            if segment.started_at:
                self.wake(RecordStopped(segment.path, 0, UNSEEN))
        elif not segment.started_at:
            self.wake(RecordStarted(segment.path))

    def _is_gone(self) -> None:
        """End the call: nobody has told how, nor how long the file is."""
        self._events.append(HungUp(""))
        segment = self._live.recorder.segment
        if segment is not None and not segment.ended:
            self._events.append(RecordStopped(segment.path, 0, UNSEEN))
        self._events.append(Disconnected())
        self._dispatch()
