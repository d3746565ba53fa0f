"""`eslflow try`: a whole call told line by line, without a switch.

The real controller and the simulated switch talk over a loopback socket in this
process, in simulated time; what would be kept goes to a ledger that is thrown away.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from eslflow.call.commands import Alarm, Tell
from eslflow.cli.places import flow_paths, sounds_beside
from eslflow.errors import EslflowError, visible
from eslflow.flow.model import Flow
from eslflow.rig import Rig
from eslflow.sim.clock import START, SimulatedClock
from eslflow.sim.script import HANG_UP, Script
from eslflow.site import load_flows

_KEYS = frozenset("0123456789*#ABCD")
_NAMES = {"star": "*", "hash": "#"}


@click.command("try")
@click.argument("flow")
@click.option(
    "--press",
    help="Keys at each question, in order: 1,2. Empty: says nothing. hangup: hangs up.",
)
@click.option("--caller", default="+4930123456", help="Caller's number.")
@click.option(
    "--language", default="", help="A language of the flow. [default: its first]"
)
@click.pass_context
def command(
    ctx: click.Context, /, flow: str, press: str | None, caller: str, language: str
) -> None:
    """Try FLOW: without --press, the terminal is the telephone's keypad."""
    (path,) = flow_paths(ctx.obj, [flow])
    (found,) = load_flows([path]).values()
    keys = None if press is None else tuple(_key(word) for word in press.split(","))
    script = Script(
        keys=keys or (),
        press=_ask if keys is None else None,
        caller=caller,
        path=found.name,
        called=found.name,
    )
    tell(
        _in_language(found, language), sounds_beside(ctx.obj, path), script, click.echo
    )


def tell(
    flow: Flow, sounds: Path, script: Script, say: Callable[[str], object]
) -> None:
    """Run one simulated call and say what happens."""
    clock = SimulatedClock()

    def watch(_: str, now: int, what: Tell | Alarm) -> None:
        mark = "! " if isinstance(what, Alarm) else ""
        say(f"{(now - START) / 1e6:6.1f} s  {visible(mark + what.text)}")

    with (
        tempfile.TemporaryDirectory() as folder,
        Rig([flow], sounds, Path(folder), clock=clock, watch=watch) as rig,
    ):
        for problem in rig.silent:
            say(f"          ! {problem}")
        rig.call(script)


def _in_language(flow: Flow, language: str) -> Flow:
    if not language:
        return flow
    if language not in flow.languages:
        known = ", ".join(flow.languages)
        raise EslflowError(f"{flow.name} does not speak {language!r}, but {known}")
    from dataclasses import replace

    return replace(flow, languages=(language,))


def _key(word: str) -> str:
    """Return what is pressed, as the simulated switch takes it."""
    key = _NAMES.get(word.strip(), word.strip())
    if key in ("", HANG_UP) or set(key) <= _KEYS:
        return key
    raise EslflowError(f"{word!r} is no key: press 0 to 9, star, hash or hangup")


def _ask(_: int) -> str:
    """Read a key from the terminal."""
    while True:
        words = "          press a key (Enter: nothing, h: hang up)"
        answer = click.prompt(words, default="", show_default=False)
        try:
            return _key(HANG_UP if answer == "h" else answer)
        except EslflowError as error:
            click.echo(str(error))
