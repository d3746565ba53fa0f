"""`eslflow serve` as a process of its own that a test kills, hangs and starts again.

In: a site with one flow, a switch. Out: the process, at the very moment that it has
asked the switch for something. Must not judge what becomes of its calls.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import gevent.event

from eslflow.flow.model import Flow
from eslflow.web.client import ask
from tests.live.office import Switch
from tests.live.phone import PATIENCE_S, ROOT


class Doomed:
    """A site's controller."""

    def __init__(
        self, site: Path, host: str, text: str, flow: Flow, settings: str = ""
    ) -> None:
        self.site, self.flow = site, flow
        self.port = _free_port()
        (site / "flows").mkdir()
        (site / "flows" / f"{flow.name}.yaml").write_text(text, encoding="utf-8")
        (site / "switch.password").write_text(
            os.environ.get("ESLFLOW_FREESWITCH_PASSWORD", "ClueCon")
        )
        (site / "switch.password").chmod(0o600)
        (site / "eslflow.yaml").write_text(
            f"listen: 127.0.0.1:{self.port}\ndefault_flow: {flow.name}\n"
            f"switch: {{address: {host}:8021, password_file: switch.password}}\n"
            f"{settings}"
        )
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        """Start it, and wait until it takes calls."""
        log = (self.site / "serve.log").open("a")
        words = [sys.executable, "-m", "eslflow", "--site", str(self.site), "serve"]
        self.process = subprocess.Popen(
            [*words, "-v"], stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
        )
        log.close()
        assert self.process.stdout is not None
        gevent.get_hub().threadpool.apply(self.process.stdout.readline)
        return self.process

    def says(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill it, hung or not."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def wants(self, uuid: str, want: str, **more: str) -> dict[str, Any]:
        """Ask something of a call's recording, as the command line does."""
        with gevent.Timeout(PATIENCE_S):
            address = f"/calls/{uuid}/recording"
            pool = gevent.get_hub().threadpool
            wish = {"want": want, **more}
            found: dict[str, Any] = pool.apply(ask, (self.site, "POST", address, wish))
        return found

    def about(self, uuid: str) -> dict[str, Any]:
        """Return what it says of a call; nothing: there is no such call."""
        pool = gevent.get_hub().threadpool
        calls = pool.apply(ask, (self.site, "GET", "/calls"))["calls"]
        return next((call for call in calls if call["call"] == uuid), {})

    def end(self) -> None:
        """Stop it, if it runs."""
        if self.process.poll() is None:
            self.says(signal.SIGCONT)
            self.kill()


class Trap:
    """Does something the moment that the switch is asked for something."""

    def __init__(self, switch: Switch, words: str, deed: Callable[[], None]) -> None:
        self.words, self.deed = words, deed
        self.sprung = gevent.event.Event()
        switch.hears("API", self._hear)

    def _hear(self, headers: dict[str, str]) -> None:
        asked = f"{headers.get('API-Command')} {headers.get('API-Command-Argument')}"
        if not self.sprung.is_set() and self.words in asked:
            self.deed()
            self.sprung.set()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
