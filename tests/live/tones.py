"""Keys as sound: two tones at once, as a telephone without RFC 2833 sends them.

In: a key. Out: PCMU that sounds like it; and from samples the keys that sound in them.
Must not know of calls or files.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from tests.live.voice import PCMU, RATE, SAMPLES

LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
"""Hertz of the rows and columns of a keypad (ITU-T Q.23)."""
ROWS = ("123A", "456B", "789C", "*0#D")
TONE_MS = 100
LEVEL = 5000
WINDOW = 205
"""Samples in which the tones of a keypad are told from each other."""
SHARE = 0.6
"""Of a window's energy, that two tones must have to be a key: speech has less."""
_LEVELS = sorted(zip(PCMU, range(256), strict=True))
FLOOR = 1e3
"""Energy of a sample on average below which nothing sounds."""


def packets(key: str) -> list[bytes]:
    """Return the PCMU of a key, 20 ms each."""
    low, high = _tones(key)
    count = RATE * TONE_MS // 1000
    sound = bytes(_encode(_sample(at, low, high)) for at in range(count))
    return [sound[at : at + SAMPLES] for at in range(0, count, SAMPLES)]


def _tones(key: str) -> tuple[int, int]:
    row = next(place for place, keys in enumerate(ROWS) if key in keys)
    return LOW[row], HIGH[ROWS[row].index(key)]


def _encode(sample: int) -> int:
    """Return a byte of PCMU close to a sample, and soon: a phone cannot wait."""
    place = bisect_left(_LEVELS, (sample, 0))
    return _LEVELS[min(place, len(_LEVELS) - 1)][1]


def _sample(at: int, low: int, high: int) -> int:
    angle = 2 * math.pi * at / RATE
    return round(LEVEL * (math.sin(low * angle) + math.sin(high * angle)))


def keys_in(samples: Sequence[int]) -> str:
    """Return the keys that sound, one after the other."""
    found = ""
    before = ""
    for start in range(0, len(samples) - WINDOW, WINDOW // 2):
        key = _key(samples[start : start + WINDOW])
        if key and key != before:
            found += key
        before = key
    return found


def _key(window: Sequence[int]) -> str:
    energy = sum(sample * sample for sample in window)
    if energy < FLOOR * len(window):
        return ""
    low = max(LOW, key=lambda hertz: _power(window, hertz))
    high = max(HIGH, key=lambda hertz: _power(window, hertz))
    parts = _power(window, low), _power(window, high)
    is_key = sum(parts) > SHARE * energy and min(parts) > energy / 10
    return ROWS[LOW.index(low)][HIGH.index(high)] if is_key else ""


def _power(window: Sequence[int], hertz: int) -> float:
    """Return the energy of one tone (Goertzel)."""
    factor = 2 * math.cos(2 * math.pi * hertz / RATE)
    one = two = 0.0
    for sample in window:
        one, two = sample + factor * one - two, one
    return 2 * (one * one + two * two - factor * one * two) / len(window)
