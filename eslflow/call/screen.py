"""Who is never recorded: some extensions, the staff among themselves, who is outside.

Whoever answers is known only once the two talk, and a recorder that runs by then holds
the first words. So where somebody must never be recorded, no file is begun and none
goes on while it is open who will answer: not in a queue, not after a hand-over, and
masked while the agent has the caller on hold, for that is how a hand-over begins.

A call that changes hands is recorded on only if who takes it over is of the office. The
flow itself has brought the first who talks with the caller in a step; of any other the
switch must say so. Until it has, nothing is recorded: when the two part, the file ends.

Where agents must agree to being recorded, whoever has the caller is looked up in the
register, and so is the caller where the called party is the one who is asked.

A leg has several names: the number it was called by, which may be one that its phone
made up; the agent's in mod_callcenter; the user's of the switch. All are looked at. Of
a leg that came in by itself (it took the call out of a parking slot, say), the number
it dialled is none; its own it can forge, which may bar it, and never admit it.

In: who calls, who was dialled, who answers. Out: whether that may be in a file, looks
at legs, and a note without content that it was not. Must not say what is wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from eslflow.call.choices import choice_row
from eslflow.call.commands import Alarm, Api, Command, Keep, Until
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
AGENT, USER = NAMES
DIRECTION, INBOUND = "direction", "inbound"
CALLER = "caller_id_number"
REGISTERED = "user_name"
"""The user that a leg has proved to be, with a password (sofia_reg.c)."""
GATEWAY, LOOPBACK = "sip_gateway_name", "loopback_leg"
"""Set on legs that leave by a gateway, and on those behind which is another call
(mod_sofia.c, mod_loopback.c)."""
LOOK_S = 1.0
UNSET = "_undef_"
"""What uuid_getvar says of a variable that is not set."""

Moves = Generator[Command, "Event | None", None]


class Whose(NamedTuple):
    """What the switch says of a leg."""

    names: Collection[str]
    """Of whoever has it; none: that cannot be found out."""
    known: Collection[str] = ()
    """Those of them that nobody has only claimed."""
    is_named: bool = False
    """By the office itself: its agent, its user, and not by the way of a gateway."""
    is_sure: bool = False
    """The number it was called by is one of the office, if the settings say so."""


class Screen:
    """What one call has to look out for."""

    __slots__ = (
        "_agreed",
        "_agreement",
        "_never",
        "_normal",
        "_office",
        "_staff",
        "brought",
        "is_active",
        "is_cause",
        "is_closed",
        "is_held",
        "leg",
        "reason",
    )

    def __init__(self, offered: Offered, flow: Flow, site: Site) -> None:
        self._normal = site.normal
        self._never: tuple[str, ...] = ()
        self._staff: tuple[str, ...] = ()
        self._office = site.extensions
        # What the law demands, no list of the office takes back.
        if not flow.recording.is_demanded:
            self._never = (*site.never_record, *flow.recording.never_record)
            if self._is_among(offered.caller, site.extensions):
                self._staff = site.extensions
        self._agreement = flow.recording.agreement
        self._agreed = site.agreed
        self.is_active = bool(self._never or self._staff or self._agreement)
        self.is_closed = flow.records and flow.recording.stays_inside
        """Who takes the call over must be of the office."""
        self.brought = ""
        """The leg that the step itself has brought; empty: none yet."""
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

    def comes_to_step(self) -> None:
        """Take in that the flow goes on: whom the next step brings, it has chosen."""
        self.brought = ""

    def joins(self, leg: str, is_brought: bool) -> None:
        """Take in who talks with the caller; `is_brought`: the step may be why."""
        if is_brought and not self.brought:
            self.brought = leg

    def must_look(self, leg: str) -> bool:
        """Whether it matters whose a leg is, and nobody has looked yet."""
        if leg in ("", self.leg):
            return False
        return self.is_active or (self.is_closed and leg != self.brought)

    def met(self, leg: str, whose: Whose, agent: str | None = None) -> Reason | None:
        """Take in whose a leg is; return why a talk with them is not recorded.

        `agent` says who must have agreed where that is not whoever has the leg.
        """
        self.leg = leg
        known = whose.known if agent is None else (agent,)
        self.reason = self._judged(leg, whose, known)
        return self.reason

    def _judged(self, leg: str, whose: Whose, agents: Collection[str]) -> Reason | None:
        if not whose.names:
            return Reason.UNKNOWN_PARTY
        barred = next(filter(None, map(self.bars, whose.names)), None)
        if barred is None and not self._has_agreed(agents):
            return Reason.AGENT_NOT_AGREED
        if barred is not None or not self.is_closed or leg == self.brought:
            return barred
        is_listed = whose.is_sure and any(
            self._is_among(name, self._office) for name in whose.names
        )
        return None if whose.is_named or is_listed else Reason.OUTSIDE

    def _has_agreed(self, names: Collection[str]) -> bool:
        """Whether the agent has agreed to being recorded, where they must."""
        if self._agreement is None:
            return True
        text, version = self._agreement.text, self._agreement.version
        return any(self._agreed(name, text, version) for name in names)

    def lets(self, live: Live) -> bool:
        """Whether whoever has the call, or is about to have it, may be recorded."""
        leg = live.leg
        if leg:
            is_let = leg == self.leg and self.reason is None
            return is_let or (not self.is_active and self._is_fine(leg))
        if self.is_active:
            step = live.flow.steps.get(live.step)
            return step is not None and not (step.meets or step.hands_over)
        return not self.has_parted(live)

    def _is_fine(self, leg: str) -> bool:
        """Whether a leg may be recorded, whosever it is."""
        return not self.is_closed or leg == self.brought

    def has_parted(self, live: Live) -> bool:
        """Whether it is open who will have the call, now that the first one left it."""
        has_left = self.is_closed and not live.leg and bool(self.brought)
        return has_left and bool(live.recorder.parted_at)

    def waits(self, live: Live) -> bool:
        """Whether a recording waits for nothing but who answers."""
        is_open = self.is_active and not live.leg and not live.recorder.is_forbidden
        return is_open and bool(live.consents.permitting())


def is_needed(live: Live) -> bool:
    """Whether somebody has the call of whom it must be known who they are."""
    is_open = not live.recorder.is_forbidden and live.flow.records
    return is_open and live.screen.must_look(live.leg)


def watch(live: Live) -> Moves:
    """Look whose each leg is that the caller talks with, while the call lasts."""
    screen = live.screen
    try:
        while True:
            yield Until(lambda: is_needed(live))
            leg = live.leg
            whose = yield from _whose(live, leg)
            # Where the called party is asked, it is the caller who is the agent.
            agent = live.offered.caller if live.asked else None
            reason = screen.met(leg, whose, agent)
            if reason is not None:
                yield from bar(live, reason)
    except CallEnded:
        return


def _whose(live: Live, leg: str) -> Generator[Command, Event | None, Whose]:
    """Return whose a leg is; without a name when that cannot be found out."""
    number, found = live.agent, dict[str, str]()
    asked = [*NAMES, DIRECTION]
    for variable in asked:
        value = yield from _value(leg, variable)
        if value is None:
            return Whose(())
        found[variable] = value
        if variable == DIRECTION:
            asked += _asked_of(live.screen, value)
    names = {found.get(name, "") for name in (*NAMES, REGISTERED)}
    names = {*names, found.get(CALLER, number)} - {""}
    known = {found[REGISTERED]} - {""} if CALLER in found else names
    return Whose(names, known, *_counts(found))


def _asked_of(screen: Screen, direction: str) -> tuple[str, ...]:
    """Return what else is asked of a leg that came in, or was called."""
    if direction == INBOUND:
        return CALLER, REGISTERED
    return (GATEWAY, LOOPBACK) if screen.is_closed else ()


def _counts(found: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether the office has named a leg, and whether its number counts.

    The caller of a queue carries the name of an agent, too: of the one who had him.
    """
    if CALLER in found:
        return bool(found[REGISTERED]), False
    leads_out = bool(found.get(GATEWAY) or found.get(LOOPBACK))
    is_users = bool(found[USER]) and not leads_out
    return bool(found[AGENT]) or is_users, not leads_out


