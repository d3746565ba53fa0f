"""The zip that a bundle is: written in one way only, so that every byte of it counts.

In: parts with their names; or a file that says it is a bundle. Out: the zip; or its
parts. Nothing in it is compressed, so that nothing can swell, and its bytes follow from
its parts: what is not exactly as it is written here, is refused before a part is read.
Must not write what it reads anywhere.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from hashlib import sha256
from typing import BinaryIO, NamedTuple

from eslflow.errors import BadBundle, visible

PIECE = 1 << 20
MOST_PARTS = 20_000
MOST_BYTES = 0xFFFF_0000
"""What a zip of the first kind can hold; a day of talk is less."""
_NAME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?"
)
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_PART, _LISTED, _ENDS = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_NEEDS, _MADE_BY = 10, 3 << 8 | 20
_MODE = 0o100644 << 16
AGAIN = "; get the file again, as eslflow proof wrote it"


class Stamp(NamedTuple):
    """When it was made, as a zip can say it: to two seconds, UTC."""

    time: int
    day: int


class Part(NamedTuple):
    """A part of a zip, and where it lies there."""

    name: str
    size: int
    crc: int
    offset: int
    """Of its first byte."""
    header: int
    """Where what stands before it begins."""


def stamp_of(micros: int) -> Stamp:
    """Return a time as a zip holds it."""
    at = datetime.fromtimestamp(micros // 1_000_000, tz=timezone.utc)
    day = max(0, at.year - 1980) << 9 | at.month << 5 | at.day
    return Stamp(at.hour << 11 | at.minute << 5 | at.second // 2, day)


def write(out: BinaryIO, parts: Iterable[tuple[str, BinaryIO]], stamp: Stamp) -> None:
    """Write a zip of parts, each read from its beginning.

    Raises:
        BadBundle: it would be too big.
        OSError: it cannot be written.
    """
    written: list[Part] = []
    at = 0
    for name, source in parts:
        size, crc = _measured(source)
        head = _before(name, size, crc, stamp)
        if at + len(head) + size > MOST_BYTES or len(written) == MOST_PARTS:
            raise BadBundle(
                "the bundle would be larger than 4 GB: leave recordings out"
            )
        out.write(head)
        source.seek(0)
        for piece in _pieces(source):
            out.write(piece)
        written.append(Part(name, size, crc, at + len(head), at))
        at += len(head) + size
    out.write(_list(written, stamp, at))


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece


def _measured(source: BinaryIO) -> tuple[int, int]:
    size = crc = 0
    source.seek(0)
    for piece in _pieces(source):
        size, crc = size + len(piece), zlib.crc32(piece, crc)
    return size, crc


def _before(name: str, size: int, crc: int, stamp: Stamp) -> bytes:
    fixed = (_NEEDS, 0, 0, *stamp)
    return _LOCAL.pack(_PART, *fixed, crc, size, size, len(name), 0) + name.encode()


def _list(parts: list[Part], stamp: Stamp, at: int) -> bytes:
    """Return what stands at the end of a zip."""
    found = bytearray()
    for part in parts:
        sizes = (part.crc, part.size, part.size, len(part.name), 0, 0, 0, 0)
        fixed = (_MADE_BY, _NEEDS, 0, 0, *stamp)
        found += _ENTRY.pack(_LISTED, *fixed, *sizes, _MODE, part.header)
        found += part.name.encode()
    count = len(parts)
    return bytes(found) + _END.pack(_ENDS, 0, 0, count, count, len(found), at, 0)


class Opened:
    """A zip whose form is that of a bundle; what is in it, is still to be judged."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self.stamp = Stamp(0, 0)
        self.parts: dict[str, Part] = {}
        self._walk()

    def read(self, name: str, most: int) -> bytes:
        """Return a part whole.

        Raises:
            BadBundle: there is none, or it is larger than such a part can be.
        """
        part = self.parts.get(name)
        if part is None:
            raise BadBundle(f"it has no {name}: it is no whole bundle{AGAIN}")
        if part.size > most:
            raise BadBundle(f"{name} is larger than {most} bytes: eslflow made it not")
        self._file.seek(part.offset)
        return self._file.read(part.size)

    def sums(self, part: Part) -> str:
        """Return the SHA-256 of a part, in hex.

        Raises:
            BadBundle: its own checksum is not that of its bytes.
        """
        digest, crc, left = sha256(), 0, part.size
        self._file.seek(part.offset)
        while piece := self._file.read(min(PIECE, left)):
            digest.update(piece)
            crc, left = zlib.crc32(piece, crc), left - len(piece)
        if crc != part.crc:
            raise BadBundle(f"{part.name} is damaged: its checksum is another{AGAIN}")
        return digest.hexdigest()

    def _walk(self) -> None:
        """Find the parts, one behind the other, and nothing else.

        Raises:
            BadBundle: it is anything but a zip as `write` makes it.
        """
        at = 0
        while (head := self._at(at, _LOCAL.size))[:4] == _PART:
            if len(self.parts) == MOST_PARTS:
                raise BadBundle(f"it has more than {MOST_PARTS} parts: no bundle has")
            part = self._part(at, head)
            self.parts[part.name] = part
            at = part.offset + part.size
        if not self.parts:
            raise BadBundle("it is no zip: a bundle is what eslflow proof CALL wrote")
        rest = _list(list(self.parts.values()), self.stamp, at)
        if self._size != at + len(rest) or self._at(at, len(rest)) != rest:
            raise BadBundle(
                "what lists its parts is not as eslflow writes it: it is cut, was "
                f"changed or packed again{AGAIN}"
            )

    def _part(self, at: int, head: bytes) -> Part:
        if len(head) < _LOCAL.size:
            raise BadBundle(f"it is cut off{AGAIN}")
        _, _, _, method, time, day, crc, _, size, length, _ = _LOCAL.unpack(head)
        name = self._at(at + _LOCAL.size, length).decode("latin-1")
        shown = visible(name[:100])
        if not _NAME.fullmatch(name):
            raise BadBundle(f"no part of a bundle is named {shown!r}: do not unpack it")
        if name in self.parts:
            raise BadBundle(f"it holds {shown} twice: do not unpack it")
        if method:
            raise BadBundle(f"{shown} is compressed: it was packed again{AGAIN}")
        if not self.parts:
            self.stamp = Stamp(time, day)
        if _before(name, size, crc, self.stamp) != head + name.encode():
            raise BadBundle(f"what stands before {shown} is not as written{AGAIN}")
        part = Part(name, size, crc, at + _LOCAL.size + length, at)
        if part.offset + size > self._size:
            raise BadBundle(f"{shown} is cut off{AGAIN}")
        return part

    def _at(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        return self._file.read(length)
