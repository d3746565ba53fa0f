"""The audio of one call of a test phone: what it says, and what it hears.

In: the time, packets, keys to press. Out: packets, each with the time it left. Must not
wait: `phone` calls `tick` when it is due. What is sent while a key is pressed is the
key (RFC 2833) and no audio, as telephones do; the numbers go on.
"""

from __future__ import annotations

import random
import struct
from collections import deque
from collections.abc import Callable

from tests.live import tones
from tests.live.voice import PACKET_MS, SAMPLES, SILENCE, Spoken, payload

PCMU, EVENT = 0, 101
KEYS = "0123456789*#ABCD"
KEY_MS = 100
PAUSE_MS = 60
"""Between two keys."""
STILL_MS = 80
"""Before and after a key that is sent as sound."""
_HEAD = struct.Struct("!BBHII")
_KEY = struct.Struct("!BBH")


class Speech:
    """Says packet after packet; the numbers of one party go on from call to call."""

    def __init__(self, party: int, count: Callable[[], int]) -> None:
        self.sent: list[tuple[int, int]] = []
        """Number and time of what was said, in microseconds."""
        self.heard: list[tuple[int, bytes]] = []
        """Time and PCMU of what came in."""
        self.keys: list[tuple[str, int]] = []
        """Keys pressed, and when the first packet of each left."""
        self.is_silent = False
        self._party, self._count = party, count
        self._waiting: deque[str] = deque()
        self._tones: deque[bytes] = deque()
        self._key: tuple[str, int, int] | None = None
        """The key that is pressed, since which stamp, and for how many samples."""
        self._pause = 0
        self._sequence = random.randrange(1 << 15)
        self._stamp = random.randrange(1 << 30)
        self._source = random.randrange(1 << 32)

    def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        self._waiting.extend(keys)

    def whistle(self, keys: str) -> None:
        """Press keys on a telephone that sends them as sound.

        Around each it is silent: FreeSWITCH finds the end of a key in silence alone
        (libteletone_detect.c), which there is in no packet of speech.
        """
        still = [SILENCE] * (STILL_MS // PACKET_MS)
        for key in keys:
            self._tones.extend([*still, *tones.packets(key), *still])

    def hear(self, packet: bytes, now: int) -> None:
        """Take in what the other side says."""
        if len(packet) > _HEAD.size and packet[1] & 0x7F == PCMU:
            self.heard.append((now, packet[_HEAD.size :]))

    def tick(self, now: int) -> list[bytes]:
        """Return what leaves in these 20 ms."""
        number = self._count()
        self._stamp = (self._stamp + SAMPLES) & 0xFFFFFFFF
        if self._key is None and self._waiting and not self._pause:
            self._key = (self._waiting.popleft(), self._stamp, 0)
            self.keys.append((self._key[0], now))
        if self._key is not None:
            return self._pressed(*self._key)
        self._pause = max(0, self._pause - PACKET_MS)
        if self._tones:
            return [self._packet(PCMU, self._tones.popleft(), self._stamp)]
        if self.is_silent:
            return []
        self.sent.append((number, now))
        said = payload(Spoken(self._party, number))
        return [self._packet(PCMU, said, self._stamp)]

    def _pressed(self, key: str, since: int, before: int) -> list[bytes]:
        length = before + SAMPLES
        is_last = length >= KEY_MS * SAMPLES // PACKET_MS
        body = _KEY.pack(KEYS.index(key), (0x80 if is_last else 0) | 10, length)
        if not is_last:
            self._key = (key, since, length)
            return [self._packet(EVENT, body, since, is_first=not before)]
        self._key, self._pause = None, PAUSE_MS
        return [self._packet(EVENT, body, since) for _ in range(3)]

    def _packet(
        self, kind: int, body: bytes, stamp: int, *, is_first: bool = False
    ) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        mark = 0x80 if is_first else 0
        head = _HEAD.pack(0x80, kind | mark, self._sequence, stamp, self._source)
        return head + body
