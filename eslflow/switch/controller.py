"""The outbound server: FreeSWITCH connects for each call.

In: a site, its flows, its ledger. Out: calls driven to their end. Accepts without
polling; a peer that is not on the list, or one call too many, is closed before a byte
is read (accepting without `connect` would hold the caller for 25 s, measured).
"""

from __future__ import annotations

import logging
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import gevent
from gevent import get_hub
from gevent.event import Event as Signal
from gevent.server import StreamServer

from eslflow.call.commands import Alarm, Command, Tell
from eslflow.call.live import Site
from eslflow.call.records import Remembered, Row
from eslflow.clock import Clock
from eslflow.errors import nameless, not_listening, on_one_line
from eslflow.flow.model import Flow
from eslflow.switch.complaints import Complaints
from eslflow.switch.conversation import HELLO_S, Conversation
from eslflow.switch.courier import Carries, Courier
from eslflow.switch.desk import Desk
from eslflow.switch.outbox import Outbox
from eslflow.switch.shelf import Shelf, heard
from eslflow.switch.timers import HubTimers, Timers
from eslflow.wire import command as text

log = logging.getLogger("eslflow.switch")

LOOPBACK = ("127.0.0.1", "::1")
BACKLOG = 65535
"""The kernel cuts it to somaxconn. With SYN cookies it forgets a connection that finds
the backlog full: the switch takes it for open and waits for our `connect` in vain."""

MOST_AT_ONCE, BREATH_S = 10, 0.01
"""After so many connections none is taken for a while: the kernel holds them, some tens
of milliseconds in a rush that no switch makes by itself (its own limit is 30 calls a
second: sessions-per-second in switch.conf.xml)."""
KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}
"""After how many seconds the kernel asks a silent switch, how often, how many times.

One that lost its power says no goodbye, and its calls would be held for ever."""

Watch = Callable[[str, int, "Tell | Alarm"], None]
Instead = Callable[[Command], Command]
"""Gives what is sent to the switch in the place of a command: for calls that are only
played."""
Recalls = Callable[["Remembered | None", str], None]
"""Told what was found, or why nothing could be."""


def _nobody_asks(_: str) -> None:
    return None


class Keeps(Protocol):
    """What a call needs of the ledger."""

    def keep(
        self, rows: Sequence[Row], done: Callable[[str], None] | None = None
    ) -> None:
        """Write rows soon; `done` is told after their durable commit."""

    def remember(self, asked: tuple[str, str, int], done: Recalls) -> None:
        """Look for a number's last choice about a purpose since then; tell `done`."""

    def finished(self) -> list[tuple[Callable[[str], None], str]]:
        """Return the callbacks that are due."""


class Wakeup:
    """Lets the ledger's thread wake the hub, once for a whole batch of calls."""

    def __init__(self) -> None:
        self._async = get_hub().loop.async_()
        self._async.start(self._collect)
        self._ledger: Keeps | None = None
        self._due: deque[tuple[Callable[[str], None], str]] = deque()

    def watch(self, ledger: Keeps) -> None:
        """Begin to hand out what this ledger has finished."""
        self._ledger = ledger

    def notify(self) -> None:
        """Wake the hub; to be called from any thread."""
        self._async.send()

    def _collect(self) -> None:
        if self._ledger is None:
            return
        self._due.extend(self._ledger.finished())
        try:
            while self._due:
                done, problem = self._due.popleft()
                done(problem)
        finally:
            # A callback that raised must not cost the other calls their answer.
            if self._due:
                self.notify()

    def close(self) -> None:
        """Stop watching."""
        if self._ledger is not None:
            self._ledger = None
            self._async.stop()
            self._async.close()


class _Acceptor(StreamServer):
    """gevent's server, without a greenlet and gevent's own socket for each connection.

    A call waits by one watcher; greenlet and socket would cost as much as the call.
    In a rush, callers who are being asked come before those who have just rung.
    """

    max_accept = MOST_AT_ONCE

    def __init__(
        self, listener: socket.socket, taken: Callable[..., None], timers: Timers
    ) -> None:
        super().__init__(listener, taken)
        self._taken = taken
        self._timers = timers
        self._left = MOST_AT_ONCE

    def do_read(self) -> Any:
        """Accept one connection; None when there is none after all."""
        try:
            sock, address = self.socket.accept()
        except BlockingIOError:
            return None
        sock.setblocking(False)
        self._left -= 1
        if not self._left:
            self._left = MOST_AT_ONCE
            self.stop_accepting()
            self._timers.after(BREATH_S, self._go_on)
        return sock, address

    def _go_on(self) -> None:
        if not self.closed:
            self.start_accepting()

    def do_handle(self, *connection: Any) -> None:
        """Hand a connection over."""
        self._taken(*connection)


