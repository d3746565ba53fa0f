"""One side of a stereo recording."""

import os
import wave
from array import array
from io import BytesIO

import pytest

from eslflow.recordings.channel import write_channel
from tests.files import put, talk, wav


def one(path, is_left):
    out = BytesIO()
    fd = os.open(path, os.O_RDONLY)
    try:
        if not write_channel(fd, out, is_left):
            assert out.getvalue() == b""
            return None
    finally:
        os.close(fd)
    out.seek(0)
    with wave.open(out) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), array("h", file.readframes(file.getnframes()))


@pytest.mark.parametrize("rate", [8000, 16000])
def test_each_side_is_written_alone(tmp_path, rate):
    both = talk(2, rate=rate)
    path = put(tmp_path / "a.wav", wav(both, rate=rate))
    assert one(path, is_left=True) == (rate, both[0::2])
    assert one(path, is_left=False) == (rate, both[1::2])


def test_a_file_of_one_channel_or_none_has_no_side(tmp_path):
    mono = wav(talk(1, channels=1), channels=1)
    assert one(put(tmp_path / "a.wav", mono), is_left=True) is None
    assert one(put(tmp_path / "b.wav", b"RIFF"), is_left=True) is None
    assert one(put(tmp_path / "c.wav", wav(array("h"))), is_left=True) is None


def test_a_long_one_is_written_in_pieces(tmp_path):
    both = talk(40)
    path = put(tmp_path / "a.wav", wav(both))
    assert one(path, is_left=False) == (8000, both[1::2])
