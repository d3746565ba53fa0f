"""An office around a real switch: a controller, agents behind a queue, a caller.

In: the host of a switch that runs with tests/live/freeswitch.xml, a flow. Out: calls
between test phones that the controller drives, and what it tells and keeps of them.
Must not judge, nor leave anything on the switch: agents and queue are given back.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from array import array
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any

import gevent
from gevent import socket
from gevent.queue import Queue

from eslflow import settings
from eslflow.clock import SystemClock
from eslflow.flow.model import Flow
from eslflow.prompts.wav import encode
from eslflow.rig import Rig, everybody_has
from eslflow.switch.greenswitch import SafeInbound
from eslflow.switch.link import Link
from eslflow.web.server import Control
from tests.command import run
from tests.live.phone import PATIENCE_S, Call, Exchange, Phone
from tests.live.voice import FIRST_AGENT, RATE
from tests.peers import make_sounds

QUEUES = 8
"""`quiet-0` and on: so many test runs may share a switch."""
CALLER = 1
USER = '"Anne" <sip:1002@example.com>'
"""Somebody of the office, who dials."""

GREETING = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
"""


def password() -> str:
    """Return the password of the switch's event socket."""
    return os.environ.get("ESLFLOW_FREESWITCH_PASSWORD", "ClueCon")


class Switch:
    """The switch's event socket."""

    def __init__(self, host: str) -> None:
        self._link = SafeInbound(host, 8021, password())
        self._link.connect()

    def api(self, words: str) -> str:
        """Return the answer to an API command."""
        return str(self._link.send(f"api {words}").data).strip()

    def does(self, words: str) -> int:
        """Run an API command that must succeed; return when it had answered."""
        answer = self.api(words)
        assert answer.startswith("+OK"), f"{words}: {answer}"
        return SystemClock().now()

    def hears(self, event: str, handle: Callable[[dict[str, str]], None]) -> None:
        """Let somebody hear the headers of each event of a kind."""
        self._link.register_handle(event, lambda told: handle(told.headers))
        self._link.send(f"event plain {event}")

    def close(self) -> None:
        """End the link."""
        self._link.close()


