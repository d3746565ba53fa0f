"""greenswitch 0.0.19's inbound socket with its faults overridden, in this one place.

In: commands. Out: replies. What is mended, each seen to fail in the original by a test:

- an event is percent-decoded before its lines are split, so that a caller's name can
  forge a header: each line is split first, its value decoded then;
- a byte that is not UTF-8 ends the connection: bytes are kept as surrogates;
- `send` may write a part of a command: all of it is written, one command at a time;
- a closed socket leaves commands waiting for ever: they fail;
- a reply that nobody asked for and a block that never ends: the link is closed;
- nothing stops a line feed in a command, which would start another: it is refused;
- a finished application is matched by its name: by `Application-UUID`;
- the accept loop sleeps 100 ms and `gevent.Timeout` is no `Exception`: its outbound
  server is not used, and waiting here ends in `LinkLost`.
"""

from __future__ import annotations

import logging
from typing import Any

import gevent
from gevent.event import AsyncResult
from gevent.lock import BoundedSemaphore
from greenswitch import InboundESL
from greenswitch.esl import ESLEvent, NotConnectedError

from eslflow.errors import LinkLost, ProtocolError, UnsafeValue, on_one_line
from eslflow.wire.message import Message
from eslflow.wire.reader import MOST_BODY, MOST_HEAD

log = logging.getLogger("eslflow.link")

REPLY_S = 10.0
"""How long an answer is waited for; FreeSWITCH's API answers within milliseconds."""


class SafeEvent(ESLEvent):  # type: ignore[misc]
    """An event whose lines are split before they are decoded; the first one counts."""

    def parse_data(self, data: str) -> None:
        """Read a header block."""
        head = Message(data.encode("utf-8", "surrogateescape").strip(b"\n"))
        for name, value in head.items():
            self.headers.setdefault(name, value)


class SafeInbound(InboundESL):  # type: ignore[misc]
    """The inbound event socket, fit to be trusted."""

    def __init__(self, host: str, port: int, password: str) -> None:
        super().__init__(host, port, password)
        self._turn = BoundedSemaphore(1)
        """Held while a command is written, so that two do not mix."""

    def receive_events(self) -> None:
        """Read messages until the socket ends; then whoever waits is told."""
        try:
            self._receive()
        except (OSError, ValueError, ProtocolError, LookupError) as error:
            log.debug("control link: %s", on_one_line(str(error)))
            self.sock.close()
        finally:
            self._run = False
            self.connected = False
            self._auth_request_event.set()
            for waiting in self._commands_sent:
                waiting.set_exception(LinkLost("the switch closed the control link"))
            self._commands_sent.clear()

    def _receive(self) -> None:
        lines: list[bytes] = []
        size = 0
        while self._run:
            line = self.sock_file.readline(MOST_HEAD)
            size += len(line)
            if not line:
                return
            if size > MOST_HEAD:
                raise ProtocolError("a header block that does not end", line)
            if line != b"\n":
                lines.append(line)
            elif lines:
                text = b"".join(lines).decode("utf-8", "surrogateescape")
                lines, size = [], 0
                self.handle_event(SafeEvent(text))

    @staticmethod
    def _read_socket(sock: Any, length: int) -> str:
        """Read a body of this many bytes, whatever they are."""
        if not 0 <= length <= MOST_BODY:
            raise ProtocolError("a Content-Length that is none", str(length).encode())
        data = b""
        while len(data) < length:
            more = sock.read(length - len(data))
            if not more:
                raise ProtocolError("the switch closed in mid-sentence", data)
            data += more
        return data.decode("utf-8", "surrogateescape")

    def handle_event(self, event: ESLEvent) -> None:
        """Hand a message on; an event's body is split before it is decoded."""
        if event.headers.get("Content-Type") != "text/event-plain":
            super().handle_event(event)
            return
        body = self._read_socket(self.sock_file, int(event.headers["Content-Length"]))
        event.headers.update(SafeEvent(body).headers)
        event.data = body
        self._esl_event_queue.put(event)

    def send(self, data: str) -> ESLEvent:
        """Send a command, all of it, and return its reply.

        Raises:
            UnsafeValue: it holds a control character.
            LinkLost: the socket is closed, or no answer comes.
        """
        if any(c < " " or c == "\x7f" for c in data):
            raise UnsafeValue("command", data, "holds a control character")
        # The exception is ours: a timeout of the one who asks passes through.
        late = LinkLost(f"the switch did not answer within {REPLY_S:g} s")
        answer: AsyncResult[ESLEvent] = AsyncResult()
        with gevent.Timeout(REPLY_S, late):
            with self._turn:
                self._write(data, answer)
            return answer.get()

    def _write(self, data: str, answer: AsyncResult[ESLEvent]) -> None:
        if not self.connected:
            raise LinkLost("the control link to the switch is down")
        self._commands_sent.append(answer)
        is_whole = False
        try:
            self.sock.sendall((data + "\n\n").encode("utf-8", "surrogateescape"))
            is_whole = True
        except OSError as error:
            raise LinkLost(f"the control link broke: {error}") from error
        finally:
            # After half a command the next one would be taken for its rest.
            if not is_whole:
                self.connected = False
                self.sock.close()

    def close(self) -> None:
        """End the link and its greenlets; whoever waits is told."""
        hang_up(self)

    def connect(self) -> None:
        """Connect and log in.

        Raises:
            LinkLost: there is no switch, or it does not want us.
        """
        late = LinkLost(f"the switch did not answer within {REPLY_S:g} s")
        try:
            with gevent.Timeout(REPLY_S, late):
                super().connect()
        except (OSError, NotConnectedError) as error:
            raise LinkLost(f"no control link to the switch: {error}") from error
        except (ValueError, UnsafeValue):
            # Not chained: what was refused is the password.
            raise LinkLost(
                "the switch refused the password: see switch: in eslflow.yaml and "
                "event_socket.conf.xml"
            ) from None


def hang_up(link: InboundESL) -> None:
    """End a link of greenswitch without asking the switch, as its `stop` would."""
    link._run = link.connected = False
    greenlets = (link._receive_events_greenlet, link._process_events_greenlet)
    gevent.killall([greenlet for greenlet in greenlets if greenlet is not None])
    for name in ("sock", "sock_file"):
        # It has neither before it tries to connect.
        if hasattr(link, name):
            getattr(link, name).close()


def finished(event: ESLEvent, mark: str) -> bool:
    """Whether an event says that the application with this mark is done."""
    headers = event.headers
    name = headers.get("Event-Name")
    return bool(
        name == "CHANNEL_EXECUTE_COMPLETE" and headers.get("Application-UUID") == mark
    )


__all__ = ["SafeEvent", "SafeInbound", "finished", "hang_up"]
