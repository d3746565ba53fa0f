"""The real controller and the simulated switch in one process, ready for calls.

In: flows, a folder. Out: calls that were really driven, over a real loopback socket,
with a real ledger. For `try`, the demo and tests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import gevent
from gevent.event import Event as Signal

from eslflow.call.commands import Request
from eslflow.call.events import Responded
from eslflow.call.live import Site, Sound
from eslflow.call.records import Remembered, Row
from eslflow.clock import Clock
from eslflow.errors import PromptError
from eslflow.flow.model import Flow
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger
from eslflow.prompts import wav
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedCall, SimulatedSwitch
from eslflow.site import ENGINE, Fault, find_sounds
from eslflow.switch.controller import (
    LOOPBACK,
    Controller,
    Instead,
    Recalls,
    Wakeup,
    Watch,
)
from eslflow.switch.conversation import Conversation
from eslflow.switch.courier import Courier, Done
from eslflow.switch.shelf import Shelf

Kept = Callable[[Sequence[Row]], object]
Earlier = Callable[[str], "Remembered | None"]
"""What a caller has chosen before about a purpose, instead of what the ledger has."""
"""Told the rows that the ledger is given."""

IDLE_S = 0.1
"""For how long a controller that never rests is waited for, in real time."""
LEDGER_S = 5.0
"""And for how long a ledger that does not answer."""
WEBHOOK_S = 35.0
"""And for how long a program that a call has asked; longer than a call waits."""
HUNG_S = 5.0
"""And for how long a controller that does not read."""


MS_PER_CHARACTER, LEAST_MS = 65, 500
"""How fast words are spoken that nobody has recorded yet; espeak-ng's speed."""


def spoken_ms(text: str) -> int:
    """Return how long it takes to say something."""
    return max(LEAST_MS, len(text) * MS_PER_CHARACTER)


def assumed_sounds(flows: Sequence[Flow]) -> dict[str, Sound]:
    """Return the audio of flows as if all of it were there; no file is looked at."""
    return {
        item.path: Sound(
            f"/sounds/{item.path}",
            hashlib.sha256(item.text.encode()).hexdigest(),
            spoken_ms(item.text),
        )
        for flow in flows
        for item in flow.audio()
    }


def file_length_ms(path: str) -> int | None:
    """Return the length of an audio file, or None if it cannot be played."""
    try:
        return wav.read(Path(path)).ms
    except PromptError:
        return None


def everybody_has(_: str, __: str, ___: int) -> bool:
    """Take every agent for one who has agreed to being recorded."""
    return True


class _Owed:
    """A ledger, and whether it owes somebody an answer."""

    def __init__(
        self, ledger: Ledger, kept: Kept | None, earlier: Earlier | None
    ) -> None:
        self._earlier = earlier
        self._ledger = ledger
        self._kept = kept
        self._count = 0
        self._quiet = Signal()
        self._quiet.set()

    def keep(
        self, rows: Sequence[Row], done: Callable[[str], None] | None = None
    ) -> None:
        """Write rows soon; `done` is told after their durable commit."""
        if self._kept is not None:
            self._kept(rows)
        if done is None:
            self._ledger.keep(rows)
            return
        self._count += 1
        self._quiet.clear()
        self._ledger.keep(rows, partial(self._answer, done))

    def remember(self, asked: tuple[str, str, int], done: Recalls) -> None:
        """Look for a number's last choice about a purpose since then; tell `done`."""
        if self._earlier is not None:
            done(self._earlier(asked[1]), "")
            return
        self._count += 1
        self._quiet.clear()
        self._ledger.remember(asked, partial(self._recall, done))

    def _recall(self, done: Recalls, found: Remembered | None, problem: str) -> None:
        self._answer(partial(done, found), problem)

    def finished(self) -> list[tuple[Callable[[str], None], str]]:
        """Return the callbacks that are due."""
        return self._ledger.finished()

    def is_quiet(self, seconds: float) -> bool:
        """Whether it owed nothing; else wait until it does not, but not for ever."""
        return self._quiet.is_set() or not self._quiet.wait(seconds)

    def _answer(self, done: Callable[[str], None], problem: str) -> None:
        self._count -= 1
        if not self._count:
            self._quiet.set()
        done(problem)


ANSWERS = {"done": 200, "refused": 402, "failed": 500}
"""What a program answers that is not asked, by the ending of the webhook."""


