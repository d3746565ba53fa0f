"""What is answered about live calls.

In: live calls, and what became of a wish. Out: JSON, or a refusal whose status tells a
program what it needs to know: does what it asked for hold now? Must not know HTTP
beyond a status.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

from eslflow.call.wishes import Want, Wish
from eslflow.errors import CommandRefused, LinkLost, NotFound, StoreError
from eslflow.web.receipts import Claim
from eslflow.web.refusal import Refusal, quoted
from eslflow.web.scopes import Who

if TYPE_CHECKING:
    from eslflow.switch.desk import Desk, LiveCall

Answer = TypeVar("Answer")

LEAST_START = 8
"""Characters of a uuid that name a call."""


def whole(call: LiveCall) -> dict[str, Any]:
    """Return everything about a call."""
    return {
        "call": call.uuid,
        "caller": call.caller,
        "called": call.called,
        "flow": call.flow,
        "step": call.step,
        "agent": call.agent,
        "recording": call.recording,
        "until": utc(call.until),
        "offered_at": utc(call.offered_at),
    }


def state(call: LiveCall) -> dict[str, Any]:
    """Return what may be known of a call's recording."""
    return _state(call.uuid, call.recording, call.until)


def utc(micros: int) -> str | None:
    """Return a time as programs read it."""
    if not micros:
        return None
    at = datetime.fromtimestamp(micros / 1e6, tz=timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def named(desk: Desk, who: Who, name: str) -> LiveCall:
    """Return the one live call that has this uuid, or this start of it.

    Raises:
        Refusal: there is none, or more than one.
    """
    calls = desk.calls()
    if who.agents:
        calls = who.seen(desk.named(calls))
    for call in calls:
        if call.uuid == name:
            return call
    if len(name) < LEAST_START:
        hint = f"Give {LEAST_START} characters of its uuid, or all."
        raise Refusal(404, f"{quoted(name)} is too short to name a call", hint)
    found = [call for call in calls if call.uuid.startswith(name)]
    if len(found) > 1:
        hint = "Give more characters of its uuid."
        raise Refusal(404, f"{quoted(name)} begins {len(found)} live calls", hint)
    if not found:
        hint = "GET /calls names those that go on."
        raise Refusal(404, f"there is no live call {quoted(name)}", hint)
    return found[0]


def of_agent(desk: Desk, who: Who, extension: str) -> list[LiveCall]:
    """Return the calls that an agent talks on, one or more.

    Raises:
        Refusal: they may not be touched, or there is none.
    """
    who.demand_agent(extension)
    calls = desk.by_agent(extension)
    if not calls:
        error = f"agent {quoted(extension)} talks on no call"
        raise Refusal(404, error, "Ask again when the call is answered.")
    return calls


def of_receipt(act: Callable[[Claim], Answer], claim: Claim) -> Answer:
    """Do something with the call that a receipt is of.

    Raises:
        Refusal: 404 nobody with this number was told it, or nothing is permitted; 503
            it could not be kept.
    """
    try:
        return act(claim)
    except NotFound as error:
        raise Refusal(404, str(error)) from error
    except StoreError as error:
        raise Refusal(503, str(error), "Ask again.") from error


def several(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one answer of several: the first, with the others beside it."""
    first, *others = states
    return {**first, "others": others} if others else first


def demand_one(calls: Sequence[LiveCall], want: Want) -> None:
    """Refuse to unmask when nobody can tell which call was meant.

    A mask or a stop is for all of them: silence too much does no harm.

    Raises:
        Refusal: 409, naming the calls.
    """
    if want is Want.ON and len(calls) > 1:
        uuids = ", ".join(call.uuid for call in calls)
        error = f"the agent talks on {len(calls)} calls"
        raise Refusal(409, error, f"Ask for one by POST /calls/UUID/recording: {uuids}")


def ask(desk: Desk, uuid: str, wish: Wish) -> dict[str, Any]:
    """Carry a wish out; return the state that the switch has confirmed.

    Raises:
        Refusal: 404 the call is over, 409 it cannot hold, 503 it is not confirmed.
    """
    try:
        answered = desk.ask(uuid, wish)
    except NotFound as error:
        raise Refusal(404, f"the call {quoted(uuid)} is over") from error
    except (CommandRefused, LinkLost, StoreError) as error:
        raise Refusal(503, str(error), "Ask again.", call=uuid) from error
    found = _state(answered.call, answered.recording, answered.until)
    if answered.is_done:
        return found
    if answered.is_refused:
        raise Refusal(409, answered.why or "this cannot hold", **found)
    why = answered.why or "the switch has not confirmed it"
    raise Refusal(503, why, "Ask again; until then take it as not done.", **found)


def _state(uuid: str, recording: str, until: int) -> dict[str, Any]:
    return {"call": uuid, "recording": recording, "until": utc(until)}
