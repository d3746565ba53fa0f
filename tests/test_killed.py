"""A controller killed at each step of a call, again and again.

The process is killed with SIGKILL just when it has sent a certain command of the call;
which one moves through the whole call from run to run. Every other time it has got the
answer first, and dies at whatever it makes of that: wherever it is. After each kill,
every grant on which a recording was asked for is in the ledger, and the chain holds.
The switch is the simulated one, in this process, over a real socket; where the caller
goes then is not looked at here. ESLFLOW_KILLS=200 kills it more often.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from gevent import socket

from eslflow.ledger.read import Reader
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import Ledger
from eslflow.rig import file_length_ms
from eslflow.sim.channel import Channel
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from tests.command import run

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("ESLFLOW_KILLS", "100"))


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    for flow in (tmp_path / "flows").glob("*.yaml"):
        if flow.name != "support.yaml":
            # The others would be read at each of the starts.
            flow.unlink()
    (tmp_path / "eslflow.yaml").write_text(
        "listen: 127.0.0.1:0\ndefault_flow: support\n"
    )
    return tmp_path


class Doomed:
    """A controller as a process, killed when it has said this many commands."""

    def __init__(self, site, at, is_answered):
        words = [sys.executable, "-m", "eslflow", "--site", str(site), "serve"]
        self.process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        line = self.process.stdout.readline()
        self.port = int(line.strip().rpartition(":")[2])
        self.at = at
        self.is_answered = is_answered

    def call(self, script):
        """Play the switch's side until the process is killed; return the channel."""
        channel = Channel(script, SimulatedClock(), file_length_ms)
        with socket.create_connection(("127.0.0.1", self.port)) as sock:
            while channel.state.is_up:
                try:
                    data = sock.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    break
                answer = channel.receive(data)
                is_last = len(channel.commands) >= self.at
                if self.is_answered or not is_last:
                    sock.sendall(answer)
                if is_last:
                    break
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.stdout.close()
        self.process.wait()
        return channel


def granted_in(path):
    with Reader(path) as ledger:
        lines = ledger.consents(state="granted", limit=1000)
    return {line["call_uuid"] for line in lines}


@pytest.mark.kill
@pytest.mark.timeout(12 * KILLS)
def test_no_kill_loses_a_grant_that_a_recording_rests_on(site):
    scripts = [Script(keys=("1", "2")), Script(keys=("2", "1")), Script()]
    recorded, asked = set(), 0
    for kill in range(KILLS):
        script = Script(**{**vars(scripts[kill % 3]), "uuid": f"kill-{kill}"})
        # Each place of the call with an answer and without.
        channel = Doomed(site, 1 + kill * 7 % 23, kill // 23 % 2 == 1).call(script)
        asked += len(channel.commands)
        if channel.recordings:
            recorded.add(script.uuid)
        # Nobody has written since: SQLite drops what was not committed.
        if (site / "eslflow.db").exists():
            assert verify(site / "eslflow.db").broken is None
            assert recorded <= granted_in(site / "eslflow.db")
    Ledger(site / "eslflow.db").close()
    assert verify(site / "eslflow.db").broken is None
    granted = granted_in(site / "eslflow.db")
    with Reader(site / "eslflow.db") as ledger:
        rows = [ledger.call(line["uuid"]) for line in ledger.calls(limit=1000)]
    assert asked > KILLS
    assert recorded
    assert recorded <= granted
    for kept in rows:
        states = [choice["state"] for choice in kept["choices"]]
        assert not kept["recordings"] or "granted" in states
