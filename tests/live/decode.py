"""Which packets of which party are in a recording, and what else is.

In: a WAV file as FreeSWITCH writes it, mono or stereo, 16 bit, 8 kHz. Out: every packet
that is whole, with its place, and every other stretch that is not silent. Must judge
nothing: see `leaks`.
"""

from __future__ import annotations

import re
import sys
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.live.voice import (
    AGENTS,
    CALLERS,
    CHIP,
    LEVELS,
    MARK,
    PCMU,
    RATE,
    SAMPLES,
    Spoken,
    spoken,
)


class Heard(NamedTuple):
    """A whole packet in a recording."""

    spoken: Spoken
    at: int
    """Its first sample, counted from the start of the file."""
    channel: int
    """0: left, or the only one; 1: right."""


class Rest(NamedTuple):
    """Sound that is no whole packet: a part of one, a prompt, a tone."""

    channel: int
    start: int
    end: int
    """The sample after the last one."""

    @property
    def ms(self) -> float:
        """How long it is."""
        return (self.end - self.start) * 1000 / RATE


@dataclass(frozen=True)
class Recording:
    """What is in a file."""

    channels: int
    samples: int
    """Of one channel."""
    heard: tuple[Heard, ...]
    """In the order of their place, the left channel's first."""
    rests: tuple[Rest, ...]

    @property
    def ms(self) -> float:
        """How long it is."""
        return self.samples * 1000 / RATE

    def of(self, party: int) -> dict[int, int]:
        """Return the first place of each number that a party is heard to say."""
        found: dict[int, int] = {}
        for heard in self.heard:
            if heard.spoken.party == party:
                found.setdefault(heard.spoken.number, heard.at)
        return found


def read(path: Path) -> Recording:
    """Return what is in a WAV file."""
    with wave.open(str(path)) as file:
        shape = (file.getsampwidth(), file.getframerate())
        if shape != (2, RATE):
            raise ValueError(f"{path}: not 16 bit at {RATE} Hz but {shape}")
        channels = file.getnchannels()
        sound = array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        sound.byteswap()
    return decode([sound[channel::channels] for channel in range(channels)])


def heard_on(payloads: list[bytes]) -> Recording:
    """Return what is in the PCMU that a phone received."""
    return decode([array("h", map(PCMU.__getitem__, b"".join(payloads)))])


def decode(channels: list[array[int]]) -> Recording:
    """Return what is in the samples of each channel."""
    heard: list[Heard] = []
    rests: list[Rest] = []
    for channel, samples in enumerate(channels):
        letters = bytes(map(LEVELS.__getitem__, samples))
        found, left = _packets(letters, channel)
        heard += found
        rests += (Rest(channel, *span) for span in left)
    length = max(map(len, channels))
    return Recording(len(channels), length, tuple(heard), tuple(rests))


def _packets(letters: bytes, channel: int) -> tuple[list[Heard], list[tuple[int, int]]]:
    """Return the packets of a channel, and the stretches that are left without them."""
    heard: list[Heard] = []
    left = bytearray(len(letters))
    for side in (CALLERS, AGENTS):
        bits = bytearray(letters.translate(side))
        for at, word in _whole(bytes(bits)):
            heard.append(Heard(word, at, channel))
            bits[at : at + SAMPLES] = b"." * SAMPLES
        # A bit of either side counts, and what is no bit at all counts for both.
        left = bytearray(_or(left, bits.translate(_LOUD)))
    heard.sort(key=lambda one: one.at)
    return heard, [found.span() for found in re.finditer(b"\x01+", left)]


_LOUD = bytes.maketrans(b".01?", b"\x00\x01\x01\x01")


def _or(one: bytearray, other: bytearray) -> bytes:
    """Return the bits that are set in one or the other."""
    both = int.from_bytes(one, "big") | int.from_bytes(other, "big")
    return both.to_bytes(len(one), "big")


def _whole(bits: bytes) -> Iterator[tuple[int, Spoken]]:
    """Yield each packet that one side says, and its place."""
    at = bits.find(MARK)
    while at >= 0:
        said = bits[at : at + SAMPLES]
        word = spoken(said[1::CHIP].decode())
        if word is not None and _repeats(said):
            yield at, word
            at = bits.find(MARK, at + SAMPLES)
        else:
            at = bits.find(MARK, at + 1)


def _repeats(said: bytes) -> bool:
    """Whether every sample of each chip says the same."""
    return all(said[0::CHIP] == said[shift::CHIP] for shift in range(1, CHIP))
