"""What of a recording must be silent and what must be heard, on its file's time line.

In: a recording's row and the rows of what was asked of its recorder, as the ledger
returns them. Out: spans in microseconds from the file's beginning. Pure: opens nothing,
and takes rows that make no sense for what can be read of them.

      from                     | to                       | the file there is
      the beginning            | a mask is sent           | clear
      a mask is sent           | its `+OK`                | uncertain
      the `+OK` of a mask      | an unmask is sent        | masked
      a mask without its `+OK` | the next that has it     | uncertain, unless masked
      an unmask is sent        | a mask is sent           | clear, if it had its `+OK`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from eslflow.wire.terms import RecordAction, StrEnum

Row = Mapping[str, Any]

_GAP = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
_UNWATCHED = re.compile(r"([0-9]{1,18})\?([0-9]{1,18})")
TAIL_US = 500_000
"""What the stop of a silent leg loses (measured)."""


class Kind(StrEnum):
    """What a stretch of a file is to hold."""

    CLEAR = "clear"
    MASKED = "masked"
    """Exact zeros, on every channel."""
    UNCERTAIN = "uncertain"
    """The switch did not confirm what it was asked for: neither can be demanded."""


class Span(NamedTuple):
    """A stretch of a file."""

    kind: Kind
    begins: int
    """In microseconds from the file's beginning; negative: it was so before that."""
    ends: int
    gaps: int
    """How many gaps lie before its end: each makes its place less certain."""
    loose: int = 0
    """How much earlier or later it may be besides: nobody saw what was cut out."""

    @property
    def length(self) -> int:
        """Return how much of the file it is, in microseconds."""
        return max(0, self.ends - max(0, self.begins))


class Timeline:
    """Finds the place of a moment in a file that was not always written to.

    While no controller watched, more may have been cut out: what the file lacks then.
    Later moments are as far from its end as they should be, earlier ones from its
    beginning.
    """

    def __init__(self, recording: Row, last_at: int = 0, us: int = 0) -> None:
        """Take in when it ran, and how long the file is, if the row does not say so.

        Where nobody saw it end, `last_at` tells more.
        """
        self.begins_at: int = recording.get("audio_at") or recording["started_at"] or 0
        if recording["state"] == "stopped":
            last_at = 0
        self.ends_at: int = max(self.begins_at, recording["stopped_at"] or 0, last_at)
        gaps = recording.get("gaps") or ""
        self._gaps = tuple(self._without_overlap(gaps))
        unwatched = [(int(a), int(b)) for a, b in _UNWATCHED.findall(gaps)]
        self._since = max(self.begins_at, min((a for a, _ in unwatched), default=0))
        self._until = max((b for _, b in unwatched), default=0)
        self._is_counted = recording["state"] == "stopped" and bool(recording.get("ms"))
        self._missing = 0
        us = us or (recording.get("file_ms") or 0) * 1000
        if us and self._since < self._until:
            most = self._until - self._since
            self._missing = min(max(0, self.length - us), most)

    def _without_overlap(self, text: str) -> Iterator[tuple[int, int]]:
        last = self.begins_at
        for found in sorted((int(a), int(b)) for a, b in _GAP.findall(text)):
            begin, end = max(found[0], last), min(found[1], self.ends_at)
            if begin < end:
                yield begin, end
                last = end

    def place(self, at: int) -> int:
        """Return where in the file a moment is; one within a gap is at its seam.

        What came before the file is at a negative place.
        """
        at = min(at, self.ends_at)
        gone = sum(min(at, end) - begin for begin, end in self._gaps if begin < at)
        # Most likely at the end: before, there was a controller that died.
        gone += max(0, min(self._missing, at - self._until + self._missing))
        return at - self.begins_at - gone

    def loose(self, begins_at: int, ends_at: int) -> int:
        """Return how far what lay between two moments may be from its place."""
        if ends_at <= self._since:
            return 0
        is_sure = self._is_counted and begins_at >= self._until
        return min(self._missing, TAIL_US) if is_sure else self._missing

    def gaps_before(self, at: int) -> int:
        """Return how many gaps have begun by then."""
        return sum(begin <= at for begin, _ in self._gaps)

    @property
    def length(self) -> int:
        """Return how long the file should be by the clock, in microseconds."""
        return self.place(self.ends_at)


def place(us: int) -> str:
    """Return a place in a file as people read it: 1:02.50."""
    minutes, rest = divmod(max(0, us) // 10_000, 6000)
    return f"{minutes}:{rest // 100:02}.{rest % 100:02}"


class _Turn(NamedTuple):
    at: int
    kind: Kind


def spans(recording: Row, actions: Iterable[Row], us: int = 0) -> list[Span]:
    """Return what the file is to hold, from its beginning to its end, without holes.

    `us` is the file's length, before the row says so.
    """
    own = [
        action
        for action in actions
        if action["recording_id"] == recording["id"]
        and action["action"] != RecordAction.ERASE
    ]
    last_at = max((action["at"] for action in own), default=0)
    timeline = Timeline(recording, last_at, us)
    turns = list(_turns(own))
    found: list[Span] = []
    kind, begins = Kind.CLEAR, min([0, *(timeline.place(turn.at) for turn in turns)])
    since = timeline.begins_at
    for turn in (*turns, _Turn(timeline.ends_at, Kind.UNCERTAIN)):
        ends = max(begins, timeline.place(turn.at))
        loose = timeline.loose(since, turn.at)
        _add(found, Span(kind, begins, ends, timeline.gaps_before(turn.at), loose))
        kind, begins, since = turn.kind, ends, turn.at
    # The last may be short, but tells what the file's end is.
    return [span for span in found if span.length or span is found[-1]]


def _add(found: list[Span], span: Span) -> None:
    """Add a span, or make the last one longer."""
    if found and not found[-1].length:
        found.pop()
    if found and found[-1].kind is span.kind:
        last = found.pop()
        span = span._replace(begins=last.begins, loose=max(last.loose, span.loose))
    found.append(span)


def _turns(actions: Iterable[Row]) -> Iterator[_Turn]:
    """Yield when the file begins to be something else."""
    kind = Kind.CLEAR
    for action in sorted(actions, key=lambda row: (row["at"], row.get("seq", 0))):
        asked_at = action.get("asked_at") or action["at"]
        if action["action"] == RecordAction.MASK:
            if kind is not Kind.MASKED:
                yield _Turn(asked_at, Kind.UNCERTAIN)
                kind = Kind.UNCERTAIN
            if action["verified"]:
                yield _Turn(action["at"], Kind.MASKED)
                kind = Kind.MASKED
        elif action["action"] == RecordAction.UNMASK and kind is not Kind.CLEAR:
            kind = Kind.CLEAR if action["verified"] else Kind.UNCERTAIN
            yield _Turn(asked_at, kind)
