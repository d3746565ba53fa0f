"""The simulated switch on a socket: it connects to a controller for each call.

In: scripts. Out: what became of each call. Sockets are gevent's; one greenlet a call.

When may simulated time pass? While the channel is parked the controller owes a command,
and the switch waits for it as long as it takes. While something runs that ends by
itself (a prompt, a queue, a talk), time jumps to its end as soon as the controller has
had its chance to say something about what it was told: in one process `settle` knows
when that is, else `patience_s` of real time is what it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import gevent
from gevent import socket

from eslflow.sim.channel import Channel, Length
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.commands import Sent
from eslflow.sim.recordings import Recording
from eslflow.sim.script import Script
from eslflow.sim.state import Heard

RECV = 65536
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
        self._clock = clock
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
        clock = self._clock or SimulatedClock()
        channel = Channel(script, clock, self._length_ms)
        with socket.create_connection(self._address) as sock:
            line = _Line(channel, sock, self._settle, self._patience_s)
            line.converse()
        while not channel.is_over:
            channel.proceed()
        for recording in channel.recordings:
            self._recorded(recording)
        return SimulatedCall(
            uuid=script.uuid,
            ending=_ending(channel),
            heard=channel.heard,
            commands=channel.commands,
            recordings=channel.recordings,
            breaches=channel.breaches,
            transcript=line.transcript,
        )

    def calls(self, scripts: Sequence[Script]) -> list[SimulatedCall]:
        """Run calls at once, each in its own greenlet.

        Raises:
            OSError: nobody listens there.
        """
        jobs = [gevent.spawn(self.call, script) for script in scripts]
        gevent.joinall(jobs, raise_error=True)
        return [job.get() for job in jobs]

    def _recorded(self, recording: Recording) -> None:
        if self._record_to_disk:
            path = Path(recording.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(recording.wav())
        if self._on_recorded is not None:
            self._on_recorded(recording)


class _Line:
    """One call's socket."""

    def __init__(
        self,
        channel: Channel,
        sock: socket.socket,
        settle: Settle | None,
        patience_s: float,
    ) -> None:
        self._channel = channel
        self._sock = sock
        self._settle = settle
        self._patience_s = patience_s
        self._sent = 0
        self._is_news = False
        """The controller was told something since it was last listened to."""
        self.transcript: list[Said] = []

    def converse(self) -> None:
        """Play the call until the socket is closed from either end."""
        channel = self._channel
        while channel.listener.is_open and not channel.is_over:
            if channel.waits:
                data = self._hear(None)
            elif self._is_news:
                data = self._reaction()
            else:
                # Somebody else than the call may have asked for something.
                data = self._hear(0.0)
            if data is None:
                self._say(channel.proceed())
            elif data:
                self._say(channel.hear(data))
            else:
                channel.lose()
            if channel.state.drops:
                channel.lose()
                return
        self._close()

    def _reaction(self) -> bytes | None:
        """Return what the controller says now, or None if it has nothing to say."""
        self._is_news = False
        if self._settle is None:
            return self._hear(self._patience_s)
        self._settle(self._channel.script.uuid, self._sent)
        return self._hear(0.0)

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
        while self._hear(CLOSE_S):
            continue


def _ending(channel: Channel) -> str:
    if channel.state.is_left:
        return "fallback"
    return "parked" if channel.state.is_up else "hung_up"
