"""`bind_meta_app`: what a leg's keys are bound to (switch_ivr_async.c, meta_on_dtmf).

In: bindings, keys with the direction they take. Out: applications to run. Must not run
them.

A leg sees two streams of keys: those that come from its own telephone (RECV), and
those of the other leg that are sent on to it (SEND). A binding listens to one or
both, so that a caller who presses the agent's keys changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

META = "*"
TIMEOUT_S = 5
"""After that many seconds a key no longer belongs to the `*` before it."""


class Direction(Enum):
    """Which way a key goes through a leg."""

    RECV = "a"
    SEND = "b"


@dataclass(frozen=True)
class Binding:
    """What a key does."""

    flags: str
    app: str
    arg: str

    def is_run_by_other(self, direction: Direction) -> bool:
        """Whether the leg joined with the bound one runs it, not that one itself."""
        has_come = direction is Direction.RECV
        if "o" in self.flags:
            return has_come
        if "s" in self.flags:
            return not has_come
        return "b" in self.flags and "a" not in self.flags


@dataclass
class _Stream:
    bound: dict[str, Binding] = field(default_factory=dict)
    is_meta_on: bool = False
    last_s: float = 0.0


class Keypad:
    """The bindings of one leg."""

    def __init__(self) -> None:
        self._streams: dict[Direction, _Stream] = {}

    def bind(self, arg: str) -> bool:
        """Take `<key> [a|b|ab] [a|b|o|s|i|1] <app>[::<arg>]`; whether it is one."""
        given = arg.split(" ", 3)
        if len(given) < 4:
            return False
        key, legs, flags, action = given
        app, _, rest = action.partition("::")
        for direction in Direction:
            if direction.value in legs:
                stream = self._streams.setdefault(direction, _Stream())
                stream.bound[key] = Binding(flags, app, rest)
        return True

    def press(
        self, key: str, direction: Direction, now_s: float
    ) -> tuple[bool, Binding | None]:
        """Take a key; return whether it is swallowed, and what it sets off."""
        stream = self._streams.get(direction)
        if stream is None:
            return False, None
        if stream.is_meta_on and now_s - stream.last_s > TIMEOUT_S:
            stream.is_meta_on = False
            return False, None
        stream.last_s = now_s
        if key == META:
            stream.is_meta_on = not stream.is_meta_on
            return stream.is_meta_on, None
        if not stream.is_meta_on:
            return False, None
        stream.is_meta_on = False
        found = stream.bound.get(key)
        if found is not None and "1" in found.flags:
            del stream.bound[key]
        return True, found
