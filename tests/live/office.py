"""An office around a real switch: a controller, agents behind a queue, a caller.

In: the host of a switch that runs with tests/live/freeswitch.xml, a flow. Out: calls
between test phones that the controller drives, and what it tells and keeps of them.
Must not judge, nor leave anything on the switch: agents and queue are given back.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO, Any

import gevent
from gevent.queue import Queue

from eslflow.clock import SystemClock
from eslflow.flow.model import Flow
from eslflow.rig import Rig
from eslflow.switch.greenswitch import SafeInbound
from tests.live.phone import PATIENCE_S, Call, Exchange, Phone
from tests.live.voice import FIRST_AGENT
from tests.peers import make_sounds

QUEUES = 8
"""`quiet-0` and on: so many test runs may share a switch."""
CALLER = 1

GREETING = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
"""


class Switch:
    """The switch's event socket."""

    def __init__(self, host: str) -> None:
        password = os.environ.get("ESLFLOW_FREESWITCH_PASSWORD", "ClueCon")
        self._link = SafeInbound(host, 8021, password)
        self._link.connect()

    def api(self, words: str) -> str:
        """Return the answer to an API command."""
        return str(self._link.send(f"api {words}").data).strip()

    def does(self, words: str) -> int:
        """Run an API command that must succeed; return when it had answered."""
        answer = self.api(words)
        assert answer.startswith("+OK"), f"{words}: {answer}"
        return SystemClock().now()

    def close(self) -> None:
        """End the link."""
        self._link.close()


class Waiting:
    """A queue of the switch for us alone, and the agents that serve it."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._agents: list[str] = []
        self._lock, self.name = self._take()

    @staticmethod
    def _take() -> tuple[IO[bytes], str]:
        """Return a queue that no other test run has; the lock ends with us."""
        for number in range(QUEUES):
            name = f"quiet-{number}"
            path = Path(tempfile.gettempdir()) / f"eslflow-{name}.lock"
            lock = path.open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
            else:
                return lock, name
        raise AssertionError(f"{QUEUES} other test runs use this switch")

    def add(self, phone: Phone) -> str:
        """Let a phone serve the queue; return the agent's name."""
        name = f"{self.name}-{phone.number}@default"
        self._agents.append(name)
        for words in (
            f"agent add {name} callback",
            f"agent set contact {name} {phone.address}",
            f"agent set max_no_answer {name} 0",
            f"agent set wrap_up_time {name} 0",
            f"agent set reject_delay_time {name} 0",
            f"agent set busy_delay_time {name} 0",
            f"agent set status {name} Available",
            f"tier add {self.name} {name} 1 1",
        ):
            self._switch.does(f"callcenter_config {words}")
        return name

    def close(self) -> None:
        """Give the queue back."""
        for name in self._agents:
            self._switch.api(f"callcenter_config tier del {self.name} {name}")
            self._switch.api(f"callcenter_config agent del {name}")
        self._lock.close()


class Office:
    """Phones, a queue, and a controller once `serve` has been given a flow."""

    def __init__(self, host: str, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o777)  # the switch may run as somebody else
        self.clock = SystemClock()
        self.switch = Switch(host)
        self.exchange = Exchange()
        self.queue = Waiting(self.switch)
        self.caller = self.exchange.phone(CALLER)
        self.told: Queue[tuple[str, str]] = Queue()
        """What the controller tells: of which call, and what."""
        self.rig: Rig | None = None
        self._flow = ""

    def agent(self, party: int = FIRST_AGENT, **options: Any) -> Phone:
        """Plug in an agent's phone, which serves the queue; it answers at once."""
        phone = self.desk(party, **options)
        self.queue.add(phone)
        return phone

    def desk(self, party: int, **options: Any) -> Phone:
        """Plug in a phone that others can be put through to: `desk-PORT`."""
        return self.exchange.phone(party, **{"answers_after_s": 0.0, **options})

    def serve(self, flow: Flow, sounds: Path | None = None) -> Rig:
        """Start a controller with this flow; its prompts are 100 ms of buzz."""
        sounds = sounds or make_sounds(self.folder / "sounds", flow)
        self._flow = flow.name
        self.rig = Rig(
            [flow],
            sounds,
            self.folder,
            clock=self.clock,
            watch=lambda uuid, now, what: self.told.put((uuid, what.text)),
        )
        return self.rig

    def call(self, caller: Phone | None = None) -> Call:
        """Call the controller; return once it has answered."""
        assert self.rig is not None, "serve a flow first"
        port = self.rig.controller.address[1]
        call = (caller or self.caller).call(f"ctl-{port}-{self._flow}")
        call.until("up")
        return call

    def until(self, words: str, call: Call | None = None) -> str:
        """Wait until the controller tells this; return its whole sentence."""
        seen: list[str] = []
        try:
            with gevent.Timeout(PATIENCE_S):
                while True:
                    uuid, text = self.told.get()
                    seen.append(text)
                    if words in text and (call is None or uuid == call.uuid):
                        return text
        except gevent.Timeout:
            raise AssertionError(f"{words!r} not in {seen}") from None

    def kept(self, call: Call) -> dict[str, Any]:
        """Close the controller once the call is over; return what it kept."""
        assert self.rig is not None, "serve a flow first"
        self.until("call ends", call)
        assert self.rig.controller.settle(PATIENCE_S) == 0
        with self.rig.look() as ledger:
            found: dict[str, Any] = ledger.call(call.uuid)
        return found

    def close(self) -> None:
        """Hang up, give the queue back, stop the controller."""
        self.exchange.close()
        if self.rig is not None:
            self.rig.close()
        self.queue.close()
        self.switch.close()
