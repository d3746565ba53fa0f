"""The forms in which a recording is kept: WAV as the switch wrote it, FLAC, Opus.

In: a WAV file that was found intact. Out: the same sound in another form, and whether
it still is the same. libsndfile does it, by way of soundfile, which is imported only
where a site converts. Must not decide what is kept, nor name files by anything but the
recording.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from eslflow.errors import SettingsError
from eslflow.recordings.sound import PIECE, Sound


class Form(str, Enum):
    """What a file of sound is."""

    WAV = "wav"
    FLAC = "flac"
    OPUS = "opus"

    def __str__(self) -> str:
        """Give the word as it is stored, and as the file ends."""
        return self.value


AGE = ".age"
"""What an encrypted file's name ends with, as `age` does it."""
OPUS_RATES = frozenset({8000, 12000, 16000, 24000, 48000})
"""What Opus can hold (RFC 6716, 2)."""
_KINDS = {Form.FLAC: ("FLAC", "PCM_16"), Form.OPUS: ("OGG", "OPUS")}
_DTYPE = "int16"


def demand_library() -> None:
    """Refuse to convert where nothing can.

    Raises:
        SettingsError: soundfile is not installed.
    """
    if find_spec("soundfile") is None:
        raise SettingsError(
            "recording: convert: needs soundfile, which is not installed: "
            "pip install soundfile, or remove convert: from eslflow.yaml"
        )


def plain_form(form: str) -> Form:
    """Return what a file is once it is decrypted."""
    return Form(form.removesuffix(AGE) or Form.WAV)


def named(path: Path, form: str) -> Path:
    """Return the name that a recording has in a form; its own has no dots."""
    return path.with_name(f"{_bare(path)}.{form}")


def part_of(path: Path) -> Path:
    """Return the name of a file that is being made."""
    return path.with_name(f".{_bare(path)}.part")


def names(path: Path) -> list[Path]:
    """Return every name that a recording may have had, the one in the making too."""
    forms = [f"{form}{end}" for form in Form for end in ("", AGE)]
    return [part_of(path), *(named(path, form) for form in forms)]


def _bare(path: Path) -> str:
    return path.name.split(".")[0]


def encode(sound: Sound, form: Form, out: BinaryIO) -> None:
    """Write sound in another form.

    Raises:
        OSError: it cannot be written.
    """
    import soundfile

    container, coding = _KINDS[form]
    with (
        _told(),
        # By its number: what goes wrong in a file object's `write` would be lost.
        soundfile.SoundFile(
            out.fileno(),
            "w",
            samplerate=sound.rate,
            channels=sound.channels,
            format=container,
            subtype=coding,
            closefd=False,
        ) as file,
    ):
        for piece in sound.pieces():
            file.buffer_write(piece, dtype=_DTYPE)


def is_same(sound: Sound, file: BinaryIO) -> bool:
    """Whether a file holds exactly this sound, to the last sample."""
    with _told(), _opened(file) as found:
        if (found.samplerate, found.channels) != (sound.rate, sound.channels):
            return False
        own = sound.pieces()
        for piece in _pieces(found):
            if next(own, b"") != piece:
                return False
    return next(own, None) is None


def as_wav(file: BinaryIO, out: BinaryIO) -> None:
    """Write a file as the WAV that it was made of; other chunks than sound are lost."""
    with _told(), _opened(file) as found:
        width, rate = 2 * found.channels, found.samplerate
        length = found.frames * width
        out.write(struct.pack("<4sI4s", b"RIFF", 36 + length, b"WAVE"))
        coding = (1, found.channels, rate, rate * width, width, 16)
        out.write(struct.pack("<4sIHHIIHH", b"fmt ", 16, *coding))
        out.write(struct.pack("<4sI", b"data", length))
        for piece in _pieces(found):
            out.write(piece)
    out.flush()


class Decoded:
    """A file of any form, to be looked into at some places."""

    def __init__(self, file: BinaryIO) -> None:
        with _told():
            self._file = _opened(file)
        self.us: int = self._file.frames * 1_000_000 // self._file.samplerate

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def peak(self, begin_us: int, end_us: int) -> int:
        """Return the loudest sample of a stretch; 32768 is the loudest there is."""
        rate = self._file.samplerate
        begin, end = (min(at, self.us) * rate // 1_000_000 for at in (begin_us, end_us))
        if begin >= end:
            return 0
        loudest = 0
        with _told():
            self._file.seek(begin)
            for piece in _pieces(self._file, end - begin):
                samples = array("h", piece)
                loudest = max(loudest, max(samples), -min(samples))
        return loudest


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the library cannot do as what cannot be done with a file."""
    import soundfile

    try:
        yield
    except soundfile.SoundFileError as error:
        raise OSError(5, f"libsndfile: {error}") from error


def _opened(file: BinaryIO) -> Any:
    import soundfile

    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return soundfile.SoundFile(file.fileno(), closefd=False)


def _pieces(file: Any, most: int | None = None) -> Iterator[bytes]:
    """Yield samples, as many at once as `Sound.pieces` does."""
    at_once = PIECE // (2 * file.channels)
    left = file.frames if most is None else most
    while left > 0:
        piece = bytes(file.buffer_read(min(left, at_once), dtype=_DTYPE))
        if not piece:
            return
        left -= len(piece) // (2 * file.channels)
        yield piece
