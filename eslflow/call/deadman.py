"""The dead-man: the switch itself masks a recording that nobody watches over any more.

While a recording runs unmasked in a flow that can mask, a mask is put on the switch's
own agenda (`sched_api`) and put off again and again. Once the controller is dead or
hangs, it comes due: no card number is read out into a file that nobody can mask. It is
put there with the start, and not once that is seen: we may die in between.

In: the recording's state. Out: commands. Must not mask by itself.
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call.commands import Alarm, Api, Command, Keep, Until
from eslflow.call.events import CallEnded, Event, Replied
from eslflow.call.live import Live
from eslflow.call.recorder import Recorder
from eslflow.call.recording import Recording, Segment
from eslflow.wire.terms import ApiCommand, RecordAction

RENEWALS = 3
"""How often it is put off within its time: one that is lost does no harm."""
REPLY_S = 2.0
_FIRED = "Deleted: 0"
"""`sched_del` of a task that is not there any more (mod_commands.c)."""

Moves = Generator[Command, "Event | None", None]


def is_needed(live: Live) -> bool:
    """Whether anybody may want to mask the call, or somebody is never recorded."""
    can_mask = live.flow.can_mask or live.site.is_controlled or live.screen.is_active
    return live.flow.records and (can_mask or live.recorder.was_wished)


def watch(live: Live) -> Moves:
    """Keep the switch's agenda, as long as the call lasts."""
    recorder = live.recorder
    try:
        while True:
            yield Until(lambda: _runs(recorder))
            segment = recorder.segment
            assert segment is not None  # noqa: S101  ON means there is one
            yield from _while_on(live, segment)
    except CallEnded:
        return


def _runs(recorder: Recorder) -> bool:
    """Whether it runs unmasked, or is about to, and is to go on so."""
    if recorder.asked is not None and recorder.asked.action is RecordAction.START:
        return recorder.state is Recording.STARTING
    return recorder.state is Recording.ON and recorder.asked is None


def _while_on(live: Live, segment: Segment) -> Moves:
    """Put the mask off while this file runs unmasked, then strike it off."""
    number, is_set, put_at = 0, True, live.now
    try:
        while _is_on(live, segment):
            number += 1
            before, put_at = put_at, live.now
            is_set = yield from _put_off(live, segment, number, is_set, before)
            pause_s = live.flow.recording.dead_man_s / RENEWALS
            yield Until(lambda: not _is_on(live, segment), pause_s)
    except CallEnded:
        yield Api(ApiCommand.SCHED_DEL, _group(live, number), waits=False)
        raise
    yield Api(ApiCommand.SCHED_DEL, _group(live, number), waits=False)


def _put_off(
    live: Live, segment: Segment, number: int, was_set: bool, put_at: int
) -> Generator[Command, Event | None, bool]:
    """Put a new mask on the agenda, then strike the old one off: never none at all.

    `put_at` is when the old one was put there.
    """
    uuid, seconds = live.offered.uuid, round(live.flow.recording.dead_man_s)
    task = f"{ApiCommand.UUID_RECORD} {uuid} {RecordAction.MASK} {segment.path}"
    arg = f"+{seconds} {_group(live, number)} {task}"
    reply = yield Api(ApiCommand.SCHED_API, arg, timeout_s=REPLY_S)
    is_set = isinstance(reply, Replied) and reply.is_ok
    if was_set and not is_set:
        yield Alarm("the switch does not take the dead-man's mask on its agenda")
    if number > 1:
        old = _group(live, number - 1)
        reply = yield Api(ApiCommand.SCHED_DEL, old, timeout_s=REPLY_S)
        if was_set and isinstance(reply, Replied) and _FIRED in reply.text:
            # We were late: what is masked by now, is to be unmasked again.
            # It counts whole seconds (mod_commands.c), and may be one early.
            since = min(live.now, put_at + (seconds - 1) * 1_000_000)
            yield Keep(live.recorder.was_masked(live, since))
    return is_set


def _is_on(live: Live, segment: Segment) -> bool:
    recorder = live.recorder
    is_on = recorder.state in (Recording.STARTING, Recording.ON)
    return is_on and recorder.segment is segment


def groups(uuid: str) -> tuple[str, str]:
    """Return the names of a call's tasks on the switch's agenda; they take turns."""
    return f"eslflow-{uuid}-0", f"eslflow-{uuid}-1"


def _group(live: Live, number: int) -> str:
    return groups(live.offered.uuid)[number % 2]
