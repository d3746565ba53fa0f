"""The process in which test phones live, so that their 20 ms do not suffer from tests.

In: orders, one JSON object a line, on the socket whose descriptor is the argument. Out:
an answer to each, and what happens on every line. Times are microseconds since 1970, as
`eslflow.clock` gives them. Must not judge: started by `phone`, ends with it.
"""

from __future__ import annotations

import heapq
import itertools
import json
import selectors
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from eslflow.clock import SystemClock
from tests.live.dialog import Dialog
from tests.live.rtp import Speech
from tests.live.sip import Message, parse
from tests.live.voice import PACKET_MS

SECOND = 1_000_000_000
PACKET_NS = PACKET_MS * 1_000_000
HOST = "127.0.0.1"


def open_port(port: int = 0) -> socket.socket:
    """Return a UDP socket on loopback."""
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.bind((HOST, port))
    found.setblocking(False)
    return found


class Line:
    """One call of a phone: what is signalled, said and heard."""

    def __init__(self, phone: Phone, number: int) -> None:
        self.number = number
        self.phone = phone
        self.rtp = open_port()
        self.speech = Speech(phone.party, phone.count)
        self.dialog = Dialog(
            phone.sip.getsockname()[1],
            self.rtp.getsockname()[1],
            phone.send,
            self._tell,
        )
        self.waiting: set[int] = set()
        """Orders that are answered later, or when the call ends."""
        self.is_ticking = False

    def _tell(self, what: str, why: str) -> None:
        exchange = self.phone.exchange
        exchange.tell(
            line=self.number,
            phone=self.phone.number,
            uuid=self.dialog.call_id,
            is_ours=self.dialog.is_caller,
            what=what,
            why=why,
        )
        if what == "down":
            self.close()
        elif not self.is_ticking and self.dialog.state == "up":
            self.is_ticking = True
            exchange.after(0, self._tick)

    def _tick(self) -> None:
        """Say the next 20 ms; being late is made up for."""
        if not self.is_ticking:
            return
        exchange = self.phone.exchange
        exchange.again(PACKET_NS, self._tick)
        is_held = self.dialog.is_held and not self.phone.talks_on
        self.speech.is_silent = is_held or self.dialog.direction == "inactive"
        if self.dialog.remote is not None:
            for packet in self.speech.tick(exchange.clock.now()):
                self.rtp.sendto(packet, self.dialog.remote)

    def later(self, ms: int, ref: int) -> None:
        """Answer an order when this much more has been said."""
        self.waiting.add(ref)
        self.phone.exchange.after(ms / 1000, lambda: self._answer(ref, True))

    def _answer(self, ref: int, value: bool) -> None:
        if ref in self.waiting:
            self.waiting.discard(ref)
            self.phone.exchange.answer(ref, value)

    def hear(self) -> None:
        """Take in a packet."""
        try:
            packet = self.rtp.recv(2048)
        except OSError:
            return
        self.speech.hear(packet, self.phone.exchange.clock.now())

    def close(self) -> None:
        """Say no more."""
        self.is_ticking = False
        for ref in list(self.waiting):
            self._answer(ref, False)
        self.phone.exchange.forget(self.rtp)
        self.rtp.close()


class Phone:
    """A SIP address, and the calls it makes and takes."""

    def __init__(self, exchange: Exchange, number: int, order: dict[str, Any]) -> None:
        self.exchange, self.number = exchange, number
        self.party: int = order["party"]
        self.answers_after_s: float | None = order.get("answers_after_s")
        """None: somebody has to `answer`."""
        self.rejects: str = order.get("rejects", "")
        """With which status; empty: not at all."""
        self.talks_on: bool = order.get("talks_on", False)
        """Whether it says something to who put it on hold."""
        self.switch: int = order.get("switch", 5060)
        """The port of whom it calls."""
        self.sip = open_port(order.get("port", 0))
        self.count = itertools.count().__next__
        self.lines: dict[str, Line] = {}

    def send(self, message: Message) -> None:
        """Send a message."""
        self.sip.sendto(message.encode(), message.destination)

    def receive(self) -> None:
        """Take in a message; an INVITE that is new rings."""
        try:
            message = parse(self.sip.recv(65535))
        except OSError:
            return
        line = self.lines.get(message.get("Call-ID"))
        if line is not None:
            line.dialog.receive(message)
        elif message.method == "INVITE":
            self._ring(message)

    def line(self) -> Line:
        """Return a new line."""
        found = self.exchange.line(self)
        self.lines[found.dialog.call_id] = found
        return found

    def call(self, line: Line, order: dict[str, Any]) -> None:
        """Call somebody at the switch."""
        target = f"sip:{order['to']}@{HOST}:{self.switch}"
        extra = tuple((name, value) for name, value in order.get("headers", ()))
        line.dialog.invite(target, order["caller"], extra)

    def _ring(self, invite: Message) -> None:
        line = self.line()
        del self.lines[line.dialog.call_id]
        self.lines[invite.get("Call-ID")] = line
        line.dialog.ring(invite)
        if self.rejects:
            line.dialog.reject(self.rejects)
        elif self.answers_after_s is not None:
            self.exchange.after(self.answers_after_s, line.dialog.answer)


