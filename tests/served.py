"""A site whose control API is served, for programs that block while they ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gevent
from gevent.event import Event

from eslflow.clock import SystemClock
from eslflow.ledger.writer import Health
from eslflow.settings import load_settings
from eslflow.switch.link import Link
from eslflow.web.reloads import Reloads
from eslflow.web.server import Control
from tests.desks import TableController, TableDesk


class QuietLedger:
    """A ledger that is well."""

    def health(self) -> Health:
        """Return how it is."""
        return Health("", 0, False)


@contextmanager
def served(
    site: Path, desk: TableDesk, reloads: Reloads | None = None
) -> Iterator[Control]:
    """Serve a desk in a thread with a hub of its own."""
    begun = threading.Event()
    found: list[Any] = []

    def serve() -> None:
        parts = (TableController(desk), QuietLedger(), Link(), SystemClock())
        control = Control(load_settings(site), *parts, reloads=reloads)
        ask_to_stop = gevent.get_hub().loop.async_()
        over = Event()
        ask_to_stop.start(over.set)
        found.extend((control, ask_to_stop))
        begun.set()
        over.wait()
        control.stop()
        ask_to_stop.close()
        gevent.get_hub().destroy()

    thread = threading.Thread(target=serve)
    thread.start()
    begun.wait()
    try:
        yield found[0]
    finally:
        found[1].send()
        thread.join()