def _value(leg: str, variable: str) -> Generator[Command, Event | None, str | None]:
    """Return a variable of a leg, as far as it names somebody; None: nobody knows."""
    reply = yield Api(ApiCommand.UUID_GETVAR, f"{leg} {variable}", timeout_s=LOOK_S)
    if not isinstance(reply, Replied) or not reply.is_ok:
        return None
    name = reply.text.strip()
    return "" if name == UNSET else name.partition("@")[0]


def why_not(live: Live) -> str:
    """Return why whoever has the call is not recorded, in words."""
    if live.screen.has_parted(live):
        return "the call is being passed on"
    if live.screen.reason is Reason.OUTSIDE:
        return "the call was passed on outside the office"
    if live.screen.reason is Reason.AGENT_NOT_AGREED:
        return "the agent has not agreed to being recorded"
    return "who has the call is never recorded"


def bar(live: Live, reason: Reason) -> Moves:
    """Keep, and tell, that a talk or a whole call is not recorded, and why."""
    row = note(live, reason)
    if reason is Reason.AGENT_NOT_AGREED:
        row = row._replace(who=live.agent)
    yield Keep((row,))
    words = f"not recorded: {reason.value.replace('_', ' ')}"
    if reason is Reason.UNKNOWN_PARTY:
        yield Alarm(words)
    else:
        live.tell(words)


def note(live: Live, reason: Reason) -> Choice:
    """Return the row that nothing is recorded, and why: no purpose, no content."""
    return choice_row(live, None, State.NOT_ASKED, reason)
