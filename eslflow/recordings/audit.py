"""What a recorded file holds, held against what the ledger says that it should.

In: an open file, its recording's row and actions. Out: a verdict and findings, each in
words that say which part of the file. Must not move, change or trust the file.

The ledger's times are the controller's, the file's are the switch's: they differ by a
little, and nobody knows by how much. So the middle of a masked span must be silent in
any case, and the silence around it as long as the mask was, wherever it begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from eslflow.recordings.sound import Sound, find_sound, sha256
from eslflow.recordings.spans import Kind, Row, Span, Timeline, place, spans
from eslflow.wire.terms import StrEnum

SECOND = 1_000_000

SHIFT_US = 150_000
"""How far file and clock may differ. A file begins 19 to 28 ms before its RECORD_START,
a mask 18 to 55 ms before its `+OK`, and it ends 18 to 56 ms before the unmask is sent
(measured on FreeSWITCH 1.11.3-dev, 260 masks); a busy controller reads an event up to
50 ms late."""
EARLY_US = 60_000
"""Before its `+OK` a mask blanks up to 55 ms of what was said (measured)."""
LESS_US = 80_000
"""How much shorter than the mask its silence may be: 38 ms were seen, 60 are granted,
and a packet of 20 ms."""
GAP_US = 100_000
"""What each gap adds to that: both its ends are events of a bridge."""
DRIFT = 1000
"""One part in so many is what the clocks of controller, switch and telephone may drift
apart; crystals are ten times as good, but a clock may be set."""
LEAST_CLEAR_US = SECOND
"""A shorter stretch between two masks may be silent."""
LEAST_EDGE_US = 5 * SECOND
"""Nor need anybody speak at once, or up to the end: so long may the first and the last
stretch of a file be silent altogether."""
LESS_COUNTED_US = 250_000
"""How much less than the switch counted may be in the file."""
LESS_TIMED_US = SECOND
"""How much the file may differ from the clock: the stop of a silent leg loses half a
second (measured), and events may be late."""


class Verdict(StrEnum):
    """What was found, the worst last."""

    INTACT = "intact"
    MISSING = "missing"
    DAMAGED = "damaged"
    LEAKED = "leaked"
    """There is sound where a mask was."""


_WORST_FIRST = (Verdict.LEAKED, Verdict.DAMAGED, Verdict.MISSING)


class Finding(NamedTuple):
    """One thing that is wrong."""

    verdict: Verdict
    words: str


@dataclass(frozen=True)
class Audited:
    """What was found in a file."""

    findings: tuple[Finding, ...] = ()
    sha256: str = ""
    """Empty: there is no file."""
    bytes: int = 0
    ms: int = 0

    @property
    def verdict(self) -> Verdict:
        """Return the worst of the findings."""
        found = {finding.verdict for finding in self.findings}
        return next((worst for worst in _WORST_FIRST if worst in found), Verdict.INTACT)

    @property
    def words(self) -> str:
        """Return what is wrong, a line each."""
        return "\n".join(finding.words for finding in self.findings)


def audit(fd: int, recording: Row, actions: Iterable[Row]) -> Audited:
    """Return what an open file holds."""
    sound = find_sound(fd)
    damages = [*sound.problems, *_lengths(sound, recording)]
    findings = [Finding(Verdict.DAMAGED, words) for words in damages]
    if sound.frames:
        findings += _contents(sound, recording, actions)
    return Audited(tuple(findings), sha256(fd), sound.size, sound.us // 1000)


def without_file(recording: Row) -> Audited:
    """Return what it means that there is no file."""
    if not _must_hold_sound(recording):
        return Audited()
    ms = recording["ms"] or Timeline(recording).length // 1000
    words = f"there is no file, though {ms / 1000:.1f} s were recorded"
    return Audited((Finding(Verdict.MISSING, words),))


def _must_hold_sound(recording: Row) -> bool:
    if recording["state"] == "failed":
        return False
    long_enough = Timeline(recording).length > LESS_TIMED_US
    return bool(recording["ms"] or (recording.get("audio_at") and long_enough))


def _lengths(sound: Sound, recording: Row) -> Iterator[str]:
    """Hold the file's length against what was counted and what the clock says."""
    counted = (recording["ms"] or 0) * 1000
    if not sound.frames:
        if not sound.problems and _must_hold_sound(recording):
            yield "it holds no sound"
        return
    has = f"it holds {sound.us / SECOND:.1f} s"
    if sound.us < counted - LESS_COUNTED_US:
        counts = f"{counted / SECOND:.1f} s"
        yield f"{has}, but the switch counted {counts}: was the disk full?"
    timeline = Timeline(recording, us=sound.us)
    # Without these nobody saw when it ended, or when sound first came.
    if not (counted and recording.get("audio_at") and recording["state"] == "stopped"):
        return
    gaps = timeline.gaps_before(timeline.ends_at)
    differs = sound.us - timeline.length
    if abs(differs) > LESS_TIMED_US + timeline.length // DRIFT + gaps * GAP_US:
        word = "longer" if differs > 0 else "shorter"
        yield f"{has}, which is {word} than it ran: {timeline.length / SECOND:.1f} s"


