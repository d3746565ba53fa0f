"""The control link: FreeSWITCH's own event socket, kept up in the background.

In: where the switch listens. Out: answers to API commands, whether the link is up, and
what the switch tells of calls that have no other socket: of these alone, however many
there are on the switch. It reconnects with growing pauses.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import gevent

from eslflow.clock import Clock
from eslflow.errors import CommandRefused, EslflowError, LinkLost, on_one_line
from eslflow.settings import Switch
from eslflow.switch.greenswitch import SafeEvent, SafeInbound
from eslflow.wire import command as text
from eslflow.wire.command import argument
from eslflow.wire.message import Message
from eslflow.wire.terms import ApiCommand, ContentType, EventName, Module, Subclass

log = logging.getLogger("eslflow.link")

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
LOOK_S = 10.0
"""How often a link that is up is looked at."""


HEARD = (
    EventName.CHANNEL_BRIDGE,
    EventName.CHANNEL_UNBRIDGE,
    EventName.CHANNEL_HOLD,
    EventName.CHANNEL_UNHOLD,
    EventName.CHANNEL_PARK,
    EventName.CHANNEL_HANGUP,
    EventName.RECORD_START,
    EventName.RECORD_STOP,
)
"""What is heard of a call that is watched; besides, the keys that were bound in it."""
ABOUT = ("Unique-ID", "Other-Leg-Unique-ID")
"""Headers of an event that say which call it is about."""
NOBODY = "eslflow"
"""A uuid that no call has: without any filter every call of the switch is heard."""

_EVENT = f"Content-Type: {ContentType.EVENT_PLAIN}".encode()

Hear = Callable[[Message], object]


def pauses(dice: Callable[[], float] = random.random) -> Iterator[float]:
    """Yield how long to wait before each new attempt, in seconds.

    Up to half of it is left to chance: after the switch has been restarted, not every
    controller shall knock at once.
    """
    for pause in PAUSES_S:
        yield pause * (1 - dice() / 2)
    while True:
        yield PAUSES_S[-1] * (1 - dice() / 2)


class Link:
    """No link at all: the site has no `switch:` setting."""

    problem = "the settings name no switch"
    """Why the link is down; empty while it is up."""
    needs: Sequence[Module] = ()
    """Modules that the flows cannot do without."""

    def api(self, command: ApiCommand, arg: str = "") -> str:
        """Return the switch's answer.

        Raises:
            LinkLost: there is no link.
        """
        raise LinkLost(self.problem)

    def watch(self, uuid: str, hear: Hear) -> None:
        """Hand over what the switch tells of a call, until it is let go.

        Raises:
            LinkLost: the link is down.
        """

    def let_go(self, uuid: str) -> None:
        """Hand over nothing more of a call."""

    def close(self) -> None:
        """End the link."""


class DirectLink(Link):
    """A link for one command's time: it is up at once, and does not come back."""

    def __init__(self, switch: Switch) -> None:
        """Connect.

        Raises:
            LinkLost: there is no switch, or it does not want us.
        """
        self.problem = ""
        self._esl = _connected(switch)

    @property
    def own_host(self) -> str:
        """The address of this machine that the switch sees."""
        return str(self._esl.sock.getsockname()[0])

    def api(self, command: ApiCommand, arg: str = "") -> str:
        """Return the switch's answer.

        Raises:
            LinkLost: the link is down.
            CommandRefused: the switch answered -ERR.
            UnsafeValue: the argument could forge a command.
        """
        return _ask(self._esl, command, arg)

    def close(self) -> None:
        """End the link."""
        self._esl.close()


