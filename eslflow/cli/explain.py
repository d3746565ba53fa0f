"""`eslflow explain`: flows told in sentences, to be read before they are used."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click

from eslflow.check.explain import explain
from eslflow.check.wording import LANGUAGES
from eslflow.cli.places import flow_paths
from eslflow.site import load_flows

WIDEST = 100
"""Columns that are still easy to read."""


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
    for place, flow in enumerate(load_flows(flow_paths(ctx.obj, flows)).values()):
        if place:
            click.echo()
        click.echo("\n".join(map(_paragraph, explain(flow, language))))


def _paragraph(text: str) -> str:
    """Return a paragraph that fits the terminal; a file gets it in one line."""
    if not sys.stdout.isatty():
        return text
    width = min(WIDEST, shutil.get_terminal_size().columns)
    return textwrap.fill(text, width, subsequent_indent="  ", break_long_words=False)