def _contents(
    sound: Sound, recording: Row, actions: Iterable[Row]
) -> Iterator[Finding]:
    if recording["state"] == "failed":
        first = sound.first_sound(0, sound.frames)
        if first is not None:
            at = place(sound.place(first))
            words = f"nobody saw it begin, and yet it holds sound from {at} on"
            yield Finding(Verdict.DAMAGED, words)
        return
    parts = spans(recording, actions, sound.us)
    for number, span in enumerate(parts):
        is_last = number == len(parts) - 1
        # Nobody but the file knows when exactly it ended.
        ends = sound.us if is_last else min(span.ends, sound.us)
        cut = span._replace(ends=max(span.begins, ends))
        if span.kind is Kind.MASKED:
            yield from _masked(sound, cut, is_last)
        elif span.kind is Kind.CLEAR:
            yield from _clear(sound, cut, is_last, number == 0)


def shift_of(span: Span) -> int:
    """Return how far from its place in the file a span may lie."""
    return SHIFT_US + span.ends // DRIFT + span.gaps * GAP_US + span.loose


def _masked(sound: Sound, span: Span, is_last: bool) -> Iterator[Finding]:
    """Demand silence: in the middle of it, and as long as the mask was."""
    shift = shift_of(span)
    begin = sound.frame(span.begins + shift)
    end = sound.frames if is_last else sound.frame(span.ends - shift)
    masked = f"masked from {place(span.begins)} to {place(span.ends)}"
    first = sound.first_sound(begin, end)
    if first is not None:
        last = sound.last_sound(begin, end) or first
        at = f"{place(sound.place(first))} to {place(sound.place(last))}"
        yield Finding(Verdict.LEAKED, f"{masked}, but there is sound from {at}")
        return
    low, high = span.begins - shift - EARLY_US, span.ends + shift
    if low < 0 or high > sound.us:
        # Part of its silence may lie outside of the file.
        return
    silent = sound.place(
        _silence(sound, sound.frame(low), begin, end, sound.frame(high))
    )
    least = span.length - LESS_US - span.length // DRIFT - span.loose
    if silent < least:
        words = f"{masked} ({span.length / SECOND:.2f} s), but only "
        words += f"{silent / SECOND:.2f} s around there are silent"
        yield Finding(Verdict.LEAKED, words)


def _silence(sound: Sound, low: int, begin: int, end: int, high: int) -> int:
    """Return the frames of the silence that reaches out of a silent middle.

    Where the span is too short to have a middle, return those of the longest silence.
    """
    if begin >= end:
        return sound.longest_silence(low, high)
    before = sound.last_sound(low, begin)
    after = sound.first_sound(end, high)
    return (high if after is None else after) - (low if before is None else before + 1)


def _clear(
    sound: Sound, span: Span, is_last: bool, is_first: bool
) -> Iterator[Finding]:
    """Demand that something is there, unless it is too short for that."""
    if span.length < (LEAST_EDGE_US if is_first or is_last else LEAST_CLEAR_US):
        return
    # Where nobody watched, the sound may be a little outside of it.
    shift = shift_of(span) - 2 * span.loose
    begin = 0 if is_first else sound.frame(span.begins + shift)
    end = sound.frames if is_last else sound.frame(span.ends - shift - EARLY_US)
    if begin < end and sound.first_sound(begin, end) is None:
        where = f"from {place(span.begins)} to {place(span.ends)}"
        words = f"it was not masked {where}, but there is no sound"
        yield Finding(Verdict.DAMAGED, words)