class Program(HTTPConnection):
    """A program that uses the control API of a site, in this process."""

    def __init__(self, site: Path, rig: Rig) -> None:
        tokens = site / settings.TOKENS
        wanted = settings.Settings(
            folder=site, control=settings.Control("127.0.0.1", 0, tokens)
        )
        scopes = ("recording:mask", "recording:unmask", "recording:stop")
        words = [word for scope in scopes for word in ("--scope", scope)]
        (site / settings.FILE).touch()
        told = run(site, "tokens", "add", "program", *words).output.split()
        self._token = next(word for word in told if word.startswith("eslflow_"))
        self._control = Control(
            wanted, rig.controller, rig.ledger, Link(), SystemClock()
        )
        host, port = self._control.address or ("", 0)
        super().__init__(host, port, timeout=PATIENCE_S)

    def connect(self) -> None:
        """Connect without making the controller wait, which lives here too."""
        self.sock = socket.create_connection((self.host, self.port), PATIENCE_S)

    def wants(self, call: Call, want: str) -> dict[str, Any]:
        """Ask something of a call's recording; return the answer, which must be 200."""
        head = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"want": want})
        self.request("POST", f"/calls/{call.uuid}/recording", body, head)
        answer = self.getresponse()
        found: dict[str, Any] = json.loads(answer.read())
        self.close()
        assert answer.status == 200, f"{want}: {answer.status} {found}"
        return found

    def stop(self) -> None:
        """Close the control API."""
        self._control.stop()


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
        # A test run that was killed may have left one; the queue is ours now.
        self._switch.api(f"callcenter_config agent del {name}")
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
        self._queues = [Waiting(self.switch)]
        self.queue = self._queues[0]
        self.caller = self.exchange.phone(CALLER)
        self.told: Queue[tuple[str, str]] = Queue()
        """What the controller tells: of which call, and what."""
        self.seen: list[str] = []
        """What of that has been waited for, or came before it."""
        self.rig: Rig | None = None
        self._program: Program | None = None
        self._flow = ""

    def agent(self, party: int = FIRST_AGENT, **options: Any) -> Phone:
        """Plug in an agent's phone, which serves the queue; it answers at once."""
        phone = self.desk(party, **options)
        self.queue.add(phone)
        return phone

    def second_queue(self) -> Waiting:
        """Take another queue, which has no agents yet."""
        self._queues.append(Waiting(self.switch))
        return self._queues[-1]

    def desk(self, party: int, **options: Any) -> Phone:
        """Plug in a phone that others can be put through to: `desk-PORT`."""
        return self.exchange.phone(party, **{"answers_after_s": 0.0, **options})

    def serve(
        self,
        flow: Flow,
        sounds: Path | None = None,
        beep_s: float = 0.0,
        agreed: Callable[[str, str, int], bool] = everybody_has,
        others: Sequence[Flow] = (),
    ) -> Rig:
        """Start a controller with this flow; its prompts are 100 ms of buzz.

        `others` it has, too: a number can be dialled that reaches them.
        """
        sounds = sounds or make_sounds(self.folder / "sounds", flow)
        self._flow = flow.name
        self.rig = Rig(
            [flow, *others],
            sounds,
            self.folder,
            clock=self.clock,
            watch=lambda uuid, now, what: self.told.put((uuid, what.text)),
            beep_s=beep_s,
            agreed=agreed,
        )
        return self.rig

    def quiet(self, flow: Flow, ms: int) -> Path:
        """Return a folder of sounds for a flow that say nothing, and how long."""
        folder = self.folder / "sounds"
        data = encode(array("h", [0] * (RATE * ms // 1000)), RATE)
        for audio in flow.audio():
            path = folder / audio.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder

    @property
    def program(self) -> Program:
        """A program that may use the control API, which is opened for it."""
        assert self.rig is not None, "serve a flow first"
        if self._program is None:
            self._program = Program(self.folder, self.rig)
        return self._program

    def call(self, caller: Phone | None = None) -> Call:
        """Call the controller; return once it has answered."""
        assert self.rig is not None, "serve a flow first"
        port = self.rig.controller.address[1]
        call = (caller or self.caller).call(f"ctl-{port}-{self._flow}")
        call.until("up")
        return call

    def dials(
        self,
        number: str,
        caller: str = USER,
        flow: str = "",
        desk: Phone | None = None,
    ) -> Call:
        """Dial a number that the controller gets, whatever it is; return at once.

        `desk` is the phone of user 1001, and of a short number outside.
        """
        assert self.rig is not None, "serve a flow first"
        port = self.rig.controller.address[1]
        headers = [("X-Controller", f"{port}/{flow or self._flow}")]
        if desk is not None:
            headers.append(("X-Desk", str(desk.port)))
        return self.caller.call(number, caller, tuple(headers))

    def until(self, words: str, call: Call | None = None) -> str:
        """Wait until the controller tells this; return its whole sentence."""
        seen: list[str] = []
        try:
            with gevent.Timeout(PATIENCE_S):
                while True:
                    uuid, text = self.told.get()
                    seen.append(text)
                    self.seen.append(text)
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

    def slot(self) -> str:
        """Return the slot in which a call is parked (`lot`); we are the only ones."""
        with gevent.Timeout(PATIENCE_S):
            while True:
                slots = re.findall(
                    r"<extension[^>]*>(85\d\d)<", self.switch.api("valet_info lot")
                )
                if slots:
                    return str(slots[-1])

    def close(self) -> None:
        """Hang up, give the queue back, stop the controller."""
        self.exchange.close()
        if self._program is not None:
            self._program.stop()
        if self.rig is not None:
            self.rig.close()
        for queue in self._queues:
            queue.close()
        self.switch.close()
