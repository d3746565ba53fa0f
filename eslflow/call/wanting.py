"""What is wanted of a call's recording from now on, by its step and by others.

In: a step's want, a wish that was taken in. Out: the row that outlives us, and the call
goes on when the recording is so, or cannot be. Must not ask the switch (`moves` does).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call.commands import Command, Keep, Until
from eslflow.call.records import HOLD, STEP, RecordingWished
from eslflow.call.wishes import Want
from eslflow.flow.model import Record

if TYPE_CHECKING:
    from eslflow.call.events import Event
    from eslflow.call.live import Live
    from eslflow.call.wishes import Wish
    from eslflow.flow.model import From


def want(
    live: Live, wanted: Record, moment: From
) -> Generator[Command, Event | None, None]:
    """Say what the next step wants; go on when the recording is so, or cannot be."""
    recorder = live.recorder
    recorder.step_wants(wanted, moment)
    if live.screen.is_cause and wanted is Record.MASKED:
        live.screen.is_cause = False
    if recorder.masks or live.screen.is_held:
        # Under another's mask it may not show in what is asked of the switch.
        yield Keep((_row(live, str(wanted), STEP),))
    if not recorder.is_settled(live):
        yield Until(lambda: recorder.is_settled(live))


def held(live: Live, was_held: bool) -> list[Command]:
    """Return what keeps that a hold masks from now on, or does so no longer."""
    is_held, recorder = live.screen.is_held, live.recorder
    if is_held is was_held or recorder.is_idle:
        return []
    recorder.by = HOLD
    want_ = Want.MASKED if is_held else Want.ON
    return [Keep((_row(live, str(want_), HOLD),))]


def _row(live: Live, wanted: str, hand: str) -> RecordingWished:
    return RecordingWished(
        call_uuid=live.offered.uuid,
        at=live.now,
        want=wanted,
        hand=hand,
        who="",
        ends_at=0,
        is_master=False,
        step=live.step,
    )


def wished_row(live: Live, wish: Wish) -> RecordingWished:
    """Return the row of a wish that the recorder has taken in."""
    is_mask = wish.want is Want.MASKED
    return RecordingWished(
        call_uuid=live.offered.uuid,
        at=live.now,
        want=str(wish.want),
        hand=wish.owner,
        who=wish.by,
        ends_at=live.recorder.masks[wish.owner] if is_mask else 0,
        is_master=wish.is_master,
        step=live.step,
    )
