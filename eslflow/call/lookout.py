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
Found = tuple[str, str]
"""A leg, and the file that a recorder of it writes."""

NEWS = Bridged, RecordStarted
"""What may bring a recorder along."""


def is_needed(live: Live) -> bool:
    """Whether the caller has come to a person, whose side may record too."""
    return live.flow.has_agents and (live.was_bridged or bool(live.leg))


def watch(live: Live) -> Moves:
    """Look after each bridge and each start of a recorder, while the call lasts.

    Where one was let be, look also as soon as it may be so no more, whatever the cause.
    """
    seen: set[Found] = set()
    let_be: set[Found] = set()
    pause_s: float | None = None
    try:
        while True:
            event = yield Await((object,) if let_be else NEWS, pause_s)
            if isinstance(event, (*NEWS, TimedOut)):
                pause_s = AGAIN_S if isinstance(event, Bridged) else None
            if _is_news(live, event) or (let_be and _is_forbidden(live)):
                yield from _look(live, seen, let_be)
            if isinstance(event, (Bridged, TimedOut)):
                live.recorder.is_to_be_sure = live.recorder.state in RUNNING
    except CallEnded:
        return


def _is_news(live: Live, event: Event | None) -> bool:
    """Whether there may be a recorder that nobody has seen."""
    segment = live.recorder.segment
    path = segment.path if segment else ""
    is_ours = isinstance(event, RecordStarted) and event.path == path
    return isinstance(event, (*NEWS, TimedOut)) and not is_ours


def _is_forbidden(live: Live) -> bool:
    """Whether nobody may record now: it is not permitted, or masked."""
    return live.recorder.target(live) is not Recording.ON


def _look(live: Live, seen: set[Found], let_be: set[Found]) -> Moves:
    for leg in filter(None, (live.offered.uuid, live.leg)):
        reply = yield Api(ApiCommand.UUID_BUGLIST, leg, timeout_s=REPLY_S)
        paths = recorders(reply.text) if isinstance(reply, Replied) else None
        if paths is not None:
            yield from _judge(live, leg, paths, seen, let_be)
    # Those of a leg that is the call's no more are nobody's here.
    let_be -= {
        found for found in let_be if found[0] not in (live.offered.uuid, live.leg)
    }


def _judge(
    live: Live, leg: str, paths: Paths, seen: set[Found], let_be: set[Found]
) -> Moves:
    """Compare what runs with what may run."""
    segment, recorder = live.recorder.segment, live.recorder
    own = segment.path if segment else ""
    is_callers = leg == live.offered.uuid
    if is_callers and recorder.state in RUNNING and own not in paths:
        yield Alarm(f"the recording has ended unnoticed: {own}")
        yield Keep(recorder.ends_unseen(live))
    is_left = is_callers and recorder.is_left_running
    for known in (seen, let_be):
        known -= {found for found in known if found[0] == leg and found[1] not in paths}
    for path in paths:
        if path != own or not is_callers or is_left:
            yield from _second(live, (leg, path), seen, let_be)


def _second(live: Live, found: Found, seen: set[Found], let_be: set[Found]) -> Moves:
    """Do what the flow says about a recorder that is not ours."""
    rule, is_new = live.flow.recording.second_recorders, found not in seen
    is_judged = rule is Second.JUDGE
    if rule is Second.IGNORE or not (is_new or found in let_be):
        return
    seen.add(found)
    if is_new:
        yield Keep((_row(live, found, RecordAction.START, "", True, 0),))
    if rule is Second.STOP or (is_judged and _is_forbidden(live)):
        let_be.discard(found)
        if (yield from _stop(live, found)):
            # It may begin again.
            seen.discard(found)
        return
    if is_judged:
        let_be.add(found)
    if is_new:
        yield Alarm(f"another recorder runs on {_whose(live, found)}: {found[1]}")


def _stop(live: Live, found: Found) -> Generator[Command, Event | None, bool]:
    """Stop a recorder; whether that is done."""
    leg, path = found
    asked_at = live.now
    # Its path is whatever somebody chose: one with a blank could not be named.
    target = path if _PLAIN.fullmatch(path) else "all"
    arg = f"{leg} {RecordAction.STOP} {target}"
    reply = yield Api(ApiCommand.UUID_RECORD, arg, timeout_s=REPLY_S)
    words = reply.text if isinstance(reply, Replied) else f"no answer in {REPLY_S:g} s"
    is_stopped = words.startswith("+")
    row = _row(live, found, RecordAction.STOP, words, is_stopped, asked_at)
    yield Keep((row,))
    done = "was stopped" if is_stopped else f"could not be stopped ({words})"
    yield Alarm(f"another recorder on {_whose(live, found)} {done}: {path}")
    return is_stopped


def _whose(live: Live, found: Found) -> str:
    return "the caller's leg" if found[0] == live.offered.uuid else "the agent's leg"


def _row(
    live: Live,
    found: Found,
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
        leg_uuid=found[0],
        path=found[1],
    )
