"""`eslflow prompts`: make the audio of prompts and notices, and list it."""

from __future__ import annotations

from pathlib import Path

import click

from eslflow.cli.drift import heard_audio
from eslflow.cli.main import Group
from eslflow.cli.places import flow_paths, named_in, settings_or_none, sounds_beside
from eslflow.cli.tables import table
from eslflow.errors import FlowError, FlowErrors, PromptError
from eslflow.flow.audio import Audio, Rate
from eslflow.flow.model import Flow
from eslflow.prompts import wav
from eslflow.prompts.build import build, due, read_manifest
from eslflow.site import load_flows


@click.group("prompts", cls=Group)
def command() -> None:
    """Make the audio of prompts and notices, and list it."""


@command.command("build")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.option(
    "--rate",
    type=click.Choice([rate.value for rate in Rate]),
    default=None,
    help="Samples a second, this once.  [default: sounds_rate: of the settings, "
    "else 8000]",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be made.")
@click.pass_context
def build_(
    ctx: click.Context, flows: tuple[str, ...], rate: str | None, dry_run: bool
) -> None:
    """Speak what no person recorded, with espeak-ng.

    What a machine spoke at another rate is made anew; a notice that callers have heard
    stays as they have heard it. A flow that does not load is left out.
    """
    settings = settings_or_none(ctx.obj)
    usual = settings.sounds_rate if settings else int(Rate.TELEPHONE.value)
    samples = usual if rate is None else int(rate)
    if samples != usual:
        hint = f"unless eslflow.yaml says sounds_rate: {rate}"
        click.echo(f"eslflow: the next build makes them anew {hint}", err=True)
    refused: list[str] = []
    problems: list[FlowError] = []
    for path in flow_paths(ctx.obj, flows):
        try:
            (flow,) = load_flows([path]).values()
            _build(ctx.obj, flow, path, samples, dry_run)
        except FlowErrors as error:
            # The others need their audio all the same.
            problems += error.problems
            click.echo(f"{named_in(path)}: left out, it does not load", err=True)
        except PromptError as error:
            refused.append(f"{flow.name}: {error}")
    if problems:
        for told in refused:
            click.echo(f"Error: {told}", err=True)
        raise FlowErrors(problems)
    if refused:
        raise PromptError("\n".join(refused))


def _build(site: Path, flow: Flow, path: Path, rate: int, dry_run: bool) -> None:
    """Make the audio of one flow, and tell it file by file: speaking takes a while."""
    sounds = sounds_beside(site, path)
    audio = list(flow.audio())

    def tell(item: Audio) -> None:
        click.echo(f"{'would make' if dry_run else 'made'} {sounds / item.path}")

    if dry_run:
        made = due(audio, sounds, rate)
        for item in made:
            tell(item)
    else:
        settings = settings_or_none(site)
        heard = heard_audio(flow, settings.ledger) if settings else {}
        made = build(audio, sounds, rate, heard=heard, tell=tell)
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
