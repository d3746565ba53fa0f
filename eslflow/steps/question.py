"""One party is asked for consent, and what becomes of it is kept: a part of `consent`.

In: the options of the step, the call, who is asked. Out: the ending `granted`,
`refused` or `unanswered`; rows that name the party. A grant counts only after the
ledger has made it durable; whatever else happens is kept under its own state and
permits nothing. Must not decide who is asked.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from eslflow.call.choices import Played, choice_row, notice_row
from eslflow.call.commands import Alarm, Command, Execute, Keep
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.receipt import receipt_of
from eslflow.call.records import Choice, NoticePlayed, Reason, State
from eslflow.flow.entries import Flag
from eslflow.flow.keys import Keys
from eslflow.flow.model import Asked, Party
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
from eslflow.steps import speech
from eslflow.steps.receipt import read_out
from eslflow.steps.speech import Answer
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import App, StrEnum

if TYPE_CHECKING:
    from eslflow.call.live import Live, Sound

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
class Question(Step):
    """The part that asks one party."""

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
    whom: Asked = option(
        OneOf(Asked),
        Asked.CALLER,
        "Who is asked: caller, callee (whom a ring step has called), or both.",
        key="ask",
    )
    receipt: bool = option(
        Flag(), False, "Read out a code by which the call can be named later."
    )
    meanwhile: str = option(
        PromptName(), "", "What the other one hears while one is asked."
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

    def question(self, live: Live, party: Party) -> Road:
        """Ask one party, keep the answer, and say how it ended."""
        sound = speech.notice_sound(live, live.flow.notices[self.asks["notice"]])
        if party is Party.CALLEE and not live.callee:
            return (yield from self._unanswered(live, party, Reason.NOBODY, sound))
        yield Keep(
            (self._notice(live, sound), self._choice(live, party, State.REQUESTED))
        )
        if sound is None:
            yield from speech.answered(live)
            return (
                yield from self._unanswered(live, party, Reason.BROKEN_PROMPT, sound)
            )
        yield from self._say_meanwhile(live, party)
        answer, reason, tries, told = Answer(), Reason.TIMEOUT, 0, 0
        while tries < self.tries:
            tries += 1
            answer = yield from self._ask(live, party, sound, tries)
            if self.keys.get(answer.key) is Meaning.MORE:
                was_told = yield from self._tell_more(live, party, answer.key, tries)
                told += was_told
                reason = Reason.MORE
                tries -= was_told and told <= MOST_MORE
                continue
            if answer.key:
                return (
                    yield from self._answered(live, party, sound, answer, tries, told)
                )
            if answer.is_gone:
                return (yield from self._gone(live, party, sound, answer, tries))
            reason = _reason(answer)
            words = reason.value.replace("_", " ")
            live.tell(f"no answer: {words} {answer.wrong}".rstrip())
            if reason in (Reason.BROKEN_PROMPT, Reason.REFUSED_BY_SWITCH):
                break
        return (yield from self._unanswered(live, party, reason, sound, answer, tries))

    def _say_meanwhile(
        self, live: Live, party: Party
    ) -> Generator[Command, Event | None, None]:
        """Tell the other one what is going on; the question does not wait for it."""
        if not self.meanwhile:
            return
        yield from speech.answered(live)
        sound = speech.prompt_sound(live, self.meanwhile)
        if sound is None:
            yield Alarm(f"prompt {self.meanwhile} has no audio")
            return
        leg = live.callee if party is Party.CALLER else ""
        yield Execute(App.PLAYBACK, sound.path, waits=False, leg=leg)

    def _gone(
        self, live: Live, party: Party, sound: Sound, answer: Answer, tries: int
    ) -> Road:
        """Keep that the called party hung up; the caller is still there."""
        self._takes_in(live, party, State.HUNG_UP)
        state = State.HUNG_UP
        choice = self._choice(
            live, party, state, sound=sound, answer=answer, tries=tries
        )
        yield Keep((choice,))
        live.tell(f"{party} hangs up during the question")
        return "unanswered"

    def _ask(
        self, live: Live, party: Party, sound: Sound, tries: int
    ) -> Generator[Command, Event | None, Answer]:
        """Ask once; keys pressed before the question are thrown away first."""
        notice = live.flow.notices[self.asks["notice"]]
        words = notice.text.get(live.language, "")
        live.tell(f'asks "{words}" ({notice.name} v{notice.version}, {live.language})')
        leg = self._leg(live, party)
        if not leg and party is Party.CALLEE:
            # Never the caller instead.
            return Answer(is_gone=True)
        live.asked = leg or live.asked
        yield from speech.forget(live, leg)
        began = live.now
        try:
            return (yield from speech.ask(live, sound, self.keys, self.timeout, leg))
        except CallEnded:
            yield self._hung_up(live, party, sound, began, tries)
            raise

    def _tell_more(
        self, live: Live, party: Party, key: str, tries: int
    ) -> Generator[Command, Event | None, bool]:
        """Play the longer notice to its end; keep that it was, once it was."""
        notice = live.flow.notices[self.more]
        sound = speech.notice_sound(live, notice)
        live.tell(f'{party} presses {key}: "{notice.text.get(live.language, "")}"')
        began = live.now
        try:
            what = f"notice {self.more}"
            was_told = yield from speech.play(live, sound, what, self._leg(live, party))
        except CallEnded:
            yield self._hung_up(live, party, sound, began, tries)
            raise
        if sound is not None and was_told:
            answer = Answer(key=key, heard_ms=sound.ms)
            choice = self._choice(
                live,
                party,
                State.REQUESTED,
                Reason.MORE,
                sound=sound,
                answer=answer,
                tries=tries,
                notice=self.more,
            )
            yield Keep((self._notice(live, sound, self.more), choice))
        return was_told

    def _hung_up(
        self, live: Live, party: Party, sound: Sound | None, began: int, tries: int
    ) -> Keep:
        """Take in that the caller hung up meanwhile."""
        state, reason = State.HUNG_UP, None
        if party is Party.CALLEE:
            state, reason = State.UNANSWERED, Reason.CALLER_LEFT
        self._takes_in(live, party, state)
        answer = Answer(heard_ms=speech.heard_since(live, sound, began))
        choice = self._choice(
            live, party, state, reason, sound=sound, answer=answer, tries=tries
        )
        return Keep((choice,))

    def _answered(
        self,
        live: Live,
        party: Party,
        sound: Sound,
        answer: Answer,
        tries: int,
        told: int,
    ) -> Road:
        meaning = self.keys[answer.key]
        state = State(meaning)
        choice = self._choice(
            live, party, state, sound=sound, answer=answer, tries=tries
        )
        if self.receipt:
            choice = choice._replace(receipt=receipt_of(live.offered.uuid))
        if state is State.REFUSED:
            self._takes_in(live, party, state)
            kept = yield Keep((choice,), is_durable=self.receipt)
            live.tell(f"{party} presses {answer.key}: refused")
            yield from self._read_out(live, party, kept)
            return "refused"
        # With its notice, so that words changed without a new version refuse it too.
        rows: list[NoticePlayed | Choice] = [self._notice(live, sound)]
        if told:
            more = live.flow.notices[self.more]
            rows.append(self._notice(live, speech.notice_sound(live, more), self.more))
        kept = yield Keep((*rows, choice), is_durable=True)
        if isinstance(kept, Kept) and kept.is_ok:
            self._takes_in(live, party, state)
            live.tell(f"{party} presses {answer.key}: granted, and kept")
            yield from self._read_out(live, party, kept)
            return "granted"
        problem = kept.problem if isinstance(kept, Kept) else ""
        yield Alarm(f"the grant could not be kept, so it permits nothing: {problem}")
        return (
            yield from self._unanswered(
                live, party, Reason.NOT_KEPT, sound, answer, tries
            )
        )

    def _read_out(
        self, live: Live, party: Party, kept: Event | None
    ) -> Generator[Command, Event | None, None]:
        """Tell the code, once it is on disk: nobody is told one that leads nowhere."""
        if self.receipt and isinstance(kept, Kept) and kept.is_ok:
            yield from read_out(live, self._leg(live, party))

    def _leg(self, live: Live, party: Party) -> str:
        return live.callee if party is Party.CALLEE else ""

    def _unanswered(
        self,
        live: Live,
        party: Party,
        reason: Reason,
        sound: Sound | None,
        answer: Answer | None = None,
        tries: int = 0,
    ) -> Road:
        if reason is Reason.BROKEN_PROMPT:
            where = f": {sound.path}" if sound else ", run eslflow prompts build"
            yield Alarm(f"notice {self.asks['notice']} was not played{where}")
        self._takes_in(live, party, State.UNANSWERED)
        choice = self._choice(
            live,
            party,
            State.UNANSWERED,
            reason,
            sound=sound,
            answer=answer,
            tries=tries,
        )
        yield Keep((choice,))
        return "unanswered"

    def _takes_in(self, live: Live, party: Party, state: State) -> None:
        """Let the party's word hold in the call."""
        live.consents.kept(self.asks["purpose"], state, party=party)

    def _notice(self, live: Live, sound: Sound | None, name: str = "") -> NoticePlayed:
        return notice_row(live, live.flow.notices[name or self.asks["notice"]], sound)

    def _choice(
        self,
        live: Live,
        party: Party,
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
            party=party,
        )
        purpose = live.flow.purposes[self.asks["purpose"]]
        return choice_row(live, purpose, state, reason, told)


def _reason(answer: Answer) -> Reason:
    if answer.refused:
        return Reason.REFUSED_BY_SWITCH
    if answer.is_broken:
        return Reason.BROKEN_PROMPT
    return Reason.INVALID if answer.wrong else Reason.TIMEOUT
