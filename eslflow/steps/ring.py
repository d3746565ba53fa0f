"""`ring`: call somebody, and keep them on the line without talking yet.

In: a user, a gateway with a number, or a host. Out: the ending `answered`, then a
`consent` step can ask them and a `connect` step joins the two; or why nobody answered.
The new leg is made in the background and parked (transcripts 45, 47 and 48).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call import keys
from eslflow.call.callee import let_go, taken_over
from eslflow.call.commands import Execute, Job, Keep
from eslflow.call.events import JobDone, TimedOut
from eslflow.flow import codes
from eslflow.flow.destination import Destination
from eslflow.flow.model import Purpose, Record
from eslflow.flow.problems import Wrong
from eslflow.steps.calling import Calling, destination, ending_of
from eslflow.steps.step import Road
from eslflow.steps.talk import TALKS
from eslflow.wire.terms import ApiCommand, App, EventName

if TYPE_CHECKING:
    from eslflow.call.live import Live

ASKED_S = 180
"""How long they are kept when no controller is there any more; a question with all its
tries takes less."""
LATE_S = 10.0
"""How much longer than it may ring the switch has to say what became of it."""


@dataclass(frozen=True, kw_only=True)
class Ring(Calling):
    """Calls somebody, and keeps them on the line."""

    kind: ClassVar[str] = "ring"
    hears: ClassVar[frozenset[EventName]] = TALKS | {EventName.BACKGROUND_JOB}

    to: Destination = destination("Whom to call.", "ring")

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield a recording of nobody."""
        if self.record is Record.ON:
            problem = "nobody talks in it"
            hint = "Record the step that connects."
            yield codes.NOT_TOGETHER, "record", problem, hint

    def run(self, live: Live) -> Road:
        """Call, and wait until somebody answers."""
        yield from let_go(live)
        address = self.to.address(live.offered.called)
        if not address:
            live.tell(f"{live.offered.called!r} is no number that could be called")
            return "invalid"
        if not live.is_answered:
            yield Execute(App.RING_READY, waits=False)
        # Now, for nothing is played to the caller: what is would hold them up.
        yield from keys.bind(live, keys.Other.CALLEE)
        live.tell(f"calls {address}")
        live.callee = leg = live.new_leg()
        ended = taken_over(live, leg)
        if ended:
            # What the last one has agreed to, nobody else has.
            yield Keep(ended)
        arg = (
            f"{{{self._their(live, is_own=True)},{_kept(live, leg)}}}{address} &park()"
        )
        done = yield Job(ApiCommand.ORIGINATE, arg, leg, self.timeout + LATE_S)
        if isinstance(done, JobDone) and done.is_ok and live.callee == leg:
            live.tell("the called party answers")
            return "answered"
        ending, why = "error", getattr(done, "text", "no answer from the switch")
        if isinstance(done, TimedOut):
            yield from let_go(live)
        live.callee = ""
        if isinstance(done, JobDone):
            cause = done.text.removeprefix("-ERR ").strip()
            ending, why = "failed" if done.is_ok else ending_of(cause), cause
        live.tell(f"{address}: {ending.replace('_', ' ')} ({why})")
        return ending


def _kept(live: Live, leg: str) -> str:
    """Return the variables that keep a leg: named by us, and never for ever."""
    return (
        f"origination_uuid={leg},ignore_early_media=true,hangup_after_bridge=true,"
        f"park_timeout={ASKED_S}:NORMAL_CLEARING,eslflow_call={live.offered.uuid}"
    )
