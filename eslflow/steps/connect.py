"""`connect`: let the caller talk with whom a `ring` step has called.

In: nobody but the two legs. Out: the ending `answered` when the talk is over, `gone`
when the called party has hung up before, `error` when the switch would not join them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.callee import let_go
from eslflow.call.commands import Alarm, Api, Await, Execute
from eslflow.call.events import Bridged, LegEnded, Replied
from eslflow.flow.model import Party
from eslflow.flow.options import OneOf, option
from eslflow.steps.calling import JOINED
from eslflow.steps.step import Road, Step
from eslflow.steps.talk import TALKS, driven, talk, talking
from eslflow.wire.terms import ApiCommand, App, EventName

if TYPE_CHECKING:
    from eslflow.call.live import Live

JOINS_S = 5.0
"""A bridge is there 41 ms after it was asked for (measured)."""


@dataclass(frozen=True, kw_only=True)
class Connect(Step):
    """Lets the caller talk with whom a ring step has called."""

    kind: ClassVar[str] = "connect"
    endings: ClassVar[tuple[str, ...]] = ("answered", "gone", "error")
    ends: ClassVar[frozenset[str]] = frozenset(endings)
    hears: ClassVar[frozenset[EventName]] = TALKS

    with_whom: Party = option(OneOf(Party), help="With whom: callee.", key="connect")

    def run(self, live: Live) -> Road:
        """Join the two, and wait until the talk is over."""
        uuid, leg = live.offered.uuid, live.callee
        if not leg:
            live.tell("the called party has hung up")
            return "gone"
        if not live.is_answered:
            live.is_answered = live.is_driven = True
            yield Execute(App.ANSWER)
        yield from driven(live)
        variables = f"{uuid} {talking()}"
        yield Api(ApiCommand.UUID_SETVAR_MULTI, variables, waits=False)
        reply = yield Api(ApiCommand.UUID_BRIDGE, f"{uuid} {leg}", timeout_s=JOINS_S)
        if isinstance(reply, Replied) and reply.is_ok:
            event = yield Await((Bridged, LegEnded), JOINS_S)
            if isinstance(event, Bridged):
                yield from talk(live, *JOINED)
                return "answered"
        yield Api(ApiCommand.UUID_SETVAR, f"{uuid} socket_resume true", waits=False)
        if not live.callee:
            live.tell("the called party has hung up")
            return "gone"
        yield Alarm("the switch did not join caller and called party")
        yield from let_go(live)
        return "error"
