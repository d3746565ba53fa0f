"""`consent`: ask whether the call may be recorded, and keep the answer.

In: a notice, a purpose, keys that mean `granted`, `refused` or `more`, who is asked.
Out: the ending `granted`, `refused` or `unanswered`. Where both ends of the call are to
agree, the caller is asked first, and the called party only once the caller has agreed;
each has rows of their own (`question` asks and keeps), and nothing is permitted before
both have. Must not judge what permits a recording (`call.consent` does).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.choices import choice_row
from eslflow.call.commands import Keep
from eslflow.call.consent import OPPOSABLE
from eslflow.call.records import Reason, State
from eslflow.flow import codes
from eslflow.flow.keys import KEYS, keys_for, unmeant
from eslflow.flow.model import Asked, Basis, Party
from eslflow.flow.problems import Wrong
from eslflow.steps import memory
from eslflow.steps.question import Meaning, Question
from eslflow.steps.step import Road

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Purpose


_UNMEANT = {
    Meaning.GRANTED: "Nobody could agree, and nothing would be recorded.",
    Meaning.REFUSED: "Who cannot refuse has not agreed.",
}
"""Why some key must mean it."""


@dataclass(frozen=True, kw_only=True)
class Consent(Question):
    """Asks for consent to one purpose."""

    kind: ClassVar[str] = "consent"
    endings: ClassVar[tuple[str, ...]] = ("granted", "refused", "unanswered")
    fallbacks: ClassVar[frozenset[str]] = frozenset(endings)

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the keys that answer the question."""
        return self.keys

    def keys_to(self, ending: str) -> tuple[str, ...]:
        """Return the keys that mean an ending, each with that."""
        return keys_for(self.keys, ending)

    @property
    def asks_whom(self) -> tuple[Party, ...]:
        """Return who is asked, in order."""
        return self.whom.parties

    @property
    def says_receipt(self) -> bool:
        """Whether it reads a receipt out."""
        return self.receipt

    def asks_for(self) -> tuple[str, ...]:
        """Return the purpose asked for."""
        return (self.asks["purpose"],)

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield what would make the question no question (GDPR Art. 4(11), 7)."""
        purpose = purposes.get(self.asks["purpose"])
        if purpose is not None and purpose.basis is not Basis.CONSENT:
            problem = (
                f"purpose '{purpose.name}' rests on {purpose.basis}, not on consent"
            )
            hint = "There is nothing to choose. Tell of it: inform:"
            if purpose.basis.value in OPPOSABLE:
                hint = "Let them object: objection:"
            hint += " {notice: ..., purpose: ...}."
            yield codes.WRONG_BASIS, "consent", problem, hint
        offers_more = Meaning.MORE in self.keys.values()
        if offers_more and not self.more:
            problem = "a key means more, but more of what?"
            yield codes.NO_REFUSAL, "keys", problem, "Add more: NOTICE."
        if self.more and not offers_more:
            problem = "no key means more"
            yield codes.NO_REFUSAL, "more", problem, "Add one to keys, as 9: more."
        for meaning in (Meaning.GRANTED, Meaning.REFUSED):
            problem = unmeant(meaning, self.keys)
            if problem:
                hint = f"{_UNMEANT[meaning]} Let one of {KEYS} mean it."
                yield codes.NO_REFUSAL, "keys", problem, hint
        yield from self._unrememberable()
        if self.meanwhile and self.whom is Asked.CALLER:
            problem = "the caller is asked, and cannot hear another prompt meanwhile"
            hint = "Remove it, or add ask: callee or ask: both."
            yield codes.NOT_TOGETHER, "meanwhile", problem, hint

    def _unrememberable(self) -> Iterator[Wrong]:
        """Yield what cannot be remembered."""
        if self.remember and not self.ask_again_after:
            problem = "a grant is remembered, but for how long?"
            yield codes.MISSING, "remember", problem, "Add ask_again_after: 30d."
        if self.ask_again_after and self.whom is not Asked.CALLER:
            problem = "only callers are remembered"
            hint = "Remove it, or ask the caller."
            yield codes.WITHDRAWAL, "ask_again_after", problem, hint

    def warns(self) -> Iterator[str]:
        """Yield that a caller's number proves nothing."""
        if self.remember:
            yield (
                "a grant is remembered by the caller's number, which can be forged: "
                "whoever claims to be that caller is recorded unasked"
            )

    def run(self, live: Live) -> Road:
        """Ask, keep the answer, and say how it ended."""
        if live.recorder.is_forbidden:
            live.tell("not asked: nothing of this call is recorded")
            return "unanswered"
        ending = ""
        if self.ask_again_after:
            purpose = live.flow.purposes[self.asks["purpose"]]
            notice = live.flow.notices[self.asks["notice"]]
            within_s, grants = self.ask_again_after, self.remember
            ending = yield from memory.take_over(
                live, purpose, notice, within_s, grants
            )
        return ending or (yield from self._questions(live))

    def _questions(self, live: Live) -> Road:
        """Ask one after the other: the called party only after the caller's yes."""
        if self.whom is Asked.BOTH:
            if not live.callee:
                # Without the other one, no word of the caller would permit anything.
                return (yield from self.question(live, Party.CALLEE))
            yield self._other_first(live)
        ending = ""
        for party in self.asks_whom:
            ending = yield from self.question(live, party)
            if ending != "granted":
                break
        return ending

    def _other_first(self, live: Live) -> Keep:
        """Take in that the called party is to agree as well, and was not asked yet."""
        purpose = live.flow.purposes[self.asks["purpose"]]
        state, party = State.NOT_ASKED, Party.CALLEE
        live.consents.kept(purpose.name, state, party=party)
        row = choice_row(live, purpose, state, Reason.OTHER_FIRST)
        return Keep((row._replace(party=party.value),))
