"""`eslflow check`: what is wrong with flows, all of it, before a call finds out."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from eslflow.cli.main import CONFIGURATION
from eslflow.cli.places import flow_paths, sounds_beside
from eslflow.errors import FlowErrors
from eslflow.flow.model import Flow
from eslflow.settings import load_settings
from eslflow.site import demand_known, find_sounds, load_flows


@click.command("check", short_help="Tell everything that is wrong with flows.")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.pass_context
def command(ctx: click.Context, flows: tuple[str, ...]) -> None:
    """Check flows, given by file or by name; without any, all of the site."""
    is_good = True
    for path in flow_paths(ctx.obj, flows):
        try:
            (flow,) = load_flows([path]).values()
        except FlowErrors as error:
            click.echo(str(error), err=True)
            is_good = False
            continue
        is_good &= _report(flow, path, ctx.obj)
    if not is_good:
        ctx.exit(CONFIGURATION)
    together = load_flows(flow_paths(ctx.obj, flows))
    if not flows:
        demand_known(load_settings(ctx.obj), together)


def _report(flow: Flow, path: Path, site: Path) -> bool:
    """Tell of a flow that loads; return whether everything it plays is there."""
    _, silent = find_sounds(flow.audio(), sounds_beside(site, path))
    for problem in silent:
        click.echo(f"{path}: {problem}", err=True)
    if silent:
        here = "" if site == Path() else f"--site {shlex.quote(str(site))} "
        command = f"eslflow {here}prompts build {shlex.quote(str(path))}"
        click.echo(f"  Make it with: {command}", err=True)
        click.echo(
            "  A file that is broken is taken for a person's: record it again, or remove it.",
            err=True,
        )
        return False
    steps = "1 step" if len(flow.steps) == 1 else f"{len(flow.steps)} steps"
    click.echo(f"{path}: good ({steps}; {', '.join(flow.languages)})")
    return True
