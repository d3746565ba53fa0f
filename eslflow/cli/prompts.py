"""`eslflow prompts`: make the audio of prompts and notices, and list it."""

from __future__ import annotations

from pathlib import Path

import click

from eslflow.cli.places import flow_paths, sounds_beside
from eslflow.cli.tables import table
from eslflow.errors import PromptError
from eslflow.prompts import wav
from eslflow.prompts.build import RATES, build, due, read_manifest
from eslflow.site import load_flows


@click.group("prompts")
def command() -> None:
    """Make the audio of prompts and notices, and list it."""


@command.command("build")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.option(
    "--rate",
    type=click.Choice([str(rate) for rate in RATES]),
    default="8000",
    show_default=True,
    help="Samples a second; what a machine spoke at another rate is made anew.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be made.")
@click.pass_context
def build_(
    ctx: click.Context, flows: tuple[str, ...], rate: str, dry_run: bool
) -> None:
    """Speak what no person recorded, with espeak-ng."""
    for path in flow_paths(ctx.obj, flows):
        (flow,) = load_flows([path]).values()
        sounds = sounds_beside(ctx.obj, path)
        audio = list(flow.audio())
        make = due if dry_run else build
        made = make(audio, sounds, int(rate))
        for item in made:
            click.echo(f"{'would make' if dry_run else 'made'} {sounds / item.path}")
        click.echo(f"{flow.name}: {len(made)} made, {len(audio) - len(made)} kept")


@command.command("list")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.pass_context
def list_(ctx: click.Context, flows: tuple[str, ...]) -> None:
    """List prompts and notices: how long, and who recorded them."""
    rows = []
    for path in flow_paths(ctx.obj, flows):
        (flow,) = load_flows([path]).values()
        sounds = sounds_beside(ctx.obj, path)
        made = read_manifest(sounds)
        for item in flow.audio():
            by = _recorded_by(
                sounds / item.path, made[item.path].sha256 if item.path in made else ""
            )
            rows.append((flow.name, item.what, item.language, *by))
    click.echo(table(("flow", "what", "language", "length", "by"), rows))


def _recorded_by(path: Path, made: str) -> tuple[str, str]:
    try:
        held = wav.read(path)
    except PromptError as error:
        return ("", "missing" if not path.exists() else str(error))
    return (f"{held.ms / 1000:.1f} s", "machine" if held.sha256 == made else "person")
