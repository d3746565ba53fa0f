"""`consent`: ask whether the call may be recorded, and keep the answer.

In: a notice, a purpose, keys that mean `granted`, `refused` or `more`, the party that
is asked. Out: the ending `granted`, `refused` or `unanswered`. A grant counts only
after the ledger has made it durable; whatever else happens is kept under its own state
and permits nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.choices import Played, choice_row, notice_row
from eslflow.call.commands import Alarm, Command, Execute, Keep, Tell
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.receipt import receipt_of
from eslflow.call.records import Choice, NoticePlayed, Reason, State
from eslflow.flow.entries import Flag
from eslflow.flow.keys import KEYS, Keys, unmeant
from eslflow.flow.model import Basis, Party
from eslflow.flow.options import (
    Duration,
    NoticeName,
    OneOf,
    PromptName,
    PurposeName,
    Table,
    Whole,
    option,
)
from eslflow.steps import memory, speech
from eslflow.steps.receipt import read_out
from eslflow.steps.speech import Answer
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import App, StrEnum

if TYPE_CHECKING:
    from eslflow.call.live import Live, Sound
    from eslflow.flow.model import Purpose

MOST_MORE = 3
"""How often the longer notice is played without using up a try: nobody is asked for
ever."""


MOST_REMEMBERED_S = 3_653 * 86_400


class Meaning(StrEnum):
    """What a key can mean."""

    GRANTED = "granted"
    REFUSED = "refused"
    MORE = "more"
    """A longer notice is played, and the question asked again."""


@dataclass(frozen=True, kw_only=True)
class Consent(Step):
    """Asks for consent to one purpose."""

    kind: ClassVar[str] = "consent"
    endings: ClassVar[tuple[str, ...]] = ("granted", "refused", "unanswered")
    fallbacks: ClassVar[frozenset[str]] = frozenset(endings)

    asks: Mapping[str, str] = option(
        Table({"notice": NoticeName(), "purpose": PurposeName()}),
        help="The notice that is played and the purpose that it asks for.",
        key="consent",
    )
    keys: Mapping[str, Meaning] = option(
        Keys(OneOf(Meaning)), help="What each key means: granted, refused or more."
    )
    more: str = option(
        NoticeName(), "", "The longer notice that a key meaning more plays."
    )
    tries: int = option(Whole(1, 5), 2, "How often it is asked.")
    timeout: float = option(
        Duration(1, 60), 6.0, "How long a key is waited for after the notice."
    )
    party: Party = option(
        OneOf(Party),
        Party.CALLER,
        "Who is asked; the callee is whom a ring step has called.",
        key="ask",
    )
    receipt: bool = option(
        Flag(), False, "Read out a code by which the call can be named later."
    )
    meanwhile: str = option(
        PromptName(), "", "What the caller hears while the callee is asked."
    )

    ask_again_after: float = option(
        Duration(0, MOST_REMEMBERED_S, "d"),
        0.0,
        "How long a caller who has refused is not asked again, by number; 0s: always.",
    )
    remember: bool = option(
        Flag(), False, "Whether that holds for callers who have agreed, too."
    )

    @cached_property
    def _keys_offered(self) -> str:
        return " ".join(f"{key}={what}" for key, what in self.keys.items())

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the keys that answer the question."""
        return self.keys

    @property
    def asks_whom(self) -> Party:
        """Return who is asked."""
        return self.party

    @property
    def says_receipt(self) -> bool:
        """Whether it reads a receipt out."""
        return self.receipt

    def asks_for(self) -> tuple[str, ...]:
        """Return the purpose asked for."""
        return (self.asks["purpose"],)

    def problems(
        self, purposes: Mapping[str, Purpose]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield what would make the question no question (GDPR Art. 4(11), 7)."""
        purpose = purposes.get(self.asks["purpose"])
        if purpose is not None and purpose.basis is not Basis.CONSENT:
            problem = (
                f"purpose '{purpose.name}' rests on {purpose.basis}, not on consent"
            )
            hint = "Announce it: objection: {notice: ..., purpose: ...}, or announce."
            yield "consent", problem, hint
        offers_more = Meaning.MORE in self.keys.values()
        if offers_more and not self.more:
            yield "keys", "a key means more, but more of what?", "Add more: NOTICE."
        if self.more and not offers_more:
            yield "more", "no key means more", "Add one to keys, as 9: more."
        for meaning in (Meaning.GRANTED, Meaning.REFUSED):
            problem = unmeant(meaning, self.keys)
            if problem:
                hint = f"Who cannot refuse has not agreed. Let one of {KEYS} mean it."
                yield "keys", problem, hint
        yield from self._unrememberable()
        if self.meanwhile and self.party is Party.CALLER:
            problem = "the caller is asked, and cannot hear another prompt meanwhile"
            yield "meanwhile", problem, "Remove it, or add ask: callee."

    def _unrememberable(self) -> Iterator[tuple[str, str, str]]:
        """Yield what cannot be remembered."""
        if self.remember and not self.ask_again_after:
            problem = "a grant is remembered, but for how long?"
            yield "remember", problem, "Add ask_again_after: 30d."
        if self.ask_again_after and self.party is Party.CALLEE:
            problem = "only callers are remembered"
            yield "ask_again_after", problem, "Remove it, or ask the caller."

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
            yield Tell("not asked: nothing of this call is recorded")
            return "unanswered"
        ending = ""
        if self.ask_again_after:
            purpose = live.flow.purposes[self.asks["purpose"]]
            notice = live.flow.notices[self.asks["notice"]]
            within_s, grants = self.ask_again_after, self.remember
            ending = yield from memory.take_over(
                live, purpose, notice, within_s, grants
            )
        return ending or (yield from self._question(live))

    def _question(self, live: Live) -> Road:
        sound = speech.notice_sound(live, live.flow.notices[self.asks["notice"]])
        if self.party is Party.CALLEE and not live.callee:
            return (yield from self._unanswered(live, Reason.NOBODY, sound))
        yield Keep((self._notice(live, sound), self._choice(live, State.REQUESTED)))
        if sound is None:
            yield from speech.answered(live)
            return (yield from self._unanswered(live, Reason.BROKEN_PROMPT, sound))
        yield from self._say_meanwhile(live)
        answer, reason, tries, told = Answer(), Reason.TIMEOUT, 0, 0
        while tries < self.tries:
            tries += 1
            answer = yield from self._ask(live, sound, tries)
            if self.keys.get(answer.key) is Meaning.MORE:
                was_told = yield from self._tell_more(live, answer.key, tries)
                told += was_told
                reason = Reason.MORE
                tries -= was_told and told <= MOST_MORE
                continue
            if answer.key:
                return (yield from self._answered(live, sound, answer, tries, told))
            if answer.is_gone:
                return (yield from self._gone(live, sound, answer, tries))
            reason = _reason(answer)
            words = reason.value.replace("_", " ")
            yield Tell(f"no answer: {words} {answer.wrong}".rstrip())
            if reason in (Reason.BROKEN_PROMPT, Reason.REFUSED_BY_SWITCH):
                break
        return (yield from self._unanswered(live, reason, sound, answer, tries))

    def _say_meanwhile(self, live: Live) -> Generator[Command, Event | None, None]:
        """Tell the caller what is going on; the question does not wait for it."""
        if not self.meanwhile:
            return
        yield from speech.answered(live)
        sound = speech.prompt_sound(live, self.meanwhile)
        if sound is None:
            yield Alarm(f"prompt {self.meanwhile} has no audio")
        else:
            yield Execute(App.PLAYBACK, sound.path, waits=False)

    def _gone(self, live: Live, sound: Sound, answer: Answer, tries: int) -> Road:
        """Keep that the called party hung up; the caller is still there."""
        live.consents.kept(self.asks["purpose"], State.HUNG_UP)
        state = State.HUNG_UP
        choice = self._choice(live, state, sound=sound, answer=answer, tries=tries)
        yield Keep((choice,))
        yield Tell(f"{self.party} hangs up during the question")
        return "unanswered"

    def _ask(
        self, live: Live, sound: Sound, tries: int
    ) -> Generator[Command, Event | None, Answer]:
        """Ask once; keys pressed before the question are thrown away first."""
        notice = live.flow.notices[self.asks["notice"]]
        words = notice.text.get(live.language, "")
        yield Tell(f'asks "{words}" ({notice.name} v{notice.version}, {live.language})')
        leg = self._leg(live)
        if not leg and self.party is Party.CALLEE:
            # Never the caller instead.
            return Answer(is_gone=True)
        yield from speech.forget(live, leg)
        began = live.now
        try:
            return (yield from speech.ask(live, sound, self.keys, self.timeout, leg))
        except CallEnded:
            yield self._hung_up(live, sound, began, tries)
            raise

    def _tell_more(
        self, live: Live, key: str, tries: int
    ) -> Generator[Command, Event | None, bool]:
        """Play the longer notice to its end; keep that it was, once it was."""
        notice = live.flow.notices[self.more]
        sound = speech.notice_sound(live, notice)
        yield Tell(
            f'{self.party} presses {key}: "{notice.text.get(live.language, "")}"'
        )
        began = live.now
        try:
            what = f"notice {self.more}"
            was_told = yield from speech.play(live, sound, what, self._leg(live))
        except CallEnded:
            yield self._hung_up(live, sound, began, tries)
            raise
        if sound is not None and was_told:
            answer = Answer(key=key, heard_ms=sound.ms)
            choice = self._choice(
                live,
                State.REQUESTED,
                Reason.MORE,
                sound=sound,
                answer=answer,
                tries=tries,
                notice=self.more,
            )
            yield Keep((self._notice(live, sound, self.more), choice))
        return was_told

    def _hung_up(self, live: Live, sound: Sound | None, began: int, tries: int) -> Keep:
        """Take in that the caller hung up meanwhile."""
        state, reason = State.HUNG_UP, None
        if self.party is Party.CALLEE:
            state, reason = State.UNANSWERED, Reason.CALLER_LEFT
        live.consents.kept(self.asks["purpose"], state)
        answer = Answer(heard_ms=speech.heard_since(live, sound, began))
        choice = self._choice(
            live, state, reason, sound=sound, answer=answer, tries=tries
        )
        return Keep((choice,))

    def _answered(
        self, live: Live, sound: Sound, answer: Answer, tries: int, told: int
    ) -> Road:
        meaning = self.keys[answer.key]
        state = State(meaning.value)
        choice = self._choice(live, state, sound=sound, answer=answer, tries=tries)
        if self.receipt:
            choice = choice._replace(receipt=receipt_of(live.offered.uuid))
        if state is State.REFUSED:
            live.consents.kept(self.asks["purpose"], state)
            kept = yield Keep((choice,), is_durable=self.receipt)
            yield Tell(f"{self.party} presses {answer.key}: refused")
            yield from self._read_out(live, kept)
            return "refused"
        # With its notice, so that words changed without a new version refuse it too.
        rows: list[NoticePlayed | Choice] = [self._notice(live, sound)]
        if told:
            more = live.flow.notices[self.more]
            rows.append(self._notice(live, speech.notice_sound(live, more), self.more))
        kept = yield Keep((*rows, choice), is_durable=True)
        if isinstance(kept, Kept) and kept.is_ok:
            live.consents.kept(self.asks["purpose"], state)
            yield Tell(f"{self.party} presses {answer.key}: granted, and kept")
            yield from self._read_out(live, kept)
            return "granted"
        problem = kept.problem if isinstance(kept, Kept) else ""
        yield Alarm(f"the grant could not be kept, so it permits nothing: {problem}")
        return (
            yield from self._unanswered(live, Reason.NOT_KEPT, sound, answer, tries)
        )

    def _read_out(
        self, live: Live, kept: Event | None
    ) -> Generator[Command, Event | None, None]:
        """Tell the code, once it is on disk: nobody is told one that leads nowhere."""
        if self.receipt and isinstance(kept, Kept) and kept.is_ok:
            yield from read_out(live, self._leg(live))

    def _leg(self, live: Live) -> str:
        return live.callee if self.party is Party.CALLEE else ""

    def _unanswered(
        self,
        live: Live,
        reason: Reason,
        sound: Sound | None,
        answer: Answer | None = None,
        tries: int = 0,
    ) -> Road:
        if reason is Reason.BROKEN_PROMPT:
            where = f": {sound.path}" if sound else ", run eslflow prompts build"
            yield Alarm(f"notice {self.asks['notice']} was not played{where}")
        live.consents.kept(self.asks["purpose"], State.UNANSWERED)
        choice = self._choice(
            live, State.UNANSWERED, reason, sound=sound, answer=answer, tries=tries
        )
        yield Keep((choice,))
        return "unanswered"

    def _notice(self, live: Live, sound: Sound | None, name: str = "") -> NoticePlayed:
        return notice_row(live, live.flow.notices[name or self.asks["notice"]], sound)

    def _choice(
        self,
        live: Live,
        state: State,
        reason: Reason | None = None,
        *,
        sound: Sound | None = None,
        answer: Answer | None = None,
        tries: int = 0,
        notice: str = "",
    ) -> Choice:
        answer = answer or Answer()
        told = Played(
            notice=live.flow.notices[notice or self.asks["notice"]],
            sound=sound,
            keys_offered=self._keys_offered,
            key=answer.key or answer.wrong,
            heard_ms=answer.heard_ms,
            tries=tries,
            party=self.party,
        )
        purpose = live.flow.purposes[self.asks["purpose"]]
        return choice_row(live, purpose, state, reason, told)


def _reason(answer: Answer) -> Reason:
    if answer.refused:
        return Reason.REFUSED_BY_SWITCH
    if answer.is_broken:
        return Reason.BROKEN_PROMPT
    return Reason.INVALID if answer.wrong else Reason.TIMEOUT
