"""`transfer`: hand the caller to an extension of the dialplan, for good.

In: an extension and a context, constants of the file. Out: nothing, when it worked: the
call is the dialplan's from here on. `error` when the switch refused. The recording
stops before, unless the flow says that it goes on (`record: on`): then it goes on with
whoever has the caller next, until the caller hangs up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call import hush
from eslflow.call.callee import let_go
from eslflow.call.commands import Api, Await
from eslflow.call.events import Replied
from eslflow.flow import codes
from eslflow.flow.model import From, Purpose, Record
from eslflow.flow.options import Table, Text, option
from eslflow.flow.problems import Wrong
from eslflow.steps import speech
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import ApiCommand

if TYPE_CHECKING:
    from eslflow.call.live import Live

REPLY_S = 5.0
_WHERE = {
    "to": Text(r"[A-Za-z0-9_.+*#-]{1,60}", "an extension such as 1000"),
    "context": Text(r"[A-Za-z0-9_.-]{1,60}", "a context of the dialplan: default"),
}


@dataclass(frozen=True, kw_only=True)
class Transfer(Step):
    """Hands the caller to an extension of the dialplan."""

    kind: ClassVar[str] = "transfer"
    endings: ClassVar[tuple[str, ...]] = ("error",)
    hands_over: ClassVar[bool] = True

    where: Mapping[str, str] = option(
        Table(_WHERE), help="The extension and its context.", key="transfer"
    )

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield a recording that would wait for an agent who never comes."""
        if self.record is Record.ON and self.record_from is From.ANSWER:
            problem = "whoever answers there is none that the switch tells us of"
            hint = "Remove it: a recording that runs goes on."
            yield codes.NOT_TOGETHER, "from", problem, hint

    def run(self, live: Live) -> Road:
        """Hand over; what comes then is not the flow's."""
        uuid = live.offered.uuid
        yield from speech.answered(live)
        yield from let_go(live)
        yield from hush.fit(live, meets=True)
        # With it on, the death of the controller would pull the caller back (measured).
        yield Api(ApiCommand.UUID_SETVAR, f"{uuid} socket_resume false", waits=False)
        to, context = self.where["to"], self.where["context"]
        live.tell(f"transfers to {to} in {context}")
        arg = f"{uuid} {to} XML {context}"
        live.leaving = "transferred"
        reply = yield Api(ApiCommand.UUID_TRANSFER, arg, timeout_s=REPLY_S)
        while isinstance(reply, Replied) and reply.is_ok:
            yield Await(())
        live.leaving = ""
        yield Api(ApiCommand.UUID_SETVAR, f"{uuid} socket_resume true", waits=False)
        return "error"
