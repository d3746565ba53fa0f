"""Reloads, again and again, while calls go on: which flow did each call run to its end?

    scripts/bench reloads [--reloads N] [--calls N]

In: how often, and under how many calls. Out: figures, or an error that names a call
that was lost or changed its flow. A real `eslflow serve` in a process of its own, real
sockets, the simulated switch. Each version of the flow has another queue, and a step of
another name; a caller who is asked for a key in one version presses it some reloads
later. Nothing here waits for a time: calls wait for reloads, and reloads for nobody.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
from gevent import socket
from gevent.event import Event

from eslflow.cli.reload import reload
from eslflow.clock import running_s
from eslflow.ledger.read import Reader
from eslflow.ledger.versions import Versions
from eslflow.prompts.wav import encode
from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedCall, SimulatedSwitch

ROOT = Path(__file__).resolve().parent.parent.parent
FLOW = """\
flow: office
prompts: {{which: Press 1.}}
steps:
  ask: {{menu: which, keys: {{1: v{0}}}, timeout: 60s, failure: v{0}}}
  v{0}: {{queue: v{0}}}
"""
PROBES = 3
"""How often, while each reload goes on, serve is asked how soon it answers."""


class VersionError(AssertionError):
    """A call was lost, or ran something else than what it began with."""


@dataclass
class Caller:
    """One call, which stays at its question until a reload has come."""

    due: int
    """Until which one."""
    since: int
    """The last version that was served for certain when it called."""
    until: int = 0
    """The last one that can have been served when it was asked."""
    asked: Event = field(default_factory=Event)
    may: Event = field(default_factory=Event)
    job: Any = None

    def press(self, _: int) -> str:
        """Press the key, but not before the time has come."""
        self.asked.set()
        self.may.wait()
        return "1"

    @property
    def call(self) -> SimulatedCall:
        """What became of it."""
        found: SimulatedCall = self.job.get()
        return found


class Load:
    """A site that is served, and those who call it."""

    def __init__(self, site: Path, address: tuple[str, int], life: int) -> None:
        self.site = site
        self.number = self.served = 0
        """The version in the file, and the last one that was served for certain."""
        self.callers: list[Caller] = []
        self.answers_s: list[float] = []
        self.reloads_s: list[float] = []
        self._address = address
        self._life = life
        self._chance = random.Random(1)
        self._switch = SimulatedSwitch(*address, length_ms=lambda _: 1000)

    @property
    def waiting(self) -> list[Caller]:
        """Those who are at their question."""
        return [caller for caller in self.callers if not caller.may.is_set()]

    def calls(self) -> None:
        """Let one more call."""
        due = self.number + self._chance.randint(1, self._life)
        caller = Caller(due, self.served)
        script = Script(path="office", press=caller.press, agent_after_s=1, talk_s=2)
        caller.job = gevent.spawn(self._switch.call, script)
        self.callers.append(caller)

    def reloads(self) -> None:
        """Reload once; meanwhile calls end and others begin."""
        self.number += 1
        put(self.site, self.number)
        began = running_s()
        pool = gevent.get_hub().threadpool
        job = pool.spawn(reload, self.site, f"number {self.number}")
        going = [caller for caller in self.waiting if caller.due <= self.number]
        for caller in going:
            caller.may.set()
            self.calls()
        for _ in range(PROBES):
            self._probe()
        found: dict[str, Any] = job.get() or {}
        if found["state"] != "served":
            raise VersionError(f"reload {self.number} was refused: {found['told']}")
        self.reloads_s.append(running_s() - began)
        self.served = self.number

    def _probe(self) -> None:
        """Measure how soon a new connection is answered."""
        began = running_s()
        with socket.create_connection(self._address) as sock:
            if not sock.recv(100).startswith(b"connect"):
                raise VersionError("serve has not answered a connection")
        self.answers_s.append(running_s() - began)

    def settle(self) -> None:
        """Wait until all who have called are asked."""
        for caller in self.callers:
            if not caller.until:
                gevent.wait((caller.asked, caller.job), count=1)
                caller.until = self.number

    def ends(self) -> None:
        """Let all calls come to their end."""
        for caller in self.waiting:
            caller.may.set()
        gevent.joinall([caller.job for caller in self.callers], raise_error=True)

    def compare(self) -> None:
        """Compare what each call ran with what it began with.

        Raises:
            VersionError: a call that is not as it should be.
        """
        ledger = self.site / "eslflow.db"
        with Reader(ledger) as reader, Versions(ledger) as versions:
            lines = {line["uuid"]: line for line in reader.calls(limit=-1)}
            if len(lines) != len(self.callers):
                raise VersionError(f"{len(self.callers)} called, {len(lines)} are kept")
            served = [line["note"] for line in reversed(versions.log())]
            if served != ["", *(f"number {n + 1}" for n in range(self.number))]:
                raise VersionError(f"the log says: {served}")
            for caller in self.callers:
                line = lines[caller.call.uuid]
                text = versions.version(line["flow_sha256"])["text"]
                judge(caller, line["ending"], text)


def judge(caller: Caller, ending: str, text: str) -> None:
    call = caller.call
    queues = [
        sent.headers.get("execute-app-arg")
        for sent in call.commands
        if sent.headers.get("execute-app-name") == "callcenter"
    ]
    if (call.ending, ending) != ("hung_up", "hung_up"):
        raise VersionError(f"{call.uuid} was lost: {call.ending}, {ending}")
    if len(queues) != 1 or text != FLOW.format(str(queues[0])[1:]):
        raise VersionError(f"{call.uuid} came to {queues}, and began with:\n{text}")
    number = int(str(queues[0])[1:])
    if not caller.since <= number <= caller.until:
        raise VersionError(
            f"{call.uuid} began with {number}, not {caller.since} or later"
        )


def put(site: Path, number: int) -> None:
    """Write a version of the flow."""
    (site / "flows/office.yaml").write_text(FLOW.format(number))


@contextmanager
def serving(site: Path) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """Serve a new site."""
    for folder in ("flows", "sounds/office/en"):
        (site / folder).mkdir(parents=True)
    (site / "sounds/office/en/which.wav").write_bytes(
        encode(array("h", [9] * 800), 8000)
    )
    (site / "eslflow.yaml").write_text("listen: 127.0.0.1:0\n")
    put(site, 0)
    with (
        (site / "serve.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "eslflow", "--site", str(site), "serve"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            host, _, port = process.stdout.readline().split()[-1].rpartition(":")
            yield process, (host, int(port))
        finally:
            process.send_signal(signal.SIGTERM)


def memory_kb(pid: int) -> int:
    """Return how much memory a process holds."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0])