class ControlLink(Link):
    """A link that comes back by itself."""

    def __init__(
        self,
        switch: Switch,
        clock: Clock,
        needs: Sequence[Module] = (),
        sleep: Callable[[float], Any] = gevent.sleep,
    ) -> None:
        self.problem = "not connected yet"
        self.since = clock.now()
        """Since when it is up, or down, in microseconds since 1970."""
        self.missing: tuple[Module, ...] = ()
        """Modules that flows need and the switch has not loaded."""
        self._switch = switch
        self._clock = clock
        self.needs = needs
        self._sleep = sleep
        self._esl: SafeInbound | None = None
        self._watched: dict[str, Hear] = {}
        self._is_hearing = False
        """The switch has been told which events are wanted."""
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
        return _ask(esl, command, arg)

    def watch(self, uuid: str, hear: Hear) -> None:
        """Hand over what the switch tells of a call, until it is let go.

        Raises:
            LinkLost: the link is down.
        """
        self._watched[uuid] = hear
        esl = self._esl
        if esl is None:
            raise LinkLost(self.problem)
        self._listen(esl, [uuid])

    def let_go(self, uuid: str) -> None:
        """Hand over nothing more of a call; must not wait."""
        if self._watched.pop(uuid, None) is not None:
            gevent.spawn(self._forget, self._esl, uuid)

    def close(self) -> None:
        """End the link."""
        self._keeper.kill()
        self._drop()

    def _listen(self, esl: SafeInbound, uuids: Iterable[str]) -> None:
        """Hear of these calls too; filters before `event` (measured)."""
        for uuid in uuids if self._is_hearing else (NOBODY, *uuids):
            for header in ABOUT:
                _say(esl, text.only(header, uuid))
        if not self._is_hearing:
            for name in (*HEARD, Subclass.CONTROL):
                esl.register_handle(str(name), self._hear)
            _say(esl, text.events(HEARD, (Subclass.CONTROL,)))
            self._is_hearing = True

    def _forget(self, esl: SafeInbound | None, uuid: str) -> None:
        if esl is None or esl is not self._esl or uuid in self._watched:
            return
        with suppress(LinkLost):
            for header in ABOUT:
                _say(esl, text.only(header, uuid).replace(b" ", b" delete ", 1))
            if uuid in self._watched:
                self._listen(esl, [uuid])

    def _hear(self, event: SafeEvent) -> None:
        """Hand an event to the calls that it is about."""
        body = event.data.encode("utf-8", "surrogateescape")
        message = Message(_EVENT, body)
        for uuid in dict.fromkeys(map(event.headers.get, ABOUT)):
            hear = self._watched.get(uuid)
            if hear is not None:
                hear(message)

    def _keep_up(self) -> None:
        waits = pauses()
        while True:
            try:
                self._connect()
                waits = pauses()
                while True:
                    self._look_for_modules()
                    self._sleep(LOOK_S)
            except EslflowError as error:
                self._note(str(error))
            self._drop()
            self._sleep(next(waits))

    def _connect(self) -> None:
        switch = self._switch
        self._esl = _connected(switch)
        self._is_hearing = False
        if self._watched:
            self._listen(self._esl, tuple(self._watched))
        seconds = (self._clock.now() - self.since) // 1_000_000
        self._note("")
        log.info(
            "control link to %s:%d is up, after %d s", switch.host, switch.port, seconds
        )

    def _look_for_modules(self) -> None:
        """Say, once, which modules are not there; asking shows that the link is."""
        self.api(ApiCommand.STATUS)
        missing = tuple(
            module
            for module in self.needs
            if self.api(ApiCommand.MODULE_EXISTS, module) != "true"
        )
        for module in set(missing) - set(self.missing):
            log.warning(
                "the switch has not loaded %s, which a flow needs: run `load %s` in "
                "fs_cli, and name it in modules.conf.xml",
                module,
                module,
            )
        self.missing = missing

    def _note(self, problem: str) -> None:
        if bool(problem) != bool(self.problem):
            self.since = self._clock.now()
        if problem and problem != self.problem:
            log.warning("control link: %s", on_one_line(problem))
        self.problem = problem

    def _drop(self) -> None:
        esl, self._esl = self._esl, None
        if esl is not None:
            esl.close()


def _connected(switch: Switch) -> SafeInbound:
    esl = SafeInbound(switch.host, switch.port, switch.password)
    try:
        esl.connect()
    except LinkLost:
        esl.close()
        raise
    return esl


def _say(esl: SafeInbound, command: bytes) -> None:
    esl.send(command.decode().strip())


def _ask(esl: SafeInbound, command: ApiCommand, arg: str) -> str:
    words = f"{command} {argument(arg)}" if arg else str(command)
    reply = str(esl.send(f"api {words}").data).strip()
    if reply.startswith("-"):
        raise CommandRefused(words, reply)
    return reply


def link_of(switch: Switch | None, clock: Clock, needs: Sequence[Module] = ()) -> Link:
    """Return the link that the settings ask for."""
    return Link() if switch is None else ControlLink(switch, clock, needs)
