"""The controller's socket as the switch sees it: a listener of mod_event_socket.

In: subscriptions, filters, bytes. Out: whether an event is wanted, bytes to send. Must
not know what an event says.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager


class Listener:
    """What one controller wants to hear, and what it is told."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        """Events subscribed to; subclasses of CUSTOM as well."""
        self.filters: list[tuple[str, str]] = []
        self.linger_s: int | None = None
        self.is_connected = False
        """`connect` has come; before it nothing is answered."""
        self.is_open = True
        self.is_stuck = False
        """It waits for a slow API command, and says nothing meanwhile."""
        self._lost = ""
        self._out: list[bytes] = []

    def say(self, data: bytes, name: str = "") -> None:
        """Send bytes, while there is somebody to read them; an event may get lost."""
        if self.is_open and (not name or name != self._lost):
            self._out.append(data)

    def close(self) -> None:
        """Send nothing more; what was said before is still sent."""
        self.is_open = False

    @contextmanager
    def losing(self, name: str) -> Generator[None, None, None]:
        """Lose the events of this name meanwhile."""
        self._lost = name
        yield
        self._lost = ""

    @contextmanager
    def behind_reply(self) -> Generator[list[bytes], None, None]:
        """Send what is put into the list before all that is said meanwhile."""
        place = len(self._out)
        first: list[bytes] = []
        yield first
        self._out[place:place] = first

    def taken(self) -> bytes:
        """Return what is to be sent, once."""
        if self.is_stuck:
            return b""
        out, self._out = b"".join(self._out), []
        return out

    def wants(self, name: str, headers: Mapping[str, str]) -> bool:
        """Whether an event is subscribed to, and a filter lets it through."""
        wanted = headers.get("Event-Subclass", name)
        if not (self.is_open and self.is_connected and self.names & {wanted, "ALL"}):
            return False
        passes = (headers.get(name) == value for name, value in self.filters)
        return not self.filters or any(passes)
