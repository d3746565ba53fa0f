"""What brings a call's recording to what is wanted: `uuid_record`, one at a time.

In: the recording's state and what is due (`recorder` says). Out: commands, rows,
alarms. What the switch does not confirm did not happen: a mask that is refused or late
ends in a stop, a stop that is refused in a stop of everything on that leg.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from eslflow.call.commands import Alarm, Api, Command, Keep, Until
from eslflow.call.events import CallEnded, Event, Kept, RecordStarted, Replied
from eslflow.call.fulfil import end_of_mask
from eslflow.call.live import Live
from eslflow.call.recorder import Asked, action_row
from eslflow.call.recording import RUNNING, Moved, Recording, Segment, file_path
from eslflow.call.records import HOLD, MEANT, STEP
from eslflow.flow.model import From, Party, Record
from eslflow.wire.buglist import recorders
from eslflow.wire.terms import ApiCommand, RecordAction

RUNS_WITHIN_S = 1.0
"""RECORD_START comes with the reply (11 ms, measured); after this it will not come."""
MASKED_WITHIN_S = 0.5
"""A mask is answered within a millisecond (measured); later, it is no mask."""
STOPS_WITHIN_S = 2.0
LOOK_S = 2.0
ALL = "all"
"""Instead of a path: every recorder of a leg (mod_commands.c, uuid_record_api)."""
TRIES = 2
"""A refused start is asked for once more."""

Moves = Generator[Command, "Event | None", None]
Words = Generator[Command, "Event | None", str]
"""Returns the switch's words; what does not begin with `+` is no promise."""


def is_needed(live: Live) -> bool:
    """Whether anything in this flow can be recorded at all."""
    return live.flow.records


def watch(live: Live) -> Moves:
    """Bring the recording to what is wanted, as long as the call lasts."""
    recorder = live.recorder
    wakes_at = 0

    def is_news() -> bool:
        if recorder.is_at_rest and not wakes_at:
            return False
        recorder.guard(live)
        return (
            recorder.due(live) is not None
            or recorder.wakes_at(live.now) != wakes_at
            or (bool(recorder.masks) and bool(recorder.late_masks(live.now)))
        )

    try:
        while True:
            wakes_at = recorder.wakes_at(live.now)
            seconds = (wakes_at - live.now) / 1e6 if wakes_at else None
            yield Until(is_news, seconds)
            for who in recorder.late_masks(live.now):
                yield from end_of_mask(live, who)
            action = recorder.due(live)
            if action is not None:
                yield from MOVES[action](live)
    except CallEnded:
        asked = recorder.asked
        if asked is not None:
            is_seen = asked.action is RecordAction.STOP and _has_ended(live)
            yield Keep((action_row(live, asked, "", is_seen),))


def start(live: Live) -> Moves:
    """Start a new file; it counts as running after the reply and RECORD_START."""
    recorder = live.recorder
    problem = live.site.room()
    if problem:
        recorder.give_up_trying(problem)
        yield Alarm(f"not recorded: {problem}")
        return
    segment = _begin(live)
    uuid, number = live.offered.uuid, recorder.segments
    if not (yield from _keep_begun(live, segment)):
        return
    yield Api(ApiCommand.UUID_SETVAR, f"{uuid} eslflow_segments {number}", waits=False)
    reply = ""
    for _ in range(TRIES):
        if reply and recorder.target(live) is not Recording.ON:
            # Somebody has asked for a mask or a stop while the first try failed.
            break
        reply = yield from _ask_start(live, segment)
        if segment.ended:
            return
        if segment.started_at:
            recorder.move(Moved.RUNS)
            is_late = segment.moment is From.ANSWER
            when = ", as soon as somebody has answered" if is_late else ""
            live.tell(f"recording starts: {segment.path}{when}")
            return
    recorder.move(Moved.FAILED)
    recorder.give_up_trying(f"the switch did not start it: {reply}")
    yield Keep(recorder.give_up(live.now))
    # It may have begun after all, and only its event was lost.
    yield Api(ApiCommand.UUID_RECORD, f"{uuid} stop {segment.path}", waits=False)
    yield Alarm(f"recording did not start: {reply}")


def _begin(live: Live) -> Segment:
    recorder = live.recorder
    recorder.segments += 1
    uuid, number = live.offered.uuid, recorder.segments
    path = file_path(live.site.recordings, uuid, number, live.now)
    purposes = live.consents.permitting()
    recorder.segment = Segment(f"{uuid}-{number}", path, recorder.moment, purposes)
    recorder.is_to_be_sure = False
    recorder.move(Moved.START)
    return recorder.segment


