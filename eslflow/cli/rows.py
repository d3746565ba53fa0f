"""What a call leaves in the ledger, a line for each row, in the order it was kept.

In: rows. Out: text. Must not look anything up, nor keep anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    Row,
)
from eslflow.flow.model import Party

_TIMES = {1: "once", 2: "twice"}


def told(rows: Sequence[Row], start: int) -> Iterator[str]:
    """Yield a line for each row: when in the call, its table, what is in it."""
    # A notice's words are asked to be there each time, and are kept once.
    for row in dict.fromkeys(rows):
        tell = _TELLS.get(type(row))
        if tell is not None:
            at, table, words = tell(row)
            when = f"{(at - start) / 1e6:6.1f} s" if at else " " * 8
            yield f"{when}  {table:<9}  {words}"


Line = tuple[int, str, str]


def _offered(row: CallOffered) -> Line:
    caller = row.caller or "an unknown number"
    return row.offered_at, "call", f"from {caller} to {row.called}, flow {row.flow}"


def _ended(row: CallEnded) -> Line:
    cause = f" ({row.cause})" if row.cause else ""
    words = f"ended in step {row.last_step}: {_spaced(row.ending)}{cause}"
    return row.ended_at, "call", words


def _notice(row: NoticePlayed) -> Line:
    # The words are those that are told as they are played.
    named = f"{row.notice} v{row.version} ({row.language})"
    return 0, "notice", f"{named}: its words, and the checksum of its audio"


def _choice(row: Choice) -> Line:
    parts = [f"{row.purpose or 'the whole call'}: {_spaced(row.state)}"]
    if row.reason:
        parts.append(_spaced(row.reason))
    if row.party == Party.CALLEE:
        parts.append("by the called party")
    if row.notice:
        parts.append(f"{row.notice} v{row.notice_version} ({row.language})")
    if row.key:
        parts.append(f"key {row.key}")
    if row.tries:
        parts.append(f"asked {_TIMES.get(row.tries, f'{row.tries} times')}")
    if row.rests_on:
        parts.append(f"rests on call {row.rests_on}")
    return row.at, "choice", ", ".join(parts)


def _begun(row: RecordingBegun) -> Line:
    return row.asked_at, "recording", f"{row.path}, for {row.purposes}"


def _stopped(row: RecordingEnded) -> Line:
    cause = f", {_spaced(row.cause)}" if row.cause else ""
    return row.stopped_at, "recording", f"{row.state}: {row.ms / 1000:.1f} s{cause}"


def _action(row: RecordingAction) -> Line:
    seen = "seen" if row.verified else "not seen"
    reply = row.reply or "nothing"
    words = f"{row.action}, {row.reason}; the switch said: {reply} ({seen})"
    return row.at, "action", words


def _spaced(word: str) -> str:
    return word.replace("_", " ")


_TELLS: dict[type[Row], Callable[[Any], Line]] = {
    CallOffered: _offered,
    CallEnded: _ended,
    NoticePlayed: _notice,
    Choice: _choice,
    RecordingBegun: _begun,
    RecordingEnded: _stopped,
    RecordingAction: _action,
}
