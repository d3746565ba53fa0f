"""The look-out: what really listens to a call's legs, looked at after each hand-over.

The queue may record by itself, an agent may press a key of the switch, a transfer may
carry a recorder along: `uuid_buglist` alone tells. What is found is compared with what
may be; a mask that ought to hold is asked for again.

In: bridges, starts of recorders. Out: commands, rows. Must not decide what is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Generator

from eslflow.call.commands import Alarm, Api, Await, Command, Keep
from eslflow.call.events import (
    Bridged,
    CallEnded,
    Event,
    RecordStarted,
    Replied,
    TimedOut,
)
from eslflow.call.live import Live
from eslflow.call.recording import RUNNING, Recording
from eslflow.call.records import RecordingAction
from eslflow.flow.model import Second
from eslflow.wire.buglist import recorders
from eslflow.wire.terms import ApiCommand, RecordAction

AGAIN_S = 0.7
"""How long after a bridge it is looked at again: mod_callcenter's `record-template`
begins when the agent answers, others on the bridge itself."""
REPLY_S = 2.0
REASON = "second recorder"
_PLAIN = re.compile(r"[A-Za-z0-9_./@+:-]+")

Moves = Generator[Command, "Event | None", None]
Paths = tuple[str, ...]


def is_needed(live: Live) -> bool:
    """Whether the caller has come to a person, whose side may record too."""
    return live.flow.has_agents and (live.was_bridged or bool(live.leg))


def watch(live: Live) -> Moves:
    """Look after each bridge and each start of a recorder, while the call lasts."""
    seen: set[tuple[str, str]] = set()
    pause_s: float | None = None
    try:
        while True:
            event = yield Await((Bridged, RecordStarted), pause_s)
            pause_s = AGAIN_S if isinstance(event, Bridged) else None
            if not _is_ours(live, event):
                yield from _look(live, seen)
                if isinstance(event, (Bridged, TimedOut)):
                    live.recorder.is_to_be_sure = live.recorder.state in RUNNING
    except CallEnded:
        return


def _is_ours(live: Live, event: Event | None) -> bool:
    segment = live.recorder.segment
    path = segment.path if segment else ""
    return isinstance(event, RecordStarted) and event.path == path


def _look(live: Live, seen: set[tuple[str, str]]) -> Moves:
    for leg in filter(None, (live.offered.uuid, live.leg)):
        reply = yield Api(ApiCommand.UUID_BUGLIST, leg, timeout_s=REPLY_S)
        paths = recorders(reply.text) if isinstance(reply, Replied) else None
        if paths is not None:
            yield from _judge(live, leg, paths, seen)


def _judge(live: Live, leg: str, paths: Paths, seen: set[tuple[str, str]]) -> Moves:
    """Compare what runs with what may run."""
    segment, recorder = live.recorder.segment, live.recorder
    own = segment.path if segment else ""
    is_callers = leg == live.offered.uuid
    if is_callers and recorder.state in RUNNING and own not in paths:
        yield Alarm(f"the recording has ended unnoticed: {own}")
        yield Keep(recorder.ends_unseen(live))
    is_left = is_callers and recorder.is_left_running
    for path in paths:
        is_foreign = path != own or not is_callers or is_left
        if is_foreign and (leg, path) not in seen:
            seen.add((leg, path))
            yield from _second(live, leg, path)


def _second(live: Live, leg: str, path: str) -> Moves:
    """Do what the flow says about a recorder that is not ours."""
    rule = live.flow.recording.second_recorders
    if rule is Second.IGNORE:
        return
    yield Keep((_row(live, leg, path, RecordAction.START, "", True, 0),))
    if not _is_to_be_stopped(live, rule):
        yield Alarm(f"another recorder runs on {_whose(live, leg)}: {path}")
        return
    asked_at = live.now
    # Its path is whatever somebody chose: one with a blank could not be named.
    target = path if _PLAIN.fullmatch(path) else "all"
    arg = f"{leg} {RecordAction.STOP} {target}"
    reply = yield Api(ApiCommand.UUID_RECORD, arg, timeout_s=REPLY_S)
    words = reply.text if isinstance(reply, Replied) else f"no answer in {REPLY_S:g} s"
    is_stopped = words.startswith("+")
    row = _row(live, leg, path, RecordAction.STOP, words, is_stopped, asked_at)
    yield Keep((row,))
    done = "was stopped" if is_stopped else f"could not be stopped ({words})"
    yield Alarm(f"another recorder on {_whose(live, leg)} {done}: {path}")


def _is_to_be_stopped(live: Live, rule: Second) -> bool:
    if rule is Second.JUDGE:
        return live.recorder.target(live) is not Recording.ON
    return rule is Second.STOP


def _whose(live: Live, leg: str) -> str:
    return "the caller's leg" if leg == live.offered.uuid else "the agent's leg"


def _row(
    live: Live,
    leg: str,
    path: str,
    action: RecordAction,
    reply: str,
    is_verified: bool,
    asked_at: int,
) -> RecordingAction:
    return RecordingAction(
        recording_id="",
        call_uuid=live.offered.uuid,
        at=live.now,
        action=action,
        reason=REASON,
        step=live.step,
        reply=reply,
        verified=is_verified,
        asked_at=asked_at,
        leg_uuid=leg,
        path=path,
    )
