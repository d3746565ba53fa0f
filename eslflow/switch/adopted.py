"""A call whose controller died while it went on: watched over the control link.

The call has no socket of its own any more, but the engine is the same: its commands go
over the control link, and what the switch no longer tells by itself is looked at. Masks
can be asked for again, the dead-man is put off again, and the recording is what the
step wants. Must not play, answer or route anything: the call is where it is.
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
from eslflow.call.engine import Engine
from eslflow.call.events import (
    Disconnected,
    Event,
    HungUp,
    Kept,
    RecordStopped,
    Replied,
    TimedOut,
)
from eslflow.errors import CommandRefused, LinkLost
from eslflow.switch.desk import LiveCall
from eslflow.switch.link import Link
from eslflow.wire.buglist import recorders
from eslflow.wire.terms import ApiCommand

if TYPE_CHECKING:
    from eslflow.switch.controller import Controller
    from eslflow.switch.timers import Handle

log = logging.getLogger("eslflow.call")

LOOK_S = 5.0
"""How often it is looked at whether the call and its recording are still there."""


class AdoptedCall:
    """One call, by its engine."""

    def __init__(self, controller: Controller, link: Link, engine: Engine) -> None:
        self.uuid = engine.live.offered.uuid
        self._controller = controller
        self._link = link
        self._engine = engine
        self._events: deque[Event] = deque()
        self._is_busy = False
        self._number = 0
        self._timers: dict[int, Handle] = {}
        self._asked: Queue[tuple[int, Api]] = Queue()
        self._greenlets = [gevent.spawn(self._talk), gevent.spawn(self._watch)]

    def begin(self) -> None:
        """Take the call over."""
        self._controller.desk.joined(self)
        self._dispatch(self._engine.adopt)

    def about(self) -> LiveCall | None:
        """Return what the call is now."""
        return LiveCall.of(self._engine.live)

    def wake(self, event: Event) -> None:
        """Take an event."""
        self._events.append(event)
        self._dispatch()

    def close(self) -> None:
        """Leave the call alone: it goes on as it is."""
        for token in tuple(self._timers):
            self._timers.pop(token).cancel()
        self._controller.desk.left(self)
        gevent.killall(self._greenlets, block=False)

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
            self.close()

    def _carry_out(self, commands: list[Command]) -> None:
        controller = self._controller
        for command in commands:
            if isinstance(command, Api):
                self._number += 1
                self._asked.put((self._number, command))
            elif isinstance(command, Keep):
                done = self._kept if command.is_durable else None
                controller.ledger.keep(command.rows, done)
            elif isinstance(command, Timer):
                self._set_timer(command)
            elif isinstance(command, Answer):
                controller.desk.answer(command.ticket, command.answered)
            elif isinstance(command, (Tell, Alarm)):
                controller.told(self.uuid, command)

    def _kept(self, problem: str) -> None:
        self.wake(Kept(not problem, problem))

    def _set_timer(self, timer: Timer) -> None:
        if timer.seconds is None:
            running = self._timers.pop(timer.token, None)
            if running is not None:
                running.cancel()
            return
        fire = partial(self._timed_out, timer.token)
        self._timers[timer.token] = self._controller.timers.after(timer.seconds, fire)

    def _timed_out(self, token: int) -> None:
        self._timers.pop(token, None)
        self.wake(TimedOut(token))

    def _talk(self) -> None:
        """Ask the switch for one thing after the other, and hand its answers in."""
        while True:
            number, command = self._asked.get()
            try:
                text = self._link.api(command.command, command.arg)
            except CommandRefused as error:
                self.wake(Replied(number, False, error.reply))
            except LinkLost as error:
                # Nobody has answered: whoever waits has a timer.
                log.debug("call %s: %s", self.uuid, error)
            else:
                self.wake(Replied(number, True, text))

    def _watch(self) -> None:
        """Look whether the call is still there, and whether it is still recorded."""
        while True:
            self._wait()
            try:
                exists = self._link.api(ApiCommand.UUID_EXISTS, self.uuid)
                if exists == "false":
                    self._is_gone()
                    return
                self._look_for_end()
            except (LinkLost, CommandRefused) as error:
                log.debug("call %s: %s", self.uuid, error)

    def _wait(self) -> None:
        due = gevent.event.Event()
        self._controller.timers.after(LOOK_S, due.set)
        due.wait()

    def _look_for_end(self) -> None:
        segment = self._engine.live.recorder.segment
        if segment is None or segment.ended or not segment.started_at:
            return
        running = recorders(self._link.api(ApiCommand.UUID_BUGLIST, self.uuid))
        if running is not None and segment.path not in running:
            self.wake(RecordStopped(segment.path, 0, "no RECORD_STOP"))

    def _is_gone(self) -> None:
        """End the call: nobody has told how, nor how long the file is."""
        self._events.append(HungUp(""))
        segment = self._engine.live.recorder.segment
        if segment is not None and not segment.ended:
            self._events.append(RecordStopped(segment.path, 0, "no RECORD_STOP"))
        self._events.append(Disconnected())
        self._dispatch()
