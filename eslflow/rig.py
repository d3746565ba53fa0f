"""The real controller and the simulated switch in one process, ready for calls.

In: flows, a folder. Out: calls that were really driven, over a real loopback socket,
with a real ledger. For `try`, the demo and tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gevent

from eslflow.call.live import Site
from eslflow.clock import Clock
from eslflow.errors import PromptError
from eslflow.flow.model import Flow
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger
from eslflow.prompts import wav
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedCall, SimulatedSwitch
from eslflow.site import ENGINE, find_sounds
from eslflow.switch.controller import Controller, Wakeup, Watch
from eslflow.switch.shelf import Shelf


def file_length_ms(path: str) -> int | None:
    """Return the length of an audio file, or None if it cannot be played."""
    try:
        return wav.read(Path(path)).ms
    except PromptError:
        return None


class Rig:
    """A controller on a free port of loopback, and a switch that calls it."""

    def __init__(
        self,
        flows: Sequence[Flow],
        sounds: Path,
        folder: Path,
        *,
        clock: Clock | None = None,
        watch: Watch | None = None,
    ) -> None:
        audio = [item for flow in flows for item in flow.audio()]
        found, self.silent = find_sounds(audio, sounds)
        self.folder = folder
        self.clock: Clock = clock or SimulatedClock()
        shared = clock if isinstance(clock, SimulatedClock) else None
        self._wakeup = Wakeup()
        self.ledger = Ledger(folder / "eslflow.db", self._wakeup.notify)
        self._wakeup.watch(self.ledger)
        shelf = Shelf({flow.name: flow for flow in flows}, flows[0].name)
        site = Site(str(folder / "recordings"), ENGINE, found)
        self.controller = Controller(
            shelf, site, self.ledger, self.clock, port=0, watch=watch
        )
        self.controller.start()
        host, port = self.controller.address
        self.switch = SimulatedSwitch(
            host, port, clock=shared, length_ms=file_length_ms, settle=self._settle
        )

    def _settle(self, uuid: str, sent: int) -> None:
        """Let the controller react to what it was sent before time passes."""
        call = self.controller.desk.get(uuid)
        while call is not None and call.is_open and call.received < sent:
            gevent.sleep(0)

    def call(self, script: Script) -> SimulatedCall:
        """Run one call; return when the controller is through with it too."""
        call = self.switch.call(script)
        self.controller.settle()
        return call

    def look(self) -> Reader:
        """Close the ledger and open it for look-ups."""
        self.close()
        return Reader(self.folder / "eslflow.db")

    def close(self) -> None:
        """Stop everything; rows that wait are written first."""
        self.controller.stop()
        self.ledger.close()
        self._wakeup.close()

    def __enter__(self) -> Rig:
        """Return the rig."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
