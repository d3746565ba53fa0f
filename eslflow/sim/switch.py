"""The simulated switch on a socket: it connects to a controller for each call.

In: scripts. Out: what became of each call. Waits for the controller as a real switch
does, and for nothing else; sockets are gevent's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gevent import socket

from eslflow.sim.channel import Channel, Heard, Length, Recording
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.commands import Sent
from eslflow.sim.script import Script

RECV = 65536


@dataclass(frozen=True)
class SimulatedCall:
    """What became of a call."""

    uuid: str
    ending: str
    """`hung_up`, `fallback` (the dialplan went on) or `dropped` (the socket broke)."""
    heard: list[Heard]
    """What happened on the line, in simulated seconds."""
    commands: list[Sent]
    """What the controller sent."""
    recordings: list[Recording]
    breaches: list[str]
    """Arguments that a real switch would have run: there must be none."""


class SimulatedSwitch:
    """Hands simulated calls to a controller."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8084,
        *,
        length_ms: Length,
        clock: SimulatedClock | None = None,
        on_recorded: Callable[[Recording], None] | None = None,
        settle: Callable[[str, int], None] = lambda uuid, sent: None,
    ) -> None:
        self._address = (host, port)
        self._length_ms = length_ms
        self._clock = clock
        self._on_recorded = on_recorded
        self._settle = settle
        """Told the call and how many bytes it was sent, before time passes."""

    def call(self, script: Script) -> SimulatedCall:
        """Run a call to its end; the caller's greenlet waits for it.

        Raises:
            OSError: nobody listens there.
        """
        clock = self._clock or SimulatedClock()
        with socket.create_connection(self._address) as sock:
            sent = 0

            def flush(data: bytes) -> None:
                nonlocal sent
                sock.sendall(data)
                sent += len(data)
                self._settle(script.uuid, sent)

            channel = Channel(script, clock, self._length_ms, flush)
            self._converse(channel, sock, flush)
        for recording in channel.recordings:
            if self._on_recorded is not None:
                self._on_recorded(recording)
        return SimulatedCall(
            uuid=script.uuid,
            ending=_ending(channel),
            heard=channel.heard,
            commands=channel.commands,
            recordings=channel.recordings,
            breaches=channel.breaches,
        )

    def _converse(
        self, channel: Channel, sock: socket.socket, flush: Callable[[bytes], None]
    ) -> None:
        state = channel.state
        while state.is_up and not state.is_left and not state.drops:
            try:
                data = sock.recv(RECV)
            except OSError:
                data = b""
            if not data:
                channel.tell("fallback")
                return
            flush(channel.receive(data))


def _ending(channel: Channel) -> str:
    if channel.state.drops:
        return "dropped"
    return "fallback" if channel.state.is_up else "hung_up"
