"""Audio where no person recorded it."""

import json
import os
import shutil
from array import array
from pathlib import Path

import pytest

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.errors import PromptError
from eslflow.flow.audio import Audio
from eslflow.prompts import wav
from eslflow.prompts.build import build, due, espeak, read_manifest

HELLO = Audio("t/en/hello.wav", "en", "Hello.", "prompt hello")
SPOKEN = wav.encode(array("h", [500, -500] * 4000), 22050)


def speak(text, language):
    return SPOKEN


def test_what_is_missing_is_made_once(tmp_path):
    assert build([HELLO], tmp_path, speak=speak) == [HELLO]
    assert wav.read(tmp_path / HELLO.path).rate == 8000
    assert build([HELLO], tmp_path, speak=speak) == []


def test_another_rate_is_made_anew_and_back(tmp_path):
    for rate in (8000, 16000, 8000):
        assert build([HELLO], tmp_path, rate, speak) == [HELLO]
        assert wav.read(tmp_path / HELLO.path).rate == rate
        assert build([HELLO], tmp_path, rate, speak) == []


def test_each_file_is_told_when_it_is_there(tmp_path):
    other = Audio("t/en/other.wav", "en", "Other.", "prompt other")
    there = []

    def tell(item):
        there.append([(tmp_path / i.path).exists() for i in (HELLO, other)])

    build([HELLO, other], tmp_path, speak=speak, tell=tell)
    assert there == [[True, False], [True, True]]


def test_what_was_heard_may_only_come_back_as_it_was(tmp_path):
    build([HELLO], tmp_path, speak=speak)
    path = tmp_path / HELLO.path
    before = path.read_bytes()
    heard = {HELLO.path: wav.read(path).sha256}
    with pytest.raises(PromptError, match=r"heard prompt hello \(en\) otherwise"):
        build([HELLO], tmp_path, 16000, speak, heard=heard)
    assert path.read_bytes() == before
    path.unlink()
    assert build([HELLO], tmp_path, speak=speak, heard=heard) == [HELLO]
    assert path.read_bytes() == before


def test_new_words_are_spoken_anew(tmp_path):
    build([HELLO], tmp_path, speak=speak)
    other = Audio(HELLO.path, "en", "Good day.", "prompt hello")
    assert due([other], tmp_path) == [other]
    assert build([other], tmp_path, 16000, speak) == [other]
    assert wav.read(tmp_path / HELLO.path).rate == 16000


def test_a_persons_recording_is_never_written_over(tmp_path):
    path = tmp_path / HELLO.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a person's voice")
    assert build([HELLO], tmp_path, speak=speak) == []
    path.unlink()
    build([HELLO], tmp_path, speak=speak)
    path.write_bytes(SPOKEN)
    other = Audio(HELLO.path, "en", "Good day.", "prompt hello")
    assert build([other], tmp_path, speak=speak) == []
    assert build([HELLO], tmp_path, 16000, speak) == []
    assert path.read_bytes() == SPOKEN


def test_what_cannot_be_played_is_made_anew_and_not_thrown_away(tmp_path):
    build([HELLO], tmp_path, speak=speak)
    path = tmp_path / HELLO.path
    path.write_bytes(b"perhaps a person's, in another format")
    assert build([HELLO], tmp_path, speak=speak) == [HELLO]
    assert wav.read(path).rate == 8000
    aside = path.with_name("hello.wav.broken")
    assert aside.read_bytes() == b"perhaps a person's, in another format"


def test_a_list_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "generated.json").write_text("[1]")
    with pytest.raises(PromptError, match=r"generated\.json cannot be read"):
        read_manifest(tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "t").write_text("a file in the way")
    with pytest.raises(PromptError, match="cannot be written"):
        build([HELLO], tmp_path, speak=speak)


@pytest.fixture
def program(tmp_path, monkeypatch):
    def install(script):
        path = tmp_path / "bin" / "espeak-ng"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    return install


def test_the_text_goes_over_standard_input_never_as_an_argument(program, tmp_path):
    program(f'echo "$@" > {tmp_path}/args; cat > {tmp_path}/text; echo sound')
    assert espeak("--help; $(reboot)", "en") == b"sound\n"
    assert (tmp_path / "text").read_text() == "--help; $(reboot)"
    assert "-v en-gb" in (tmp_path / "args").read_text()
    espeak("Oi", "pt-BR")
    assert "-v pt-br" in (tmp_path / "args").read_text()


def test_a_voice_that_is_not_there_is_told(program):
    program("echo no such voice >&2; exit 1")
    with pytest.raises(PromptError, match="cannot speak 'xx': no such voice"):
        espeak("Hello", "xx")


def test_a_missing_program_is_told_with_a_way_out(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PromptError, match="apt install espeak-ng"):
        espeak("Hello", "en")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")
def test_the_real_program_speaks():
    sound, rate = wav.samples(espeak("Hello.", "en"))
    assert len(sound) > rate // 5


@pytest.mark.parametrize("path", flow_files(shipped.folder("flows")))
def test_every_flow_that_ships_has_its_audio_with_todays_words(path):
    sounds = shipped.folder("sounds")
    audio = list(load_flow(path).audio())
    assert due(audio, sounds) == []
    for item in audio:
        held = wav.read(sounds / item.path)
        assert (held.rate, held.channels) == (8000, 1)
        # A digit is soon said.
        assert held.ms > (300 if item.path.startswith("_receipt") else 500)


def test_the_list_of_shipped_files_names_nothing_that_is_gone():
    sounds = shipped.folder("sounds")
    names = json.loads((sounds / "generated.json").read_text())
    assert all((sounds / Path(name)).exists() for name in names)
