"""One `serve` for each site."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eslflow.cli.lock import LOCK, only_one
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


def test_a_site_that_cannot_be_locked_is_served_and_told(tmp_path, caplog):
    (tmp_path / LOCK).mkdir()
    with only_one(tmp_path):
        assert "Nothing keeps a second serve away" in caplog.text