def _keep_begun(live: Live, segment: Segment) -> Generator[Command, Event | None, bool]:
    """Keep what begins; whether it may, where a call must not go on without that."""
    is_demanded = live.flow.recording.is_demanded
    row = segment.begun(live.offered.uuid, live.step, live.now)
    kept = yield Keep((row,), is_durable=is_demanded)
    if not is_demanded:
        return True
    recorder, is_kept = live.recorder, isinstance(kept, Kept) and kept.is_ok
    # Somebody may have masked it meanwhile, or it is for something else by now.
    is_wanted = recorder.target(live) is Recording.ON
    if is_kept and is_wanted and not recorder.is_misfit(live):
        return True
    recorder.move(Moved.FAILED)
    if not is_kept:
        problem = kept.problem if isinstance(kept, Kept) else ""
        recorder.give_up_trying(f"it could not be kept: {problem}")
        yield Alarm(f"not recorded, for it could not be kept: {problem}")
    yield Keep(recorder.give_up(live.now))
    return False


def _ask_start(live: Live, segment: Segment) -> Words:
    """Ask for the start once; return the switch's words."""
    options = [
        "RECORD_MIN_SEC=0",
        "RECORD_PRE_BUFFER_FRAMES=1",
        f"eslflow_recording={segment.id}",
    ]
    if live.flow.recording.is_stereo:
        options.insert(0, "RECORD_STEREO=true")
        if live.flow.recording.left is Party.CALLEE:
            options.insert(1, "RECORD_STEREO_SWAP=true")
    if segment.moment is From.ANSWER:
        options.insert(0, "RECORD_BRIDGE_REQ=true")
    more = f" 0 {{{','.join(options)}}}"
    reply = yield from _ask(live, RecordAction.START, STEP, RUNS_WITHIN_S, more)
    is_promised = reply.startswith("+")
    if is_promised:
        yield Until(lambda: _is_seen(segment), RUNS_WITHIN_S)
    if not segment.ended and is_promised is not bool(segment.started_at):
        # One without the other shows nothing.
        reply = yield from _look_for_start(live, segment, reply)
    yield from _keep(live, reply, bool(segment.started_at))
    return reply


def _is_seen(segment: Segment) -> bool:
    return bool(segment.started_at or segment.ended)


def _look_for_start(live: Live, segment: Segment, reply: str) -> Words:
    """Look whether it runs, though its event or the switch's reply is wanting."""
    running = yield from look(live)
    if segment.ended:
        return reply
    if running is not None and segment.path in running:
        live.recorder.note(RecordStarted(segment.path), live, "switch")
        return reply
    if segment.started_at:
        segment.forget_start()
        return f"{reply}; RECORD_START came, but it is not seen to run"
    return f"-{reply}; no RECORD_START within {RUNS_WITHIN_S:g} s"


def look(live: Live) -> Generator[Command, Event | None, tuple[str, ...] | None]:
    """Return the files that recorders of the caller's leg write; None: unknown."""
    uuid = live.offered.uuid
    reply = yield Api(ApiCommand.UUID_BUGLIST, uuid, timeout_s=LOOK_S)
    return recorders(reply.text) if isinstance(reply, Replied) else None


def mask(live: Live) -> Moves:
    """Mask the file; refused, or not confirmed in time: stop it."""
    recorder = live.recorder
    reason = _reason(live)
    reply = yield from _ask(live, RecordAction.MASK, reason, MASKED_WITHIN_S)
    recorder.is_to_be_sure = False
    is_masked = reply.startswith("+")
    if recorder.state not in RUNNING:
        # It has ended meanwhile: there is nothing left to mask.
        yield from _keep(live, reply, False)
        return
    if is_masked and recorder.state is Recording.ON:
        recorder.became_masked(live.now)
        live.screen.is_cause = reason == HOLD
    yield from _keep(live, reply, is_masked)
    if is_masked:
        live.tell("recording is masked")
        return
    recorder.why = f"the switch did not mask it, so it was stopped: {reply}"
    yield Alarm(f"recording could not be masked, and is stopped: {reply}")
    yield from _stop(live, "not masked")


