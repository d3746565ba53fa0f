"""Measures on a real FreeSWITCH how soon a recording begins, and how soon it is masked.

In: the host of a switch that runs with tests/live/freeswitch.xml. Out: one table with
p50, p95 and n, beside what is aimed at. All is measured while other calls go on; the
Lua script, which stores nothing, takes turns with eslflow in the same run. Figures of
different runs or machines do not compare. Must not judge: it measures.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import gevent
from gevent import socket
from gevent.event import AsyncResult

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from eslflow.clock import SystemClock  # noqa: E402
from eslflow.prompts.wav import encode  # noqa: E402
from eslflow.recordings.days import make_days  # noqa: E402
from tests.live import decode  # noqa: E402
from tests.live.office import CALLER, Switch, Waiting, password  # noqa: E402
from tests.live.phone import PATIENCE_S, Call, Exchange, Phone  # noqa: E402
from tests.live.voice import FIRST_AGENT, RATE  # noqa: E402

DISK = Path("/var/tmp")  # a disk, where /tmp may be memory
PROMPT_MS = 3000
"""A key is pressed while it is being played."""
HEAD = """\
flow: %s
purposes:
  training: {basis: %s, retain: 90d}
notices:
  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
recording: {second_recorders: ignore}
steps:
"""
ASK = """\
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
"""
WAIT = "  wait: {queue: sales, record: on}\n"
"""A queue without agents: the call goes on until it is ended."""
FLOWS = {
    "press": HEAD % ("press", "consent") + ASK + WAIT,
    "busy": HEAD % ("busy", "contract") + WAIT,
    "talk": HEAD % ("talk", "consent")
    + ASK
    + "  talk: {queue: QUEUE, record: on, from: answer}\n",
}
LUA = """\
session:answer()
local key = session:playAndGetDigits(1, 1, 1, 6000, "", "%s", "", "[12]")
if key == "1" then
  local options = "{RECORD_STEREO=true,RECORD_MIN_SEC=0,RECORD_PRE_BUFFER_FRAMES=1}"
  freeswitch.API():execute("uuid_record", "%s start %s 0 " .. options)
end
session:execute("playback", "silence_stream://-1")
"""


class Line(NamedTuple):
    """One line of the table; times in milliseconds."""

    what: str
    times: Sequence[float]
    aim: str


class Recorded:
    """When the switch began and ended to record which file, by its own events."""

    def __init__(self, host: str) -> None:
        self._found: dict[tuple[str, str], AsyncResult[tuple[int, Path]]] = {}
        self._socket = socket.create_connection((host, 8021))
        self._lines = self._socket.makefile("rb")
        self._read()
        for words in (f"auth {password()}", "event plain RECORD_START RECORD_STOP"):
            self._socket.sendall(f"{words}\n\n".encode())
            self._read()
        self._reader = gevent.spawn(self._run)

    def _read(self) -> str:
        head = "".join(iter(lambda: self._lines.readline().decode(), "\n"))
        length = re.search(r"Content-Length: (\d+)", head)
        return self._lines.read(int(length[1])).decode() if length else head

    def _run(self) -> None:
        while True:
            body = self._read()
            path = re.search(r"Record-File-Path: (\S+)", body)
            at = re.search(r"Event-Date-Timestamp: (\d+)", body)
            name = re.search(r"Event-Name: (\w+)", body)
            if path and at and name:
                uuid = re.sub(r"-\w+\.wav", "", Path(path[1]).name)
                self._get(name[1], uuid).set((int(at[1]), Path(path[1])))

    def _get(self, name: str, uuid: str) -> AsyncResult[tuple[int, Path]]:
        return self._found.setdefault((name, uuid), AsyncResult())

    def _wait(self, name: str, uuid: str) -> tuple[int, Path]:
        with gevent.Timeout(PATIENCE_S, AssertionError(f"no {name} of {uuid}")):
            found = self._get(name, uuid).get()
        assert found is not None
        return found

    def began(self, uuid: str) -> int:
        """Return when a call's recording began."""
        return self._wait("RECORD_START", uuid)[0]

    def path(self, uuid: str) -> Path:
        """Return where a call is being recorded."""
        return self._wait("RECORD_START", uuid)[1]

    def file(self, uuid: str) -> Path:
        """Return a call's file, once it is closed."""
        return self._wait("RECORD_STOP", uuid)[1]

    def close(self) -> None:
        """End the link."""
        self._reader.kill()
        self._lines.close()
        self._socket.close()


