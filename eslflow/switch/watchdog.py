"""Telling systemd that the hub still turns.

FreeSWITCH never notices a controller that hangs: callers who are being asked would wait
for ever (measured). systemd kills one that does not report in time (`WatchdogSec=`);
its sockets are gone then, the dialplan takes them on within 40 ms, and it starts again.

In: the environment that systemd sets (sd_notify(3)). Out: datagrams. Without systemd,
nothing. Must run in the hub: a thread of its own would report what does not live.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from gevent import socket

from eslflow.switch.timers import Handle, Timers

log = logging.getLogger("eslflow.watchdog")

READY, ALIVE, STOPPING = b"READY=1", b"WATCHDOG=1", b"STOPPING=1"
REPORTS = 3
"""How often it reports within the time that systemd allows."""


class Watchdog:
    """Reports from now on, until it is closed."""

    def __init__(self, environment: Mapping[str, str], timers: Timers) -> None:
        # A leading @ stands for the name of an abstract socket.
        name = environment.get("NOTIFY_SOCKET", "")
        self._where = f"\0{name[1:]}" if name.startswith("@") else name
        self._timers = timers
        self._pause_s = _microseconds(environment) / 1e6 / REPORTS
        self._timer: Handle | None = None
        self._say(READY)
        self._report()

    def close(self) -> None:
        """Report that it is about to end."""
        if self._timer is not None:
            self._timer.cancel()
        self._say(STOPPING)

    def _report(self) -> None:
        if self._where and self._pause_s:
            self._say(ALIVE)
            self._timer = self._timers.after(self._pause_s, self._report)

    def _say(self, words: bytes) -> None:
        if not self._where:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                # systemd that does not read must not hold up calls.
                sock.setblocking(False)
                sock.connect(self._where)
                sock.send(words)
        except OSError as error:
            log.warning("systemd was not told %s: %s", words.decode(), error.strerror)


def _microseconds(environment: Mapping[str, str]) -> int:
    """Return within which time systemd wants to hear of us; 0: it does not."""
    text = environment.get("WATCHDOG_USEC", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
