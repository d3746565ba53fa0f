"""HTTP for few and hostile peers: one request for each connection, all of it bounded.

In: connections. Out: requests to the application, answers to the peer. gevent's own
handler waits for ever for a slow peer and, fed fast enough, reads without ever letting
the hub, and so the calls, go on. Must not know what is asked.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from gevent import get_hub, socket
from gevent.pool import Pool
from gevent.pywsgi import Input, WSGIHandler, WSGIServer

from eslflow.web.guard import KNOWN
from eslflow.web.refusal import Refusal
from eslflow.web.scopes import Who

log = logging.getLogger("eslflow.control")

REQUEST_S = 10.0
"""A connection has this long for everything; the switch takes a few seconds at most."""
MOST_CONNECTIONS = 32
"""At once, of each socket; further ones wait in the kernel."""
MOST_LINE = 2048
"""Bytes of a request's first line."""
MOST_HEAD = 16 * 1024
"""Bytes of its headers."""
MOST_DISCARDED = 64 * 1024
"""Bytes of a body that are read so that the peer hears why it was refused."""

IS_LOCAL = "eslflow.is_local"
"""Whether whoever can connect may do everything: the socket in the site's folder."""
USER = "Eslflow-User"
"""The header by which the command line says who sits at it."""

_NAME = r"[A-Za-z0-9._@-]{1,40}"
_USER = re.compile(rf"{_NAME}( \(sudo by {_NAME}\))?")


class Handler(WSGIHandler):
    """One connection, one request."""

    request_s = REQUEST_S

    def handle(self) -> None:
        """Answer, or cut the connection when its time is over."""
        timer = get_hub().loop.timer(self.request_s)
        timer.start(self._cut)
        try:
            super().handle()
        finally:
            timer.stop()
            timer.close()

    def _cut(self) -> None:
        """End what the request waits for; whatever was asked of a call goes on."""
        sock: Any = self.socket
        try:
            sock._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("the peer of a slow request has left by itself")

    def read_requestline(self) -> str:
        """Return the first line, or enough of it to see that it is too long."""
        line: bytes = self.rfile.readline(MOST_LINE + 1)
        return line.decode("latin-1")

    def read_request(self, raw_requestline: str) -> Any:
        """Read the head.

        Raises:
            Refusal: a line, or all of it, is too long.
            ValueError: it is no HTTP.
        """
        if len(raw_requestline) > MOST_LINE:
            raise Refusal(414, f"the address is longer than {MOST_LINE} bytes")
        super().read_request(raw_requestline)
        if self.request_version not in ("HTTP/1.0", "HTTP/1.1"):
            raise ValueError("another version of HTTP")
        # Nobody asks so often that a connection is worth keeping.
        self.close_connection = True
        return True

    def MessageClass(self, *args: Any) -> Any:  # noqa: N802  gevent's name
        """Read the headers."""
        head: Any = _Head(args[0])
        return super().MessageClass(head, *args[1:])

    def get_environ(self) -> dict[str, Any]:
        """Return the request as the application wants it."""
        environ: dict[str, Any] = super().get_environ()
        found: Any = self.wsgi_input
        self.wsgi_input = _Body(
            found.rfile, found.content_length, found.socket, found.chunked_input
        )
        environ["wsgi.input"] = self.wsgi_input
        environ["wsgi.input_terminated"] = True
        if environ.get(IS_LOCAL):
            environ[KNOWN] = _local(environ.get("HTTP_ESLFLOW_USER", ""))
        return environ

    def start_response(
        self, status: str, headers: Sequence[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """Begin to answer."""
        others = [item for item in headers if item[0].lower() != "connection"]
        begun: Callable[[bytes], None] = super().start_response(
            status, [*others, ("Connection", "close")], exc_info
        )
        return begun

    def _handle_client_error(self, ex: BaseException) -> tuple[str, bytes]:
        """Return what is told to a peer whose request cannot be read."""
        log.debug("no request from %s: %s", self.client_address, ascii(str(ex))[:200])
        if not isinstance(ex, Refusal):
            hint = "Is something else than HTTP speaking?"
            ex = Refusal(400, "the request cannot be read", hint)
        return str(ex.status), _answer(ex)


class _Head:
    """A file whose lines may not be too many bytes together."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = MOST_HEAD

    def readline(self, most: int) -> bytes:
        line: bytes = self._file.readline(min(most, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise Refusal(431, f"the headers are longer than {MOST_HEAD} bytes")
        return line


class _Body(Input):
    """A body of which little is read in vain."""

    __slots__ = ()

    def _discard(self) -> None:
        """Read a little of what was not wanted, so that the peer hears the answer.

        gevent's own reads all of it, without a pause as long as there is some.
        """
        if self.chunked_input or self.socket is not None:
            return
        left = min((self.content_length or 0) - self.position, MOST_DISCARDED)
        while left > 0:
            data = self.rfile.read1(left)
            if not data:
                return
            left -= len(data)


class _Errors:
    """Where the server's own complaints go."""

    def write(self, text: str) -> None:
        log.debug("%s", ascii(text.strip())[:200])

    def flush(self) -> None:
        """Nothing waits."""


def _local(name: str) -> Who:
    return Who(f"cli {name if _USER.fullmatch(name) else 'somebody'}", hand="cli")


def _answer(refusal: Refusal) -> bytes:
    body = json.dumps(refusal.body()).encode()
    head = (
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}\r\n"
        "Content-Type: application/json\r\nCache-Control: no-store\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def http_server(
    listener: Any, application: Any, *, is_local: bool, request_s: float = REQUEST_S
) -> WSGIServer:
    """Return a server on a listening socket."""
    handler: Any = type("Handler", (Handler,), {"request_s": request_s})
    errors: Any = _Errors()
    server: WSGIServer = WSGIServer(
        listener,
        application,
        spawn=Pool(MOST_CONNECTIONS),
        log=None,
        error_log=errors,
        handler_class=handler,
        environ={IS_LOCAL: is_local},
    )
    return server