class Bench:
    """A site that is served, phones, a queue, and calls that go on meanwhile."""

    def __init__(
        self, host: str, folder: Path, flows: Mapping[str, str] = FLOWS
    ) -> None:
        self.folder, self._flows = folder, flows
        self.switch, self.recorded = Switch(host), Recorded(host)
        self.queue = Waiting(self.switch)
        self.exchange = Exchange()
        self.caller = self.exchange.phone(CALLER)
        self.agent: Phone = self.exchange.phone(FIRST_AGENT, answers_after_s=0.0)
        self.clock = SystemClock()
        self.quiet = folder / "quiet.wav"
        self.quiet.write_bytes(
            encode(array("h", [0] * (RATE * PROMPT_MS // 1000)), RATE)
        )
        self.token = self._make_site()
        log = (folder / "log").open("wb")
        self.serve = subprocess.Popen(
            [sys.executable, "-m", "eslflow", "--site", str(folder), "serve"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
        )
        log.close()
        assert self.serve.stdout is not None, "it says where it listens"
        told = self.serve.stdout.readline().strip()
        assert told, (folder / "log").read_text()
        self.port = int(told.rpartition(":")[2])

    def _make_site(self) -> str:
        self.http = free_port()
        control = f"control: {{listen: 127.0.0.1:{self.http}}}\n"
        settings = (
            f"listen: 127.0.0.1:0\ndefault_flow: {next(iter(self._flows))}\n{control}"
        )
        (self.folder / "eslflow.yaml").write_text(settings)
        (self.folder / "flows").mkdir()
        for name, text in self._flows.items():
            path = self.folder / "flows" / f"{name}.yaml"
            path.write_text(text.replace("QUEUE", self.queue.name))
            for sound in ("welcome", "recording.v1"):
                sounds = self.folder / "sounds" / name / "en" / f"{sound}.wav"
                sounds.parent.mkdir(parents=True, exist_ok=True)
                sounds.write_bytes(self.quiet.read_bytes())
        make_days(self.folder / "recordings", self.clock.now())
        words = [sys.executable, "-m", "eslflow", "--site", str(self.folder)]
        words += ["tokens", "add", "bench"]
        for scope in (
            "calls:read",
            "recording:mask",
            "recording:unmask",
            "recording:stop",
        ):
            words += ["--scope", scope]
        told = subprocess.run(words, capture_output=True, text=True, check=True)
        return next(w for w in told.stdout.split() if w.startswith("eslflow_"))

    def ask(self, method: str, path: str, **body: str) -> dict[str, Any]:
        """Ask something of the control API."""
        link = HTTPConnection("127.0.0.1", self.http, timeout=PATIENCE_S)
        head = {"Authorization": f"Bearer {self.token}"}
        head["Content-Type"] = "application/json"
        link.request(method, path, json.dumps(body) if body else None, head)
        answer = link.getresponse()
        found: dict[str, Any] = json.loads(answer.read())
        link.close()
        assert answer.status == 200, found
        return found

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that go on, those of the load only."""
        found = self.ask("GET", "/calls")["calls"]
        return [call for call in found if call["flow"] == "busy"]

    def load(self, calls: int) -> None:
        """Let calls begin that go on; return when all are recorded."""
        road = f"loopback/ctl-{self.port}-busy/default &park()"
        for _ in range(calls):
            self.switch.api(f"bgapi originate {road}")
        with gevent.Timeout(PATIENCE_S * 3):
            while sum(call["recording"] == "on" for call in self.calls()) < calls:
                self.switch.api("status")

    def close(self) -> None:
        """End everything."""
        for call in self.calls() if self.serve.poll() is None else ():
            self.switch.api(f"uuid_kill {call['call']}")
        self.exchange.close()
        self.serve.terminate()
        self.serve.communicate()
        self.queue.close()
        self.recorded.close()
        self.switch.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ms(us: int) -> float:
    """Return microseconds as milliseconds."""
    return us / 1000


def first_heard(path: Path, *talks: Call) -> int:
    """Return when the first packet left that is in a file."""
    recording = decode.read(path)
    found = []
    for talk in talks:
        said = talk.said()
        found += [said[n] for n in recording.of(talk.phone.party) if n in said]
    return min(found)


def by_eslflow(bench: Bench) -> Call:
    """Call eslflow; return once it asks, by the clock."""
    call = bench.caller.call(f"ctl-{bench.port}-press")
    call.until("up")
    return call


def by_lua(bench: Bench) -> Call:
    """Call the Lua script."""
    call = bench.caller.call("parked")
    call.until("up")
    script = bench.folder / f"{call.uuid}.lua"
    path = bench.folder / "recordings" / f"{call.uuid}-1.wav"
    script.write_text(LUA % (bench.quiet, call.uuid, path))
    bench.switch.api(f"uuid_transfer {call.uuid} lua:{script} inline")
    return call


def pressed(bench: Bench, way: Callable[[Bench], Call]) -> tuple[float, float]:
    """Return how long after the key RECORD_START came, and sound into the file."""
    call = way(bench)
    call.speaks(ms=random.randrange(900, 1400))
    call.press("1")
    at = bench.recorded.began(call.uuid)
    call.speaks(ms=1500)
    call.hang_up()
    key = call.keys()[0][1]
    return ms(at - key), ms(first_heard(bench.recorded.file(call.uuid), call) - key)


def masked(bench: Bench, times: int) -> Iterator[tuple[float, float]]:
    """Yield how long a mask took over HTTP, until it was confirmed.

    And how long the switch alone takes, asked for the same once more.
    """
    for call in random.choices(bench.calls(), k=times):
        place = f"/calls/{call['call']}/recording"
        path = bench.recorded.path(call["call"])
        began = bench.clock.now()
        bench.ask("POST", place, want="masked")
        ours = bench.clock.now() - began
        began = bench.clock.now()
        answered_at = bench.switch.does(f"uuid_record {call['call']} mask {path}")
        yield ms(ours), ms(answered_at - began)
        bench.ask("POST", place, want="on")


def answered(bench: Bench) -> float:
    """Return how long after an agent's answer the first sound is in the file."""
    call = bench.caller.call(f"ctl-{bench.port}-talk")
    call.until("up")
    call.speaks(ms=1000)
    call.press("1")
    talk = bench.agent.rings()
    answer = talk.until("up")
    call.speaks(ms=1500)
    call.hang_up()
    talk.until("down")
    return ms(first_heard(bench.recorded.file(call.uuid), call, talk) - answer)


def measured(bench: Bench, calls: int) -> Iterator[Line]:
    """Measure everything, eslflow and Lua in turns."""
    ours, lua = [], []
    for _ in range(calls):
        ours.append(pressed(bench, by_eslflow))
        lua.append(pressed(bench, by_lua))
    for place, what in enumerate(("RECORD_START", "first audio in the file")):
        other = [each[place] for each in lua]
        aim = f"{p95(other) + 15:.0f} (Lua + 15)" if not place else ""
        yield Line(f"key press to {what}", [each[place] for each in ours], aim)
        yield Line(f"the same by Lua, to {what}", other, "")
    masks = list(masked(bench, calls * 5))
    yield Line("HTTP mask to masked", [each[0] for each in masks], "20")
    yield Line("the switch's part of it", [each[1] for each in masks], "")
    agents = [answered(bench) for _ in range(calls)]
    yield Line("agent's answer to first recorded audio", agents, "90")


def p95(times: Sequence[float]) -> float:
    """Return what nineteen in twenty do not exceed."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def table(lines: Sequence[Line]) -> str:
    """Return the lines as Markdown."""
    rows = ["| ms | p50 | p95 | n | aim at p95 |", "|---|---|---|---|---|"]
    for what, times, aim in lines:
        middle = statistics.median(times)
        rows.append(
            f"| {what} | {middle:.1f} | {p95(times):.1f} | {len(times)} | {aim} |"
        )
    return "\n".join(rows)


@contextmanager
def bench_at(host: str, calls: int) -> Iterator[Bench]:
    """Yield a bench with so many calls going on."""
    with tempfile.TemporaryDirectory(dir=DISK) as name:
        folder = Path(name)
        folder.chmod(0o777)  # the switch may run as somebody else
        bench = Bench(host, folder)
        try:
            bench.queue.add(bench.agent)
            bench.load(calls)
            yield bench
        finally:
            bench.close()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--freeswitch", default="127.0.0.1", metavar="HOST")
    parser.add_argument("--calls", type=int, default=20, help="of each kind")
    parser.add_argument("--load", type=int, default=50, help="calls that go on")
    options = parser.parse_args()
    with bench_at(options.freeswitch, options.load) as bench:
        print(table(list(measured(bench, options.calls))))


if __name__ == "__main__":
    main()