class Controller:
    """Takes calls until it is stopped."""

    def __init__(
        self,
        shelf: Shelf,
        site: Site,
        ledger: Keeps,
        clock: Clock,
        *,
        host: str = "127.0.0.1",
        port: int = 8084,
        allow: Sequence[str] = LOOPBACK,
        most_calls: int = 2000,
        watch: Watch | None = None,
        hello_s: float = HELLO_S,
        timers: Timers | None = None,
        courier: Carries | None = None,
        instead: Instead | None = None,
    ) -> None:
        self.swap(shelf, site)
        self.ledger = ledger
        self.clock = clock
        self.hello_s = hello_s
        self.timers: Timers = timers or HubTimers()
        self.doorbell = HubTimers()
        """For peers that have offered no call yet, whatever clock calls have."""
        self.complaints = Complaints(self.doorbell)
        """About peers that are no calls."""
        self.courier: Carries = courier or Courier()
        """Who sends what calls ask of programs."""
        self.outbox = Outbox()
        """Where what calls have to say waits for the end of the turn."""
        self.desk = Desk()
        """Where live calls are asked about, and asked for something."""
        self.when_left: Callable[[str], object] = _nobody_asks
        """Told of each call whose socket is not ours any more."""
        self.instead = instead
        self._allow = frozenset(allow)
        self._most_calls = most_calls
        self._watch = watch
        self._open: set[Conversation] = set()
        self._idle = Signal()
        self._idle.set()
        self._where = (host, port)
        self._server: StreamServer | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on, or is to."""
        return self._where

    @property
    def is_taking(self) -> bool:
        """Whether new calls are taken: it listens, and is not being drained."""
        return self._server is not None and not self._server.closed

    @property
    def driven(self) -> int:
        """How many calls have their socket here; adopted ones go on by themselves."""
        return sum(call.about() is not None for call in self._open)

    def swap(self, shelf: Shelf, site: Site) -> None:
        """Serve these flows from now on; calls in progress keep what they began with.

        It is all done within one turn of the hub, so no call begins between the two.
        """
        # Made first: if one of the flows were at fault, nothing would have changed.
        heard_by = {name: _opening(flow) for name, flow in shelf.flows.items()}
        self.shelf = shelf
        self.site = site
        self.heard = heard_by
        """How each flow subscribes to its events, and whether to those of others."""

    def start(self) -> None:
        """Listen.

        Raises:
            AddressTaken: the address cannot be had now.
            SettingsError: nor ever.
        """
        listener = _listen(*self._where)
        host, port = listener.getsockname()[:2]
        self._where = (str(host), int(port))
        self._server = _Acceptor(listener, self._accepted, self.doorbell)
        self._server.start()

    def drain(self, seconds: float) -> int:
        """Take no new calls and wait for the running ones; return how many are left."""
        if self._server is not None:
            # Not only stop accepting: the kernel would go on, and a caller whose
            # connection nobody answers hears nothing for 25 s (measured).
            self._server.close()
        return self.settle(seconds)

    def settle(self, seconds: float = 10) -> int:
        """Wait until no call runs; return how many are left."""
        self._idle.wait(seconds)
        return len(self._open)

    def stop(self) -> None:
        """Stop at once: every call goes to its dialplan's fallback."""
        if self._server is not None:
            self._server.stop(timeout=0)
        for conversation in list(self._open):
            conversation.stop()
        self.complaints.close()
        # Those left wait for the ledger; what it answers within a second is kept too.
        self._idle.wait(1)

    def left(self, conversation: Conversation) -> None:
        """Forget a call that is over."""
        self._open.discard(conversation)
        self.courier.left(conversation)
        self.desk.left(conversation)
        self.when_left(conversation.uuid)
        if not self._open:
            self._idle.set()

    @property
    def listens(self) -> bool:
        """Whether anybody wants to be told what calls do; alarms are told anyway."""
        return self._watch is not None or log.isEnabledFor(logging.DEBUG)

    def told(self, uuid: str, what: Tell | Alarm) -> None:
        """Pass on what a call says of itself; values of callers stay on one line."""
        is_alarm = isinstance(what, Alarm)
        level = logging.WARNING if is_alarm else logging.DEBUG
        if log.isEnabledFor(level):
            log.log(level, "call %s: %s", uuid, nameless(on_one_line(what.text)))
        if self._watch is not None:
            self._watch(uuid, self.clock.now(), what)

    def _accepted(self, sock: Any, address: Any) -> None:
        """Take a connection, or close it."""
        # On an IPv6 socket the system writes an IPv4 peer as ::ffff:192.0.2.1.
        peer = str(address[0]).removeprefix("::ffff:")
        if peer not in self._allow:
            self.complaints.tell(f"refused {peer}: not in allow: of eslflow.yaml")
            sock.close()
            return
        if len(self._open) >= self._most_calls:
            why = f"{self._most_calls} run already (most_calls:)"
            self.complaints.tell(f"refused a call: {why}")
            sock.close()
            return
        conversation = Conversation(self, sock, peer)
        self._open.add(conversation)
        self._idle.clear()
        conversation.start()


def _opening(flow: Flow) -> tuple[bytes, bool]:
    """Return how a flow subscribes, as text, and whether to other legs' events."""
    names, customs, hears_others = heard(flow)
    return text.events(names, customs), hears_others


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        AddressTaken: the address cannot be had now.
        SettingsError: nor ever.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted has these from the listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for name, value in KEEP_ALIVE.items():
            if hasattr(socket, name):
                listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        listener.setblocking(False)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise not_listening(
            f"cannot listen on {host}:{port}: {error.strerror}. Is eslflow running "
            "already, or another program? See listen: in eslflow.yaml",
            error,
        ) from error
    return listener


def run_until_stopped(
    controller: Controller, signals: Sequence[int], drain_s: float
) -> int:
    """Serve until a signal, then drain; a second signal stops at once.

    Returns:
        How many calls had to be given to the dialplan.
    """
    asked = Signal()
    again = Signal()

    def on_signal() -> None:
        (again if asked.is_set() else asked).set()

    for number in signals:
        gevent.signal_handler(number, on_signal)
    asked.wait()
    log.info("stopping: no new calls, running ones have %g s", drain_s)
    draining = gevent.spawn(controller.drain, drain_s)
    gevent.wait((draining, again), count=1)
    draining.kill()
    left = controller.driven
    controller.stop()
    return left
