"""The command that is run for each recording."""

import os

import pytest

from eslflow.errors import SettingsError
from eslflow.recordings import hook


@pytest.fixture
def program(tmp_path):
    def write(text):
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
        return str(path)

    return write


def goes_on():
    return False


def test_it_gets_its_words_as_they_are(program):
    ran = hook.run((program('printf "%s|" "$@"'), "a b", "$(id)", ";"), {}, goes_on)
    assert ran == ("", "a b|$(id)|;|", False)


def test_it_knows_what_it_is_told_and_no_password(program, monkeypatch):
    monkeypatch.setenv("ESLFLOW_SWITCH_PASSWORD", "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    ran = hook.run((program("env"),), {"ESLFLOW_RECORDING_ID": "u-1"}, goes_on)
    assert "ESLFLOW_RECORDING_ID=u-1" in ran.said
    assert "LANG=C.UTF-8" in ran.said
    assert "secret" not in ran.said


def test_of_much_output_the_end_is_told(program):
    ran = hook.run((program("seq 10000; echo oops >&2; exit 3"),), {}, goes_on)
    assert ran.problem == "it exited with 3"
    assert len(ran.said) < hook.MOST_SAID
    assert ran.said.endswith("10000\noops")


def test_a_signal_is_told(program):
    assert hook.run((program("kill -9 $$"),), {}, goes_on).problem == (
        "it was ended by signal 9"
    )


def test_one_that_hangs_is_ended_with_all_that_it_started(program, tmp_path):
    # The child would hold the pipe open for an hour.
    os.mkfifo(tmp_path / "pipe")
    watched = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    text = f"exec 3>{tmp_path}/pipe; echo begun; sleep 3600 & sleep 3600"
    ran = hook.run((program(text),), {}, goes_on, longest_s=0.5)
    assert ran == ("it ran for more than 0.5 s, and was ended", "begun", False)
    os.set_blocking(watched, True)
    assert os.read(watched, 1) == b""
    os.close(watched)


def test_one_that_runs_when_eslflow_stops_has_not_failed(program):
    ran = hook.run((program("sleep 3600"),), {}, iter([False, True, True]).__next__)
    assert ran.was_broken_off


def test_what_cannot_be_run_is_told(tmp_path):
    assert hook.run((str(tmp_path / "no"),), {}, goes_on).problem == (
        "it cannot be run: No such file or directory"
    )


def test_a_program_must_be_there_and_nobody_elses(program, tmp_path):
    path = program("true")
    hook.demand_program((path,))
    os.chmod(path, 0o702)  # noqa: S103  what must not be
    with pytest.raises(SettingsError, match="chmod o-w"):
        hook.demand_program((path,))
    os.chmod(path, 0o600)
    for name in (path, str(tmp_path)):
        with pytest.raises(SettingsError, match="is no program"):
            hook.demand_program((name,))
    with pytest.raises(SettingsError, match="cannot be run: No such file"):
        hook.demand_program((str(tmp_path / "none"),))
