"""One call's socket: bytes in, bytes out, one greenlet.

In: a socket that FreeSWITCH opened. Out: commands on it, rows to the ledger. Whatever
wakes the call (its own socket, the ledger, a timer) goes through `_dispatch`, one event
at a time; nothing here waits but the greenlet's own `recv`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gevent import get_hub, socket

from eslflow.call.commands import Alarm, Await, Command, Keep, Tell
from eslflow.call.dialogue import Dialogue, offer
from eslflow.call.engine import Engine
from eslflow.call.events import Disconnected, Event, Kept, Offered, TimedOut
from eslflow.errors import EslflowError, ProtocolError
from eslflow.wire import command as text
from eslflow.wire.message import Message
from eslflow.wire.reader import Reader

if TYPE_CHECKING:
    from eslflow.switch.controller import Controller

log = logging.getLogger("eslflow.call")

RECV = 65536
HELLO_S = 10.0
"""A FreeSWITCH answers `connect` within a millisecond; nobody else is waited for."""
MOST_UNSENT = 1024 * 1024
"""Bytes that a peer may leave unread before it is dropped."""


class Conversation:
    """One call."""

    __slots__ = (
        "_controller",
        "_dialogue",
        "_engine",
        "_events",
        "_is_busy",
        "_is_open",
        "_sock",
        "_timer",
        "_unsent",
        "_writer",
        "received",
        "uuid",
    )

    def __init__(self, controller: Controller, sock: Any) -> None:
        self._controller = controller
        self._sock = sock
        self._dialogue: Dialogue | None = None
        self._engine: Engine | None = None
        self._events: deque[Event] = deque()
        self._is_busy = False
        self._is_open = True
        self._timer: Any = None
        self._unsent = b""
        self._writer: Any = None
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

    def run(self) -> None:
        """Live through the call, from `connect` to the closed socket."""
        try:
            self._converse()
        except (ProtocolError, EslflowError) as error:
            self._lose(str(error))
        except OSError as error:
            self._lose(f"the socket broke: {error}")
        except Exception:
            # The one place where a fault of ours ends: this call goes back to the
            # dialplan, the others do not notice.
            log.exception("fault in call %s at step %s", self.uuid, self.step)
            self._fail()
        finally:
            self.close()

    def close(self) -> None:
        """Close the socket; the dialplan's fallback takes the caller."""
        self._is_open = False
        self._set_timer(None)
        self._sock.close()

    def _converse(self) -> None:
        reader = Reader()
        self._send(text.connect())
        self._sock.settimeout(self._controller.hello_s)
        messages = self._receive(reader)
        self._sock.settimeout(None)
        if messages:
            self._begin(offer(messages[0]))
            self._hear(messages[1:])
        while self._is_open and messages:
            messages = self._receive(reader)
            self._hear(messages)
        self._lose("" if reader.pending == 0 else "the switch closed in mid-sentence")

    def _receive(self, reader: Reader) -> list[Message]:
        """Return the next messages; none when the peer has closed."""
        messages: list[Message] = []
        while not messages:
            try:
                data = self._sock.recv(RECV)
            except socket.timeout:
                seconds = self._controller.hello_s
                raise ProtocolError(
                    f"the peer said nothing for {seconds:g} s"
                ) from None
            if not data:
                break
            messages = reader.feed(data)
            self.received += len(data)
        return messages

    def _begin(self, offered: Offered) -> None:
        controller = self._controller
        self.uuid = offered.uuid
        flow = controller.shelf.choose(offered)
        if flow is None:
            names = ", ".join(controller.shelf.flows) or "none"
            asked = offered.flow_path or offered.called
            problem = f"there is no flow for {asked!r}, there are: {names}"
            controller.told(offered.uuid, Alarm(problem))
            self.close()
            return
        now = controller.clock.now()
        self._engine = Engine(offered, flow, controller.site, now)
        self._dialogue = Dialogue(offered.uuid)
        controller.joined(self)
        self._carry_out(
            self._engine.begin(), self._dialogue.open(*controller.heard[flow.name])
        )

    def _hear(self, messages: Iterable[Message]) -> None:
        if self._dialogue is not None:
            for message in messages:
                event = self._dialogue.hear(message)
                if event is not None:
                    self._events.append(event)
            if self._events:
                self._dispatch()

    def _dispatch(self) -> None:
        """Hand waiting events to the engine, one by one, and carry out what it says."""
        if self._is_busy or self._engine is None:
            return
        self._is_busy = True
        try:
            commands: list[Command] = []
            while self._events:
                event = self._events.popleft()
                commands += self._engine.handle(event, self._controller.clock.now())
            self._carry_out(commands)
        finally:
            self._is_busy = False
        if self._engine.is_over:
            self.close()

    def wake(self, event: Event) -> None:
        """Take an event from elsewhere: the ledger, a timer."""
        self._events.append(event)
        try:
            self._dispatch()
        except Exception:
            log.exception("fault in call %s at step %s", self.uuid, self.step)
            self._fail()
            self.close()

    def _carry_out(self, commands: Iterable[Command], before: bytes = b"") -> None:
        dialogue = self._dialogue
        assert dialogue is not None  # noqa: S101  set before any command
        parts = [before]
        for command in commands:
            if isinstance(command, Keep):
                done = self._kept if command.is_durable else None
                self._controller.ledger.keep(command.rows, done)
            elif isinstance(command, (Tell, Alarm)):
                self._controller.told(self.uuid, command)
            else:
                parts.append(dialogue.say(command))
        self._set_timer(self._engine.awaited if self._engine else None)
        self._send(b"".join(parts))

    def _kept(self, problem: str) -> None:
        self.wake(Kept(not problem, problem))

    def _set_timer(self, awaited: Command | None) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer = None
        if isinstance(awaited, Await) and awaited.timeout_s is not None:
            self._timer = get_hub().loop.timer(awaited.timeout_s)
            self._timer.start(self.wake, TimedOut())

    def _send(self, data: bytes) -> None:
        """Send now if the socket takes it; what it leaves goes out in a greenlet."""
        if not data or not self._is_open:
            return
        if self._unsent:
            self._unsent += data
        else:
            sent = self._send_now(data)
            if sent == len(data):
                return
            self._unsent = data[sent:]
        if len(self._unsent) > MOST_UNSENT:
            raise ProtocolError("the peer does not read what it is sent")
        if self._writer is None:
            self._writer = self._controller.spawn(self._drain)

    def _send_now(self, data: bytes) -> int:
        """Return how many bytes the socket took without waiting."""
        try:
            # gevent's own send would put this greenlet to sleep, and with it, when the
            # ledger wakes us, every other call.
            return int(self._sock._sock.send(data))
        except BlockingIOError:
            return 0
        except OSError:
            # The peer is gone; our own recv will say so.
            return len(data)

    def _drain(self) -> None:
        try:
            while self._unsent and self._is_open:
                sent = self._sock.send(self._unsent)
                self._unsent = self._unsent[sent:]
        except OSError:
            self._unsent = b""
        finally:
            self._writer = None

    def _lose(self, problem: str) -> None:
        """End a call whose socket is gone."""
        if self._engine is None:
            if problem:
                log.warning("dropped a peer: %s", ascii(problem))
            return
        self._events.append(Disconnected(problem))
        self._dispatch()

    def _fail(self) -> None:
        if self._engine is not None and not self._engine.is_over:
            for command in self._engine.fail(self._controller.clock.now()):
                if isinstance(command, Keep):
                    self._controller.ledger.keep(command.rows)
                elif isinstance(command, (Tell, Alarm)):
                    self._controller.told(self.uuid, command)
