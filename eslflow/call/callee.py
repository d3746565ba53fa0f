"""Somebody who was called: not left behind, and nobody else's word.

A leg that is made in the background (`ring`) belongs to nobody: the switch would keep
it, parked and silent, when the caller hangs up or the flow goes elsewhere.

What a called party has agreed to holds for that person. Whoever takes the call over, or
is called instead, was not asked: what rests on the word of the one before ends.

In: the call's state, who talks with the caller. Out: commands, rows. Must not decide
who is called, nor stop a recording.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from eslflow.call.choices import choice_row
from eslflow.call.commands import Api, Await, Command
from eslflow.call.events import CallEnded, Event
from eslflow.call.live import Live
from eslflow.call.records import Choice, Reason, State
from eslflow.flow.model import Party
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


def taken_over(live: Live, leg: str) -> tuple[Choice, ...]:
    """Return the rows of consents that end, for the call is another leg's now."""
    if live.asked in ("", leg):
        return ()
    live.asked = ""
    return tuple(_ended(live))


def _ended(live: Live) -> Iterator[Choice]:
    """Yield the row of each consent that was the called party's."""
    state, party = State.EXPIRED, Party.CALLEE
    for purpose in live.flow.purposes.values():
        if party in live.consents.agreed(purpose.name):
            live.consents.kept(purpose.name, state, party=party)
            row = choice_row(live, purpose, state, Reason.TAKEN_OVER)
            yield row._replace(party=party.value)
