"""Sound on this machine, where a program plays it."""

import subprocess

import pytest

from eslflow.cli.player import MOST_SAID, PLAYERS, Player


def put(folder, name, script):
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("words", PLAYERS)
def test_each_program_gets_its_options_and_the_file(path, words):
    put(path, words[0], f'echo "$@" >{path}/told')
    player = Player()
    assert player.problem == ""
    assert player.play(path / "a.wav")
    assert (path / "told").read_text().split() == [*words[1:], str(path / "a.wav")]


def test_the_first_program_that_is_there_plays(path):
    for words in PLAYERS:
        put(path, words[0], f"echo {words[0]} >>{path}/told")
    Player().play(path / "a.wav")
    assert (path / "told").read_text() == "paplay\n"


def test_without_a_program_it_is_said_what_to_install(path):
    player = Player()
    assert not player.play(path / "a.wav")
    names = "paplay, aplay, afplay or play"
    assert player.problem == f"no program plays sound: install {names}"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo; echo no card >&2; echo more >&2; exit 1", "no card"),
        ("exit 1", "it does not say why"),
        (f"printf '%0{MOST_SAID + 9}d' 0 >&2; exit 1", "0" * MOST_SAID),
    ],
)
def test_a_program_that_fails_is_told_and_not_run_again(path, script, why):
    put(path, "aplay", f"echo >>{path}/runs\n{script}")
    player = Player()
    assert not player.play(path / "a.wav")
    assert player.problem == f"aplay plays nothing: {why}"
    assert not player.play(path / "a.wav")
    assert (path / "runs").read_text() == "\n"


def test_a_program_that_is_none_is_told(path):
    put(path, "aplay", "")
    player = Player()
    (path / "aplay").unlink()
    assert not player.play(path / "a.wav")
    assert "aplay plays nothing: [Errno 2]" in player.problem


def test_ctrl_c_ends_the_sound_and_no_more(path, monkeypatch):
    put(path, "aplay", "")
    player = Player()

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    assert player.play(path / "a.wav")
    assert player.problem == ""