class Silent(Courier):
    """Sends nothing, and answers at once."""

    def __init__(
        self, endings: Sequence[str], answer: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.endings = list(endings)
        """Of webhooks in turn: `done`, `refused`, `failed`; the last one stays."""
        self.answer = answer or {}
        """The fields of each answer."""

    def send(self, owner: object, request: Request, done: Done) -> None:
        """Answer with a status and the fields."""
        first = self.endings[0]
        del self.endings[: len(self.endings) > 1]
        body = json.dumps(dict(self.answer)).encode()
        done(Responded(request.key, ANSWERS[first], body))


def _audio(
    flows: Sequence[Flow], sounds: Path | Mapping[str, Sound]
) -> tuple[dict[str, Sound], tuple[Fault, ...], Callable[[str], int | None]]:
    """Return the audio, what is wrong with it, and what tells a file's length."""
    if isinstance(sounds, Path):
        audio = [item for flow in flows for item in flow.audio()]
        return *find_sounds(audio, sounds), file_length_ms
    known = dict(sounds)
    return known, (), {sound.path: sound.ms for sound in known.values()}.get


class Rig:
    """A controller on a free port of loopback, and a switch that calls it.

    With `host` and `allow`, and a clock that is none of the simulated, a real one may.
    """

    def __init__(
        self,
        flows: Sequence[Flow],
        sounds: Path | Mapping[str, Sound],
        folder: Path,
        *,
        clock: Clock | None = None,
        watch: Watch | None = None,
        kept: Kept | None = None,
        visited: Callable[[str, str, str], object] | None = None,
        beep_s: float = 0.0,
        courier: Courier | None = None,
        earlier: Earlier | None = None,
        agreed: Callable[[str, str, int], bool] = everybody_has,
        host: str = "127.0.0.1",
        allow: Sequence[str] = LOOPBACK,
        instead: Instead | None = None,
        site: Site | None = None,
    ) -> None:
        found, self.faults, length_ms = _audio(flows, sounds)
        self.folder = folder
        self.clock: Clock = clock or SimulatedClock()
        shared = self.clock if isinstance(self.clock, SimulatedClock) else None
        self._wakeup = Wakeup()
        self.ledger = Ledger(folder / "eslflow.db", self._wakeup.notify)
        self._wakeup.watch(self.ledger)
        shelf = Shelf({flow.name: flow for flow in flows}, flows[0].name)
        site = replace(site or Site("", ENGINE), agreed=agreed, beep_s=beep_s)
        site = replace(site, recordings=str(folder / "recordings"), sounds=found)
        site = replace(site, visited=visited or site.visited)
        self._owed = _Owed(self.ledger, kept, earlier)
        self._courier = courier or Courier()
        self.controller = Controller(
            shelf,
            site,
            self._owed,
            self.clock,
            host=host,
            port=0,
            allow=allow,
            instead=instead,
            watch=watch,
            timers=shared,
            courier=self._courier,
        )
        self.controller.start()
        host, port = self.controller.address
        self.switch = SimulatedSwitch(
            host, port, clock=shared, length_ms=length_ms, settle=self._settle
        )

    def _settle(self, uuid: str, sent: int) -> None:
        """Let the controller react to what it was sent before time passes."""
        gevent.with_timeout(HUNG_S, self._read, uuid, sent, timeout_value=None)
        self.rest()

    def _read(self, uuid: str, sent: int) -> None:
        """Wait until the controller has read what it was sent."""
        call = self.controller.desk.get(uuid)
        while isinstance(call, Conversation) and call.is_open and call.received < sent:
            # Not sleep(0): the loop runs thousands of those before it looks at sockets.
            gevent.idle()

    def rest(self) -> None:
        """Wait until the controller has done all that it does without time passing."""
        gevent.with_timeout(IDLE_S, gevent.idle, timeout_value=None)
        while not self._owed.is_quiet(LEDGER_S) or self._courier.settle(WEBHOOK_S):
            gevent.with_timeout(IDLE_S, gevent.idle, timeout_value=None)

    def pass_s(self, seconds: float) -> None:
        """Let simulated time pass without a call; timers go off on the way."""
        clock = self.clock
        if isinstance(clock, SimulatedClock):
            until = clock.now() + round(seconds * 1e6)
            while clock.due <= until:
                clock.fire()
                self.rest()
            clock.reach(until)

    def call(self, script: Script) -> SimulatedCall:
        """Run one call; return when the controller is through with it too."""
        call = self.switch.call(script)
        self.rest()
        while self.controller.settle(0) and self._fire():
            self.rest()
        self.controller.settle()
        return call

    def _fire(self) -> bool:
        return isinstance(self.clock, SimulatedClock) and self.clock.fire()

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
