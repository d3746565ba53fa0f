"""WAV files as telephones play them."""

import math
from array import array

import pytest

from eslflow.errors import PromptError
from eslflow.prompts import wav


def tone(hertz, rate, seconds=0.2, loud=10_000):
    count = int(rate * seconds)
    wave = (math.sin(2 * math.pi * hertz * n / rate) for n in range(count))
    return array("h", (round(loud * value) for value in wave))


def strength(sound):
    middle = sound[len(sound) // 4 : -len(sound) // 4]
    return math.sqrt(sum(value * value for value in middle) / len(middle))


def test_what_is_encoded_is_read_back(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav.encode(tone(440, 8000, 0.5), 8000))
    held = wav.read(path)
    assert (held.rate, held.channels, held.ms, len(held.sha256)) == (8000, 1, 500, 64)
    assert wav.samples(path.read_bytes()) == (tone(440, 8000, 0.5), 8000)


def test_what_the_lower_rate_can_carry_survives_and_the_rest_is_gone():
    kept = wav.resample(tone(1000, 22050), 22050, 8000)
    gone = wav.resample(tone(6000, 22050), 22050, 8000)
    assert strength(kept) == pytest.approx(10_000 / math.sqrt(2), rel=0.05)
    assert strength(gone) < 100
    assert len(kept) == pytest.approx(1600, abs=2)


def test_the_same_rate_changes_nothing():
    sound = tone(440, 8000)
    assert wav.resample(sound, 8000, 8000) is sound
    assert wav.resample(array("h"), 8000, 16000) == array("h")


def test_a_higher_rate_keeps_the_tone():
    up = wav.resample(tone(1000, 8000), 8000, 16000)
    assert strength(up) == pytest.approx(10_000 / math.sqrt(2), rel=0.05)


def test_loudness_is_set_and_silence_around_is_cut():
    silence = array("h", [0] * 100)
    sound = wav.normalise(silence + tone(440, 8000, loud=500) + silence)
    assert max(map(abs, sound)) == pytest.approx(wav.PEAK * 32767, rel=0.01)
    assert abs(sound[0]) > 0
    assert wav.normalise(silence) is silence


def test_a_file_that_breaks_off_is_as_long_as_what_is_there(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav.encode(tone(440, 8000, 0.5), 8000)[:-4000])
    assert wav.read(path).ms == 250


@pytest.mark.parametrize("data", [b"", b"no sound", wav.encode(array("h"), 8000)])
def test_a_file_that_cannot_be_played_is_told(tmp_path, data):
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(PromptError, match=r"a\.wav is (?!no WAV file: \.)"):
        wav.read(path)
    with pytest.raises(PromptError, match="cannot be read"):
        wav.read(tmp_path / "none.wav")


def test_speech_that_is_not_mono_16_bit_is_refused():
    import io
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0" * 400)
    with pytest.raises(PromptError, match="not mono"):
        wav.samples(out.getvalue())
    with pytest.raises(PromptError, match="no WAV file"):
        wav.samples(b"no")
