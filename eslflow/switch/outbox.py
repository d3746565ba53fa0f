"""What calls have to say in one turn of the event loop goes out at its end.

In: from each call, how it is sent. Out: all of it, one after the other. A send wakes
the other side, which costs more than the call's own work in the turn; whoever is awake
already need not be woken again. Must not wait, nor hold anything over a turn.
"""

from __future__ import annotations

from collections.abc import Callable

from gevent import get_hub


class Outbox:
    """Calls that have something to say in this turn."""

    def __init__(self) -> None:
        self._due: list[Callable[[], None]] = []

    def add(self, send: Callable[[], None]) -> None:
        """Have something sent at the end of the turn; `send` must not raise."""
        if not self._due:
            # gevent runs it when everything that was readable has been heard.
            get_hub().loop.run_callback(self._send)
        self._due.append(send)

    def _send(self) -> None:
        due, self._due = self._due, []
        for send in due:
            send()
