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
from contextlib import contextmanager, suppress
from pathlib import Path
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


def measured(name: str, calls: int, waiting: int) -> list[str]:
    """Return one controller's line of the table."""
    cells = [name]
    for at_once in (20, 200):
        with controller(name) as pid:
            load(name, pid, "--calls", str(calls // 5), "--at-once", str(at_once))
            got = load(name, pid, "--calls", str(calls), "--at-once", str(at_once))
        good = "" if got["good"] == calls else f" ({got['good']} of {calls})"
        cells += [f"{got['cpu_ms_per_call']:.2f}{good}", f"{got['react_p99_ms']:.1f}"]
    with controller(name) as pid:
        words = ("--hold", str(WAITING_S), "--digits", "")
        got = load(
            name, pid, "--calls", str(waiting), "--at-once", str(waiting), *words
        )
    kb = (got["rss_mb_peak"] - got["rss_mb_before"]) * 1024 / waiting
    cells.append(
        f"{kb:.1f}" if got["good"] == waiting else f"{got['good']} of {waiting}"
    )
    return cells


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
    lines += [measured(n, options.calls, options.waiting) for n in options.only]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)))


if __name__ == "__main__":
    main()
