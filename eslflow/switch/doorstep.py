"""Stands where a controller would listen, while none does, and sees who comes.

In: an address. Out: the peers that connected. Says nothing to them: a switch goes on
with its dialplan at once. Must not stay: callers would get the fallback only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
    server = StreamServer((host, port), step.came)
    server.start()
    try:
        yield step
    finally:
        server.stop(timeout=0)