def run(site: Path, reloads: int, calls: int) -> dict[str, Any]:
    """Reload so often under so many calls; return figures.

    Raises:
        VersionError: a call was lost, or changed its flow.
    """
    with serving(site) as (process, address):
        load = Load(site, address, life=max(1, reloads // 5))
        for _ in range(calls):
            load.calls()
        load.settle()
        before = memory_kb(process.pid)
        most = 0
        for _ in range(reloads):
            load.reloads()
            load.settle()
            most = max(most, len(load.waiting))
        after = memory_kb(process.pid)
        load.ends()
    load.compare()
    answers, took = sorted(load.answers_s), sorted(load.reloads_s)
    return {
        "reloads": reloads,
        "calls": len(load.callers),
        "calls at once": most,
        "reload, median s": round(took[len(took) // 2], 2),
        "reload, longest s": round(took[-1], 2),
        "answer while reloading, median ms": round(answers[len(answers) // 2] * 1e3, 1),
        "answer while reloading, p99 ms": round(
            answers[len(answers) * 99 // 100] * 1e3, 1
        ),
        "memory before, MB": round(before / 1000, 1),
        "memory after, MB": round(after / 1000, 1),
    }


def main() -> None:
    """Run it as told on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reloads", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=200)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder) / "site", told.reloads, told.calls)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
