"""Loads `eslflow serve` and its peers in one run, and prints one table.

The call is the same for all: answer, announce, consent key, recording, queue key,
queue. Only eslflow reads a flow file and stores anything; its grants are committed with
fsync.
Figures of different runs or machines do not compare; the ratios of one run do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = {
    "eslflow": 8100,
    "greenswitch script": 8101,
    "gevent floor": 8104,
}
SCRIPTS = {
    "greenswitch script": "greenswitch_script.py",
    "gevent floor": "floor_gevent.py",
}
ROUNDS = 5
WAITING_S = 12
DISK = Path("/var/tmp")  # a disk, where /tmp may be memory


def command_of(name: str, folder: str) -> list[str]:
    """Return the command that starts a controller."""
    if name == "eslflow":
        return [sys.executable, "-m", "eslflow", "--site", folder, "serve"]
    script = {
        "greenswitch script": "greenswitch_script.py",
        "gevent floor": "floor_gevent.py",
    }
    return [sys.executable, str(HERE / "peers" / script[name])]


@contextmanager
def controller(name: str) -> Iterator[int]:
    """Run a controller; yield its process id when it listens."""
    with tempfile.TemporaryDirectory(dir=DISK) as folder:
        if name == "eslflow":
            make_site(Path(folder))
        with subprocess.Popen(
            command_of(name, folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        ) as process:
            try:
                wait_for(process, PEERS[name])
                yield process.pid
            finally:
                process.kill()


def make_site(folder: Path) -> None:
    """Make a site on disk, not in memory: fsync is part of what is measured."""
    words = [sys.executable, "-m", "eslflow", "init", str(folder)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    settings = f"listen: 127.0.0.1:{PEERS['eslflow']}\nmost_calls: 20000\n"
    (folder / "eslflow.yaml").write_text(f"{settings}default_flow: support\n")


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a process listens on a port."""
    for _ in range(300):
        found = psutil.Process(process.pid).net_connections()
        if any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in found):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise SystemExit(f"nothing listens on port {port}")


def load(name: str, pid: int, *words: str) -> dict[str, Any]:
    """Load a controller; return what was measured."""
    command = [sys.executable, str(HERE / "switchload.py"), "--port", str(PEERS[name])]
    command += ["--pid", str(pid), "--name", name, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def side_by_side(names: list[str], calls: int, at_once: int) -> dict[str, list[str]]:
    """Load controllers in turns; return each one's CPU a call and reaction, in ms.

    Of several rounds each figure is the median: a machine that is busy for a moment
    troubles one round of one controller, and no ratio.
    """
    got: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with ExitStack() as running:
        pids = {name: running.enter_context(controller(name)) for name in names}
        for name in names:
            load(
                name, pids[name], "--calls", str(calls // 5), "--at-once", str(at_once)
            )
        for name in names * ROUNDS:
            words = ("--calls", str(calls // ROUNDS), "--at-once", str(at_once))
            got[name].append(load(name, pids[name], *words))
    return {name: _cells(rounds, calls // ROUNDS) for name, rounds in got.items()}


def _cells(rounds: list[dict[str, Any]], calls: int) -> list[str]:
    cpu = median(got["cpu_ms_per_call"] for got in rounds)
    reaction = median(got["react_p99_ms"] for got in rounds)
    lost = sum(calls - got["good"] for got in rounds)
    note = f" ({lost} of {calls * len(rounds)} lost)" if lost else ""
    return [f"{cpu:.2f}{note}", f"{reaction:.1f}"]


def waiting_room(name: str, waiting: int) -> str:
    """Return how many KB a call takes that waits for its caller to press a key."""
    with controller(name) as pid:
        words = ("--hold", str(WAITING_S), "--digits", "")
        got = load(
            name, pid, "--calls", str(waiting), "--at-once", str(waiting), *words
        )
    kb = (got["rss_mb_peak"] - got["rss_mb_before"]) * 1024 / waiting
    return f"{kb:.1f}" if got["good"] == waiting else f"{got['good']} of {waiting}"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--waiting", type=int, default=5000)
    parser.add_argument("--only", nargs="*", choices=PEERS, default=list(PEERS))
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    lines = [
        [
            "controller",
            "CPU ms/call at 20",
            "p99 ms",
            "CPU ms/call at 200",
            "p99 ms",
            f"KB/call, {options.waiting} waiting",
        ]
    ]
    at_20, at_200 = (side_by_side(options.only, options.calls, n) for n in (20, 200))
    lines += [
        [name, *at_20[name], *at_200[name], waiting_room(name, options.waiting)]
        for name in options.only
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)))


if __name__ == "__main__":
    main()
