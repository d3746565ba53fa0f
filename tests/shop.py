"""A program on loopback that takes payments, or behaves as badly as a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gevent import socket
from gevent.event import Event
from gevent.server import StreamServer

CARD = "4929581403672719"
"""Right by its check digit, and nobody's."""
CODE = "8317"

Answer = bytes | Callable[[Any], None]


def says(status: str, body: bytes = b"", head: bytes = b"") -> bytes:
    """Return an answer of HTTP."""
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %s\r\n%s%s\r\n%s" % (status.encode(), length, head, body)


def object_of(**fields: Any) -> bytes:
    """Return an answer that is a JSON object."""
    return says("200 OK", json.dumps(fields).encode())


class Shop:
    """Answers one request after the other; the last answer is given again and again."""

    def __init__(self, *answers: Answer, context: Any = None) -> None:
        self.asked: list[tuple[str, bytes]] = []
        """Head and body of each request."""
        self.closes = Event()
        """What hangs until it is set."""
        self._answers = list(answers) or [object_of(status="paid")]
        options = {"ssl_context": context} if context else {}
        self._server = StreamServer(("127.0.0.1", 0), self._serve, **options)
        self._server.start()
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}/pay?shop=7"

    def hangs(self, sock: Any) -> None:
        """Say nothing until the test is over."""
        self.closes.wait()

    def drips(self, sock: Any) -> None:
        """Say one byte, and hang."""
        sock.sendall(b"H")
        self.closes.wait()

    @property
    def fields(self) -> list[dict[str, str]]:
        """What was sent, one by one."""
        return [json.loads(body) for _, body in self.asked]

    def _serve(self, sock: Any, _: Any) -> None:
        try:
            data = b""
            while b"\r\n\r\n" not in data:
                more = sock.recv(65536)
                if not more:
                    return
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            )
            while len(body) < length:
                body += sock.recv(65536)
            self.asked.append((head.decode(), body))
            self._answer(sock)
        except OSError:
            return

    def _answer(self, sock: Any) -> None:
        answer = self._answers[0]
        if len(self._answers) > 1:
            del self._answers[0]
        if callable(answer):
            answer(sock)
        else:
            sock.sendall(answer)
            sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Stop."""
        self.closes.set()
        self._server.stop()

    def __enter__(self) -> Shop:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def unused_port() -> int:
    """Return a port of loopback where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
