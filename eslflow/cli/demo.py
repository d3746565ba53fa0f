"""`eslflow demo`: the main job from end to end, on a site of its own.

A controller is started as a process, the simulated switch places calls over real
sockets, and what was kept is looked up with the very commands an office would use.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from eslflow.cli.init import TEMPLATE
from eslflow.errors import EslflowError
from eslflow.ledger.read import Reader
from eslflow.prompts.wav import encode
from eslflow.rig import file_length_ms
from eslflow.settings import FILE
from eslflow.sim.recordings import Recording
from eslflow.sim.script import HANG_UP, Script
from eslflow.sim.switch import SimulatedCall, SimulatedSwitch

RATE = 8000
MARK = "# scripts/demo made this site, and throws it away when it is run again.\n"
"""Without this line a site is somebody's, and stays."""


@dataclass(frozen=True)
class Case:
    """One call of the demonstration, and what must come of it."""

    title: str
    script: Script
    state: str
    reason: str = ""
    is_recorded: bool = False


CASES = (
    Case(
        "Anna agrees, and chooses support",
        Script(keys=("1", "2"), caller_name="Anna", caller="+4930100001"),
        "granted",
        is_recorded=True,
    ),
    Case(
        "Ben refuses, and chooses sales",
        Script(keys=("2", "1"), caller_name="Ben", caller="+4930100002"),
        "refused",
    ),
    Case(
        "Carla says nothing",
        Script(keys=(), caller_name="Carla", caller="+4930100003"),
        "unanswered",
        "timeout",
    ),
    Case(
        "Deniz hangs up during the question",
        Script(keys=(HANG_UP,), caller_name="Deniz", caller="+4930100004"),
        "hung_up",
    ),
    Case(
        "Emil presses a key that was not offered, twice",
        Script(keys=("7", "9", "2"), caller_name="Emil", caller="+4930100005"),
        "unanswered",
        "invalid",
    ),
)


@click.command("demo", hidden=True)
@click.argument(
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="demo-site",
)
@click.option("--anew", is_flag=True, help="Throw away what it made there before.")
def command(folder: Path, anew: bool) -> None:
    """Run the main job on a new site in FOLDER."""
    _make_site(folder, anew)
    with _controller(folder) as (host, port):
        click.echo(f"A controller listens on {host}:{port}.")
        switch = SimulatedSwitch(
            host, port, length_ms=file_length_ms, on_recorded=write_recording
        )
        calls = [_place(switch, case) for case in CASES]
    click.echo("\n$ eslflow consents list")
    _eslflow("--site", str(folder), "consents", "list")
    verify(folder, calls)
    click.echo("\nEvery outcome is what it must be.")
    click.echo(
        "Simulated talks take no time: `recordings verify` finds their file longer"
    )
    click.echo("than the call, and says so. Look further:")
    for words in (
        "consents list --state granted",
        f"consents show {calls[0].uuid[:8]}",
        "calls list",
        "try support",
    ):
        click.echo(f"  {_program()} --site {shlex.quote(str(folder))} {words}")


def _make_site(folder: Path, anew: bool) -> None:
    """Make the site; one of an earlier demonstration is replaced only if asked for.

    Raises:
        EslflowError: the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        if not _is_ours(folder):
            raise EslflowError(
                f"{folder} is there, and scripts/demo did not make it: name another"
            )
        if not anew:
            raise EslflowError(
                f"{folder} is there, of an earlier demonstration. To throw it away: "
                "scripts/demo --anew; to keep it, name another: scripts/demo FOLDER"
            )
        shutil.rmtree(folder)
    _eslflow("init", str(folder), quiet=True)
    settings = TEMPLATE.replace("# listen: 127.0.0.1:8084", "listen: 127.0.0.1:0")
    (folder / FILE).write_text(MARK + settings, encoding="utf-8")


def _is_ours(folder: Path) -> bool:
    path = folder / FILE
    return path.is_file() and path.read_bytes().startswith(MARK.encode())


def _program() -> str:
    """Return how the person who reads this can call eslflow."""
    beside = Path(sys.executable).with_name("eslflow")
    if not beside.exists():
        return f"{shlex.quote(sys.executable)} -m eslflow"
    if beside.is_relative_to(Path.cwd()):
        beside = beside.relative_to(Path.cwd())
    return shlex.quote(str(beside))


def _place(switch: SimulatedSwitch, case: Case) -> SimulatedCall:
    click.echo(f"\n{case.title}:")
    call = switch.call(case.script)
    for heard in call.heard:
        words = f"{heard.what} {_short(heard.text)}".rstrip()
        click.echo(f"  {heard.at_s:6.1f} s  {words}")
    return call


def _short(text: str) -> str:
    """Return the end of a path, and anything else as it is."""
    return "/".join(text.split("/")[-3:]) if text.startswith("/") else text


def verify(folder: Path, calls: list[SimulatedCall]) -> None:
    """Compare what was kept with what must have been.

    Raises:
        EslflowError: an outcome is not what it must be.
    """
    with Reader(folder / "eslflow.db") as ledger:
        for case, call in zip(CASES, calls, strict=True):
            lines = ledger.consents(call=call.uuid)
            have = [(line["state"], line["reason"], line["recorded"]) for line in lines]
            want = [(case.state, case.reason, case.is_recorded)]
            if have != want or bool(call.recordings) != case.is_recorded:
                raise EslflowError(f"{case.title}: kept {have}, must be {want}")


def write_recording(recording: Recording) -> None:
    """Write a file where the switch would have: a hum as long as the talk."""
    frames = round(recording.heard_s * RATE)
    sound = array("h", (2000 * (1 - 2 * (n // 20 % 2)) for n in range(frames)))
    path = Path(recording.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(sound, RATE))


@contextmanager
def _controller(folder: Path) -> Iterator[tuple[str, int]]:
    """Run `eslflow serve` as a process while the calls are made."""
    words = [sys.executable, "-m", "eslflow", "--site", str(folder), "serve"]
    with subprocess.Popen(  # noqa: S603  our own program
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            host, _, port = line.strip().rpartition(" ")[2].rpartition(":")
            if not port.isdigit():
                raise EslflowError(
                    f"the controller did not start: see eslflow --site {folder} serve"
                )
            yield host, int(port)
        finally:
            process.terminate()


def _eslflow(*words: str, quiet: bool = False) -> None:
    """Run a command of eslflow as a person would."""
    command = [sys.executable, "-m", "eslflow", *words]
    out = subprocess.DEVNULL if quiet else None
    sys.stdout.flush()
    subprocess.run(command, check=True, stdout=out)  # noqa: S603  our own program
