"""Who is never recorded: some extensions, and the staff among themselves.

Whoever answers is known only once the two talk, and a recorder that runs by then holds
the first words. So where somebody must never be recorded, no file is begun and none
goes on while it is open who will answer: not in a queue, not after a hand-over, and
masked while the agent has the caller on hold, for that is how a hand-over begins.

A leg has several names: the number it was called by, which may be one that its phone
made up; the agent's in mod_callcenter; the user's of the switch. All are looked at.

In: who calls, who was dialled, who answers. Out: whether that may be in a file, looks
at legs, and a note without content that it was not. Must not say what is wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import TYPE_CHECKING

from eslflow.call.choices import choice_row
from eslflow.call.commands import Alarm, Api, Command, Keep, Tell, Until
from eslflow.call.events import CallEnded, Event, Replied
from eslflow.call.records import Choice, Reason, State
from eslflow.flow.numbers import is_among
from eslflow.wire.terms import ApiCommand

if TYPE_CHECKING:
    from eslflow.call.events import Offered
    from eslflow.call.live import Live, Site
    from eslflow.flow.model import Flow

NAMES = ("cc_agent", "dialed_user")
"""Variables of a leg that say whose it is (mod_callcenter.c, mod_dptools.c)."""
LOOK_S = 1.0
UNSET = "_undef_"
"""What uuid_getvar says of a variable that is not set."""

Moves = Generator[Command, "Event | None", None]


class Screen:
    """What one call has to look out for."""

    __slots__ = (
        "_never",
        "_normal",
        "_staff",
        "is_active",
        "is_cause",
        "is_held",
        "leg",
        "reason",
    )

    def __init__(self, offered: Offered, flow: Flow, site: Site) -> None:
        self._normal = site.normal
        self._never: tuple[str, ...] = ()
        self._staff: tuple[str, ...] = ()
        # What the law demands, no list of the office takes back.
        if not flow.recording.is_demanded:
            self._never = (*site.never_record, *flow.recording.never_record)
            if self._is_among(offered.caller, site.extensions):
                self._staff = site.extensions
        self.is_active = bool(self._never or self._staff)
        self.is_held = False
        """The other party has the caller on hold, and may hand the call over."""
        self.is_cause = False
        """Nothing but such a hold masks the recording; nobody said a secret."""
        self.leg = ""
        """The leg that was looked at last."""
        self.reason: Reason | None = None
        """Why nothing of that leg is recorded; None: it may be."""

    def bars(self, number: str) -> Reason | None:
        """Return why a talk with this number is not recorded; None: it may be."""
        if self._is_among(number, self._never):
            return Reason.NEVER_RECORDED
        return Reason.AMONG_STAFF if self._is_among(number, self._staff) else None

    def bars_call(self, offered: Offered) -> Reason | None:
        """Return why nothing of a call is recorded, whoever answers."""
        if self._is_among(offered.caller, self._never):
            return Reason.NEVER_RECORDED
        return self.bars(offered.called)

    def _is_among(self, number: str, patterns: tuple[str, ...]) -> bool:
        """Whether a number is one of these, as it is written or in one spelling."""
        if not patterns:
            return False
        forms = number, self._normal(number)
        return any(is_among(form, patterns) for form in forms if form)

    def met(self, leg: str, names: Collection[str]) -> Reason | None:
        """Take in whose a leg is; return why a talk with them is not recorded."""
        found = [self.bars(name) for name in names]
        self.leg = leg
        self.reason = next(filter(None, found), None if names else Reason.UNKNOWN_PARTY)
        return self.reason

    def lets(self, live: Live) -> bool:
        """Whether whoever has the call, or is about to have it, may be recorded."""
        if not self.is_active:
            return True
        if live.leg:
            return live.leg == self.leg and self.reason is None
        step = live.flow.steps.get(live.step)
        return step is not None and not (step.meets or step.hands_over)

    def waits(self, live: Live) -> bool:
        """Whether a recording waits for nothing but who answers."""
        is_open = self.is_active and not live.leg and not live.recorder.is_forbidden
        return is_open and bool(live.consents.permitting())


def is_needed(live: Live) -> bool:
    """Whether somebody has answered who may be one that is never recorded."""
    is_open = not live.recorder.is_forbidden and bool(live.leg)
    return is_open and live.screen.is_active and live.flow.records


def watch(live: Live) -> Moves:
    """Look whose each leg is that the caller talks with, while the call lasts."""
    screen = live.screen
    try:
        while True:
            yield Until(lambda: live.leg not in ("", screen.leg))
            leg = live.leg
            names = yield from _names(live, leg)
            reason = screen.met(leg, names)
            if reason is not None:
                yield from bar(live, reason)
    except CallEnded:
        return


def _names(live: Live, leg: str) -> Generator[Command, Event | None, Collection[str]]:
    """Return the names of whoever has a leg; none when that cannot be found out."""
    names = {live.agent}
    for variable in NAMES:
        reply = yield Api(ApiCommand.UUID_GETVAR, f"{leg} {variable}", timeout_s=LOOK_S)
        if not isinstance(reply, Replied) or not reply.is_ok:
            return ()
        name = reply.text.strip()
        names.add("" if name == UNSET else name.partition("@")[0])
    return names - {""}


def bar(live: Live, reason: Reason) -> Moves:
    """Keep, and tell, that a talk or a whole call is not recorded, and why."""
    yield Keep((note(live, reason),))
    words = f"not recorded: {reason.value.replace('_', ' ')}"
    yield Alarm(words) if reason is Reason.UNKNOWN_PARTY else Tell(words)


def note(live: Live, reason: Reason) -> Choice:
    """Return the row that nothing is recorded, and why: no purpose, no content."""
    return choice_row(live, None, State.NOT_ASKED, reason)
