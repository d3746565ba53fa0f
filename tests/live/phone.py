"""Test phones: SIP and RTP on loopback, whose every 20 ms say who speaks and count.

In: whom to call, which keys to press, when to hold, refer or hang up. Out: what became
of each call, when each packet left, and what was heard. Must not open a port: the
phones live in a process of their own (`exchange`), to which a test gives orders here.

    with phone.Exchange() as exchange:
        caller = exchange.phone(party=1)
        call = caller.call("ctl")
        call.until("up")
        call.press("1")
        call.speaks(ms=2000)
        call.hang_up()
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import gevent
from gevent import socket
from gevent.event import AsyncResult
from gevent.queue import Queue

from tests.live import decode

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0
CALLER = '"Alice" <sip:+4930123456@example.com>'


class Call:
    """One call of a phone. Times are microseconds since 1970."""

    def __init__(self, phone: Phone, number: int) -> None:
        self.phone = phone
        self.number = number
        self.uuid = ""
        """What the switch calls our channel."""
        self.told: list[tuple[int, str, str]] = []
        """When, what and why: `ringing`, `up`, `down`, `referred`, `notified` ..."""
        self._reached: dict[str, AsyncResult[int]] = {}

    def __repr__(self) -> str:
        """Name it in a failing test."""
        return f"<call {self.number} of party {self.phone.party}: {self.told}>"

    def tell(self, at: int, what: str, why: str) -> None:
        """Note what happens."""
        self.told.append((at, what, why))
        waits = self._reached.setdefault(what, AsyncResult())
        if not waits.ready():
            waits.set(at)

    def until(self, what: str, patience_s: float = PATIENCE_S) -> int:
        """Wait until this has happened for the first time; return when that was."""
        waits = self._reached.setdefault(what, AsyncResult())
        with gevent.Timeout(patience_s, AssertionError(f"no {what!r}: {self}")):
            found = waits.get()
        assert found is not None
        return found

    def _ask(self, do: str, **what: Any) -> Any:
        return self.phone.exchange.ask(do, line=self.number, **what)

    def _dialog(self, what: str, *words: str) -> Any:
        return self._ask("dialog", what=what, words=words)

    def answer(self) -> None:
        """Take the call."""
        self._dialog("answer")

    def reject(self, reason: str = "486 Busy Here") -> None:
        """Do not take the call."""
        self._dialog("reject", reason)

    def hang_up(self) -> None:
        """End the call, or give it up while it rings."""
        self._dialog("hang_up")

    def hold(self, direction: str = "sendonly") -> None:
        """Put the other side on hold; only `sendonly` goes on talking."""
        self._dialog("turn", direction)

    def resume(self) -> None:
        """End the hold."""
        self._dialog("turn", "sendrecv")

    def refer(self, to: str, replaces: Call | None = None) -> None:
        """Hand the other side over; with `replaces` into a call that is up already."""
        target = f"sip:{to}@127.0.0.1:{self.phone.switch}"
        if replaces is not None:
            target += f"?{replaces._dialog('replaces')}"
        self._dialog("refer", target)

    def press(self, keys: str) -> None:
        """Press keys (RFC 2833), 100 ms each."""
        self._ask("press", keys=keys)

    def whistle(self, keys: str) -> None:
        """Press keys that are sent as sound, 100 ms each."""
        self._ask("whistle", keys=keys)

    def speaks(self, ms: int) -> bool:
        """Wait until this much more has been said; False: the call ended before."""
        with gevent.Timeout(PATIENCE_S + ms / 1000, AssertionError(f"silent: {self}")):
            return bool(self._ask("speaks", ms=ms))

    def said(self) -> dict[int, int]:
        """Return when each number left."""
        return dict(self._ask("said"))

    def keys(self) -> list[tuple[str, int]]:
        """Return which keys were pressed, and when the first packet of each left."""
        return [(key, at) for key, at in self._ask("keys")]

    def came(self) -> list[tuple[int, bytes]]:
        """Return when each packet came in, and its PCMU."""
        return [(at, bytes.fromhex(packet)) for at, packet in self._ask("heard")]

    def heard(self) -> tuple[list[int], decode.Recording]:
        """Return when each packet came in, and what was in them."""
        came = self.came()
        packets = [packet for _, packet in came]
        return [at for at, _ in came], decode.heard_on(packets)


class Phone:
    """A telephone: makes calls, and takes them at its port."""

    def __init__(self, exchange: Exchange, party: int, order: dict[str, Any]) -> None:
        self.exchange, self.party = exchange, party
        self.switch: int = order.get("switch", 5060)
        self.number, self.port = exchange.ask("phone", party=party, **order)
        self.rung: Queue[Call] = Queue()
        """Calls that came in and that nobody has looked at."""

    @property
    def address(self) -> str:
        """Where to call it through the switch."""
        return f"sofia/internal/agent@127.0.0.1:{self.port}"

    def call(
        self,
        to: str,
        caller: str = CALLER,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Call:
        """Call an extension of the switch."""
        words = {"to": to, "caller": caller, "headers": headers}
        number, uuid = self.exchange.ask("call", phone=self.number, **words)
        call = self.exchange.line(self, number)
        call.uuid = uuid
        return call

    def rings(self, patience_s: float = PATIENCE_S) -> Call:
        """Wait for the next call."""
        failed = AssertionError(f"party {self.party} was not called")
        with gevent.Timeout(patience_s, failed):
            return self.rung.get()

    def takes(self, after_s: float | None = 0.0, rejects: str = "") -> None:
        """Change how it takes calls: None lets it ring until `Call.answer`."""
        self.exchange.ask(
            "set", phone=self.number, answers_after_s=after_s, rejects=rejects
        )


class Exchange:
    """The process with the phones."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        words = [sys.executable, "-m", "tests.live.exchange", str(theirs.fileno())]
        self._process = subprocess.Popen(
            words, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self._phones: dict[int, Phone] = {}
        self._lines: dict[int, Call] = {}
        self._asked: dict[int, AsyncResult[Any]] = {}
        self._count = 0
        self._reader = gevent.spawn(self._read)

    def phone(self, party: int, **order: Any) -> Phone:
        """Plug a phone in.

        Options: `port` (default: any), `answers_after_s` (default: lets it ring),
        `rejects` (a status), `talks_on` (while it is held, as no phone should),
        `switch` (the port of whom it calls, 5060).
        """
        phone = Phone(self, party, order)
        self._phones[phone.number] = phone
        return phone

    def ask(self, do: str, **what: Any) -> Any:
        """Give an order and return its answer."""
        self._count += 1
        answer = self._asked[self._count] = AsyncResult()
        order = {"ref": self._count, "do": do, **what}
        self._socket.sendall(json.dumps(order).encode() + b"\n")
        return answer.get()

    def line(self, phone: Phone, number: int) -> Call:
        """Return the call on a line."""
        return self._lines.setdefault(number, Call(phone, number))

    def _read(self) -> None:
        with self._socket.makefile("rb") as lines:
            for line in lines:
                what = json.loads(line)
                if "ref" in what:
                    self._asked.pop(what["ref"]).set(what["value"])
                else:
                    self._happens(what)
        gone = RuntimeError("the phones are gone")
        for answer in self._asked.values():
            answer.set_exception(gone)

    def _happens(self, what: dict[str, Any]) -> None:
        phone = self._phones[what["phone"]]
        call = self.line(phone, what["line"])
        call.uuid = what["uuid"]
        call.tell(what["at"], what["what"], what["why"])
        if what["what"] == "ringing" and not what["is_ours"]:
            phone.rung.put(call)

    def close(self) -> None:
        """Hang up everything and end the process."""
        for call in self._lines.values():
            if "down" not in {what for _, what, _ in call.told}:
                call.hang_up()
        self._socket.shutdown(socket.SHUT_WR)
        self._reader.join()
        self._socket.close()
        self._process.wait(PATIENCE_S)

    def __enter__(self) -> Exchange:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
