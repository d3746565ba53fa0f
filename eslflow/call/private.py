"""A key makes the call private while people talk: nothing of it is recorded any more.

In: who presses. Out: a note without content, what both are told. It holds from the key
on, whatever the disk says, and nothing takes it back: no mask that ends, no grant, no
step. What becomes of what was recorded before, the flow says, and the note with it
(`recordings.erase` reads it after the call). Must not stop or delete anything itself.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call import aside, screen, withdrawal
from eslflow.call.commands import Alarm, Command, Keep
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.records import Choice, Reason

if TYPE_CHECKING:
    from eslflow.call.live import Live

Moves = Generator[Command, "Event | None", None]


def by_caller(live: Live, key: str) -> Moves:
    """Make it private, for the caller has pressed the key."""
    row = _row(live, key)._replace(performed_by="subject")
    yield from _made(live, row, "caller")


def by_agent(live: Live, key: str) -> Moves:
    """Make it private, for the agent has pressed the key."""
    row = _row(live, key)._replace(performed_by="agent", who=live.agent)
    yield from _made(live, row, live.agents_key)


def _row(live: Live, key: str) -> Choice:
    before = live.flow.recording.before_private
    note = screen.note(live, Reason.PRIVATE)
    return note._replace(key=key, on_withdrawal=str(before or ""))


def _made(live: Live, row: Choice, who: str) -> Moves:
    """Let it hold from now on, keep it once, and say so when nothing is recorded."""
    if live.is_private:
        live.tell(f"{who}: the call is private already")
        return
    live.is_private = live.recorder.is_forbidden = True
    live.tell(f"{who} makes the call private: nothing is recorded from here on")
    # The recorder does not wait for the disk: its stop follows this row.
    kept = yield Keep((row,), is_durable=True)
    if isinstance(kept, Kept) and not kept.is_ok:
        yield Alarm(f"the call is private, and that is not kept yet: {kept.problem}")
    yield from aside.end(live)
    try:
        yield from withdrawal.say_once_silent(live, live.flow.recording.made_private)
    except CallEnded:
        return
