import itertools

import pytest

from tests.live.rtp import KEYS
from tests.live.tones import keys_in, packets
from tests.live.voice import PCMU, SILENCE, Spoken, payload


def samples(*parts):
    return [PCMU[byte] for part in parts for byte in part]


def test_every_key_is_recognised_by_its_tones():
    sound = [part for key in KEYS for part in (*packets(key), SILENCE, SILENCE)]
    assert keys_in(samples(*sound)) == KEYS


def test_the_same_key_twice_is_two():
    sound = [*packets("4"), SILENCE, SILENCE, *packets("4")]
    assert keys_in(samples(*sound)) == "44"


@pytest.mark.parametrize("party", [1, 9])
def test_speech_and_silence_are_no_keys(party):
    said = [payload(Spoken(party, number)) for number in range(0, 60000, 300)]
    assert keys_in(samples(*said, *itertools.repeat(SILENCE, 10))) == ""


def test_keys_between_speech_are_heard():
    said = payload(Spoken(1, 77))
    sound = [said, said, *packets("7"), said, *packets("3"), said]
    assert keys_in(samples(*sound)) == "73"
