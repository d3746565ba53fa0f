import random
import sys
import wave
from array import array

import pytest

from tests.live.decode import Heard, Rest, decode, heard_on, read
from tests.live.voice import LOUD, PCMU, SAMPLES, Spoken, payload

CALLER, AGENT = 2, 11


def speech(party, numbers):
    """Return the samples of packets; None is one of silence."""
    sound = array("h")
    for number in numbers:
        said = None if number is None else payload(Spoken(party, number))
        sound.extend(map(PCMU.__getitem__, said or b"\xff" * SAMPLES))
    return sound


def mix(one, other, shift=0):
    late = array("h", [0] * shift) + other
    size = max(len(one), len(late))
    parts = (part + array("h", [0] * (size - len(part))) for part in (one, late))
    return array("h", map(sum, zip(*parts, strict=True)))


def wav(path, *channels):
    sound = array(
        "h", (sample for each in zip(*channels, strict=True) for sample in each)
    )
    if sys.byteorder == "big":
        sound.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sound.tobytes())
    return path


def test_a_stereo_file_has_each_party_on_its_side(tmp_path):
    left, right = speech(CALLER, [5, None, 7]), speech(AGENT, [None, 100, 101])
    found = read(wav(tmp_path / "a.wav", left, right))
    assert found.heard == (
        Heard(Spoken(CALLER, 5), 0, 0),
        Heard(Spoken(CALLER, 7), 320, 0),
        Heard(Spoken(AGENT, 100), 160, 1),
        Heard(Spoken(AGENT, 101), 320, 1),
    )
    assert (found.channels, found.ms, found.rests) == (2, 60, ())


@pytest.mark.parametrize("shift", [0, 1, 3, 80, 159, 160, 333])
def test_a_mono_mix_tells_both_parties_apart(tmp_path, shift):
    both = mix(speech(CALLER, range(50)), speech(AGENT, range(900, 950)), shift)
    found = read(wav(tmp_path / "a.wav", both))
    assert found.of(CALLER) == {n: n * SAMPLES for n in range(50)}
    assert found.of(AGENT) == {n: (n - 900) * SAMPLES + shift for n in range(900, 950)}
    assert found.rests == ()


def test_what_the_switch_fills_in_is_silence():
    sound = speech(CALLER, [1])
    found = decode([mix(sound, array("h", [-1] * 480))])
    assert found.of(CALLER) == {1: 0}
    assert found.rests == ()


def test_a_part_of_a_packet_is_a_rest():
    sound = speech(CALLER, [1, 2, 3])
    sound[320:340] = array("h", [0] * 20)
    found = decode([sound])
    assert list(found.of(CALLER)) == [1, 2]
    assert found.rests == (Rest(0, 340, 480),)
    assert found.rests[0].ms == 17.5


def test_one_sample_in_the_silence_is_a_rest():
    sound = array("h", [0] * 1000)
    sound[500] = LOUD
    assert decode([sound]).rests == (Rest(0, 500, 501),)


def test_a_tone_is_a_rest_and_hides_what_it_is_mixed_with():
    sound = mix(speech(CALLER, [1, 2]), array("h", [4500] * 160))
    found = decode([sound])
    assert list(found.of(CALLER)) == [2]
    assert found.rests == (Rest(0, 0, 160),)


def test_noise_holds_no_packets():
    dice = random.Random(3)
    noise = array("h", [dice.choice((-LOUD, LOUD)) for _ in range(80_000)])
    assert decode([noise]).heard == ()


def test_a_number_heard_twice_counts_where_it_came_first():
    assert decode([speech(CALLER, [4, 4])]).of(CALLER) == {4: 0}


def test_what_a_phone_hears_is_read_alike():
    found = heard_on([payload(Spoken(AGENT, n)) for n in (1, 2)])
    assert list(found.of(AGENT)) == [1, 2]


def test_a_phone_that_heard_nothing_heard_nothing():
    assert heard_on([]).heard == ()


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(320))
    with pytest.raises(ValueError, match="16000"):
        read(path)
