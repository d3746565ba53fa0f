"""A WAV file as the switch left it."""

import hashlib
import os
from array import array
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eslflow.recordings import sound as sounds
from eslflow.recordings.sound import find_sound, sha256
from tests.files import chunk, put, silence, talk, wav


@contextmanager
def looked_into(folder, data):
    fd = os.open(put(folder / "x.wav", data), os.O_RDONLY)
    try:
        yield find_sound(fd)
    finally:
        os.close(fd)


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_whole_file_tells_its_length(tmp_path, rate, channels):
    data = wav(talk(1.5, channels=channels, rate=rate), channels=channels, rate=rate)
    with looked_into(tmp_path, data) as found:
        assert found.problems == []
        assert (found.us, found.rate, found.channels) == (1_500_000, rate, channels)
        assert sha256(found.fd) == hashlib.sha256(data).hexdigest()


def test_chunks_around_the_sound_are_no_sound(tmp_path):
    notes = chunk(b"LIST", b"INFO of it")
    data = wav(
        talk(1), before=chunk(b"fact", b"odd"), after=notes + chunk(b"id3 ", b"")
    )
    with looked_into(tmp_path, data) as found:
        assert (found.problems, found.us) == ([], 1_000_000)
    data = wav(talk(1), before=chunk(b"fact", b"x" * 7), code=0xFFFE)
    with looked_into(tmp_path, data) as found:
        assert "format 65534" in found.problems[0]


def test_the_long_way_to_say_pcm_is_understood(tmp_path):
    data = wav(talk(1), code=0xFFFE)
    more = b"\x16\0\x10\0\3\0\0\0\1\0" + bytes(14)
    at = data.index(b"data")
    head = data[:16] + (40).to_bytes(4, "little") + data[20:at]
    with looked_into(tmp_path, head + more + data[at:]) as found:
        assert (found.problems, found.us) == ([], 1_000_000)


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF])
def test_a_header_that_was_never_completed_is_not_believed(tmp_path, claimed):
    with looked_into(tmp_path, wav(talk(2), claimed=claimed)) as found:
        assert found.us == 2_000_000
        assert "its header was not completed" in found.problems[0]


def test_a_header_that_tells_of_less_or_more_is_not_believed(tmp_path):
    for claimed in (16_000, 1_000_000):
        with looked_into(tmp_path, wav(talk(2), claimed=claimed)) as found:
            assert found.us == 2_000_000
            assert f"tells of {claimed} bytes of sound, not 64000" in found.problems[0]
    cut = wav(talk(2), after=chunk(b"LIST", bytes(100)))[:-50]
    with looked_into(tmp_path, cut) as found:
        assert found.problems


def test_what_cannot_be_looked_into_is_told(tmp_path):
    said = {
        b"": "it is empty",
        b"RIFF": "it is no WAV file",
        b"OggS" + bytes(100): "it is no WAV file",
        wav(talk(1))[:20]: "its header is cut",
        wav(talk(1))[:40]: "it ends before any sound",
        wav(talk(1), bits=8): "PCM with 16 bits can",
        wav(talk(1), code=7): "format 7",
        wav(talk(1), channels=3): "3 channels at 8000 Hz are no recording",
        wav(talk(1), rate=1): "2 channels at 1 Hz are no recording",
        b"RIFF0000WAVE" + chunk(b"data", bytes(8)): "does not say how to read it",
        b"RIFF0000WAVE" + chunk(b"fact", b"") * 70: "it ends before any sound",
    }
    for data, words in said.items():
        with looked_into(tmp_path, data) as found:
            assert words in "; ".join(found.problems)
            assert (found.frames, found.us) == (0, 0)


def test_an_empty_recording_is_a_whole_file(tmp_path):
    with looked_into(tmp_path, wav(array("h"))) as found:
        assert (found.problems, found.frames) == ([], 0)


def test_sound_is_found_from_both_sides(tmp_path):
    quiet = silence(1)
    quiet[2 * 3000 + 1] = 256
    quiet[2 * 5000] = -1
    with looked_into(tmp_path, wav(quiet)) as found:
        assert found.first_sound(0, found.frames) == 3000
        assert found.last_sound(0, found.frames) == 5000
        assert found.first_sound(3001, 5000) is None
        assert found.last_sound(3001, 5000) is None
        assert found.first_sound(9, 9) is None
        assert found.longest_silence(0, found.frames) == 3000


def test_sound_is_found_across_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(sounds, "PIECE", 64)
    quiet = silence(1, channels=1)
    quiet[4000] = 7
    with looked_into(tmp_path, wav(quiet, channels=1)) as found:
        assert found.first_sound(0, found.frames) == 4000
        assert found.last_sound(10, found.frames) == 4000
        assert found.last_sound(4001, found.frames) is None


WHOLE = wav(talk(0.1), before=chunk(b"fact", b"1234"), after=chunk(b"LIST", b"12345"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(WHOLE)), st.binary(max_size=4), st.integers(0, 120))
def test_no_file_is_so_broken_that_it_cannot_be_looked_into(tmp_path, cut, dirt, at):
    data = WHOLE[:at] + dirt + WHOLE[at + len(dirt) :]
    with looked_into(tmp_path, data[:cut]) as found:
        assert found.us <= 110_000 or found.rate != 8000
        found.first_sound(0, found.frames)
        found.last_sound(0, found.frames)
        sha256(found.fd)
