"""Who watches a call from outside, and knows what must never happen in it.

In: each command of the engine, each event, the truth of the switch. Out: what was done
wrong. It keeps books of its own: what is permitted (`granted`), whose masks hold, who
has stopped the recording, whether the call is private, who answers, what each file was
begun for. Must not ask the engine what it believes.
"""

from __future__ import annotations

from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

from eslflow.call.commands import (
    Alarm,
    Api,
    Close,
    Command,
    Execute,
    Hangup,
    Job,
    Keep,
)
from eslflow.call.events import (
    Bridged,
    Event,
    Kept,
    KeyPressed,
    Parked,
    Unbridged,
    Wished,
)
from eslflow.call.events import Found as Recalled
from eslflow.call.records import RecordingBegun
from eslflow.call.wishes import Want
from eslflow.check.granted import Grants
from eslflow.check.switch import ALL, Switch
from eslflow.flow.model import AfterMask, AgentKey, CalleeKey, CallerKey, Flow, Record
from eslflow.steps.collect import Collect
from eslflow.steps.step import Step
from eslflow.wire.terms import ApiCommand, App, RecordAction

STRANGER = "outside"
"""Why whoever takes a call over is not recorded: they are not of the office."""
UNWILLING = "unwilling"
"""The same of an agent who has not agreed."""
AGENT = "agent"
"""Under which name the masks of agents are kept."""


class Rule(NamedTuple):
    """Something that must hold on every path."""

    code: str
    words: str
    """What it is, where it does not hold."""
    mend: str
    """Why it matters, and what to do about it."""


_OURS = "That is a fault of eslflow, whatever the flow says: take no calls with this"
_REPORT = "version, and send this story to its makers."

UNPERMITTED = Rule(
    "unpermitted", "recorded though nothing permits it", f"{_OURS} {_REPORT}"
)
UNMASKED = Rule("unmasked", "recorded in clear though masked", f"{_OURS} {_REPORT}")
UNASKED = Rule("unasked", "recorded in spite of a mask", f"{_OURS} {_REPORT}")
FORGOTTEN = Rule("left-running", "recorded though it should not", f"{_OURS} {_REPORT}")
PRIVATE = Rule("private", "recorded though it is private", f"{_OURS} {_REPORT}")
BARRED = Rule(
    "never-recorded", "recorded though somebody never is", f"{_OURS} {_REPORT}"
)
OUTSIDE = Rule(
    "outside", "recorded though passed on outside the office", f"{_OURS} {_REPORT}"
)
UNAGREED = Rule(
    "not-agreed", "recorded though the agent has not agreed", f"{_OURS} {_REPORT}"
)
UNRECORDED = Rule(
    "unrecorded", "a talk that must be recorded is not", f"{_OURS} {_REPORT}"
)
FAULT = Rule("fault", "the engine fails", f"{_OURS} {_REPORT}")

_SAME = ("is_forbidden", "is_private", "is_emergency", "is_barred", "has_keys") + (
    *("is_with_somebody", "step", "who", "hands", "failed", "given_up", "_flow"),
)
"""What a copy has in common with whose copy it is: nothing of it changes within."""
_same = attrgetter(*_SAME)
_MEANT = {AgentKey.MASK: Want.MASKED, AgentKey.UNMASK: Want.ON, AgentKey.STOP: Want.OFF}


class Found(NamedTuple):
    """A rule that was broken."""

    rule: Rule
    step: str
    detail: str


