"""What a receipt says of a call, and taking back what was permitted in it.

In: a receipt with the number that is calling, or a call. Out: the state, the rows of a
withdrawal, kept. One of another number is as unknown as one that nobody was told: who
guesses learns nothing. Must not wait for the disk in the hub, nor stop a recording.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from eslflow.call.records import Choice, State
from eslflow.clock import Clock
from eslflow.errors import NotFound
from eslflow.ledger.read import Reader
from eslflow.ledger.where import ends_of
from eslflow.switch.permits import last_choices
from eslflow.switch.permits import permitted as is_yes

Line = dict[str, Any]
Answer = TypeVar("Answer")

PERMITTED = "permitted"
_SIDES = {"caller": "caller", "callee": "called"}
"""The side of the call on which who was asked has a number."""
LEAST_COMMON = 7
"""Digits, from the end, that two spellings of a number outside must share."""


class Claim(NamedTuple):
    """Who says that a call was his: the code he was told, the number he calls from."""

    receipt: str
    caller: str


class Withdrawn(NamedTuple):
    """What became of a withdrawal."""

    call_uuid: str
    rows: tuple[Choice, ...]


def permitted(kept: Line, purpose: str = "") -> list[Line]:
    """Return the last words that permit something by the choice of who was asked.

    Raises:
        NotFound: there are none.
    """
    last = [
        row for row in last_choices(kept).values() if purpose in ("", row["purpose"])
    ]
    found = [row for row in last if is_yes(row)]
    if found:
        return found
    gone = [row for row in last if row["state"] == State.WITHDRAWN.value]
    uuid = kept["call"]["uuid"]
    what = f"{purpose} in call {uuid}" if purpose else f"call {uuid}"
    if gone:
        raise NotFound(f"{what} was withdrawn already: see consents show")
    raise NotFound(f"nothing was permitted for {what}: there is nothing to withdraw")


def state_of(kept: Line) -> str:
    """Return in a word what holds of a call: of both, if both were asked."""
    last = last_choices(kept)
    against = {purpose for (purpose, _), choice in last.items() if not is_yes(choice)}
    if any(purpose not in against for purpose, _ in last):
        return PERMITTED
    words = {choice["state"] for choice in last.values()}
    withdrawn = State.WITHDRAWN.value
    return withdrawn if withdrawn in words else State.REFUSED.value


def withdrawn(choice: Line, at: int, by: str, who: str, remark: str) -> Choice:
    """Return the row that takes a choice back."""
    # A ledger that no newer eslflow has written to yet lacks some.
    own = {name: choice[name] for name in Choice._fields if name in choice}
    return Choice(**own)._replace(
        at=at,
        state=State.WITHDRAWN,
        performed_by=by,
        reason="",
        heard_ms=0,
        keys_offered="",
        key="",
        tries=0,
        who=who,
        remark=remark,
    )


def is_same_number(one: str, other: str) -> bool:
    """Whether two spellings are of one number; an extension is spelt in one way."""
    ends, others = ends_of(one), ends_of(other)
    common = min(len(ends), len(others))
    if common < LEAST_COMMON:
        return one == other and common > 0
    return ends[:common] == others[:common]


class Receipts:
    """Looks receipts up, and withdraws by them, in a thread beside the hub."""

    def __init__(self, ledger: Path, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def state(self, claim: Claim) -> str:
        """Return what holds of a call.

        Raises:
            NotFound: nobody with this number was told this receipt.
        """
        return state_of(_beside(lambda: self._find(claim)))

    def withdraw(self, claim: Claim, who: str) -> Withdrawn:
        """Take back whatever was permitted in a call.

        Raises:
            NotFound: nobody with this number was told this receipt, or nothing was
                permitted.
            StoreError: it could not be kept.
        """
        return _beside(lambda: self._withdraw(claim, who))

    def _withdraw(self, claim: Claim, who: str) -> Withdrawn:
        from eslflow.ledger.writer import write

        kept = self._find(claim)
        remark = "by telephone, with the receipt"
        parties = _parties(kept, claim.caller)
        # Nobody takes back what somebody else has permitted.
        own = [choice for choice in kept["choices"] if choice["party"] in parties]
        rows = tuple(
            withdrawn(choice, self._clock.now(), "subject", who, remark)
            for choice in permitted({**kept, "choices": own})
        )
        write(self._ledger, rows)
        return Withdrawn(kept["call"]["uuid"], rows)

    def _find(self, claim: Claim) -> Line:
        with Reader(self._ledger) as ledger:
            for uuid in ledger.with_receipt(claim.receipt):
                kept = ledger.call(uuid)
                if _parties(kept, claim.caller):
                    return kept
        raise NotFound("nobody with this number was told this receipt")


def _parties(kept: Line, number: str) -> set[str]:
    """Return as whom a number was told the receipt: `caller`, `callee`, or none."""
    told = {choice["party"] for choice in kept["choices"] if choice["receipt"]}
    return {
        party
        for party in told
        if is_same_number(str(kept["call"].get(_SIDES[party], "")), number)
    }


def _beside(work: Callable[[], Answer]) -> Answer:
    """Do it in a thread: the hub never waits for a disk."""
    # Who withdraws at the command line needs none.
    from gevent import get_hub

    found: Answer = get_hub().threadpool.apply(work)
    return found
