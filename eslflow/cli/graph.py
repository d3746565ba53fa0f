"""`eslflow graph`: flows as pictures."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from shutil import which

import click

from eslflow.check.dot import dot
from eslflow.check.graph import Graph, graph, mermaid
from eslflow.cli.places import flow_paths
from eslflow.errors import EslflowError
from eslflow.site import load_flows

LAYS_OUT_S = 60
"""How long Graphviz may take; for forty steps it takes a tenth of a second."""


def svg(drawn: Graph) -> str:
    """Return the picture as Graphviz draws it.

    Raises:
        EslflowError: it is not there, or cannot.
    """
    program = which("dot")
    if program is None:
        raise EslflowError(
            "Graphviz, which lays the picture out, is not installed: apt install "
            "graphviz, or take --format mermaid, which code hosting sites draw"
        )
    done = subprocess.run(  # noqa: S603  ours is all it gets
        [program, "-Tsvg"],
        input=dot(drawn).encode(),
        capture_output=True,
        timeout=LAYS_OUT_S,
        check=False,
    )
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip()
        raise EslflowError(f"{program} cannot draw {drawn.name}: {words}")
    return done.stdout.decode()


FORMATS: dict[str, Callable[[Graph], str]] = {
    "svg": svg,
    "mermaid": mermaid,
    "dot": dot,
}


@click.command("graph", short_help="Draw a flow.")
@click.argument("flow")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="svg",
    show_default=True,
    help="svg is laid out by Graphviz; mermaid and dot are drawn elsewhere.",
)
@click.pass_context
def command(ctx: click.Context, flow: str, form: str) -> None:
    """Draw a flow, given by file or by name: eslflow graph support > support.svg."""
    (found,) = load_flows(flow_paths(ctx.obj, (flow,))).values()
    click.echo(FORMATS[form](graph(found)), nl=False)
