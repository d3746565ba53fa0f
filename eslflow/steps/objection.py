"""`objection`: announce a recording that needs no consent, and let the caller object.

In: a notice, a purpose on another basis than consent, keys that mean `objected` or
`unopposed`. Out: the ending `objected`, `unopposed` or `undecided`. Until it is decided
the purpose permits nothing; that nobody objected counts only once it is on disk.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.choices import Played, choice_row, notice_row
from eslflow.call.commands import Alarm, Command, Keep
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.records import Reason, State
from eslflow.flow import codes
from eslflow.flow.keys import Keys, keys_for, unmeant
from eslflow.flow.model import Basis
from eslflow.flow.options import (
    Duration,
    NoticeName,
    OneOf,
    PurposeName,
    Table,
    Whole,
    option,
)
from eslflow.flow.problems import Wrong
from eslflow.steps import speech
from eslflow.steps.speech import Answer
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import StrEnum

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Purpose

WITHOUT_CHOICE = (Basis.LEGAL_OBLIGATION, Basis.VITAL_INTERESTS)
"""Art. 21(1) gives no right to object to these, and none could be honoured."""


class Meaning(StrEnum):
    """What a key can mean."""

    OBJECTED = "objected"
    UNOPPOSED = "unopposed"
    """Go on, without waiting for the end of the announcement."""


@dataclass(frozen=True, kw_only=True)
class Objection(Step):
    """Announces a recording, and lets the caller object to it."""

    kind: ClassVar[str] = "objection"
    endings: ClassVar[tuple[str, ...]] = ("objected", "unopposed", "undecided")
    fallbacks: ClassVar[frozenset[str]] = frozenset(endings)

    announces: Mapping[str, str] = option(
        Table({"notice": NoticeName(), "purpose": PurposeName()}),
        help="The notice that is played and the purpose that it announces.",
        key="objection",
    )
    keys: Mapping[str, Meaning] = option(
        Keys(OneOf(Meaning)), help="What each key means: objected or unopposed."
    )
    tries: int = option(
        Whole(1, 5), 2, "How often it is played when a key is pressed that is none."
    )
    timeout: float = option(
        Duration(1, 60), 4.0, "How long a key is waited for after the notice."
    )

    @cached_property
    def _keys_offered(self) -> str:
        return " ".join(f"{key}={what}" for key, what in self.keys.items())

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the keys that mean something."""
        return self.keys

    def keys_to(self, ending: str) -> tuple[str, ...]:
        """Return the keys that mean an ending, each with that."""
        return keys_for(self.keys, ending)

    def may_be_opposed(self) -> tuple[str, ...]:
        """Return the purpose that the caller may object to."""
        return (self.announces["purpose"],)

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield what would make it a consent that is none, or a choice that is none."""
        purpose = purposes.get(self.announces["purpose"])
        if purpose is not None and purpose.basis is Basis.CONSENT:
            problem = (
                f"purpose '{purpose.name}' rests on consent, and silence is no consent "
                "(GDPR Art. 4(11), recital 32)"
            )
            hint = "Ask with a consent step, or name the basis that needs none."
            yield codes.WRONG_BASIS, "objection", problem, hint
        elif purpose is not None and purpose.basis in WITHOUT_CHOICE:
            problem = (
                f"purpose '{purpose.name}' rests on {purpose.basis}: nobody can object "
                "to that (GDPR Art. 21(1))"
            )
            hint = "Tell of it without a choice: inform: {notice: ..., purpose: ...}."
            yield codes.WRONG_BASIS, "objection", problem, hint
        problem = unmeant(Meaning.OBJECTED, self.keys)
        if problem:
            hint = "Add one, as 3: objected; or announce it without a choice."
            yield codes.NO_REFUSAL, "keys", problem, hint

    def run(self, live: Live) -> Road:
        """Announce it, keep what became of it, and say how it ended."""
        if live.recorder.is_forbidden:
            live.tell("not announced: nothing of this call is recorded")
            return "undecided"
        notice = live.flow.notices[self.announces["notice"]]
        told = Played(notice, speech.notice_sound(live, notice), self._keys_offered)
        live.consents.kept(self.announces["purpose"], State.REQUESTED)
        requested = choice_row(live, self._purpose(live), State.REQUESTED, None, told)
        yield Keep((notice_row(live, notice, told.sound), requested))
        answer, tries = Answer(is_broken=True), 0
        if told.sound is None:
            yield from speech.answered(live)
        while told.sound is not None and tries < self.tries:
            tries += 1
            answer = yield from self._announce(live, told)
            if answer.is_broken or not answer.wrong:
                break
        told = Played(
            notice,
            told.sound,
            self._keys_offered,
            answer.key or answer.wrong,
            answer.heard_ms,
            tries,
        )
        return (yield from self._decide(live, answer, told))

    def _purpose(self, live: Live) -> Purpose:
        return live.flow.purposes[self.announces["purpose"]]

    def _announce(
        self, live: Live, told: Played
    ) -> Generator[Command, Event | None, Answer]:
        """Play it once; keys pressed before it are thrown away first."""
        notice, sound = told.notice, told.sound
        assert sound is not None  # noqa: S101  without it, nothing is announced
        words = notice.text.get(live.language, "")
        where = f"{notice.name} v{notice.version}, {live.language}"
        live.tell(f'announces "{words}" ({where})')
        yield from speech.forget(live)
        began = live.now
        try:
            return (yield from speech.ask(live, sound, self.keys, self.timeout))
        except CallEnded:
            heard_ms = speech.heard_since(live, sound, began)
            yield self._keep(live, told._replace(heard_ms=heard_ms), State.HUNG_UP)
            raise

    def _decide(self, live: Live, answer: Answer, told: Played) -> Road:
        if answer.refused or answer.is_broken:
            why = Reason.REFUSED_BY_SWITCH if answer.refused else Reason.BROKEN_PROMPT
            where = told.sound.path if told.sound else "run eslflow prompts build"
            yield Alarm(f"notice {told.notice.name} was not played: {where}")
            return (yield from self._undecided(live, why, told))
        if answer.wrong:
            # Whoever presses something may mean to object: nobody knows.
            return (yield from self._undecided(live, Reason.INVALID, told))
        if self.keys.get(answer.key) is Meaning.OBJECTED:
            yield self._keep(live, told, State.REFUSED)
            live.tell(f"caller presses {answer.key}: objected")
            return "objected"
        return (yield from self._unopposed(live, told))

    def _unopposed(self, live: Live, told: Played) -> Road:
        """Record only after it is on disk that nobody objected."""
        why, purpose = Reason.NOT_OBJECTED, self._purpose(live)
        row = choice_row(live, purpose, State.UNANSWERED, why, told)
        # With its notice, so that words changed without a new version refuse it too.
        rows = notice_row(live, told.notice, told.sound), row
        kept = yield Keep(rows, is_durable=True)
        if isinstance(kept, Kept) and kept.is_ok:
            live.consents.kept(purpose.name, State.UNANSWERED, why.value)
            live.tell("nobody objects, and that is kept")
            return "unopposed"
        problem = kept.problem if isinstance(kept, Kept) else ""
        yield Alarm(
            f"the announcement could not be kept, so it permits none: {problem}"
        )
        return (yield from self._undecided(live, Reason.NOT_KEPT, told))

    def _undecided(self, live: Live, why: Reason, told: Played) -> Road:
        yield self._keep(live, told, State.UNANSWERED, why)
        live.tell(f"not recorded: {why.value.replace('_', ' ')} {told.key}".rstrip())
        return "undecided"

    def _keep(
        self, live: Live, told: Played, state: State, why: Reason | None = None
    ) -> Keep:
        """Take in what forbids a recording, and keep it."""
        purpose = self._purpose(live)
        live.consents.kept(purpose.name, state, why.value if why else "")
        return Keep((choice_row(live, purpose, state, why, told),))
