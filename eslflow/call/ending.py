"""What frames a call: how it came, how it ended, what was never asked.

In: the call's live state. Out: rows, and a line for the log. Must not store them.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.call.choices import choice_row
from eslflow.call.events import CallEnded
from eslflow.call.live import Live
from eslflow.call.records import CallEnded as CallEndedRow
from eslflow.call.records import CallOffered, Choice, State


def offered_row(live: Live) -> CallOffered:
    """Return the row of a call that came in."""
    offered, flow = live.offered, live.flow
    return CallOffered(
        uuid=offered.uuid,
        direction=offered.direction,
        caller=offered.caller,
        caller_name=offered.caller_name,
        called=offered.called,
        flow=flow.name,
        flow_sha256=flow.sha256,
        engine=live.site.engine,
        offered_at=live.now,
        caller_key=live.site.normal(offered.caller),
        called_key=live.site.normal(offered.called),
        assurance=offered.assurance,
    )


def ended_row(live: Live, ended: CallEnded) -> CallEndedRow:
    """Return the row that completes it."""
    return CallEndedRow(
        uuid=live.offered.uuid,
        ended_at=live.now,
        ending=ended.ending,
        cause=ended.cause,
        last_step=live.step,
        queue=live.queue,
    )


def not_asked_rows(live: Live) -> Iterator[Choice]:
    """Yield a row for each purpose that was to be asked about, and never was."""
    for purpose in live.consents.not_asked():
        yield choice_row(live, purpose, State.NOT_ASKED)


def in_short(live: Live, ended: CallEnded) -> str:
    """Return what became of a call, for a log: nothing of it is about a person."""
    told = [f"flow {live.flow.name}", str(ended)]
    for name in live.flow.purposes:
        state = live.consents.state(name) or State.NOT_ASKED
        told.append(f"{name} {state.value.replace('_', ' ')}")
    recorder = live.recorder
    files = recorder.segments - live.offered.segments
    if recorder.segment is not None and not recorder.segment.started_at:
        files -= 1
    told.append("recorded" if files > 0 else "not recorded")
    return ", ".join(told)
