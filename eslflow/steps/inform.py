"""`inform`: tell that the call is recorded, where there is nothing to choose.

In: a notice, a purpose to which nobody can object. Out: the ending `done`, or `error`
when it was not played. What was told, in which words, is kept; a choice is not offered.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.choices import Played, choice_row, notice_row
from eslflow.call.commands import Alarm, Command, Keep
from eslflow.call.consent import OPPOSABLE
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.records import Reason, State
from eslflow.flow import codes
from eslflow.flow.model import Basis
from eslflow.flow.options import NoticeName, PurposeName, Table, option
from eslflow.flow.problems import Wrong
from eslflow.steps import speech
from eslflow.steps.step import Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Purpose


@dataclass(frozen=True, kw_only=True)
class Inform(Step):
    """Tells of a recording to which nobody can object."""

    kind: ClassVar[str] = "inform"
    endings: ClassVar[tuple[str, ...]] = ("done", "error")
    waits: ClassVar[bool] = False

    tells: Mapping[str, str] = option(
        Table({"notice": NoticeName(), "purpose": PurposeName()}),
        help="The notice that is played and the purpose that it tells of.",
        key="inform",
    )

    def speaks_of(self) -> tuple[str, ...]:
        """Return the purpose that it tells of."""
        return (self.tells["purpose"],)

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield a purpose about which callers have a say."""
        purpose = purposes.get(self.tells["purpose"])
        if purpose is None:
            return
        if purpose.basis is Basis.CONSENT:
            problem = f"purpose '{purpose.name}' rests on consent: it must be asked for"
            hint = "Ask: consent: {notice: ..., purpose: ...}."
            yield codes.WRONG_BASIS, "inform", problem, hint
        elif purpose.basis.value in OPPOSABLE:
            problem = (
                f"purpose '{purpose.name}' rests on {purpose.basis}: callers may "
                "object to that (GDPR Art. 21(1))"
            )
            hint = "Take objection: {notice: ..., purpose: ...}."
            yield codes.WRONG_BASIS, "inform", problem, hint

    def run(self, live: Live) -> Road:
        """Play it, and keep that it was played."""
        if live.recorder.is_forbidden:
            live.tell("not told: nothing of this call is recorded")
            return "done"
        notice = live.flow.notices[self.tells["notice"]]
        sound = speech.notice_sound(live, notice)
        words = notice.text.get(live.language, "")
        where = f"{notice.name} v{notice.version}, {live.language}"
        live.tell(f'informs "{words}" ({where})')
        began = live.now
        try:
            played = yield from speech.play(live, sound, f"notice {notice.name}")
        except CallEnded:
            heard_ms = speech.heard_since(live, sound, began)
            told = Played(notice, sound, heard_ms=heard_ms, tries=1)
            yield from self._keep(live, told, State.HUNG_UP)
            raise
        heard_ms = sound.ms if sound is not None and played else 0
        told = Played(notice, sound, heard_ms=heard_ms, tries=1)
        reason = Reason.INFORMED if played else Reason.BROKEN_PROMPT
        yield from self._keep(live, told, State.NOT_ASKED, reason)
        return "done" if played else "error"

    def _keep(
        self, live: Live, told: Played, state: State, reason: Reason | None = None
    ) -> Generator[Command, Event | None, None]:
        """Keep what was told; what cannot be kept is told of, and changes nothing."""
        purpose = live.flow.purposes[self.tells["purpose"]]
        row = choice_row(live, purpose, state, reason, told)
        rows = notice_row(live, told.notice, told.sound), row
        kept = yield Keep(rows, is_durable=True)
        if not (isinstance(kept, Kept) and kept.is_ok):
            problem = kept.problem if isinstance(kept, Kept) else ""
            yield Alarm(f"that the notice was played could not be kept: {problem}")
