"""`eslflow explain`: flows told in sentences, to be read before they are used."""

from __future__ import annotations

import click

from eslflow.check.explain import explain
from eslflow.check.wording import LANGUAGES
from eslflow.cli.fitted import fitted
from eslflow.cli.places import flow_paths, settings_or_none
from eslflow.site import load_flows

INDENT = 2


@click.command("explain", short_help="Tell flows in sentences.")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    show_default=True,
    help="The language of the sentences, and of what is played where the flow has it.",
)
@click.pass_context
def command(ctx: click.Context, flows: tuple[str, ...], language: str) -> None:
    """Explain flows, given by file or by name; without any, all of the site."""
    settings = settings_or_none(ctx.obj)
    emergency = settings.emergency if settings else None
    for place, flow in enumerate(load_flows(flow_paths(ctx.obj, flows)).values()):
        if place:
            click.echo()
        for paragraph in explain(flow, language, emergency):
            click.echo(fitted(paragraph, INDENT))
