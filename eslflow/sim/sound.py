"""What is in a recorder's file: stretches of sound, and the bytes that they make.

In: stretches. Out: a WAV file; masked stretches are digital silence, as the real switch
writes them. Must not write files.
"""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

RATE = 8000
_CALLER = array("h", [2000] * 10 + [-2000] * 10)
_AGENT = array("h", [1500] * 8 + [-1500] * 8)
"""One wave of what caller and agent hum."""


class Span(NamedTuple):
    """A stretch of a file."""

    seconds: float
    is_bridged: bool
    is_masked: bool
    at_s: float = 0.0
    """When it was said: seconds since the call came in."""

    @property
    def end_s(self) -> float:
        """When it was said to its end."""
        return self.at_s + self.seconds

    def cut(self, at_s: float) -> tuple[Span, Span]:
        """Return what comes before a moment within it, and what comes after."""
        before = self._replace(seconds=at_s - self.at_s)
        return before, self._replace(at_s=at_s, seconds=self.end_s - at_s)


def file_of(spans: Iterable[Span], tracks: int, most: int | None = None) -> bytes:
    """Return a WAV file: each party hums, masked stretches are silent.

    A full disk takes at most so many frames.
    """
    sound = array("h")
    heard_s = 0.0
    for span in spans:
        # From edge to edge, or a thousand short stretches would be a frame off each.
        first, last = round(heard_s * RATE), round((heard_s + span.seconds) * RATE)
        heard_s += span.seconds
        sound += _hum(span, last - first, tracks == 2)
    if most is not None:
        del sound[most * tracks :]
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(tracks)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return out.getvalue()


def _hum(span: Span, frames: int, is_stereo: bool) -> array[int]:
    silence = array("h", [0]) * frames
    caller = agent = silence
    if not span.is_masked:
        caller = (_CALLER * (frames // len(_CALLER) + 1))[:frames]
        if span.is_bridged:
            agent = (_AGENT * (frames // len(_AGENT) + 1))[:frames]
    if not is_stereo:
        return array("h", map(sum, zip(caller, agent, strict=True)))
    both = array("h", [0]) * (2 * frames)
    both[0::2], both[1::2] = caller, agent
    return both


def repainted(spans: list[Span], from_s: float, is_masked: bool) -> list[Span]:
    """Return the stretches with everything from a moment on masked, or clear."""
    found: list[Span] = []
    for span in spans:
        if span.end_s <= from_s:
            found.append(span)
        elif span.at_s >= from_s:
            found.append(span._replace(is_masked=is_masked))
        else:
            before, after = span.cut(from_s)
            found += [before, after._replace(is_masked=is_masked)]
    return found
