"""What steps that call somebody have in common: whom, as whom, and how it can end.

In: a destination of the flow, hangup causes of the switch. Out: the ending that a cause
stands for, the variables of the new leg. Must not decide what is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.commands import Api, Execute
from eslflow.call.events import Bridged, Executed
from eslflow.flow import codes
from eslflow.flow.destination import CALLED, Destination, DestinationOption, dialled
from eslflow.flow.model import From, Purpose, Record
from eslflow.flow.options import Duration, Text, option
from eslflow.flow.problems import Wrong
from eslflow.steps.step import Road, Step
from eslflow.steps.talk import driven, talk, talking
from eslflow.wire.terms import ApiCommand, App

if TYPE_CHECKING:
    from eslflow.call.live import Live

JOINED = ("caller and called party talk", "the called party has left")
"""What is told of a talk, at its beginning and its end."""
RINGBACK = "%(1000,4000,425)"
"""What a caller hears while it rings, when the switch has to make the tone itself."""

_CAUSES = {
    "answered": "SUCCESS",
    "busy": "USER_BUSY",
    "no_answer": "NO_ANSWER NO_USER_RESPONSE ALLOTTED_TIMEOUT PROGRESS_TIMEOUT"
    " SUBSCRIBER_ABSENT USER_NOT_REGISTERED ORIGINATOR_CANCEL",
    "refused": "CALL_REJECTED",
    "full": "NORMAL_CIRCUIT_CONGESTION SWITCH_CONGESTION REQUESTED_CHAN_UNAVAIL",
    "invalid": "UNALLOCATED_NUMBER INVALID_NUMBER_FORMAT NO_ROUTE_DESTINATION"
    " NUMBER_CHANGED",
}
_ENDINGS = {cause: end for end, causes in _CAUSES.items() for cause in causes.split()}


def ending_of(cause: str) -> str:
    """Return how a call ended that was not answered, by its hangup cause."""
    return _ENDINGS.get(cause.upper(), "failed")


@dataclass(frozen=True, kw_only=True)
class Calling(Step):
    """The part that all steps share which call somebody."""

    endings: ClassVar[tuple[str, ...]] = (
        "answered",
        "busy",
        "no_answer",
        "refused",
        "full",
        "invalid",
        "failed",
        "error",
    )
    ends: ClassVar[frozenset[str]] = frozenset(endings) - {"answered"}
    fallbacks: ClassVar[frozenset[str]] = frozenset({"full", "failed", "error"})

    to: Destination
    timeout: float = option(Duration(5, 120), 45.0, "How long it rings.")
    shows: str = option(
        Text(r"\+?[0-9]{1,20}", "a number such as +4930123456"),
        "",
        "The number that the called party sees; left out: the caller's own.",
    )

    @property
    def dials_called(self) -> bool:
        """Whether it calls whatever number the caller has dialled."""
        return self.to.number == CALLED

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield a recording that would begin before anybody has answered."""
        if self.record is Record.ON and self.record_from is From.STEP:
            problem = "the file would begin while it rings, before anybody has answered"
            yield codes.NOT_TOGETHER, "record", problem, "Add from: answer."

    def at_once(self, live: Live) -> Road:
        """Call, and let the two talk as soon as it is answered.

        The switch does all of it by itself: the death of the controller changes
        nothing, and a caller who hangs up takes the ringing along.
        """
        address = self.to.address(live.offered.called)
        if not address:
            live.tell(f"{live.offered.called!r} is no number that could be called")
            return "invalid"
        uuid = live.offered.uuid
        yield from driven(live)
        yield Api(ApiCommand.UUID_SETVAR_MULTI, f"{uuid} {self._own()}", waits=False)
        live.tell(f"calls {address}")
        arg = f"{{{self._their(live, is_own=False)}}}{address}"
        done = yield Execute(App.BRIDGE, arg, sooner=(Bridged,))
        if isinstance(done, Bridged):
            yield from talk(live, *JOINED)
            return "answered"
        ending = "error"
        if isinstance(done, Executed):
            cause = done.variables.variable("originate_disposition") or ""
            ending = ending_of(cause)
            live.tell(f"{address}: {ending.replace('_', ' ')} ({cause})")
        yield Api(ApiCommand.UUID_SETVAR, f"{uuid} socket_resume true", waits=False)
        return ending

    def _own(self) -> str:
        """Return the variables of the caller's leg.

        Without `continue_on_fail` the switch hangs up on a caller whose call was not
        answered (switch_channel.c, switch_channel_handle_cause).
        """
        ringback = ""
        if self.record is Record.ON:
            # The recorder has opened the way for sound: nothing else would be heard.
            ringback = f";ringback={RINGBACK}"
        return f"{talking()};continue_on_fail=true;hangup_after_bridge=false{ringback}"

    def _their(self, live: Live, is_own: bool) -> str:
        """Return the variables of the leg that is called.

        One that is made in the background (`is_own`) knows nothing of the caller.
        """
        variables = [f"originate_timeout={round(self.timeout)}"]
        shown = self.shows
        if is_own and not shown:
            shown = dialled(live.offered.caller)
        if shown:
            variables.append(f"origination_caller_id_number={shown}")
            variables.append(f"origination_caller_id_name={shown}")
        return ",".join(variables)


def destination(help: str, key: str) -> Destination:
    """Declare the option that names a kind of step which calls somebody."""
    found: Destination = option(DestinationOption(), help=help, key=key)
    return found
