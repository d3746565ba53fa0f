import itertools
import struct

import pytest

from tests.live import tones
from tests.live.rtp import Speech
from tests.live.voice import SAMPLES, SILENCE, Spoken, payload

PARTY = 3


@pytest.fixture
def speech():
    return Speech(PARTY, itertools.count(40).__next__)


def heads(packets):
    """Return kind (with its mark), sequence and stamp of each packet."""
    return [struct.unpack("!xBHI", packet[:8]) for packet in packets]


def ticks(speech, count):
    return [packet for at in range(count) for packet in speech.tick(at)]


def test_packets_count_and_say_when_they_left(speech):
    packets = ticks(speech, 3)
    assert [packet[12:] for packet in packets] == [
        payload(Spoken(PARTY, number)) for number in (40, 41, 42)
    ]
    assert speech.sent == [(40, 0), (41, 1), (42, 2)]
    kinds, sequences, stamps = zip(*heads(packets), strict=True)
    assert set(kinds) == {0}
    assert sequences == tuple(range(sequences[0], sequences[0] + 3))
    assert stamps == tuple(range(stamps[0], stamps[0] + 3 * SAMPLES, SAMPLES))


def test_a_key_takes_100_ms_and_no_audio_leaves_meanwhile(speech):
    speech.press("*1")
    packets = ticks(speech, 16)
    events = [packet for packet in packets if packet[1] & 0x7F == 101]
    keys = [packet[12] for packet in events]
    assert keys == [10] * 7 + [1] * 7
    ends = [packet[13] >> 7 for packet in events]
    assert ends == [0, 0, 0, 0, 1, 1, 1] * 2
    lengths = [int.from_bytes(packet[14:16], "big") for packet in events]
    assert lengths == [160, 320, 480, 640, 800, 800, 800] * 2
    # One stamp a key, and only its first packet is marked.
    assert len({stamp for _, _, stamp in heads(events)}) == 2
    assert [kind >> 7 for kind, _, _ in heads(events)] == [1, *[0] * 6] * 2
    assert speech.keys == [("*", 0), ("1", 8)]
    assert [number for number, _ in speech.sent] == [45, 46, 47, 53, 54, 55]


def test_who_is_silent_goes_on_counting(speech):
    speech.is_silent = True
    assert ticks(speech, 2) == []
    speech.is_silent = False
    ticks(speech, 1)
    assert speech.sent == [(42, 0)]


def test_audio_is_heard_and_nothing_else(speech):
    speech.hear(bytes([0x80, 0]) + bytes(10) + b"abc", 7)
    speech.hear(bytes([0x80, 101]) + bytes(14), 8)
    speech.hear(b"", 9)
    assert speech.heard == [(7, b"abc")]


def test_a_key_sent_as_sound_stands_in_silence(speech):
    speech.whistle("5")
    said = [packet[12:] for packet in ticks(speech, 14)]
    assert said[:4] == said[9:13] == [SILENCE] * 4
    assert said[4:9] == tones.packets("5")
    assert said[13] == payload(Spoken(PARTY, 53))
