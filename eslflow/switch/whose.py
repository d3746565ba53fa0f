"""Whose the legs are that callers talk with, as the switch names them.

A leg is known by the number that it was called by, and that may be one that its
telephone made up when it registered (those in browsers do): by it nobody could ask for
the call of agent 1001.

In: legs. Out: the agent of mod_callcenter, or the user of the switch, that each belongs
to. Must not hold anybody up: where the switch does not say it in time, the number has
to do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

import gevent

from eslflow.call.screen import DIRECTION, INBOUND, NAMES, UNSET
from eslflow.errors import CommandRefused, LinkLost
from eslflow.switch.link import Link
from eslflow.wire.terms import ApiCommand

PATIENCE_S = 0.2
"""For all legs of one question; an answer takes half a millisecond (measured)."""
MOST = 10_000
"""Legs that are remembered; most of them are gone by then."""


class Whose:
    """Asks the switch once for each leg, for several at the same time."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._known: dict[str, str] = {}

    def __call__(self, legs: Collection[str]) -> Mapping[str, str]:
        """Return the names of these legs, as far as they are known."""
        if len(self._known) > MOST:
            self._known.clear()
        known = self._known
        asking = [gevent.spawn(self._learn, leg) for leg in legs if leg not in known]
        gevent.joinall(asking, PATIENCE_S)
        gevent.killall(asking)
        return {leg: known[leg] for leg in legs if leg in known}

    def _learn(self, leg: str) -> None:
        with suppress(LinkLost):
            self._known[leg] = self._name(leg)

    def _name(self, leg: str) -> str:
        try:
            found = [self._value(leg, variable) for variable in NAMES]
            name = next(filter(None, found), "")
            # The caller of a queue carries the name of the agent who had him.
            is_called = name and self._value(leg, DIRECTION) != INBOUND
        except CommandRefused:
            # The leg is gone.
            return ""
        return name.partition("@")[0] if is_called else ""

    def _value(self, leg: str, variable: str) -> str:
        value = self._link.api(ApiCommand.UUID_GETVAR, f"{leg} {variable}")
        return "" if value == UNSET else value
