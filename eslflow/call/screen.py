"""Who is never recorded: some extensions, and the staff among themselves.

Whoever answers is known only once the two talk, and a recorder that runs by then holds
the first words. So where somebody must never be recorded, no file is begun and none
goes on while it is open who will answer: not in a queue, not after a hand-over, and
masked while the agent has the caller on hold, for that is how a hand-over begins.

In: who calls, who was dialled, who answers. Out: whether that may be in a file, and a
note without content that it was not. Must not send anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslflow.call.choices import choice_row
from eslflow.call.records import Choice, Reason, State
from eslflow.flow.numbers import is_among

if TYPE_CHECKING:
    from eslflow.call.events import Offered
    from eslflow.call.live import Live, Site
    from eslflow.flow.model import Flow


class Screen:
    """What one call has to look out for."""

    __slots__ = ("_never", "_staff", "is_active", "is_held")

    def __init__(self, offered: Offered, flow: Flow, site: Site) -> None:
        self._never: tuple[str, ...] = ()
        self._staff: tuple[str, ...] = ()
        # What the law demands, no list of the office takes back.
        if not flow.recording.is_demanded:
            self._never = (*site.never_record, *flow.recording.never_record)
            if is_among(offered.caller, site.extensions):
                self._staff = site.extensions
        self.is_active = bool(self._never or self._staff)
        self.is_held = False
        """The other party has the caller on hold, and may hand the call over."""

    def bars(self, number: str) -> Reason | None:
        """Return why a talk with this number is not recorded; None: it may be."""
        if is_among(number, self._never):
            return Reason.NEVER_RECORDED
        return Reason.AMONG_STAFF if is_among(number, self._staff) else None

    def bars_call(self, offered: Offered) -> Reason | None:
        """Return why nothing of a call is recorded, whoever answers."""
        if is_among(offered.caller, self._never):
            return Reason.NEVER_RECORDED
        return self.bars(offered.called)

    def met(self, number: str) -> Reason | None:
        """Return why a talk that has begun is not recorded."""
        if not self.is_active:
            return None
        return self.bars(number) if number else Reason.UNKNOWN_PARTY

    def lets(self, live: Live) -> bool:
        """Whether whoever has the call, or is about to have it, may be recorded."""
        if not self.is_active:
            return True
        if live.leg:
            return self.met(live.agent) is None
        step = live.flow.steps.get(live.step)
        return step is not None and not (step.meets or step.hands_over)

    def waits(self, live: Live) -> bool:
        """Whether a recording waits for nothing but who answers."""
        is_open = self.is_active and not live.leg and not live.recorder.is_forbidden
        return is_open and bool(live.consents.permitting())


def note(live: Live, reason: Reason) -> Choice:
    """Return the row that nothing is recorded, and why: no purpose, no content."""
    return choice_row(live, None, State.NOT_ASKED, reason)