class Exchange:
    """All phones of one process."""

    def __init__(self, orders: socket.socket) -> None:
        self.clock = SystemClock()
        self._orders = orders
        self._read = b""
        self._selector = selectors.SelectSelector()  # its timeout has microseconds
        self._selector.register(orders, selectors.EVENT_READ, self._take_orders)
        self._phones: list[Phone] = []
        self._lines: list[Line] = []
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._now = time.monotonic_ns()
        self._is_open = True

    def run(self) -> None:
        """Work until the other side closes the socket."""
        while self._is_open:
            wait = (self._due[0][0] - time.monotonic_ns()) / SECOND if self._due else 1
            for key, _ in self._selector.select(max(0.0, wait)):
                key.data()
            while self._due and self._due[0][0] <= time.monotonic_ns():
                self._now, _, work = heapq.heappop(self._due)
                work()

    def after(self, seconds: float, work: Callable[[], None]) -> None:
        """Do something later."""
        self._push(time.monotonic_ns() + int(seconds * SECOND), work)

    def again(self, ns: int, work: Callable[[], None]) -> None:
        """Do something later, counted from when the present work was due."""
        self._push(self._now + ns, work)

    def _push(self, due: int, work: Callable[[], None]) -> None:
        heapq.heappush(self._due, (due, next(self._order), work))

    def line(self, phone: Phone) -> Line:
        """Return a new line of a phone."""
        line = Line(phone, len(self._lines))
        self._lines.append(line)
        self._selector.register(line.rtp, selectors.EVENT_READ, line.hear)
        return line

    def forget(self, closed: socket.socket) -> None:
        """Read no more from a socket."""
        if closed.fileno() >= 0:
            self._selector.unregister(closed)

    def tell(self, **what: Any) -> None:
        """Say what happens on a line."""
        self._send({"at": self.clock.now(), **what})

    def answer(self, ref: int, value: Any) -> None:
        """Answer an order."""
        self._send({"ref": ref, "value": value})

    def _send(self, what: dict[str, Any]) -> None:
        self._orders.setblocking(True)
        self._orders.sendall(json.dumps(what).encode() + b"\n")

    def _take_orders(self) -> None:
        data = self._orders.recv(65536)
        self._is_open = bool(data)
        *lines, self._read = (self._read + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            ref: int = order.pop("ref")
            do: Callable[..., Any] = getattr(self, f"do_{order.pop('do')}")
            value = do(ref, **order)
            if value is not _LATER:
                self.answer(ref, value)

    # The orders.

    def do_phone(self, _ref: int, **order: Any) -> list[int]:
        """Plug a phone in; answer its number and its port."""
        phone = Phone(self, len(self._phones), order)
        self._phones.append(phone)
        self._selector.register(phone.sip, selectors.EVENT_READ, phone.receive)
        return [phone.number, phone.sip.getsockname()[1]]

    def do_set(self, _ref: int, phone: int, **values: Any) -> None:
        """Change how a phone takes calls."""
        for name, value in values.items():
            setattr(self._phones[phone], name, value)

    def do_call(self, _ref: int, phone: int, **order: Any) -> tuple[int, str]:
        """Call somebody; answer the line's number and the call's uuid."""
        line = self._phones[phone].line()
        self._phones[phone].call(line, order)
        return line.number, line.dialog.call_id

    def do_dialog(self, _ref: int, line: int, what: str, words: list[str]) -> Any:
        """Do something with a call: the name of a method of `Dialog`."""
        return getattr(self._lines[line].dialog, what)(*words)

    def do_press(self, _ref: int, line: int, keys: str) -> None:
        """Press keys."""
        self._lines[line].speech.press(keys)

    def do_whistle(self, _ref: int, line: int, keys: str) -> None:
        """Send keys as sound."""
        self._lines[line].speech.whistle(keys)

    def do_speaks(self, ref: int, line: int, ms: int) -> Any:
        """Answer when this much more has been said, or the call is over."""
        found = self._lines[line]
        if found.dialog.state == "down":
            return False
        found.later(ms, ref)
        return _LATER

    def do_said(self, _ref: int, line: int) -> list[tuple[int, int]]:
        """Answer number and time of each packet of a line."""
        return self._lines[line].speech.sent

    def do_keys(self, _ref: int, line: int) -> list[tuple[str, int]]:
        """Answer which keys were pressed when."""
        return self._lines[line].speech.keys

    def do_heard(self, _ref: int, line: int) -> list[tuple[int, str]]:
        """Answer time and PCMU of each packet that came in, in hex."""
        return [(at, packet.hex()) for at, packet in self._lines[line].speech.heard]


_LATER = object()


def main() -> None:
    """Serve the socket that whoever started us holds the other end of."""
    Exchange(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
