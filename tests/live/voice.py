"""What test phones say: every 20 ms of it names the phone that said it, and counts.

In: a party and a number. Out: 160 bytes of PCMU, and the same two again from samples.
Must not know of files, sockets or the time.

A packet is 40 chips of 4 samples, each one of two levels: a mark that no packet can
begin without, 4 bits of party, 20 bits of number, a checksum. Callers speak at ±9340,
agents at ±3132. Where a switch adds the two (a mono recording), the sum of any two
samples is one of four levels that neither reaches alone, so that both are read from the
mix, sample by sample, however their packets lie to each other. No sample of a packet is
near zero: what is left of one, be it a single sample, is seen.
"""

from __future__ import annotations

from typing import NamedTuple

RATE = 8000
PACKET_MS = 20
SAMPLES = 160
"""Of one packet."""
CHIP = 4
"""Samples that repeat one bit."""

FIRST_AGENT = 8
"""Parties below are callers, and loud; from here on they are agents."""
PARTIES = 16

LOUD, SOFT = 9340, 3132
"""What PCMU can say exactly; one is three times the other."""
_SLACK = 700
"""How far from a level a sample may be; the levels are about 3100 apart."""
_QUIET = 8
"""A switch fills in -1 where it heard nothing."""

_MARK = "11100100"
_SILENCE = 0xFF


class Spoken(NamedTuple):
    """What one packet says."""

    party: int
    number: int


def _decode(byte: int) -> int:
    """Return the sample of a PCMU byte (ITU-T G.711)."""
    bits = ~byte & 0xFF
    value = ((((bits & 0x0F) << 3) + 132) << ((bits >> 4) & 7)) - 132
    return -value if bits & 0x80 else value


PCMU = tuple(_decode(byte) for byte in range(256))
"""The sample of each byte of PCMU."""


def encode(sample: int) -> int:
    """Return the PCMU byte nearest to a sample."""
    return min(range(256), key=lambda byte: abs(PCMU[byte] - sample))


def _bytes_of(level: int) -> dict[str, bytes]:
    return {"1": bytes([encode(level)]) * CHIP, "0": bytes([encode(-level)]) * CHIP}


_CALLER, _AGENT = _bytes_of(LOUD), _bytes_of(SOFT)
SILENCE = bytes([_SILENCE]) * SAMPLES
"""A packet that says nothing."""


def _checksum(bits: int) -> int:
    """Return the CRC-8 (polynomial 0x2F, AUTOSAR) of 24 bits."""
    crc = 0xFF
    for byte in bits.to_bytes(3, "big"):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1) ^ (0x12F if crc & 0x80 else 0)
    return crc


def chips(spoken: Spoken) -> str:
    """Return the 40 bits of a packet."""
    bits = (spoken.party << 20) | spoken.number
    return f"{_MARK}{bits:024b}{_checksum(bits):08b}"


def payload(spoken: Spoken) -> bytes:
    """Return the 160 bytes of PCMU of a packet."""
    level = _AGENT if spoken.party >= FIRST_AGENT else _CALLER
    return b"".join(map(level.__getitem__, chips(spoken)))


def spoken(bits: str) -> Spoken | None:
    """Return what 40 bits say, or None if they are no packet."""
    if len(bits) != SAMPLES // CHIP or not bits.startswith(_MARK):
        return None
    if bits.strip("01"):
        return None
    word, crc = int(bits[8:32], 2), int(bits[32:], 2)
    return None if _checksum(word) != crc else Spoken(word >> 20, word & 0xFFFFF)


_BOTH = {"w": (-1, -1), "x": (-1, 1), "y": (1, -1), "z": (1, 1)}
"""The letters of a caller's and an agent's bit at once."""


def _levels() -> bytes:
    """Return a letter for each sample."""
    letters = bytearray(b"?" * 65536)

    def paint(middle: int, slack: int, letter: str) -> None:
        for sample in range(middle - slack, middle + slack + 1):
            letters[sample] = ord(letter)

    paint(0, _QUIET, ".")
    for bit, sign in ((0, -1), (1, 1)):
        paint(sign * LOUD, _SLACK, "cC"[bit])
        paint(sign * SOFT, _SLACK, "aA"[bit])
    for letter, (loud, soft) in _BOTH.items():
        paint(loud * LOUD + soft * SOFT, _SLACK, letter)
    return bytes(letters)


LEVELS = _levels()
"""The letter of each sample; index it with the sample itself, negative ones too.

`.` is silence, `c` and `C` are a caller's 0 and 1, `a` and `A` an agent's, `w` to `z`
are both at once, and `?` is a sound that no phone makes.
"""
CALLERS = bytes.maketrans(b"cCaAwxyz", b"01..0011")
"""Translates letters to a caller's bits, `.` where none speaks."""
AGENTS = bytes.maketrans(b"cCaAwxyz", b"..010101")
"""Translates letters to an agent's bits, `.` where none speaks."""
MARK = "".join(bit * CHIP for bit in _MARK).encode()
"""How a packet begins, sample by sample."""
