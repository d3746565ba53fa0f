"""Sound in another form, and the same."""

import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from eslflow.errors import SettingsError
from eslflow.recordings import forms
from eslflow.recordings.forms import Decoded, Form
from eslflow.recordings.sound import find_sound
from tests.files import chunk, silence, talk, wav


@contextmanager
def file_of(data):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file


@contextmanager
def encoded(data, form):
    """Yield a sound, and the file that it was encoded to."""
    with file_of(data) as source, tempfile.TemporaryFile() as out:
        sound = find_sound(source.fileno())
        forms.encode(sound, form, out)
        yield sound, out


@pytest.mark.parametrize("rate", [8000, 16000, 32000, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_flac_holds_the_same_samples(rate, channels):
    given = {"rate": rate, "channels": channels}
    with encoded(wav(talk(3, **given), **given), Form.FLAC) as (sound, out):
        assert forms.is_same(sound, out)
        assert os.fstat(out.fileno()).st_size < sound.size
        with tempfile.TemporaryFile() as back:
            forms.as_wav(out, back)
            back.seek(0)
            assert back.read() == wav(talk(3, **given), **given)


def test_what_is_longer_than_a_piece_is_the_same_too():
    with encoded(wav(talk(60)), Form.FLAC) as (sound, out):
        assert forms.is_same(sound, out)


@pytest.mark.parametrize(
    "other",
    [
        wav(talk(2.9)),
        wav(talk(3.1)),
        wav(silence(3)),
        wav(talk(3, channels=1), channels=1),
        wav(talk(3), rate=16000),
    ],
)
def test_one_sample_more_or_less_is_not_the_same(other):
    with encoded(wav(talk(3)), Form.FLAC) as (_, out), file_of(other) as file:
        assert not forms.is_same(find_sound(file.fileno()), out)


def test_chunks_behind_the_sound_are_no_sound():
    data = wav(talk(3), after=chunk(b"LIST", b"a switch"))
    with encoded(data, Form.FLAC) as (sound, out), closing(Decoded(out)) as decoded:
        assert decoded.us == sound.us == 3_000_000


@pytest.mark.parametrize("rate", sorted(forms.OPUS_RATES - {12000}))
def test_opus_is_as_long_and_as_loud(rate):
    given = {"rate": rate, "channels": 1}
    with (
        encoded(wav(talk(3, **given), **given), Form.OPUS) as (sound, out),
        closing(Decoded(out)) as decoded,
    ):
        assert decoded.us == sound.us
        # Of 3500; the edges of these waves overshoot.
        assert 2500 < decoded.peak(500_000, 2_500_000) < 6500
        assert decoded.peak(5, 5) == 0
        assert decoded.peak(3_100_000, 3_200_000) == 0


def test_silence_in_opus_is_silent():
    sound = talk(2) + silence(2) + talk(2)
    with encoded(wav(sound), Form.OPUS) as (_, out), closing(Decoded(out)) as decoded:
        assert decoded.peak(2_150_000, 3_950_000) < 10


def test_what_the_library_cannot_read_or_write_is_told():
    with (
        file_of(b"no sound at all") as file,
        pytest.raises(OSError, match="libsndfile: "),
    ):
        Decoded(file)
    with (
        file_of(wav(talk(60))) as file,
        open("/dev/full", "r+b", buffering=0) as full,
        pytest.raises(OSError, match="libsndfile: "),
    ):
        forms.encode(find_sound(file.fileno()), Form.FLAC, full)


def test_a_recording_has_a_name_in_each_form():
    path = Path("/rec/2027/01/15/u-1-1.wav.age")
    assert forms.named(path, "flac").name == "u-1-1.flac"
    assert forms.part_of(path).name == ".u-1-1.part"
    assert sorted(name.name for name in forms.names(path)) == [
        ".u-1-1.part",
        "u-1-1.flac",
        "u-1-1.flac.age",
        "u-1-1.opus",
        "u-1-1.opus.age",
        "u-1-1.wav",
        "u-1-1.wav.age",
    ]
    plain = [str(forms.plain_form(form)) for form in ("", "wav.age", "opus")]
    assert plain == ["wav", "wav", "opus"]


def test_without_its_library_nothing_is_converted(monkeypatch):
    forms.demand_library()
    monkeypatch.setattr(forms, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="pip install soundfile"):
        forms.demand_library()
