"""A call's live state out of the ledger, for a call that went on without us.

In: what was kept of the call, its flow. Out: `Live` as it was, as far as it was kept.
What cannot be known is taken for the worse: a mask whose end was not kept still holds.
Must not ask the switch.
"""

from __future__ import annotations

from typing import Any

from eslflow.call.events import Offered
from eslflow.call.live import Live, Site
from eslflow.call.recording import Recording, Segment
from eslflow.call.records import State
from eslflow.flow.model import Flow, From, Record
from eslflow.wire.terms import RecordAction

Kept = dict[str, Any]


def restored(kept: Kept, flow: Flow, site: Site, now: int) -> Live:
    """Return a call's live state; `kept` is what `Reader.call` returns."""
    call = kept["call"]
    offered = Offered(
        uuid=call["uuid"],
        direction=call.get("direction", ""),
        caller=call.get("caller", ""),
        caller_name=call.get("caller_name", ""),
        called=call.get("called", ""),
        is_answered=True,
        segments=len(kept["recordings"]),
    )
    live = Live(offered, flow, site, now)
    live.offered_at = call.get("offered_at", now)
    live.was_bridged = True
    for choice in kept["choices"]:
        if choice["purpose"] in flow.purposes:
            live.consents.kept(choice["purpose"], State(choice["state"]))
    _restore_recorder(live, kept)
    return live


def _restore_recorder(live: Live, kept: Kept) -> None:
    """Restore what was wanted, what was recorded, and who masked it."""
    running = [row for row in kept["recordings"] if row["state"] is None]
    if not running:
        return
    row = running[-1]
    live.step = row["step"]
    actions = [
        action
        for action in kept["recording_actions"]
        if action["recording_id"] == row["id"]
    ]
    recorder = live.recorder
    started = _last(actions, RecordAction.START)
    recorder.segment = Segment(row["id"], row["path"])
    recorder.segment.started_at = started["at"] if started else row["asked_at"]
    recorder.segment.audio_at = recorder.segment.started_at
    recorder.wanted, recorder.moment = Record.ON, From.STEP
    step = live.flow.steps.get(row["step"])
    if step is not None:
        recorder.moment = step.record_from
    _restore_mask(live, actions)


def _restore_mask(live: Live, actions: list[Kept]) -> None:
    recorder = live.recorder
    recorder.state = Recording.ON
    masks = {str(RecordAction.MASK), str(RecordAction.UNMASK)}
    last = next((a for a in reversed(actions) if a["action"] in masks), None)
    if last is None or last["action"] != str(RecordAction.MASK):
        return
    recorder.state = Recording.MASKED
    live.step = last["step"]
    if last["reason"] == "step":
        recorder.wanted = Record.MASKED
    elif last["reason"] != "dead man":
        for who in last["reason"].split(", "):
            recorder.masks[who] = 0


def _last(actions: list[Kept], action: RecordAction) -> Kept | None:
    found = (a for a in reversed(actions) if a["action"] == str(action))
    return next((a for a in found if a["verified"]), None)
