"""The rows that a question makes: the words that were played, and what became of it.

In: the call's live state, a purpose, a notice. Out: rows of `records`. Must not decide
what an answer means, nor store anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eslflow.call.records import Choice, NoticePlayed, Reason, State
from eslflow.flow.model import Party

if TYPE_CHECKING:
    from eslflow.call.live import Live, Sound
    from eslflow.flow.model import Notice, Purpose

BY_SUBJECT = frozenset({State.GRANTED, State.REFUSED, State.HUNG_UP, State.WITHDRAWN})
"""What the caller does; everything else, nobody did."""


class Played(NamedTuple):
    """What was played, and what was pressed then."""

    notice: Notice
    sound: Sound | None
    keys_offered: str = ""
    key: str = ""
    heard_ms: int = 0
    tries: int = 0
    party: Party = Party.CALLER
    """Who heard it."""


def notice_row(live: Live, notice: Notice, sound: Sound | None) -> NoticePlayed:
    """Return the row of a notice's words in the call's language."""
    return NoticePlayed(
        flow=live.flow.name,
        notice=notice.name,
        version=notice.version,
        language=live.language,
        text=notice.text.get(live.language, ""),
        audio_sha256=sound.sha256 if sound else "",
        audio_ms=sound.ms if sound else 0,
        url=notice.url,
    )


def choice_row(
    live: Live,
    purpose: Purpose | None,
    state: State,
    reason: Reason | None = None,
    told: Played | None = None,
) -> Choice:
    """Return the row of what became of one purpose; None: the flow has none."""
    return Choice(
        call_uuid=live.offered.uuid,
        at=live.now,
        state=state,
        purpose=purpose.name if purpose else "",
        basis=str(purpose.basis) if purpose else "",
        retain_s=purpose.retain_s if purpose else 0,
        flow=live.flow.name,
        flow_sha256=live.flow.sha256,
        step=live.step,
        engine=live.site.engine,
        performed_by="subject" if _is_by_subject(state, reason, told) else "system",
        reason=str(reason) if reason else "",
        on_withdrawal=str((purpose and purpose.on_withdrawal) or ""),
        **({} if told is None else _told(live, told)),
    )


def _is_by_subject(state: State, reason: Reason | None, told: Played | None) -> bool:
    """Whether the caller did it: answered, pressed a key that means yes, or more."""
    if state in BY_SUBJECT or told is None:
        return state in BY_SUBJECT
    is_pressed = reason is Reason.NOT_OBJECTED and bool(told.key)
    return is_pressed or reason is Reason.MORE


def _told(live: Live, told: Played) -> dict[str, Any]:
    """Return what a choice's row says of the words, and of the keys that answered."""
    return {
        "notice": told.notice.name,
        "notice_version": told.notice.version,
        "language": live.language,
        "audio_sha256": told.sound.sha256 if told.sound else "",
        "heard_ms": told.heard_ms,
        "keys_offered": told.keys_offered,
        "key": told.key,
        "tries": told.tries,
        "party": str(told.party),
    }
