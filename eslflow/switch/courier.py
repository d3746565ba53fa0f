"""Carries requests of calls to programs, and their answers back.

In: a request, whom to tell. Out: one `Responded` for each, at most `timeout_s` later.
Each request is a greenlet, few of them at once. Sent again is only what did not arrive:
no connection came about, or a gateway said so (502, 503, 504), each time with the same
`Idempotency-Key`. What it carries is neither logged nor kept.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gevent
from gevent.event import Event as Signal
from gevent.lock import BoundedSemaphore

from eslflow import __version__
from eslflow.call.commands import Request, Token
from eslflow.call.events import Responded
from eslflow.call.secret import Secret
from eslflow.errors import EslflowError, SettingsError, Unanswered, Unreached
from eslflow.switch.post import post

log = logging.getLogger("eslflow.webhook")

MOST_AT_ONCE = 32
PAUSE_S = 0.25
"""Before the second try; twice as long before each further one."""
GATEWAY = frozenset({502, 503, 504})
"""A gateway's answers; should the program have got it, it knows it by its key."""
MARGIN_S = 0.1
"""Before the call itself stops waiting."""

_PROOF = re.compile(r"[!-~]{1,4096}")

Done = Callable[[Responded], None]


class Carries(Protocol):
    """What a call needs to have requests sent."""

    def send(self, owner: object, request: Request, done: Done) -> None:
        """Send a request; `done` is told once, unless it is recalled before."""

    def recall(self, key: str) -> None:
        """Tell nobody any more; what has not left is not sent."""

    def left(self, owner: object) -> None:
        """Recall everything of this owner."""


@dataclass(eq=False)
class _Errand:
    """A request on its way."""

    owner: object
    request: Request
    done: Done | None
    is_sent: bool = False
    runner: Any = None

    def leaves(self) -> None:
        """Note that its first byte leaves."""
        self.is_sent = True


class Courier:
    """Sends requests over HTTP."""

    def __init__(self, context: Any = None, most: int = MOST_AT_ONCE) -> None:
        self._context = context
        """Of TLS; None: the system's certificates."""
        self._room = BoundedSemaphore(most)
        self._errands: dict[str, _Errand] = {}
        self._quiet = Signal()
        self._quiet.set()

    def send(self, owner: object, request: Request, done: Done) -> None:
        """Send a request; `done` is told once, unless it is recalled before."""
        errand = _Errand(owner, request, done)
        self._errands[request.key] = errand
        self._quiet.clear()
        errand.runner = gevent.spawn(self._run, errand)

    def recall(self, key: str) -> None:
        """Tell nobody any more; what has not left is not sent."""
        errand = self._errands.get(key)
        if errand is None:
            return
        errand.done = None
        if not errand.is_sent:
            self._forget(errand)
            errand.runner.kill(block=False)

    def left(self, owner: object) -> None:
        """Recall everything of this owner."""
        for key, errand in tuple(self._errands.items()):
            if errand.owner is owner:
                self.recall(key)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is under way, but not for ever; whether anything was."""
        return not self._quiet.is_set() and bool(self._quiet.wait(seconds))

    def _forget(self, errand: _Errand) -> None:
        self._errands.pop(errand.request.key, None)
        if not self._errands:
            self._quiet.set()

    def _run(self, errand: _Errand) -> None:
        request = errand.request
        late = Responded(request.key, problem=f"no answer in {request.timeout_s:g} s")
        try:
            found = gevent.with_timeout(
                request.timeout_s - MARGIN_S,
                self._deliver,
                errand,
                timeout_value=late,
            )
        except EslflowError as error:
            found = Responded(request.key, problem=str(error))
        except Exception as error:
            # Whatever it is, its text may be of what was sent.
            log.error("fault in webhook %s: %s", request.key, type(error).__name__)
            found = Responded(request.key, problem="a fault of eslflow, see the log")
        self._report(errand, found._replace(is_sent=errand.is_sent))

    def _report(self, errand: _Errand, found: Responded) -> None:
        done = errand.done
        try:
            if done is not None:
                done(found)
            else:
                what = f"HTTP {found.status}" if found.status else found.problem
                log.warning(
                    "webhook %s was sent, and the call did not wait for its end: %s",
                    errand.request.key,
                    what,
                )
        finally:
            self._forget(errand)

    def _deliver(self, errand: _Errand) -> Responded:
        """Try until there is an answer, or there can be none."""
        request = errand.request
        with self._room:
            headers = _headers(request)
            body = _body(request.fields)
            try:
                for tries in range(request.retries + 1):
                    if tries:
                        gevent.sleep(PAUSE_S * 2 ** (tries - 1))
                    found = self._try(errand, headers, body)
                    if found.status not in GATEWAY and (found.status or found.is_sent):
                        break
                return found
            finally:
                body[:] = bytes(len(body))

    def _try(
        self, errand: _Errand, headers: Mapping[str, str], body: bytearray
    ) -> Responded:
        key = errand.request.key
        try:
            status, answer = post(
                errand.request.url, headers, body, errand.leaves, self._context
            )
        except Unreached as error:
            return Responded(key, problem=str(error), is_sent=False)
        except Unanswered as error:
            return Responded(key, problem=str(error))
        return Responded(key, status, answer)


def _body(fields: Mapping[str, str | Secret]) -> bytearray:
    """Return the JSON that is sent."""
    plain = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in fields.items()
    }
    return bytearray(json.dumps(plain).encode("ascii"))


def _headers(request: Request) -> dict[str, str]:
    """Return the headers.

    Raises:
        SettingsError: there is no token where it is to be.
    """
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": f"eslflow/{__version__}",
        "Idempotency-Key": request.key,
        "Connection": "close",
    }
    token = request.token
    if token is not None:
        proof = _proof(token)
        is_usual = token.header == "Authorization"
        headers[token.header] = f"Bearer {proof}" if is_usual else proof
    return headers


def _proof(token: Token) -> str:
    """Return the token itself; read anew each time, so that it can be changed.

    Raises:
        SettingsError: it is not there, or cannot be a header.
    """
    if token.env:
        where, proof = (
            f"the environment variable {token.env}",
            os.environ.get(token.env),
        )
    else:
        where = token.file
        try:
            proof = Path(token.file).read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not plain text"
            raise SettingsError(f"no token in {where}: {why}") from error
    if not proof or not _PROOF.fullmatch(proof):
        raise SettingsError(f"no token in {where}: it must be one word of plain text")
    return proof
