"""A WAV file as the switch left it: where its sound lies, and where that is silent.

In: an open file. Out: its format, and the first or last sound of a stretch. Survives a
file that was cut anywhere, and a header that was never completed because the switch
died. Reads in pieces, so that two hours of talk take no memory; no `mmap`, because a
file that is cut while it is mapped kills the process that reads it.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 1 << 20
"""Bytes read at once."""
_ZEROS = bytes(PIECE)
_SILENCE = re.compile(rb"\0+")
_PCM, _EXTENSIBLE = 1, 0xFFFE
_UNFINISHED = (0, 0xFFFFFFFF)
"""What stands for a length until the file is closed."""
_RATES = frozenset({8000, 16000, 24000, 32000, 44100, 48000})
_MOST_CHUNKS = 64


@dataclass
class Sound:
    """Where the sound of a file lies. Frames are samples of all channels at once."""

    fd: int
    size: int
    """Of the file, in bytes."""
    rate: int = 0
    channels: int = 0
    begins: int = 0
    """The first byte of sound; 0: there is none."""
    length: int = 0
    """How many bytes of sound there are, whatever the header says."""
    problems: list[str] = field(default_factory=list)
    """What is wrong with its header, in words."""

    @property
    def width(self) -> int:
        """Return the bytes of a frame."""
        return 2 * self.channels

    @property
    def frames(self) -> int:
        """Return how many whole frames there are."""
        return self.length // self.width if self.width else 0

    @property
    def us(self) -> int:
        """Return how long it is, in microseconds."""
        return self.frames * 1_000_000 // self.rate if self.rate else 0

    def frame(self, us: int) -> int:
        """Return the frame at a place of the file; never one that is not there."""
        return min(max(0, us * self.rate // 1_000_000), self.frames)

    def place(self, frame: int) -> int:
        """Return the place of a frame, in microseconds."""
        return frame * 1_000_000 // self.rate

    def pieces(self) -> Iterator[bytes]:
        """Yield all whole frames, in pieces."""
        end = self.frames * self.width
        for at in range(0, end, PIECE):
            yield self._piece(at, end)

    def first_sound(self, begin: int, end: int) -> int | None:
        """Return the first frame from `begin` that is not silent; None: none is."""
        for at in range(begin * self.width, end * self.width, PIECE):
            piece = self._piece(at, end * self.width)
            if piece != _ZEROS[: len(piece)]:
                silent = len(piece) - len(piece.lstrip(b"\0"))
                return (at + silent) // self.width
        return None

    def last_sound(self, begin: int, end: int) -> int | None:
        """Return the last frame before `end` that is not silent; None: none is."""
        starts = range(begin * self.width, end * self.width, PIECE)
        for at in reversed(starts):
            piece = self._piece(at, end * self.width)
            if piece != _ZEROS[: len(piece)]:
                return (at + len(piece.rstrip(b"\0")) - 1) // self.width
        return None

    def longest_silence(self, begin: int, end: int) -> int:
        """Return the frames of the longest silence within a short stretch."""
        data = os.pread(
            self.fd, (end - begin) * self.width, self.begins + begin * self.width
        )
        return max((len(run[0]) for run in _SILENCE.finditer(data)), default=0) // (
            self.width or 1
        )

    def _piece(self, at: int, end: int) -> bytes:
        return os.pread(self.fd, min(PIECE, end - at), self.begins + at)


def sha256(fd: int) -> str:
    """Return the checksum of a whole file."""
    digest = hashlib.sha256()
    at = 0
    while piece := os.pread(fd, PIECE, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()


def find_sound(fd: int) -> Sound:
    """Return what a file holds; what is wrong with it is in `problems`."""
    sound = Sound(fd, os.fstat(fd).st_size)
    head = os.pread(fd, 12, 0)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        sound.problems.append("it is no WAV file" if sound.size else "it is empty")
        return sound
    at = 12
    for _ in range(_MOST_CHUNKS):
        name, claimed = _chunk(fd, at)
        if name == b"fmt ":
            _take_format(sound, os.pread(fd, min(claimed, 40), at + 8))
        elif name == b"data":
            _take_data(sound, at + 8, claimed)
            return sound
        if not name:
            break
        at += 8 + claimed + claimed % 2
    sound.problems.append("it ends before any sound")
    return sound


def _chunk(fd: int, at: int) -> tuple[bytes, int]:
    """Return the name and the length of the chunk at a place; no name: none."""
    head = os.pread(fd, 8, at)
    if len(head) < 8:
        return b"", 0
    name, length = struct.unpack("<4sI", head)
    return name, length


def _take_format(sound: Sound, data: bytes) -> None:
    if len(data) < 16:
        sound.problems.append("its header is cut")
        return
    code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[:16])
    if code == _EXTENSIBLE and len(data) >= 26:
        code = int.from_bytes(data[24:26], "little")
    if code != _PCM or bits != 16:
        sound.problems.append(
            f"its sound is format {code} with {bits} bits, which cannot be looked "
            "into: PCM with 16 bits can"
        )
    elif channels not in (1, 2) or rate not in _RATES:
        sound.problems.append(f"{channels} channels at {rate} Hz are no recording")
    else:
        sound.channels, sound.rate = channels, rate


def _take_data(sound: Sound, begins: int, claimed: int) -> None:
    """Believe the file, not its header: sound goes on until a chunk follows."""
    there = sound.size - begins
    sound.begins, sound.length = begins, there
    if not sound.channels:
        if not sound.problems:
            sound.problems.append("its header does not say how to read it")
        return
    if claimed <= there and (claimed or not there) and _ends_well(sound, claimed):
        sound.length = claimed
    elif claimed in _UNFINISHED:
        sound.problems.append("its header was not completed: the switch did not end it")
    else:
        sound.problems.append(
            f"its header tells of {claimed} bytes of sound, not {there}"
        )


def _ends_well(sound: Sound, claimed: int) -> bool:
    """Whether nothing follows the sound but chunks that end where the file ends."""
    at = sound.begins + claimed + claimed % 2
    for _ in range(_MOST_CHUNKS):
        if at >= sound.size:
            return at - sound.size <= 1
        name, length = _chunk(sound.fd, at)
        if not (name.isascii() and name.strip().isalnum()):
            return False
        at += 8 + length + length % 2
    return False
