"""What a recording holds that it must not, and lacks that it should hold.

In: what is in the file (`decode`), what each phone said when (`phone`), the spans in
which it was masked, and what got through to somebody else: what did not was lost on the
way, and nobody could have recorded it. Out: packets that were said inside a span and
are audible, packets that were said outside and are missing, and every other sound
inside a span.
Must not know who masked, nor how: a test says when.

A packet counts as said when it left the phone. It carries the 20 ms before that: what
leaks was spoken up to 20 ms earlier still.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.live.decode import Recording, Rest
from tests.live.voice import RATE

GUARD_US = 60_000
"""What may be missing beside a masked span, and at both ends of a file: the switch
blanks what it has not written yet, up to three packets (measured)."""
FOR_EVER = 1 << 62

Said = Mapping[int, Mapping[int, int]]
"""Party -> number -> when it left, in microseconds."""
Reached = Mapping[int, Container[int]]
"""Party -> the numbers that somebody else has heard of it."""


class Span(NamedTuple):
    """While this lasts nothing may be heard."""

    start: int
    """When the switch had said `+OK` to the mask."""
    end: int = FOR_EVER
    """When unmasking was asked for."""

    def holds(self, at: int) -> bool:
        """Whether this moment lies inside."""
        return self.start < at < self.end


class Leak(NamedTuple):
    """A packet that is audible and must not be."""

    party: int
    number: int
    after_mask_ms: float
    before_unmask_ms: float


class Missing(NamedTuple):
    """A packet that is not audible and should be."""

    party: int
    number: int
    at: int
    after_start_ms: float
    before_end_ms: float


@dataclass(frozen=True)
class Verdict:
    """How a recording and its masks go together."""

    leaks: tuple[Leak, ...]
    missing: tuple[Missing, ...]
    strange: tuple[Rest, ...]
    """Sound inside a span that is no whole packet."""
    audible: int
    """How many packets are rightly in the file: a silent file has no leaks either."""
    blanked: int
    """How many packets were said inside a span and are not in the file."""
    lost: int = 0
    """How many are not in the file because nobody got them."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong, and there was something to see."""
        return not (self.leaks or self.missing or self.strange) and self.audible > 0


def judge(
    recording: Recording,
    said: Said,
    spans: Sequence[Span],
    since: int,
    until: int,
    guard_us: int = GUARD_US,
    reached: Reached | None = None,
    unsure: Sequence[Span] = (),
) -> Verdict:
    """Compare a file with what was said between two moments.

    While it is `unsure`, nothing need be heard. A party that `reached` does not name is
    taken to have reached everybody.
    """
    leaks: list[Leak] = []
    missing: list[Missing] = []
    audible = blanked = 0
    for party, packets in said.items():
        heard = recording.of(party)
        for number, at in packets.items():
            span = next((span for span in spans if span.holds(at)), None)
            if number in heard:
                audible += span is None
                leaks += _leaks(party, number, at, span)
            elif span is not None:
                blanked += 1
            elif since + guard_us < at < until - guard_us:
                near = (*spans, *unsure)
                missing += _missing(party, number, at, near, since, until, guard_us)
    strange = tuple(_strange(recording, said, spans))
    kept = tuple(one for one in missing if _got_through(one, reached or {}))
    lost = len(missing) - len(kept)
    return Verdict(tuple(leaks), kept, strange, audible, blanked, lost)


def _got_through(missing: Missing, reached: Reached) -> bool:
    return missing.party not in reached or missing.number in reached[missing.party]


def _leaks(party: int, number: int, at: int, span: Span | None) -> Iterator[Leak]:
    if span is not None:
        yield Leak(party, number, (at - span.start) / 1e3, (span.end - at) / 1e3)


def _missing(
    party: int,
    number: int,
    at: int,
    spans: Sequence[Span],
    since: int,
    until: int,
    guard_us: int,
) -> Iterator[Missing]:
    """Yield a packet unless it lies too close to a span."""
    near = (span.start - guard_us < at < span.end + guard_us for span in spans)
    if not any(near):
        yield Missing(party, number, at, (at - since) / 1e3, (until - at) / 1e3)


def _strange(recording: Recording, said: Said, spans: Sequence[Span]) -> Iterator[Rest]:
    """Yield what sounds inside a span; when it was is told by the packets around it."""
    places = sorted(
        (heard.at, said[heard.spoken.party][heard.spoken.number])
        for heard in recording.heard
        if heard.spoken.number in said.get(heard.spoken.party, ())
    )
    for rest in recording.rests:
        index = max(0, bisect_right(places, (rest.start, FOR_EVER)) - 1)
        place, at = places[index] if places else (0, 0)
        middle = at + ((rest.start + rest.end) // 2 - place) * 1_000_000 // RATE
        if not places or any(span.holds(middle) for span in spans):
            yield rest
