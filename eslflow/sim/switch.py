"""The simulated switch on a socket: it connects to a controller for each call.

In: scripts. Out: what became of each call. Sockets are gevent's; one greenlet a call.

When may simulated time pass? While the channel is parked the controller owes a command,
and the switch waits for it as long as it takes. While something runs that ends by
itself (a prompt, a queue, a talk), time jumps to its end as soon as the controller has
had its chance to say something about what it was told: in one process `settle` knows
when that is, else `patience_s` of real time is what it gets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import gevent
from gevent import socket
from gevent.event import Event as Signal

from eslflow.sim.channel import Channel, Length
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.commands import Sent
from eslflow.sim.recordings import Recording
from eslflow.sim.script import Script
from eslflow.sim.state import Heard
from eslflow.sim.turns import Turns

RECV = 65536
READABLE = 1
"""What a watcher of libev watches for."""
PATIENCE_S = 0.02
CLOSE_S = 10.0
"""How long a controller has to close its end after the goodbye."""

NEWS = (b"text/event-plain", b"api/response")
"""What a controller may have something to say to; it never has to a mere `+OK`."""

Settle = Callable[[str, int], None]


class Said(NamedTuple):
    """A read or write on the socket."""

    at_s: float
    """Simulated."""
    is_switch: bool
    """Said by the switch, else by the controller."""
    data: bytes


@dataclass(frozen=True)
class SimulatedCall:
    """What became of a call."""

    uuid: str
    ending: str
    """`hung_up`, `fallback` (the dialplan went on), or `parked` (for ever, without a
    controller)."""
    heard: list[Heard]
    """What happened on the line, in simulated seconds."""
    commands: list[Sent]
    """What the controller sent."""
    recordings: list[Recording]
    """What the controller has recorded."""
    foreign: list[Recording]
    """What somebody else has."""
    breaches: list[str]
    """Arguments that a real switch would have run: there must be none."""
    transcript: list[Said]


class SimulatedSwitch:
    """Hands simulated calls to a controller."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8084,
        *,
        length_ms: Length,
        clock: SimulatedClock | None = None,
        record_to_disk: bool = False,
        on_recorded: Callable[[Recording], None] | None = None,
        settle: Settle | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._address = (host, port)
        self._length_ms = length_ms
        self._turns = None if clock is None else Turns(clock)
        self._record_to_disk = record_to_disk
        self._on_recorded = on_recorded
        self._settle = settle
        """Told the call and how many bytes it was sent; returns when the controller
        has said all that it has to say to that."""
        self._patience_s = patience_s

    def call(self, script: Script) -> SimulatedCall:
        """Run a call to its end; the caller's greenlet waits for it.

        Raises:
            OSError: nobody listens there.
        """
        turns = self._turns or Turns(SimulatedClock())
        turns.expect(1)
        return self._call(script, turns)

    def _call(self, script: Script, turns: Turns) -> SimulatedCall:
        channel = Channel(script, turns.clock, self._length_ms)
        with self._dial(turns) as sock:
            # As mod_event_socket: what is said is not kept back for more.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = _Line(channel, sock, turns, self._settle, self._patience_s)
            line.live()
        for recording in channel.recorders:
            self._recorded(recording)
        return SimulatedCall(
            uuid=script.uuid,
            ending=_ending(channel),
            heard=channel.heard,
            commands=channel.commands,
            recordings=channel.recordings,
            foreign=[found for found in channel.recorders if found.is_foreign],
            breaches=channel.breaches,
            transcript=line.transcript,
        )

    def calls(self, scripts: Sequence[Script]) -> list[SimulatedCall]:
        """Run calls at once, each in its own greenlet.

        Raises:
            OSError: nobody listens there.
        """
        all_turns = [self._turns or Turns(SimulatedClock()) for _ in scripts]
        for turns in all_turns:
            turns.expect(1)
        jobs = list(map(gevent.spawn, repeat(self._call), scripts, all_turns))
        gevent.joinall(jobs, raise_error=True)
        return [job.get() for job in jobs]

    def _dial(self, turns: Turns) -> socket.socket:
        try:
            return socket.create_connection(self._address)
        finally:
            turns.arrive()

    def _recorded(self, recording: Recording) -> None:
        data = recording.wav() if self._record_to_disk else b""
        if data:
            path = Path(recording.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if self._on_recorded is not None:
            self._on_recorded(recording)


class _Line:
    """One call's socket."""

    def __init__(
        self,
        channel: Channel,
        sock: socket.socket,
        turns: Turns,
        settle: Settle | None,
        patience_s: float,
    ) -> None:
        self._channel = channel
        self._sock = sock
        self._turns = turns
        self._settle = settle
        self._patience_s = patience_s
        self._sent = 0
        self._woken = Signal()
        self._gives_up = math.inf
        """When the switch stops waiting for a controller to close its end."""
        # A controller that can be waited for is heard before anything happens.
        self._is_news = self._is_certain = settle is not None
        self.transcript: list[Said] = []

    @property
    def is_busy(self) -> bool:
        """Whether the controller was told something since it was last listened to."""
        return self._is_news

    @property
    def next_micros(self) -> float:
        """When something happens next, timers of the controller aside."""
        return min(self._gives_up, self._channel_micros)

    @property
    def _channel_micros(self) -> float:
        channel = self._channel
        next_s = channel.due_s if self._is_certain else channel.next_s
        return channel.micros + (next_s - channel.now_s) * 1e6

    def wake(self, is_news: bool = False) -> None:
        """Look again whether time may pass; hear the controller first if it is news."""
        self._is_news = self._is_news or is_news
        self._woken.set()

    def live(self) -> None:
        """Play the call to its end, in turn with the others."""
        self._turns.join(self)
        try:
            self._converse()
            self._is_news = False
            while not self._channel.is_over:
                self._await_turn()
                self._pass_time()
        finally:
            self._turns.leave(self)

    def _converse(self) -> None:
        """Play the call until the socket is closed from either end."""
        channel = self._channel
        while channel.listener.is_open and not channel.is_over:
            data = self._listen()
            if data is None:
                self._say(self._pass_time())
            elif data:
                # What another call has let pass of the time has passed here as well.
                channel.catch_up(self._turns.clock.now())
                self._say(channel.hear(data))
            else:
                channel.lose()
            if channel.state.drops:
                channel.lose()
                self._sock.close()
                return
        self._close()

    def _listen(self) -> bytes | None:
        """Return what the controller says next, or None if time may pass before."""
        data = self._reaction() if self._is_news else None
        if data is None and self._channel.waits and not self._is_certain:
            self._turns.pass_on()
            return self._hear(None)
        return self._hear_or_turn() if data is None else data

    def _reaction(self) -> bytes | None:
        """Return what the controller says now, or None if it has nothing to say."""
        if self._settle is None:
            data = self._hear(self._patience_s)
        else:
            self._settle(self._channel.script.uuid, self._sent)
            data = self._hear(0.0)
        self._is_news = False
        return data

    def _hear_or_turn(self) -> bytes | None:
        """Wait for the controller, or for the moment at which time may pass."""
        readable = gevent.get_hub().loop.io(self._sock.fileno(), READABLE)
        try:
            while True:
                self._woken.clear()
                data = self._reaction() if self._is_news else self._hear(0.0)
                if data is not None or self._turns.is_next(self):
                    return data
                self._turns.pass_on()
                readable.start(self._woken.set)
                self._woken.wait()
        finally:
            readable.stop()
            readable.close()

    def _await_turn(self) -> None:
        """Wait for the moment at which time may pass, without a controller."""
        self._settle_alone()
        while not self._turns.is_next(self):
            self._woken.clear()
            self._turns.pass_on()
            self._woken.wait()
            self._settle_alone()

    def _settle_alone(self) -> None:
        if self._is_news and self._settle is not None:
            self._settle(self._channel.script.uuid, 0)
        self._is_news = False

    def _pass_time(self) -> bytes:
        """Let happen what is due next: on this call, or a timer of the controller."""
        channel, clock = self._channel, self._turns.clock
        if clock.due < self.next_micros:
            channel.catch_up(clock.due)
            clock.fire()
            self._is_news = True
            return channel.listener.taken()
        if self._gives_up < self._channel_micros:
            channel.catch_up(self._gives_up)
            return b""
        said = channel.proceed(self._is_certain)
        self._is_news = self._is_news or channel.state.is_stirred
        channel.state.is_stirred = False
        return said

    def _hear(self, timeout_s: float | None) -> bytes | None:
        """Return the next bytes, nothing at the end, None if none came in time."""
        self._sock.settimeout(timeout_s)
        try:
            data: bytes = self._sock.recv(RECV)
        except (BlockingIOError, TimeoutError, socket.timeout):
            return None
        except OSError:
            return b""
        self._note(False, data)
        return data

    def _say(self, data: bytes) -> None:
        if not data:
            return
        self._is_news = self._is_news or any(mark in data for mark in NEWS)
        self._sent += len(data)
        self._note(True, data)
        self._sock.settimeout(None)
        try:
            self._sock.sendall(data)
        except OSError:
            self._channel.lose()

    def _note(self, is_switch: bool, data: bytes) -> None:
        if data:
            self.transcript.append(Said(self._channel.now_s, is_switch, data))

    def _close(self) -> None:
        """Close as a switch does: what was said is heard to its end."""
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            return
        if not self._is_certain:
            while self._hear(CLOSE_S):
                continue
            return
        # Meanwhile a timer of the controller's may go off, and the call goes on.
        self._is_news = True
        self._gives_up = self._channel.micros + CLOSE_S * 1e6
        data: bytes | None = None
        while data != b"" and self._channel.micros < self._gives_up:
            data = self._listen()
            if data is None:
                self._pass_time()
        self._gives_up = math.inf


def _ending(channel: Channel) -> str:
    if channel.state.is_left:
        return "fallback"
    return "parked" if channel.state.is_up else "hung_up"
