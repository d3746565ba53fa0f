"""A controller killed at each step of a call, again and again.

The process is killed with SIGKILL just when it has sent a certain command of the call;
which one moves through the whole call from run to run. Afterwards every grant on which
a recording was asked for is in the ledger. The switch is the simulated one, in this
process, over a real socket; where the caller goes then is not looked at here.
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
KILLS = 100


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

    def __init__(self, site, at):
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
                if len(channel.commands) >= self.at:
                    break
                sock.sendall(answer)
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.stdout.close()
        self.process.wait()
        return channel


@pytest.mark.kill
@pytest.mark.timeout(600)
def test_no_kill_loses_a_grant_that_a_recording_rests_on(site):
    scripts = [Script(keys=("1", "2")), Script(keys=("2", "1")), Script()]
    recorded, asked = set(), 0
    for kill in range(KILLS):
        script = Script(**{**vars(scripts[kill % 3]), "uuid": f"kill-{kill}"})
        channel = Doomed(site, 1 + kill * 7 % 23).call(script)
        asked += len(channel.commands)
        if channel.recordings:
            recorded.add(script.uuid)
    Ledger(site / "eslflow.db").close()
    assert verify(site / "eslflow.db").broken is None
    with Reader(site / "eslflow.db") as ledger:
        granted = {
            line["call_uuid"] for line in ledger.consents(state="granted", limit=1000)
        }
        rows = [ledger.call(line["uuid"]) for line in ledger.calls(limit=1000)]
    assert asked > KILLS
    assert recorded
    assert recorded <= granted
    for kept in rows:
        states = [choice["state"] for choice in kept["choices"]]
        assert not kept["recordings"] or "granted" in states
