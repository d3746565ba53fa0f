"""What a `consent` step does with what the caller has chosen before.

In: the call, the purpose, for how long a choice is remembered. Out: the choice that
still holds, and rows that say on which one they rest. Whoever withholds the number is
never remembered, and a ledger that does not say in time remembers nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call.choices import Played, choice_row
from eslflow.call.commands import Alarm, Command, Keep, LookUp
from eslflow.call.events import Event, Found, Kept
from eslflow.call.records import Choice, Reason, Remembered, State
from eslflow.steps.step import Road

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Notice, Purpose

LOOK_S = 0.5
"""How long a caller waits for it at most; a look takes a few milliseconds."""
REFUSALS = (State.REFUSED, State.WITHDRAWN)


def remembered(
    live: Live, purpose: str, within_s: float
) -> Generator[Command, Event | None, Remembered | None]:
    """Return what the caller chose about a purpose within this time, if anything."""
    number = live.site.normal(live.offered.caller)
    if not number:
        return None
    since = live.now - round(within_s * 1e6)
    key = live.new_request()
    found = yield LookUp(key, number, purpose, since, LOOK_S)
    if not isinstance(found, Found):
        yield Alarm(
            f"the ledger did not say within {LOOK_S:g} s what was chosen before"
        )
        return None
    if found.problem:
        yield Alarm(f"the ledger cannot say what was chosen before: {found.problem}")
    return found.choice


def take_over(
    live: Live, purpose: Purpose, notice: Notice, within_s: float, grants: bool
) -> Road:
    """Take over what the caller chose before; return how that ends the question.

    Empty: it has to be asked. A grant is only taken over where `grants` says so, and
    counts, as any, once it is on disk.
    """
    choice = yield from remembered(live, purpose.name, within_s)
    if choice is None:
        return ""
    kept_as = row(live, purpose, notice, choice)
    if choice.state in REFUSALS:
        live.consents.kept(purpose.name, State.REFUSED)
        yield Keep((kept_as,))
        live.tell(told(choice, live))
        return "refused"
    is_granted = grants and choice.state is State.GRANTED
    if not is_granted or not is_for(choice, live, notice):
        return ""
    kept = yield Keep((kept_as,), is_durable=True)
    if not isinstance(kept, Kept) or not kept.is_ok:
        return ""
    live.consents.kept(purpose.name, State.GRANTED)
    live.tell(told(choice, live))
    return "granted"


def is_for(choice: Remembered, live: Live, notice: Notice) -> bool:
    """Whether a grant was given to these very words."""
    words = live.flow.name, notice.name, notice.version
    return words == (choice.flow, choice.notice, choice.notice_version)


def row(live: Live, purpose: Purpose, notice: Notice, choice: Remembered) -> Choice:
    """Return the row of a choice that is taken over, and on which one it rests."""
    state = State.REFUSED if choice.state in REFUSALS else choice.state
    kept = choice_row(live, purpose, state, Reason.REMEMBERED, Played(notice, None))
    return kept._replace(performed_by="system", rests_on=choice.call_uuid)


def told(choice: Remembered, live: Live) -> str:
    """Return words for what is remembered, and of when."""
    days = (live.now - choice.at) // 86_400_000_000
    # A clock that was set back makes it a day to come.
    when = "today" if days < 1 else "a day ago" if days == 1 else f"{days} days ago"
    return f"not asked: {choice.state} {when}, in call {choice.call_uuid}"
