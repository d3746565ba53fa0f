"""Stands where a controller would listen, while none does, and sees who comes.

In: an address. Out: the peers that connected. Says nothing to them: a switch goes on
with its dialplan at once. Must not stay: callers would get the fallback only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gevent import socket
from gevent.server import StreamServer


class Doorstep:
    """Who came."""

    def __init__(self) -> None:
        self.peers: list[str] = []

    def came(self, sock: Any, address: Any) -> None:
        """Note a peer, and close."""
        self.peers.append(str(address[0]).removeprefix("::ffff:"))
        sock.close()


@contextmanager
def standing(host: str, port: int) -> Iterator[Doorstep]:
    """Stand there for a while.

    Raises:
        OSError: somebody listens there already, or the address is not ours.
    """
    step = Doorstep()
    server = StreamServer(_listening(host, port), step.came)
    server.start()
    try:
        yield step
    finally:
        server.stop(timeout=0)


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
