"""One HTTP request: POST, one address, one answer.

In: an address, headers, a body. Out: status and body, or what went wrong, and whether
anything had left by then. Follows no redirect, asks no proxy, checks certificates.
Sockets are gevent's, so that only the greenlet that asks waits; how long it may is the
caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from gevent import socket, ssl

from eslflow.errors import Unanswered, Unreached

MOST = 64 * 1024
"""Bytes of an answer."""


class _Connection(HTTPConnection):
    """HTTP over a socket of gevent's, encrypted if there is a context."""

    def __init__(self, host: str, port: int, context: Any) -> None:
        super().__init__(host, port)
        self._context = context

    def connect(self) -> None:
        self.sock = socket.create_connection((self.host, self.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:
            # In two steps: whoever gives up in the handshake has a socket to close.
            self.sock = self._context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()


def trusting(file: str | None = None) -> Any:
    """Return what checks certificates: by the system's authorities, or those of a file.

    Not `create_default_context`: its sockets would make every call wait for one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(file)
    return context


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytearray,
    sent: Callable[[], None],
    context: Any = None,
) -> tuple[int, bytes]:
    """Send a body; `sent` is told before its first byte leaves.

    Raises:
        Unreached: nothing was sent.
        Unanswered: it was, or part of it.
    """
    where = urlsplit(url)
    is_safe = where.scheme == "https"
    if is_safe and context is None:
        context = trusting()
    port = where.port or (443 if is_safe else 80)
    host = where.hostname or ""
    connection = _Connection(host, port, context if is_safe else None)
    try:
        try:
            connection.connect()
        except (OSError, ValueError) as error:
            raise Unreached(_told(error)) from error
        sent()
        target = (where.path or "/") + (f"?{where.query}" if where.query else "")
        return _asked(connection, target, headers, body)
    finally:
        connection.close()


def _asked(
    connection: _Connection,
    target: str,
    headers: Mapping[str, str],
    body: bytearray,
) -> tuple[int, bytes]:
    try:
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        found = answer.read(MOST + 1)
        left = answer.length
        status = answer.status
        answer.close()
    except (OSError, HTTPException) as error:
        raise Unanswered(_told(error)) from error
    if len(found) > MOST:
        raise Unanswered(f"HTTP {status} with more than {MOST} bytes")
    if left:
        raise Unanswered(f"HTTP {status}, cut off {left} bytes before its end")
    return status, found


def _told(error: Exception) -> str:
    """Say what went wrong, and nothing that the other side has said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