class Observer:
    """The books of one call."""

    __slots__ = (
        "_flow",
        "begun",
        "failed",
        "given_up",
        "grants",
        "hands",
        "has_keys",
        "is_barred",
        "is_emergency",
        "is_forbidden",
        "is_private",
        "is_with_somebody",
        "step",
        "switch",
        "until",
        "who",
        "wrong",
    )

    def __init__(self, flow: Flow, switch: Switch) -> None:
        self._flow = flow
        self.switch = switch
        self.step = ""
        self.grants = Grants(flow)
        self.begun: dict[str, frozenset[str]] = {}
        """What each file was begun for."""
        self.hands: frozenset[str] = frozenset()
        """Whose masks hold."""
        self.until: dict[str, int] = {}
        """When masks end if nobody renews them."""
        self.is_forbidden = self.is_private = self.is_emergency = False
        self.is_barred = False
        """Whether the caller, or who was dialled, is never recorded."""
        self.who = ""
        """Why whoever has the call is never recorded; empty: may be."""
        self.is_with_somebody = False
        """Whether the caller talks with somebody."""
        self.has_keys = False
        """Whether the switch listens to keys that agree or take back."""
        self.failed: frozenset[str] = frozenset()
        """Files that ran on when the switch was asked to stop all."""
        self.given_up: frozenset[str] = frozenset()
        """Those of them about which a person was alarmed: more cannot be done."""
        self.wrong: list[Found] = []

    def copy(self, switch: Switch) -> Observer:
        """Return another one with the same books."""
        other = Observer.__new__(Observer)
        any(map(setattr, repeat(other), _SAME, _same(self)))
        other.switch, other.grants = switch, self.grants.copy()
        other.until, other.begun = dict(self.until), dict(self.begun)
        other.wrong = []
        return other

    def permits(self) -> bool:
        """Whether any purpose permits a recording, by what is on disk."""
        return bool(self.grants.permitted())

    def comes_to(self, step: str) -> None:
        """Take in which step the call is in."""
        self.step = step
        self.grants.comes_to(self._flow.steps[step])

    # What is said to the switch.

    def sees(self, command: Command) -> None:
        """Judge a command at the moment it is sent."""
        if type(command) is Keep:
            self._keeps(command)
        elif type(command) is Api:
            if command.command is ApiCommand.UUID_RECORD:
                self._records(command.arg)
        elif type(command) is Alarm:
            self.given_up |= self.failed & set(self.switch.running)
        elif type(command) is Execute:
            self._executes(command)
        elif type(command) is Job:
            # Whoever is called now has agreed to nothing.
            self.grants.meets(command.leg)
        elif type(command) in (Close, Hangup):
            self._leaves(type(command) is Close)

    def _keeps(self, command: Keep) -> None:
        self.grants.keeps(command)
        for row in command.rows:
            if isinstance(row, RecordingBegun):
                self.begun[row.path] = frozenset(row.purposes.split())

    def _records(self, arg: str) -> None:
        _, action, path = arg.split(" ")[:3]
        if action not in (RecordAction.START, RecordAction.UNMASK):
            return
        what = "started" if action == RecordAction.START else "unmasked"
        forbids = self._forbids()
        if forbids is not None:
            self._note(forbids[0], f"a recording is {what} {forbids[1]}")
        elif self._wanted is Record.MASKED:
            self._note(UNMASKED, f"a recording is {what} in it")
        elif self.hands:
            self._note(UNASKED, f"a recording is {what} though somebody has masked it")
        elif self._wanted is Record.OFF:
            self._note(FORGOTTEN, f"a recording is {what} in a step without record: on")

    def _forbids(self) -> tuple[Rule, str] | None:
        """Return what forbids any recording, whatever the step."""
        if self.is_private or self.is_emergency:
            kind = "private" if self.is_private else "for help"
            return PRIVATE, f"though the call is {kind}"
        if self.who == STRANGER:
            return OUTSIDE, "though the call was passed on outside the office"
        if self.who == UNWILLING:
            return UNAGREED, "though the agent has not agreed to it"
        if self.is_barred or self.who:
            return BARRED, "though one of the two is never recorded"
        if not self.permits():
            return UNPERMITTED, "without a grant on disk"
        if self.is_forbidden:
            return FORGOTTEN, "after somebody stopped it"
        return None

    def _executes(self, command: Execute) -> None:
        rules = self._flow.recording
        own = rules.caller_keys or rules.callee_keys
        if own or rules.verbal or rules.before_private:
            self.has_keys |= command.app is App.BIND_META_APP
        if not command.waits or self._wanted is not Record.MASKED:
            return
        # What only the keypad enters can be left unasked; a talk cannot.
        step = self._flow.steps[self.step]
        is_by_key = isinstance(step, Collect) and step.secure
        if self.switch.clear if is_by_key else self._heard:
            self._note(UNMASKED, f"{command.app} begins while a file takes in sound")

    def _leaves(self, to_dialplan: bool) -> None:
        if to_dialplan and self._is_demanded:
            self._note(UNRECORDED, "the dialplan gets the call, and records nothing")
        if self._heard:
            self._note(FORGOTTEN, "the flow lets go of the call, and a file still runs")

    # What happens.

    def hears(self, event: Event, now: int) -> None:
        """Take in an event before the engine does."""
        if isinstance(event, (Bridged, Unbridged, Parked)):
            self._meets(isinstance(event, Bridged))
        elif isinstance(event, KeyPressed):
            self._presses(event)
        elif isinstance(event, Wished):
            wish = event.wish
            self._wishes(wish.want, wish.owner)
            if wish.want is Want.MASKED and wish.for_s is not None:
                self.until[wish.owner] = now + round(wish.for_s * 1e6)
        else:
            self._hears_of_choices(event)
        for hand, until in tuple(self.until.items()):
            if until <= now:
                self._ends(hand)

    def _hears_of_choices(self, event: Event) -> None:
        if isinstance(event, Recalled):
            self.grants.remembered = event.choice
        elif isinstance(event, Kept):
            wrong = self.grants.kept(event.is_ok, self.step)
            if wrong:
                self._note(UNPERMITTED, wrong)

    def _meets(self, is_with_somebody: bool) -> None:
        self.is_with_somebody = is_with_somebody
        if not is_with_somebody:
            self.who = ""

    def _presses(self, event: KeyPressed) -> None:
        """Take in a key: the caller's own can only withdraw, or make it private."""
        if event.is_callers:
            is_known = event.action in self._flow.recording.caller_keys.values()
            if event.action == CallerKey.PRIVATE:
                self.is_private |= is_known
            elif is_known:
                self.grants.caller_withdraws()
            return
        if event.action == CalleeKey.WITHDRAW:
            self.grants.callee_withdraws()
            return
        action = AgentKey(event.action)
        if action is AgentKey.PRIVATE:
            self.is_private = True
        elif action in _MEANT:
            self._wishes(_MEANT[action], AGENT)
        else:
            self.grants.agent_says(action)

    def meets(self, who: str, is_moving: bool, is_passed_on: bool = False) -> None:
        """Take in who is about to answer; `who` says why they are never recorded."""
        self.who = who
        rules = self._flow.recording
        if is_moving or not self._heard:
            return
        if rules.agreement is not None:
            self._note(UNAGREED, "somebody answers while a file takes in sound")
        elif rules.never_record:
            self._note(BARRED, "somebody answers while a file takes in sound")
        elif is_passed_on and rules.stays_inside:
            self._note(OUTSIDE, "somebody takes it over while a file takes in sound")

    def _wishes(self, want: Want, hand: str) -> None:
        if want is Want.OFF and self._flow.recording.is_demanded:
            return
        self.until.pop(hand, None)
        if want is Want.OFF:
            self.is_forbidden = True
        elif want is Want.MASKED:
            self.hands |= {hand}
        else:
            self.hands -= {hand}

    def _ends(self, hand: str) -> None:
        """Do what the flow says of a mask that nobody has renewed."""
        del self.until[hand]
        after = self._flow.recording.after_mask
        if after is AfterMask.UNMASK:
            self.hands -= {hand}
        elif after is AfterMask.STOP:
            self.is_forbidden = True

    def refused(self, action: str, target: str) -> None:
        """Note that the switch did not even stop all recorders of the leg."""
        if action == RecordAction.STOP and target == ALL:
            self.failed |= set(self.switch.running)

    # What is true now.

    def looks(self, is_inside: bool) -> None:
        """Judge what runs while nothing is being asked of the switch."""
        if not self._heard:
            self._looks_for_a_file()
            return
        forbids = self._forbids()
        if forbids is not None:
            self._note(forbids[0], f"a file takes in sound {forbids[1]}")
        elif any(self._is_for_others(path) for path in self._heard):
            self._note(UNPERMITTED, "a file goes on that was begun for other purposes")
        elif self.hands:
            self._note(UNASKED, "a file takes in sound though somebody has masked it")
        elif is_inside and self._wanted is Record.MASKED:
            self._note(UNMASKED, "a file takes in sound in it")
        elif is_inside and self._wanted is Record.OFF:
            self._note(FORGOTTEN, "a file takes in sound in a step without record: on")

    def _is_for_others(self, path: str) -> bool:
        permitted = self.grants.permitted()
        return self.begun.get(path, permitted) != permitted

    def _looks_for_a_file(self) -> None:
        """Judge a talk of which no file takes in sound."""
        is_on = self._wanted is Record.ON and not self.hands
        is_talk = self._is_demanded and self.is_with_somebody and is_on
        if is_talk and not self.switch.running:
            self._note(UNRECORDED, "two people talk, and no file runs")

    @property
    def _is_demanded(self) -> bool:
        return self._flow.recording.is_demanded and not self.is_emergency

    @property
    def _heard(self) -> list[str]:
        """Files that take in sound, and about which something can still be done."""
        return [path for path in self.switch.clear if path not in self.given_up]

    @property
    def _wanted(self) -> Record:
        step = self._flow.steps.get(self.step)
        return wanted(step) if step is not None else Record.OFF

    def _note(self, rule: Rule, detail: str) -> None:
        self.wrong.append(Found(rule, self.step, detail))


def wanted(step: Step) -> Record:
    """Return what a step may be recorded as; what is secure is masked at least."""
    if isinstance(step, Collect) and step.secure:
        return Record.MASKED
    return step.record
