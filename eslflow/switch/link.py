"""The control link: FreeSWITCH's own event socket, kept up in the background.

In: where the switch listens. Out: answers to API commands, and whether the link is up.
Calls never need it: each has a socket of its own. It reconnects with growing pauses.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gevent

from eslflow.errors import CommandRefused, EslflowError, LinkLost
from eslflow.settings import Switch
from eslflow.switch.greenswitch import SafeInbound
from eslflow.wire.command import argument
from eslflow.wire.terms import ApiCommand

log = logging.getLogger("eslflow.link")

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
LOOK_S = 10.0
"""How often a link that is up is looked at."""


def pauses() -> Iterator[float]:
    """Yield how long to wait before each new attempt, in seconds."""
    yield from PAUSES_S
    while True:
        yield PAUSES_S[-1]


class Link:
    """No link at all: the site has no `switch:` setting."""

    problem = "the settings name no switch"
    """Why the link is down; empty while it is up."""

    def api(self, command: ApiCommand, arg: str = "") -> str:
        """Return the switch's answer.

        Raises:
            LinkLost: there is no link.
        """
        raise LinkLost(self.problem)

    def close(self) -> None:
        """End the link."""


class ControlLink(Link):
    """A link that comes back by itself."""

    def __init__(
        self, switch: Switch, sleep: Callable[[float], Any] = gevent.sleep
    ) -> None:
        self.problem = "not connected yet"
        self._switch = switch
        self._sleep = sleep
        self._esl: SafeInbound | None = None
        self._keeper = gevent.spawn(self._keep_up)

    def api(self, command: ApiCommand, arg: str = "") -> str:
        """Return the switch's answer.

        Raises:
            LinkLost: the link is down.
            CommandRefused: the switch answered -ERR.
            UnsafeValue: the argument could forge a command.
        """
        esl = self._esl
        if esl is None:
            raise LinkLost(self.problem)
        words = f"{command} {argument(arg)}" if arg else str(command)
        reply = str(esl.send(f"api {words}").data).strip()
        if reply.startswith("-"):
            raise CommandRefused(words, reply)
        return reply

    def close(self) -> None:
        """End the link."""
        self._keeper.kill()
        self._drop()

    def _keep_up(self) -> None:
        waits = pauses()
        while True:
            try:
                self._connect()
                waits = pauses()
                while True:
                    self.api(ApiCommand.STATUS)
                    self._sleep(LOOK_S)
            except EslflowError as error:
                if self.problem != str(error):
                    log.warning("control link: %s", ascii(str(error))[1:-1])
                self.problem = str(error)
            self._drop()
            self._sleep(next(waits))

    def _connect(self) -> None:
        switch = self._switch
        esl = SafeInbound(switch.host, switch.port, switch.password)
        try:
            esl.connect()
        except LinkLost:
            esl.close()
            raise
        self._esl = esl
        self.problem = ""
        log.info("control link to %s:%d is up", switch.host, switch.port)

    def _drop(self) -> None:
        esl, self._esl = self._esl, None
        if esl is not None:
            esl.close()


def link_of(switch: Switch | None) -> Link:
    """Return the link that the settings ask for."""
    return Link() if switch is None else ControlLink(switch)
