"""A consent is withdrawn while the call goes on: it holds at once, and is kept.

In: who withdraws, from which purposes. Out: rows, what both are told. The recorder sees
that nothing permits any more, and stops; nothing records again in this call unless it
is permitted anew. What becomes of the files, their purpose says, after the call
(`recordings.erase`). Must not stop or delete anything itself.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

from eslflow.call import aside
from eslflow.call.choices import choice_row
from eslflow.call.commands import Alarm, Command, Keep, Until
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.recording import Recording
from eslflow.call.records import Choice, State
from eslflow.flow.model import Party

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Purpose

ENDS_WITHIN_S = 10.0
"""How long the end of the recording is waited for, to tell of it."""
SILENT = (Recording.OFF, Recording.FAILED)

Moves = Generator[Command, "Event | None", None]


def by_caller(live: Live, key: str) -> Moves:
    """Withdraw whatever the caller has permitted, by the caller's own key."""
    rows = [
        _row(live, purpose)._replace(key=key)
        for purpose in live.consents.withdrawable()
    ]
    yield from _withdraw(live, rows, "caller")


def by_callee(live: Live, key: str) -> Moves:
    """Withdraw whatever the called party has permitted, by that one's own key."""
    party = Party.CALLEE
    rows = [
        _row(live, purpose)._replace(key=key, party=party.value)
        for purpose in live.flow.purposes.values()
        if party in live.consents.agreed(purpose.name)
    ]
    yield from _withdraw(live, rows, party.value)


def by_agent(live: Live, purpose: Purpose, key: str) -> Moves:
    """Withdraw one purpose, for the agent pressed the key for that."""
    row = _row(live, purpose)
    made = row._replace(key=key, performed_by="agent", who=live.agent)
    yield from _withdraw(live, [made], live.agents_key)


def _row(live: Live, purpose: Purpose) -> Choice:
    return choice_row(live, purpose, State.WITHDRAWN)


def _withdraw(live: Live, rows: Iterable[Choice], who: str) -> Moves:
    """Let it hold from now on, keep it, and say so once nothing is recorded."""
    made = tuple(rows)
    for row in made:
        live.consents.kept(row.purpose, State.WITHDRAWN, party=Party(row.party))
        live.tell(f"{who} withdraws {row.purpose}")
    if made:
        # The recorder does not wait for the disk: its stop follows these rows.
        kept = yield Keep(made, is_durable=True)
        if isinstance(kept, Kept) and not kept.is_ok:
            problem = f"and is not kept yet: {kept.problem}"
            yield Alarm(f"the withdrawal holds, {problem}")
    yield from aside.end(live)
    try:
        yield from say_once_silent(live, live.flow.recording.withdrawn)
    except CallEnded:
        return


def say_once_silent(live: Live, prompt: str) -> Moves:
    """Wait until nothing is recorded any more, and say so, if there is a prompt."""
    recorder = live.recorder
    yield Until(lambda: recorder.is_settled(live), ENDS_WITHIN_S)
    # Whatever else may be recorded for, callers must not be told otherwise.
    is_silent = recorder.state in SILENT and not recorder.is_left_running
    if is_silent and prompt:
        audio = live.flow.prompts[prompt].audio(live.flow.name, live.language)
        yield from aside.say(live, live.site.sounds.get(audio), f"prompt {prompt}")