def unmask(live: Live) -> Moves:
    """Unmask the file; not confirmed: end it, and begin another."""
    recorder = live.recorder
    recorder.clear_at = 0
    recorder.move(Moved.UNMASK)
    reply = yield from _ask(
        live, RecordAction.UNMASK, recorder.by or STEP, MASKED_WITHIN_S
    )
    recorder.by = ""
    is_clear = reply.startswith("+")
    yield from _keep(live, reply, is_clear)
    if is_clear:
        live.tell("recording goes on unmasked")
    elif recorder.state is Recording.ON:
        yield Alarm(f"recording could not be unmasked, and is begun anew: {reply}")
        yield from _stop(live, "not unmasked")


def stop(live: Live) -> Moves:
    """Stop the file: the step ends it, somebody did, or who talks has changed."""
    yield from _stop(live, _why_stop(live))


def _why_stop(live: Live) -> str:
    if live.recorder.is_forbidden:
        return "private" if live.is_private else live.recorder.by or "control"
    reason = "parted" if live.screen.has_parted(live) else STEP
    return "withdrawn" if live.consents.is_withdrawn else reason


def _stop(live: Live, reason: str) -> Moves:
    """Stop the file; refused: stop every recorder of the leg, and raise an alarm."""
    recorder = live.recorder
    recorder.move(Moved.STOP)
    # Before it is asked for: should we die, who comes after us must not let it run on.
    meant = Asked(RecordAction.STOP, reason, live.step, live.now)
    yield Keep((action_row(live, meant, MEANT, False),))
    reply = yield from _ask(live, RecordAction.STOP, reason, STOPS_WITHIN_S)
    reply = yield from _see_it_end(live, reply)
    yield from _keep(live, reply, _has_ended(live))
    if not _has_ended(live):
        reply = yield from _stop_all(live, reason, reply)
    if _has_ended(live):
        live.tell("recording stops")
        return
    recorder.move(Moved.FAILED)
    recorder.get_stuck(f"the switch did not stop it: {reply}")
    yield Alarm(f"recording may still run: {_path(live)}")


def _stop_all(live: Live, reason: str, reply: str) -> Words:
    """Stop whatever records the leg, and look whether ours has ended."""
    yield Alarm(f"recording did not stop, stopping all of the leg: {reply}")
    reply = yield from _ask(live, RecordAction.STOP, reason, STOPS_WITHIN_S, target=ALL)
    reply = yield from _see_it_end(live, reply)
    if not _has_ended(live):
        running = yield from look(live)
        is_seen = running is not None and _path(live) not in running
        if is_seen and not _has_ended(live):
            # Only its event was lost.
            yield Keep(live.recorder.ends_unseen(live))
    yield from _keep(live, reply, _has_ended(live))
    return reply


def _see_it_end(live: Live, reply: str) -> Words:
    if reply.startswith("+"):
        yield Until(lambda: _has_ended(live), STOPS_WITHIN_S)
        if not _has_ended(live):
            return f"{reply}; no RECORD_STOP within {STOPS_WITHIN_S:g} s"
    return reply


def _has_ended(live: Live) -> bool:
    segment = live.recorder.segment
    return segment is None or segment.ended


def _path(live: Live) -> str:
    segment = live.recorder.segment
    return segment.path if segment else ""


def _ask(
    live: Live,
    action: RecordAction,
    reason: str,
    within_s: float,
    more: str = "",
    target: str = "",
) -> Words:
    """Ask the switch for something; return its words, or that it has none."""
    live.recorder.asked = Asked(action, reason, live.step, live.now)
    arg = f"{live.offered.uuid} {action} {target or _path(live)}{more}"
    reply = yield Api(ApiCommand.UUID_RECORD, arg, timeout_s=within_s)
    if isinstance(reply, Replied):
        return reply.text
    return f"-no answer within {within_s:g} s"


def _keep(live: Live, reply: str, is_verified: bool) -> Moves:
    """Keep what the switch was asked for, and what came of it."""
    asked, live.recorder.asked = live.recorder.asked, None
    assert asked is not None  # noqa: S101  only what was asked for is kept
    yield Keep((action_row(live, asked, reply, is_verified),))


def _reason(live: Live) -> str:
    """Return for the record who masks: the step, or somebody by name."""
    recorder = live.recorder
    is_step = recorder.wanted is Record.MASKED
    return STEP if is_step else ", ".join(recorder.masks) or HOLD


MOVES: dict[RecordAction, Callable[[Live], Moves]] = {
    RecordAction.START: start,
    RecordAction.MASK: mask,
    RecordAction.UNMASK: unmask,
    RecordAction.STOP: stop,
}
