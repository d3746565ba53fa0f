import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.live import voice
from tests.live.voice import LEVELS, LOUD, PCMU, SOFT, Spoken

SPOKEN = st.builds(Spoken, st.integers(0, 15), st.integers(0, (1 << 20) - 1))


@given(SPOKEN)
def test_what_is_said_is_understood(said):
    assert voice.spoken(voice.chips(said)) == said


@given(SPOKEN, st.integers(0, 39))
def test_one_wrong_chip_is_no_packet(said, at):
    bits = voice.chips(said)
    wrong = bits[:at] + "10"[int(bits[at])] + bits[at + 1 :]
    assert voice.spoken(wrong) is None


@pytest.mark.parametrize("bits", ["", "1" * 39, "." * 40, "11100100" + "?" * 32])
def test_anything_else_is_no_packet(bits):
    assert voice.spoken(bits) is None


@given(SPOKEN)
def test_a_packet_is_20_ms_and_no_sample_of_it_is_quiet(said):
    payload = voice.payload(said)
    level = SOFT if said.party >= voice.FIRST_AGENT else LOUD
    assert len(payload) == voice.SAMPLES
    assert {abs(PCMU[byte]) for byte in payload} == {level}


def test_pcmu_is_what_the_itu_says():
    # The ends and the middle of G.711's table 2.
    assert PCMU[0x80] == 32124
    assert PCMU[0x00] == -32124
    assert PCMU[0xFF] == PCMU[0x7F] == 0
    assert voice.encode(0) in {0xFF, 0x7F}
    assert all(PCMU[voice.encode(sample)] == sample for sample in PCMU)


def test_two_who_speak_at_once_are_both_read_from_the_sum():
    for loud in (-1, 0, 1):
        for soft in (-1, 0, 1):
            letter = bytes([LEVELS[loud * LOUD + soft * SOFT]])
            assert letter.translate(voice.CALLERS) == b"0.1"[loud + 1 :][:1]
            assert letter.translate(voice.AGENTS) == b"0.1"[soft + 1 :][:1]


@pytest.mark.parametrize("sample", [100, -1500, 4700, 7800, -10900, 32767, -32768])
def test_other_sounds_are_nobodys(sample):
    assert chr(LEVELS[sample]) == "?"
