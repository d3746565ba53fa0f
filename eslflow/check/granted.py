"""What permits recording in a call of a proof, by what people did and the disk holds.

In: rows that are to be kept, what the disk says, keys of caller and agent, what the
ledger remembers. Out: the purposes that permit recording; a grant that nobody has
given. It has rules of its own, so that those of `call.consent` are held against them:
where both ends of a call are to agree, each of them must have, from the first word on.
Must not ask the engine what it believes.
"""

from __future__ import annotations

from collections.abc import Hashable

from eslflow.call.commands import Keep
from eslflow.call.records import Choice, Reason, Remembered, State
from eslflow.flow.model import AgentKey, Basis, Flow, Party, Purpose
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step

CALLER, CALLEE = str(Party.CALLER), str(Party.CALLEE)
_SAYS = {
    State.GRANTED.value: ("granted",),
    State.UNANSWERED.value: ("unopposed", "silence"),
}
"""What must have been pressed for a row that permits."""


class Grants:
    """The book of what is permitted in one call."""

    __slots__ = (
        "_asked",
        "_book",
        "_both",
        "_flow",
        "_leg",
        "_presser",
        "is_verbal",
        "pressed",
        "remembered",
    )

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._book: dict[tuple[str, str], tuple[str, str]] = {}
        """The last choice that counts of each who was asked about a purpose: state and
        reason."""
        self._both: frozenset[str] = frozenset()
        """The purposes about which both were to be asked."""
        self._asked: list[tuple[Choice, ...]] = []
        """What permits once it is on disk; one entry for each commit that is due."""
        self.pressed: str | None = None
        """What was pressed at the last question; None: it was not asked."""
        self._presser, self._leg = CALLER, ""
        """Who pressed it; the leg of the called party who was asked."""
        self.remembered: Remembered | None = None
        """What the ledger says was chosen in another call."""
        self.is_verbal = False
        """Whether the agent has pressed the key for a yes that is not on disk yet."""

    def copy(self) -> Grants:
        """Return another one with the same entries."""
        other = Grants.__new__(Grants)
        other._flow = self._flow
        other._book, other._asked = dict(self._book), list(self._asked)
        other._both, other._presser, other._leg = self._both, self._presser, self._leg
        other.pressed, other.is_verbal = self.pressed, self.is_verbal
        other.remembered = self.remembered
        return other

    def permitted(self) -> frozenset[str]:
        """Return the purposes that permit a recording."""
        purposes = self._flow.purposes.items()
        return frozenset(n for n, purpose in purposes if self._is_permitted(purpose))

    def _is_permitted(self, purpose: Purpose) -> bool:
        name, basis = purpose.name, purpose.basis
        is_both = name in self._both
        asks_callee = is_both or (name, CALLEE) in self._book
        asks_caller = is_both or not asks_callee or (name, CALLER) in self._book
        return not (
            (asks_caller and not self._permits(name, basis, CALLER))
            or (asks_callee and not self._permits(name, basis, CALLEE))
        )

    def _permits(self, name: str, basis: Basis, who: str) -> bool:
        state, reason = self._book.get((name, who), ("", ""))
        if basis is Basis.CONSENT:
            return state in (State.GRANTED, State.VERBAL)
        if name not in self._flow.announced:
            # Who was told has been asked for nothing.
            return state in ("", State.GRANTED, State.NOT_ASKED)
        is_unopposed = (state, reason) == (State.UNANSWERED, Reason.NOT_OBJECTED)
        return is_unopposed or state == State.GRANTED

    def print_(self) -> Hashable:
        """Return what tells one book from others, but for what is said of purposes."""
        owed = len(self._asked)
        is_by_key = any(map(_is_by_key, self._asked))
        pressed = is_by_key and (self.pressed, self._presser)
        remembered = self.remembered and self.remembered[2:]
        return owed, pressed, self.is_verbal, remembered

    def about(self, name: str) -> Hashable:
        """Return what is said of a purpose besides that it is permitted; or nothing.

        That is whether both were to be asked, which commits permit it once they are
        due, and who has agreed to it where it was not only one.
        """
        is_of_two = any(who == CALLEE for _, who in self._book)
        is_both = name in self._both
        if not (self._asked or is_of_two or is_both):
            return ()
        due = [number for number, rows in enumerate(self._asked) if _is_in(name, rows)]
        words = self._words(name) if is_of_two else ()
        return (is_both, *due, *words) if is_both or due or words else ()

    def _words(self, name: str) -> list[tuple[str, bool]]:
        """Return who was asked about a purpose, and who of them has permitted it."""
        basis, parties = self._flow.purposes[name].basis, (CALLER, CALLEE)
        asked = [who for who in parties if (name, who) in self._book]
        return [(who, self._permits(name, basis, who)) for who in asked]

    # Who is there.

    def comes_to(self, step: Step) -> None:
        """Take in that the call comes to a step."""
        if isinstance(step, Consent) and len(step.asks_whom) > 1:
            self._both |= {*step.asks_for()}

    def presses(self, key: str, leg: str) -> None:
        """Take in what is pressed at a question to a leg; without one, the caller."""
        self.pressed, self._presser = key, CALLEE if leg else CALLER
        self._leg = leg or self._leg

    def meets(self, leg: str) -> None:
        """Take in who talks: nobody has a called party's yes but that one."""
        if self._leg and leg != self._leg:
            self._leg = ""
            for name, who in self._book:
                if who == CALLEE:
                    self._book[name, who] = State.EXPIRED.value, ""

    # What is kept.

    def keeps(self, command: Keep) -> None:
        """Take in what is to be kept: what permits counts on disk, all else at once."""
        rows = [r for r in command.rows if isinstance(r, Choice) and r.purpose]
        if command.is_durable:
            self._asked.append(tuple(filter(_is_yes, rows)))
        for row in rows:
            if not _is_yes(row) and not _is_asked_again(row):
                self._book[row.purpose, row.party] = row.state, row.reason

    def kept(self, is_ok: bool, step: str) -> str:
        """Take in that the oldest rows are on disk; return what nobody has said."""
        batch = self._asked.pop(0) if self._asked else ()
        wrong = ""
        for row in batch if is_ok else ():
            self._book[row.purpose, row.party] = row.state, row.reason
            if not self._was_said(row, step):
                wrong = f"it is kept as {row.state}, which nobody has said"
        if any(row.state == State.VERBAL for row in batch):
            self.is_verbal = False
        self.remembered = None
        return wrong

    def _was_said(self, row: Choice, name: str) -> bool:
        if row.state == State.VERBAL:
            rule = self._flow.recording.verbal
            return self.is_verbal and rule is not None and rule.purpose == row.purpose
        step = self._flow.steps.get(name)
        if row.reason == Reason.REMEMBERED:
            return isinstance(step, Consent) and self._is_remembered(step)
        meant, is_own = "", row.party == self._presser
        if isinstance(step, (Consent, Objection)) and self.pressed is not None:
            silence = "silence" if not self.pressed else ""
            meant = str(step.keys.get(self.pressed, silence))
        return is_own and meant in _SAYS[row.state]

    def _is_remembered(self, step: Consent) -> bool:
        """Whether the caller has granted it before, to the very words of a step."""
        found = self.remembered
        if found is None or not step.remember or found.state != State.GRANTED:
            return False
        notice = self._flow.notices[step.asks["notice"]]
        words = self._flow.name, notice.name, notice.version
        return words == (found.flow, found.notice, found.notice_version)

    # What is said.

    def agent_says(self, answer: AgentKey) -> None:
        """Take in the key that an agent presses for what the caller has said."""
        rule = self._flow.recording.verbal
        if rule is None:
            return
        if answer is AgentKey.GRANTED:
            is_new = rule.purpose not in self.permitted()
            self.is_verbal = self.is_verbal or is_new
        else:
            self._takes_back(rule.purpose, State.REFUSED)

    def callee_withdraws(self) -> None:
        """Take in that the called party takes back whatever they have agreed to."""
        for name, who in self._book:
            if who == CALLEE:
                self._book[name, who] = State.WITHDRAWN.value, ""

    def caller_withdraws(self) -> None:
        """Take in that the caller takes back whatever rests on a choice."""
        for name, purpose in self._flow.purposes.items():
            if purpose.basis is Basis.CONSENT or name in self._flow.announced:
                self._takes_back(name, State.WITHDRAWN)

    def _takes_back(self, name: str, state: State) -> None:
        self._book[name, CALLER] = state, ""
        self.is_verbal = False
        self._asked = [
            tuple(row for row in batch if (row.purpose, row.party) != (name, CALLER))
            for batch in self._asked
        ]


def _is_in(name: str, rows: tuple[Choice, ...]) -> bool:
    return any(row.purpose == name for row in rows)


def _is_by_key(rows: tuple[Choice, ...]) -> bool:
    """Whether a row is there for a key that was pressed at a question."""
    return any(row.state != State.VERBAL for row in rows)


def _is_yes(row: Choice) -> bool:
    """Whether a row permits, once it is on disk."""
    is_yes = row.state in (State.GRANTED, State.VERBAL)
    return is_yes or row.reason == Reason.NOT_OBJECTED


def _is_asked_again(row: Choice) -> bool:
    """Whether it only tells that a question begins that was answered before."""
    return row.basis == Basis.CONSENT and row.state == State.REQUESTED
