"""`hangup`: end the call with a cause.

In: a hangup cause in FreeSWITCH's spelling. Out: nothing; the road ends here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.commands import Await, Hangup
from eslflow.call.wanting import want
from eslflow.flow.model import From, Record
from eslflow.flow.options import OneOf, option
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import HangupCause

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class HangupStep(Step):
    """Ends the call."""

    kind: ClassVar[str] = "hangup"
    endings: ClassVar[tuple[str, ...]] = ()

    cause: HangupCause = option(
        OneOf(HangupCause), help="The cause the caller's side is told.", key="hangup"
    )

    def run(self, live: Live) -> Road:
        """Hang up; the event of it ends the road."""
        yield from want(live, Record.OFF, From.STEP)
        live.leaving = "finished"
        live.tell(f"hangs up ({self.cause})")
        yield Hangup(self.cause)
        while True:
            yield Await(())
