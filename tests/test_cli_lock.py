"""One `serve` for each site."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eslflow.cli.lock import LOCK, _alive, only_one
from eslflow.errors import EslflowError

ROOT = Path(__file__).parent.parent
HOLD = """\
import sys
from pathlib import Path
from eslflow.cli.lock import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_is_refused_and_told_whom_to_stop(tmp_path):
    with (
        only_one(tmp_path),
        pytest.raises(EslflowError, match="serves this site already") as refused,
        only_one(tmp_path),
    ):
        pass
    assert f"kill {os.getpid()};" in str(refused.value)
    with only_one(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


def test_a_killed_one_holds_it_no_more(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(EslflowError, match=f"process {other.pid} "):
            only_one(tmp_path).__enter__()
        other.send_signal(signal.SIGKILL)
        other.communicate()
    with only_one(tmp_path):
        assert (tmp_path / LOCK).exists()


def test_a_file_that_somebody_else_has_left_is_locked_too(tmp_path, monkeypatch):
    (tmp_path / LOCK).write_text("999999999\n")
    opened = os.open

    def as_another(path, flags, *mode):
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *mode)

    monkeypatch.setattr(os, "open", as_another)
    with only_one(tmp_path):
        assert (tmp_path / LOCK).read_text() == "999999999\n"
        with pytest.raises(EslflowError, match=r"\(process unknown .*or kill it;"):
            only_one(tmp_path).__enter__()


def test_only_a_process_that_lives_is_named(monkeypatch):
    assert _alive(str(os.getpid()).encode()) == str(os.getpid())
    assert (
        _alive(b"") == _alive(b"x") == _alive(b"999999999") == _alive(b"9" * 20) == ""
    )

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "kill", refuse)
    assert _alive(b"17") == "17"


def test_a_site_that_cannot_be_locked_is_served_and_told(tmp_path, caplog):
    (tmp_path / LOCK).mkdir()
    with only_one(tmp_path):
        assert "Nothing keeps a second serve away" in caplog.text
