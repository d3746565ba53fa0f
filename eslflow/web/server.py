"""The control API as a part of `serve`: its sockets, and what stands behind them.

In: settings, the desk, what health looks at. Out: a server that can be stopped. The
socket in the site's folder is always there, for the command line; the one on TCP only
if the settings ask for it. Must not cost anything until somebody asks.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gevent import get_hub, socket

from eslflow.clock import Clock
from eslflow.errors import SettingsError
from eslflow.settings import Settings
from eslflow.web.client import SOCKET
from eslflow.web.connection import http_server
from eslflow.web.guard import Guard
from eslflow.web.health import Agreement, Controller, Ledger, Link, Vitals
from eslflow.web.receipts import Receipts
from eslflow.web.reloads import Reloads
from eslflow.web.tokens import Tokens

log = logging.getLogger("eslflow.control")

BACKLOG = 128
STOP_S = 1.0
"""How long requests may take that are being answered when it is stopped."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Control:
    """The sockets while they are open."""

    def __init__(
        self,
        settings: Settings,
        controller: Controller,
        ledger: Ledger,
        link: Link,
        clock: Clock,
        agreement: Agreement | None = None,
        reloads: Reloads | None = None,
    ) -> None:
        wanted = settings.control
        guard = Guard(Tokens(wanted.tokens) if wanted else None, clock)
        known = link if settings.switch else None
        receipts = Receipts(settings.ledger, clock)
        self._vitals = Vitals(
            controller, ledger, known, guard, receipts, agreement, reloads
        )
        self._guard = guard
        self._app: Application | None = None
        self._path = settings.folder / SOCKET
        self._inode = 0
        self._servers: list[Any] = []
        self.address: tuple[str, int] | None = None
        """Host and port, if it listens on TCP."""
        if wanted is not None:
            self._app = self._make_app()
            self._open_tcp(wanted.host, wanted.port)
        self._open_unix()

    def stop(self) -> None:
        """Close the sockets."""
        for server in self._servers:
            server.stop(timeout=STOP_S)
        if self._inode and _inode(self._path) == self._inode:
            self._path.unlink()

    def _make_app(self) -> Application:
        # Flask takes 200 ms to import, and many sites never need it.
        from eslflow.web.app import make_app

        return make_app(self._vitals)

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request; the first one waits for Flask, and the calls do not."""
        if self._app is None:
            self._app = get_hub().threadpool.apply(self._make_app)
        return self._app(environ, start_response)

    def _open_tcp(self, host: str, port: int) -> None:
        listener = _listen_tcp(host, port)
        found, number = listener.getsockname()[:2]
        self.address = (str(found), int(number))
        self._start(listener, is_local=False)
        log.info("control API on %s:%d", *self.address)
        if not self._guard.tokens or not self._guard.tokens.now():
            log.warning("nobody may use it yet: see eslflow tokens add --help")

    def _open_unix(self) -> None:
        """Open the socket for the command line; calls can do without it."""
        try:
            listener = _listen_unix(self._path)
        except OSError as error:
            log.warning(
                "eslflow calls mask, unmask, stop and live will not work: cannot "
                "listen on %s: %s",
                self._path,
                error.strerror or error,
            )
            return
        self._inode = _inode(self._path)
        self._start(listener, is_local=True)

    def _start(self, listener: Any, *, is_local: bool) -> None:
        server = http_server(listener, self._answer, is_local=is_local)
        server.start()
        self._servers.append(server)


def _listen_tcp(host: str, port: int) -> Any:
    """Return a listening socket.

    Raises:
        SettingsError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted has it from the listener: without it, the body of an answer
        # waits until its head is acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"the control API cannot listen on {host}:{port}: {error.strerror}. "
            "See control: in eslflow.yaml"
        ) from error
    return listener


def _listen_unix(path: Path) -> Any:
    """Return a listening socket that its owner alone can reach.

    It takes the place of whatever a killed eslflow has left. Nobody can connect before
    `listen`, so there is no moment at which its mode is another.
    """
    new = path.with_name(f"{path.name}.{os.getpid()}")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        new.unlink(missing_ok=True)
        listener.bind(str(new))
        new.chmod(0o600)
        listener.listen(BACKLOG)
        new.replace(path)
    except OSError:
        listener.close()
        new.unlink(missing_ok=True)
        raise
    return listener


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
