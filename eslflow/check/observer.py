"""Who watches a call from outside, and knows what must never happen in it.

In: each command of the engine, each event, the truth of the switch. Out: what was done
wrong. It keeps books of its own: which choices were made durable, whose masks hold,
who has stopped the recording. Must not ask the engine what it believes.
"""

from __future__ import annotations

from typing import NamedTuple

from eslflow.call.commands import Alarm, Api, Close, Command, Execute, Hangup, Keep
from eslflow.call.events import Event, Kept, KeyPressed, Wished
from eslflow.call.records import Choice, Reason, State
from eslflow.call.wishes import Want
from eslflow.check.switch import ALL, Switch
from eslflow.flow.model import AfterMask, AgentKey, Basis, Flow, Record
from eslflow.steps.collect import Collect
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step
from eslflow.wire.terms import ApiCommand, RecordAction

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
FAULT = Rule("fault", "the engine fails", f"{_OURS} {_REPORT}")

_MEANT = {AgentKey.MASK: Want.MASKED, AgentKey.UNMASK: Want.ON, AgentKey.STOP: Want.OFF}


class Found(NamedTuple):
    """A rule that was broken."""

    rule: Rule
    step: str
    detail: str


class Observer:
    """The books of one call."""

    __slots__ = (
        "_asked",
        "_flow",
        "book",
        "failed",
        "given_up",
        "hands",
        "is_forbidden",
        "pressed",
        "step",
        "switch",
        "until",
        "wrong",
    )

    def __init__(self, flow: Flow, switch: Switch) -> None:
        self._flow = flow
        self.switch = switch
        self.step = ""
        self.book: dict[str, tuple[str, str]] = {}
        """The last choice of each purpose that counts: state and reason."""
        self._asked: list[Choice] = []
        """Choices whose commit is not confirmed yet."""
        self.pressed: str | None = None
        """What was pressed at the last question; None: it was not asked."""
        self.hands: frozenset[str] = frozenset()
        """Whose masks hold."""
        self.until: dict[str, int] = {}
        """When masks end if nobody renews them."""
        self.is_forbidden = False
        self.failed: frozenset[str] = frozenset()
        """Files that ran on when the switch was asked to stop all."""
        self.given_up: frozenset[str] = frozenset()
        """Those of them about which a person was alarmed: more cannot be done."""
        self.wrong: list[Found] = []

    def copy(self, switch: Switch) -> Observer:
        """Return another one with the same books."""
        other = Observer(self._flow, switch)
        other.step, other.book = self.step, dict(self.book)
        other.hands, other.until = self.hands, dict(self.until)
        other.is_forbidden, other._asked = self.is_forbidden, list(self._asked)
        other.pressed = self.pressed
        other.failed, other.given_up = self.failed, self.given_up
        return other

    # What permits.

    def permits(self) -> bool:
        """Whether any purpose permits a recording, by what is on disk."""
        return any(
            self._permits(name, purpose.basis)
            for name, purpose in self._flow.purposes.items()
        )

    def _permits(self, name: str, basis: Basis) -> bool:
        state, reason = self.book.get(name, ("", ""))
        if basis is Basis.CONSENT:
            return state == State.GRANTED
        if name not in self._flow.announced:
            return state in ("", State.GRANTED)
        is_unopposed = (state, reason) == (State.UNANSWERED, Reason.NOT_OBJECTED)
        return is_unopposed or state == State.GRANTED

    # What is said to the switch.

    def sees(self, command: Command) -> None:
        """Judge a command at the moment it is sent."""
        if isinstance(command, Keep):
            self._keeps(command)
        elif isinstance(command, Api):
            if command.command is ApiCommand.UUID_RECORD:
                self._records(command.arg)
        elif isinstance(command, Alarm):
            self.given_up |= self.failed & set(self.switch.running)
        elif isinstance(command, Execute):
            self._executes(command)
        elif isinstance(command, (Close, Hangup)):
            self._leaves()

    def _keeps(self, command: Keep) -> None:
        for row in command.rows:
            if not isinstance(row, Choice) or not row.purpose:
                continue
            if command.is_durable:
                self._asked.append(row)
            elif (
                row.state != State.GRANTED
                and row.reason != Reason.NOT_OBJECTED
                and not self._is_asked_again(row)
            ):
                self.book[row.purpose] = row.state, row.reason

    def _is_asked_again(self, row: Choice) -> bool:
        """Whether it only tells that a question begins that was answered before."""
        is_consent = row.basis == Basis.CONSENT
        return is_consent and row.state == State.REQUESTED

    def _records(self, arg: str) -> None:
        _, action, path = arg.split(" ")[:3]
        if action not in (RecordAction.START, RecordAction.UNMASK):
            return
        what = "started" if action == RecordAction.START else "unmasked"
        if not self.permits():
            self._note(UNPERMITTED, f"a recording is {what} without a grant on disk")
        elif self.is_forbidden:
            self._note(FORGOTTEN, f"a recording is {what} after somebody stopped it")
        elif self._wanted is Record.MASKED:
            self._note(UNMASKED, f"a recording is {what} in it")
        elif self.hands:
            self._note(UNASKED, f"a recording is {what} though somebody has masked it")
        elif self._wanted is Record.OFF:
            self._note(FORGOTTEN, f"a recording is {what} in a step without record: on")

    def _executes(self, command: Execute) -> None:
        if not command.waits or self._wanted is not Record.MASKED:
            return
        # What only the keypad enters can be left unasked; a talk cannot.
        step = self._flow.steps[self.step]
        is_by_key = isinstance(step, Collect) and step.secure
        if self.switch.clear if is_by_key else self._heard:
            self._note(UNMASKED, f"{command.app} begins while a file takes in sound")

    def _leaves(self) -> None:
        if self._heard:
            self._note(FORGOTTEN, "the flow lets go of the call, and a file still runs")

    # What happens.

    def hears(self, event: Event, now: int) -> None:
        """Take in an event before the engine does."""
        if isinstance(event, Kept):
            for row in self._asked if event.is_ok else ():
                self._grants(row)
            self._asked = []
        elif isinstance(event, KeyPressed):
            self._wishes(_MEANT[AgentKey(event.action)], AGENT)
        elif isinstance(event, Wished):
            wish = event.wish
            self._wishes(wish.want, wish.owner)
            if wish.want is Want.MASKED and wish.for_s is not None:
                self.until[wish.owner] = now + round(wish.for_s * 1e6)
        for hand, until in tuple(self.until.items()):
            if until <= now:
                self._ends(hand)

    def _grants(self, row: Choice) -> None:
        """Take in a choice that is on disk; it must be what was pressed."""
        self.book[row.purpose] = row.state, row.reason
        step, pressed = self._flow.steps.get(self.step), self.pressed
        meant = ""
        if isinstance(step, (Consent, Objection)) and pressed is not None:
            meant = str(step.keys.get(pressed, "silence" if not pressed else ""))
        said = {State.GRANTED: ("granted",), State.UNANSWERED: ("unopposed", "silence")}
        if meant not in said.get(row.state, ()):
            self._note(UNPERMITTED, f"it is kept as {row.state}, which nobody has said")

    def _wishes(self, want: Want, hand: str) -> None:
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
            return
        if not self.permits():
            self._note(UNPERMITTED, "a file takes in sound without a grant on disk")
        elif self.is_forbidden:
            self._note(FORGOTTEN, "a file takes in sound after somebody stopped it")
        elif self.hands:
            self._note(UNASKED, "a file takes in sound though somebody has masked it")
        elif is_inside and self._wanted is Record.MASKED:
            self._note(UNMASKED, "a file takes in sound in it")
        elif is_inside and self._wanted is Record.OFF:
            self._note(FORGOTTEN, "a file takes in sound in a step without record: on")

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
