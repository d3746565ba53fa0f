"""WAV files as telephones play them: mono, 16 bit, 8 or 16 kHz.

In: files and samples. Out: lengths, checksums, resampled audio. Pure Python, because it
runs a few times a year on a few seconds of speech.
"""

from __future__ import annotations

import hashlib
import math
import sys
import wave
from array import array
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from eslflow.errors import PromptError, unreadable

PEAK = 0.7
"""Loudest sample of what we make, of full scale: about -3 dBFS."""
_TAPS = 24
"""Samples of the slower rate on each side that the low-pass looks at."""


@dataclass(frozen=True)
class Wav:
    """What a file holds."""

    rate: int
    """Samples a second."""
    channels: int
    ms: int
    sha256: str
    """Of the whole file, in hex."""


def read(path: Path) -> Wav:
    """Return what a file holds.

    Raises:
        PromptError: it is no WAV file that FreeSWITCH could play.
    """
    try:
        data = path.read_bytes()
        with wave.open(BytesIO(data)) as file:
            rate, frames, channels = (
                file.getframerate(),
                file.getnframes(),
                file.getnchannels(),
            )
            held = len(file.readframes(frames)) // (channels * file.getsampwidth())
    except OSError as error:
        raise PromptError(unreadable(path, error)) from error
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        hint = "Record it again as WAV, mono, 16 bit, 8000 Hz."
        reason = str(error) or "it ends too soon"
        raise PromptError(f"{path} is no WAV file: {reason}. {hint}") from error
    if not held or not rate:
        raise PromptError(f"{path} is a WAV file without sound. Record it again.")
    digest = hashlib.sha256(data).hexdigest()
    return Wav(rate, channels, held * 1000 // rate, digest)


def samples(data: bytes) -> tuple[array[int], int]:
    """Return the samples of a mono 16-bit WAV file and their rate.

    Raises:
        PromptError: it is something else.
    """
    try:
        with wave.open(BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise PromptError("the speech is not mono, 16 bit")
            rate = file.getframerate()
            sound = array("h", file.readframes(file.getnframes()))
    except (wave.Error, EOFError) as error:
        reason = str(error) or "it ends too soon"
        raise PromptError(f"the speech is no WAV file: {reason}") from error
    if sys.byteorder == "big":
        sound.byteswap()
    return sound, rate


def encode(sound: array[int], rate: int) -> bytes:
    """Return a mono 16-bit WAV file."""
    if sys.byteorder == "big":
        sound = array("h", sound)
        sound.byteswap()
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())
    return out.getvalue()


def resample(sound: array[int], rate: int, to: int) -> array[int]:
    """Return the sound at another rate, without what that rate cannot carry.

    A windowed sinc: what lies above half the lower rate would come back as noise.
    """
    if rate == to or not sound:
        return sound
    step = rate / to
    cutoff = 0.92 * min(1.0, to / rate)
    reach = _TAPS * max(1.0, step)
    out = array("h")
    for place in range(int(len(sound) / step)):
        middle = place * step
        first = max(0, math.ceil(middle - reach))
        last = min(len(sound) - 1, math.floor(middle + reach))
        total = weight = 0.0
        for index in range(first, last + 1):
            part = _sinc((index - middle) * cutoff) * _window((index - middle) / reach)
            total += part * sound[index]
            weight += part
        out.append(_clip(total / weight if weight else 0.0))
    return out


def normalise(sound: array[int]) -> array[int]:
    """Return the sound as loud as `PEAK`, without the silence around it."""
    peak = max((abs(value) for value in sound), default=0)
    if not peak:
        return sound
    audible = [at for at, value in enumerate(sound) if abs(value) > peak // 100]
    kept = sound[audible[0] : audible[-1] + 1]
    factor = PEAK * 32767 / peak
    return array("h", (_clip(value * factor) for value in kept))


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


def _window(x: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * x)


def _clip(value: float) -> int:
    return max(-32768, min(32767, round(value)))
