"""The rows that frame a call: how it came, how it ended, what was never asked.

In: the call's live state. Out: rows. Must not store them.
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
