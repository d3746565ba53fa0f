"""One call's socket: bytes in, bytes out, in turns of the event loop.

In: a socket that FreeSWITCH opened. Out: commands on it, rows to the ledger. Whatever
wakes the call (its own socket, the ledger, a timer) goes through `_dispatch`, one event
at a time. Must not wait anywhere: a call has no greenlet of its own, whose stack would
take more memory than all the rest of it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from traceback import format_exc
from typing import TYPE_CHECKING, Any

from gevent import get_hub

from eslflow.call.commands import (
    Alarm,
    Answer,
    Api,
    Close,
    Command,
    Execute,
    Hangup,
    Job,
    Keep,
    LookUp,
    Recall,
    Request,
    Tell,
    Timer,
)
from eslflow.call.dialogue import Dialogue, offer
from eslflow.call.engine import Engine
from eslflow.call.events import Disconnected, Event, Found, HungUp, Kept
from eslflow.errors import ProtocolError, UnsafeValue, nameless, on_one_line
from eslflow.switch.desk import LiveCall
from eslflow.switch.timers import CallTimers, Handle
from eslflow.wire import command as text
from eslflow.wire.message import Message
from eslflow.wire.reader import Reader
from eslflow.wire.terms import ApiCommand

if TYPE_CHECKING:
    from eslflow.call.records import Remembered
    from eslflow.switch.controller import Controller

log = logging.getLogger("eslflow.call")

RECV = 65536
HELLO_S = 10.0
"""A FreeSWITCH answers `connect` within a millisecond; nobody else is waited for."""
MOST_UNSENT = 1024 * 1024
"""Bytes that a peer may leave unread before it is dropped."""
READABLE, WRITABLE = 1, 2
"""What a watcher of libev can watch for."""

PROBE, SEEN = "eslflow.doctor", "eslflow_doctor"
"""A path that no flow can have, and the variable of a call that was seen: so the doctor
knows that the switch reaches us. The dialplan goes on with such a call."""

FOR_THE_SWITCH = frozenset({Execute, Api, Job, Hangup, Close})
_INWARD = (Keep, Tell, Alarm, Answer)
"""Commands that are not for the switch."""


class Conversation:
    """One call."""

    __slots__ = (
        "_controller",
        "_dialogue",
        "_engine",
        "_events",
        "_has_left",
        "_hello",
        "_is_busy",
        "_is_open",
        "_peer",
        "_reader",
        "_reading",
        "_sock",
        "_timers",
        "_unsent",
        "_writing",
        "received",
        "uuid",
    )

    def __init__(self, controller: Controller, sock: Any, peer: str = "") -> None:
        self._controller = controller
        self._sock = sock
        self._peer = peer
        """Address of the other side, for the log."""
        self._dialogue: Dialogue | None = None
        self._engine: Engine | None = None
        self._events: deque[Event] = deque()
        self._is_busy = self._has_left = False
        self._is_open = True
        self._reader = Reader()
        self._hello: Handle | None = None
        """Until the peer has offered a call."""
        self._reading: Any = None
        self._writing: Any = None
        self._timers = CallTimers(controller.timers, self.wake)
        self._unsent = b""
        self.uuid = ""
        self.received = 0
        """Bytes the switch has sent."""

    @property
    def is_open(self) -> bool:
        """Whether the socket is still ours to use."""
        return self._is_open

    @property
    def step(self) -> str:
        """Name of the step the call is in."""
        return self._engine.live.step if self._engine else ""

    def about(self) -> LiveCall | None:
        """Return what the call is now; None when it is not ours any more."""
        engine = self._engine
        return None if engine is None else LiveCall.of(engine.live)

    def start(self) -> None:
        """Begin to live through the call, from `connect` to the closed socket."""
        # One watcher for the whole call: each chunk takes its turn in the loop, so that
        # no peer that floods us keeps the others waiting.
        self._reading = get_hub().loop.io(self._sock.fileno(), READABLE)
        self._reading.start(self._guard, self._hear)
        self._await_hello(True)
        self._send(text.connect())

    def wake(self, event: Event) -> None:
        """Take an event from elsewhere: the ledger, a timer."""
        self._events.append(event)
        self._guard(self._dispatch)

    def stop(self) -> None:
        """Give the call up; the dialplan's fallback takes the caller."""
        self._lose("eslflow was stopped, the dialplan takes the call on")
        self.close()

    def close(self) -> None:
        """Close the socket; rows that are not durable yet are still waited for."""
        if self._has_left:
            return
        self._is_open = False
        self._timers.clear()
        self._await_hello(False)
        for watcher in (self._reading, self._writing):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._reading = self._writing = None
        if self._unsent:
            # What was said before the end, and goes out now or never.
            self._send_now(self._unsent)
            self._unsent = b""
        self._sock.close()
        if self._engine is None or self._engine.is_over:
            if self._engine is not None and log.isEnabledFor(logging.INFO):
                log.info("call %s: %s", self.uuid, on_one_line(self._engine.in_short))
            self._engine = self._dialogue = None
            self._has_left = True
            self._controller.left(self)

    def _await_hello(self, is_on: bool) -> None:
        """Wait a while, and no longer, for the peer to offer a call."""
        if is_on:
            after = self._controller.doorbell.after
            self._hello = after(self._controller.hello_s, self._too_late)
        elif self._hello is not None:
            self._hello.cancel()
            self._hello = None

    def _too_late(self) -> None:
        pending, seconds = self._reader.pending, self._controller.hello_s
        said = f"{pending} bytes" if pending else "nothing"
        self._lose(f"it said {said} in {seconds:g} s, and offered no call")
        self.close()

    def _guard(self, part: Callable[[], None]) -> None:
        """Run a part of the call; what goes wrong ends this call and no other."""
        try:
            part()
        except ProtocolError as error:
            self._lose(str(error))
        except OSError as error:
            self._lose(f"the socket broke: {error}")
        except Exception:
            self._fail(format_exc())
        if not self._is_open:
            self.close()

    def _hear(self) -> None:
        """Take in what is readable: once for each turn of the loop.

        Raises:
            ProtocolError: the peer is no FreeSWITCH.
        """
        try:
            data = self._sock.recv(RECV)
        except BlockingIOError:
            return
        self.received += len(data)
        messages = iter(self._reader.feed(data))
        while self._dialogue is None and (message := next(messages, None)):
            if self._is_open:
                self._begin(message)
        if self._dialogue is not None:
            for event in self._dialogue.hears(messages):
                self._take(event)
        if self._events:
            self._dispatch()
        if not data:
            self._closed()

    def _take(self, event: Event) -> None:
        """Let an event wait for its turn."""
        self._events.append(event)
        if type(event) is HungUp and self._engine is not None:
            self._engine.foresee(event)

    def _closed(self) -> None:
        """Take in that the peer has closed the socket.

        Raises:
            ProtocolError: it said something before, and offered no call.
        """
        pending = self._reader.pending
        if self._engine is None and self._is_open and pending:
            raise ProtocolError(
                f"it said {pending} bytes and closed, and offered no call"
            )
        self._lose("the switch closed in mid-sentence" if pending else "")

    def _begin(self, message: Message) -> None:
        controller = self._controller
        try:
            offered = offer(message)
        except UnsafeValue as error:
            raise ProtocolError(str(error)) from error
        self.uuid = offered.uuid
        if offered.flow_path == PROBE:
            self._send(text.api(ApiCommand.UUID_SETVAR, f"{offered.uuid} {SEEN} true"))
            self.close()
            return
        flow = controller.shelf.choose(offered)
        if flow is None:
            names = ", ".join(controller.shelf.flows) or "none"
            asked = f"there is no flow for {offered.flow_path or offered.called!r}"
            controller.told(offered.uuid, Alarm(f"{asked}, there are: {names}"))
            self.close()
            return
        self._await_hello(False)
        self._engine = Engine(offered, flow, controller.site, controller.clock.now())
        if not controller.listens:
            self._engine.live.hears = None
        self._dialogue = Dialogue(offered.uuid)
        controller.desk.joined(self)
        heard = controller.heard[flow.name]
        opening = self._dialogue.open(*heard, may_linger=offered.may_linger)
        self._dispatch(self._engine.begin(), opening)

    def _dispatch(self, commands: Sequence[Command] = (), before: bytes = b"") -> None:
        """Carry commands out, then what the engine makes of each waiting event.

        All of it is sent at once. An event that comes meanwhile, from a ledger that
        answers before `keep` returns, waits for its turn in `_events`.
        """
        engine = self._engine
        if engine is None or self._is_busy:
            return
        self._is_busy = True
        try:
            data = before + self._carry_out(commands) if commands else before
            now = self._controller.clock.now
            while self._events:
                event = self._events.popleft()
                commands = engine.handle(event, now())
                if commands:
                    data += self._carry_out(commands)
            self._send(data)
        finally:
            self._is_busy = False
        if engine.is_over:
            self.close()

    def _carry_out(self, commands: Iterable[Command]) -> bytes:
        """Keep and tell; return the text of the rest, which is made only after that.

        A command that is refused because it is unsafe costs no row.
        """
        said: list[Command] = []
        for command in commands:
            if type(command) in FOR_THE_SWITCH:
                said.append(command)
            elif type(command) is Keep:
                done = self._kept if command.is_durable else None
                self._controller.ledger.keep(command.rows, done)
            elif type(command) is Timer:
                self._timers.set(command)
            else:
                self._pass_on(command)
        if not said or self._dialogue is None:
            return b""
        if self._controller.instead is not None:
            said = list(map(self._controller.instead, said))
        return b"".join(map(self._dialogue.say, said))

    def _pass_on(self, command: Command) -> None:
        """Pass on what is for a person or a program."""
        if isinstance(command, (Tell, Alarm)):
            self._controller.told(self.uuid, command)
        elif isinstance(command, Answer):
            self._controller.desk.answer(command.ticket, command.answered)
        elif isinstance(command, Request):
            self._controller.courier.send(self, command, self.wake)
        elif isinstance(command, Recall):
            self._controller.courier.recall(command.key)
        elif isinstance(command, LookUp):
            asked = command.number, command.purpose, command.since
            found = partial(self._found, command.key)
            self._controller.ledger.remember(asked, found)

    def _kept(self, problem: str) -> None:
        self.wake(Kept(not problem, problem))

    def _found(self, key: str, choice: Remembered | None, problem: str) -> None:
        self.wake(Found(key, choice, problem))

    def _send(self, data: bytes) -> None:
        """Have it sent at the end of the turn, with what other calls have to say.

        Raises:
            ProtocolError: the peer has left too much unread.
        """
        if not data or not self._is_open:
            return
        if not self._unsent:
            self._controller.outbox.add(self._send_due)
        self._unsent += data
        if len(self._unsent) > MOST_UNSENT:
            raise ProtocolError("the peer does not read what it is sent")

    def _send_due(self) -> None:
        """Send what the socket takes now; the rest when it takes more."""
        if not self._is_open or self._writing is not None:
            return
        self._unsent = self._unsent[self._send_now(self._unsent) :]
        if self._unsent:
            self._writing = get_hub().loop.io(self._sock.fileno(), WRITABLE)
            self._writing.start(self._send_rest)

    def _send_now(self, data: bytes) -> int:
        """Return how many bytes the socket took without waiting."""
        try:
            return int(self._sock.send(data))
        except BlockingIOError:
            return 0
        except OSError:
            # The peer is gone; our own recv will say so.
            return len(data)

    def _send_rest(self) -> None:
        self._unsent = self._unsent[self._send_now(self._unsent) :]
        if not self._unsent:
            self._writing.stop()
            self._writing.close()
            self._writing = None

    def _lose(self, problem: str) -> None:
        """End a call whose socket is gone, or is of no use any more."""
        self._is_open = False
        if self._engine is not None:
            self._events.append(Disconnected(problem))
            self._guard(self._dispatch)
        elif problem:
            told = f"dropped {self._peer}: {on_one_line(problem)}"
            self._controller.complaints.tell(told)

    def _fail(self, fault: str) -> None:
        """End a call after a fault of ours; the dialplan takes it on."""
        # Indented and escaped: what a caller wrote cannot pass for a line of the log.
        lines = [f"    {nameless(on_one_line(line))}" for line in fault.splitlines()]
        where = self.uuid or self._peer
        log.error("fault in call %s at step %s\n%s", where, self.step, "\n".join(lines))
        engine, self._engine = self._engine, None
        try:
            if engine is not None:
                commands = engine.fail(self._controller.clock.now())
                self._carry_out(c for c in commands if isinstance(c, _INWARD))
        finally:
            self.close()
