"""A call's live state out of the ledger, for a call that went on without us.

In: what was kept of the call, its flow. Out: `Live` as it was, as far as it was kept.
What cannot be known is taken for the worse: a mask whose end was not kept still holds,
a recording that was to be stopped is stopped. Must not ask the switch.
"""

from __future__ import annotations

import re
from typing import Any

from eslflow.call.events import Held, Offered
from eslflow.call.live import Live, Site
from eslflow.call.recording import Recording, Segment
from eslflow.call.records import HOLD, STEP, State
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import Flow, From, Party, Record
from eslflow.switch.permits import is_private, last_choices
from eslflow.wire.terms import RecordAction

Kept = dict[str, Any]

BY_DEAD_MAN = "dead man"
_NUMBER = re.compile(r"-([0-9]{1,6})\Z")
_MASKING = (str(RecordAction.MASK), str(RecordAction.UNMASK))


def restored(kept: Kept, path: str, flow: Flow, site: Site, now: int) -> Live:
    """Return a call's live state; `kept` is what `Books.open_calls` tells.

    `path` is the file of its recording that runs, or should.
    """
    call = kept["call"]
    offered = Offered(
        uuid=call["uuid"],
        direction=call.get("direction", ""),
        caller=call.get("caller", ""),
        caller_name=call.get("caller_name", ""),
        called=call.get("called", ""),
        is_answered=True,
        segments=max((_number(row["id"]) for row in kept["recordings"]), default=0),
    )
    live = Live(offered, flow, site, now)
    live.offered_at = call.get("offered_at", now)
    live.was_bridged = True
    live.is_private = live.recorder.is_forbidden = is_private(kept)
    for (purpose, party), choice in last_choices(kept).items():
        if purpose in flow.purposes:
            state, reason = State(choice["state"]), choice["reason"]
            live.consents.kept(purpose, state, reason, Party(party))
    for row in kept["recordings"]:
        if row["path"] == path:
            asked_at = _restore_recorder(live, row, kept["recording_actions"])
            _restore_wants(live, kept["wishes"], asked_at)
    return live


def _number(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found[1]) if found else 0


def _restore_recorder(live: Live, row: Kept, actions: list[Kept]) -> int:
    """Restore what shows in what was done; return when anything was asked for last."""
    own = [action for action in actions if action["recording_id"] == row["id"]]
    live.step = next((a["step"] for a in reversed(own) if a["step"]), row["step"])
    begun_in = live.flow.steps.get(row["step"])
    recorder = live.recorder
    recorder.moment = begun_in.record_from if begun_in else From.STEP
    starts = [a["at"] for a in own if a["action"] == str(RecordAction.START)]
    purposes = tuple(row["purposes"].split())
    segment = Segment(row["id"], row["path"], recorder.moment, purposes)
    segment.started_at = starts[-1] if starts else row["asked_at"]
    segment.audio_at = segment.started_at
    recorder.segment, recorder.state = segment, Recording.ON
    recorder.wanted = Record.ON
    if any(a["action"] == str(RecordAction.STOP) for a in own):
        # It was to be stopped, and nobody has seen that it was.
        recorder.wanted = Record.OFF
    _restore_mask(live, own)
    return max((a["asked_at"] or a["at"] for a in own), default=0)


def _restore_mask(live: Live, own: list[Kept]) -> None:
    recorder = live.recorder
    asked = [action for action in own if action["action"] in _MASKING]
    recorder.was_wished = any(a["reason"] != STEP for a in asked)
    if not asked or asked[-1]["action"] != str(RecordAction.MASK):
        return
    last = asked[-1]
    recorder.state, recorder.masked_at = Recording.MASKED, last["at"]
    # It may not have been confirmed, or not have held: it is asked for again.
    recorder.is_to_be_sure = True
    if last["reason"] == STEP:
        if recorder.wanted is Record.ON:
            recorder.wanted = Record.MASKED
    elif last["reason"] == HOLD:
        live.screen.is_held = live.screen.is_cause = True
    elif last["reason"] != BY_DEAD_MAN:
        recorder.masks = dict.fromkeys(last["reason"].split(", "), 0)


def _restore_wants(live: Live, wishes: list[Kept], asked_at: int) -> None:
    """Take in again what was wanted, which need not show in what was done.

    A mask that should have been renewed meanwhile ends as the flow says.
    """
    recorder = live.recorder
    if wishes:
        # Of a call that began before wishes were kept, the last mask tells its hands.
        recorder.masks.clear()
    for wish in wishes:
        if wish["hand"] == HOLD:
            live.screen.is_held = wish["want"] == str(Want.MASKED)
            recorder.backlog.note(
                Held(live.screen.is_held, is_callers=False), wish["at"]
            )
        elif wish["hand"] != STEP:
            recorder.take(_wish(wish), wish["at"])
        elif wish["at"] >= asked_at and recorder.wanted is not Record.OFF:
            recorder.wanted, live.step = Record(wish["want"]), wish["step"]
    # What is done from now on, nobody has asked for.
    recorder.by = ""


def _wish(row: Kept) -> Wish:
    return Wish(
        Want(row["want"]),
        row["who"],
        (row["ends_at"] - row["at"]) / 1e6 if row["ends_at"] else None,
        row["hand"],
        bool(row["is_master"]),
    )
