"""The consent rules: what permits a recording, and what does not.

Where both ends of a call were asked about a purpose, it permits only what both have
granted: whoever was asked, and has not agreed, is not recorded.

In: a flow's purposes and what became of each question. Out: the purposes that permit
recording now. Must not store anything: a grant is taken in only after it was kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from eslflow.call.records import Reason, State
from eslflow.flow.model import Basis, Party, Purpose

NOT_OBJECTED = (State.UNANSWERED.value, Reason.NOT_OBJECTED.value)
TOLD = frozenset(
    {
        (State.NOT_ASKED.value, Reason.INFORMED.value),
        (State.NOT_ASKED.value, Reason.BROKEN_PROMPT.value),
    }
)
"""What permits a recording to which nobody can object: being told of it, and also that
the notice could not be played, for it was no question."""
OPPOSABLE = frozenset({Basis.PUBLIC_TASK.value, Basis.LEGITIMATE_INTERESTS.value})
"""Art. 21(1) GDPR gives a right to object to these."""


PARTIES = tuple(Party)
"""Who can be asked, the caller first."""


def permits(basis: str, state: str, reason: str) -> bool:
    """Whether the last word on a purpose permits recording for it.

    Silence after an announcement never permits what rests on consent (GDPR Art. 4(11)).
    """
    if basis == Basis.CONSENT:
        return state in (State.GRANTED, State.VERBAL)
    if (state, reason) in TOLD:
        return basis not in OPPOSABLE
    return state == State.GRANTED or (state, reason) == NOT_OBJECTED


def is_of_nobody(state: str, reason: str) -> bool:
    """Whether it is said of a purpose as a whole that nobody was asked."""
    return state == State.NOT_ASKED and reason != Reason.OTHER_FIRST


class Consents:
    """The state of each purpose of one call."""

    __slots__ = ("_announced", "_permitting", "_purposes", "_states")

    def __init__(
        self, purposes: Mapping[str, Purpose], announced: Collection[str] = ()
    ) -> None:
        self._purposes = purposes
        self._announced = announced
        """Those that callers may object to: until that is decided, they permit none."""
        self._states: dict[tuple[str, Party], tuple[str, str]] = {}
        """The last word of each who was asked about a purpose: state and reason."""
        self._permitting = self._found()

    def kept(
        self,
        purpose: str,
        state: State,
        reason: str = "",
        party: Party = Party.CALLER,
    ) -> None:
        """Take in a choice that the ledger has made durable."""
        self._states[purpose, party] = state.value, reason
        self._permitting = self._found()

    def state(self, purpose: str) -> State | None:
        """Return what became of the question, or None if it was not asked.

        Of several who were asked, the first one counts who has not agreed.
        """
        words = self._words(purpose)
        if not words:
            return None
        basis = self._purposes[purpose].basis if len(words) > 1 else ""
        against = (word for word in words if not permits(basis, *word))
        state, _ = next(against, words[0])
        return State(state)

    def asked(self, purpose: str) -> tuple[Party, ...]:
        """Return of whom there is a word on a purpose, the caller first."""
        said = self._states
        return tuple([party for party in PARTIES if (purpose, party) in said])

    def agreed(self, purpose: str) -> tuple[Party, ...]:
        """Return who of them has permitted it, each for themselves."""
        basis, said = self._purposes[purpose].basis, self._states
        parties = self.asked(purpose)
        return tuple(p for p in parties if permits(basis, *said[purpose, p]))

    def _words(self, purpose: str) -> list[tuple[str, str]]:
        said = self._states
        return [said[purpose, who] for who in PARTIES if (purpose, who) in said]

    def permitting(self) -> tuple[str, ...]:
        """Return the purposes that permit recording, in the flow's order."""
        return self._permitting

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing permits, and a purpose would but for its withdrawal."""
        words = (state for state, _ in self._states.values())
        return not self._permitting and State.WITHDRAWN.value in words

    def withdrawable(self) -> Iterator[Purpose]:
        """Yield the purposes that permit by the caller's choice, and so until it ends.

        What rests on a duty, and was not announced as something to object to, stays. A
        yes that is still on its way to the disk is taken back as well.
        """
        for purpose in self._purposes.values():
            is_said = self.state(purpose.name) is State.REQUESTED
            if (is_said or purpose.name in self._permitting) and self._is_asked_for(
                purpose
            ):
                yield purpose

    def _found(self) -> tuple[str, ...]:
        return tuple(p.name for p in self._purposes.values() if self._permits(p))

    def _permits(self, purpose: Purpose) -> bool:
        words = self._words(purpose.name)
        if not words:
            return not self._is_asked_for(purpose)
        return all(permits(purpose.basis, *word) for word in words)

    def _is_asked_for(self, purpose: Purpose) -> bool:
        return purpose.basis is Basis.CONSENT or purpose.name in self._announced

    def not_asked(self) -> Iterator[Purpose]:
        """Yield the purposes that nothing was asked about, though it should be."""
        for purpose in self._purposes.values():
            if self._is_asked_for(purpose) and not self._words(purpose.name):
                yield purpose
