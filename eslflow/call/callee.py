"""Somebody who was called and does not talk yet: not left behind when the call ends.

A leg that is made in the background (`ring`) belongs to nobody: the switch would keep
it, parked and silent, when the caller hangs up or the flow goes elsewhere.

In: the call's state. Out: commands. Must not decide who is called.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import Api, Await, Command
from eslflow.call.events import CallEnded, Event
from eslflow.call.live import Live
from eslflow.wire.terms import ApiCommand

AGAIN_S = 2
"""A leg that is only being made is not found yet, so it is hung up once more."""

Moves = Generator[Command, "Event | None", None]


def is_needed(live: Live) -> bool:
    """Whether there is somebody."""
    return bool(live.callee)


def watch(live: Live) -> Moves:
    """Let them go when the caller has hung up."""
    try:
        while True:
            yield Await(())
    except CallEnded:
        yield from let_go(live)


def let_go(live: Live) -> Moves:
    """Hang up on whoever was called and does not talk."""
    leg, live.callee = live.callee, ""
    if leg:
        kill = f"{ApiCommand.UUID_KILL} {leg}"
        later = f"+{AGAIN_S} eslflow-{leg} {kill}"
        yield Api(ApiCommand.UUID_KILL, leg, waits=False)
        yield Api(ApiCommand.SCHED_API, later, waits=False)
