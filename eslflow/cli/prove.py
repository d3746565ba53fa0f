"""`eslflow prove`: what no path through a flow may do, shown for all of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import click

from eslflow.check.again import scenario
from eslflow.check.explore import MOST_STATES
from eslflow.check.load import place_of, scenarios_of
from eslflow.check.prove import Proof, Violation, prove
from eslflow.check.story import lines
from eslflow.cli.main import CONFIGURATION
from eslflow.cli.places import flow_paths
from eslflow.errors import FlowErrors
from eslflow.flow.model import Flow
from eslflow.site import load_flows

KNOWN: dict[str, Proof] = {}
"""What was proved in this process, by the hash of the file."""


@click.command("prove", short_help="Show that no path does what it must not.")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.pass_context
def command(ctx: click.Context, flows: tuple[str, ...]) -> None:
    """Try every path through flows, given by file or by name, or all of the site.

    Whatever callers, agents, the switch and the disk do: nothing is recorded without
    a grant, nothing masked is recorded in clear, every path ends or reaches a person,
    and who refuses is served like who agrees.
    """
    proofs: list[Proof] = []
    are_right = True
    for path in flow_paths(ctx.obj, flows):
        try:
            (flow,) = load_flows([path]).values()
        except FlowErrors as error:
            click.echo(
                f"{error}\n{path}: not proved until the above is mended", err=True
            )
            are_right = False
            continue
        proofs.append(told(flow))
    if not are_right or any(proof.violations for proof in proofs):
        ctx.exit(CONFIGURATION)
    if not all(proof.is_whole for proof in proofs):
        ctx.exit(1)


def told(flow: Flow, is_good: bool = True) -> Proof:
    """Prove a flow, and say what came of it; the same file is not proved twice.

    Of one that is not good otherwise, nothing is said that could be read as if it were.
    """
    proof = KNOWN.get(flow.sha256) or prove(flow)
    KNOWN[flow.sha256] = proof
    for violation in proof.violations:
        _tell(flow, violation)
    if not proof.violations and (is_good or not proof.is_whole):
        click.echo(f"{flow.file}: {_held(proof)}", err=not proof.is_whole)
    return proof


def _tell(flow: Flow, violation: Violation) -> None:
    for line in lines(flow, violation, place_of(flow, violation.step)):
        click.echo(line, err=True)
    where = scenarios_of(Path(flow.file)).name
    click.echo(
        f"  To play it again with eslflow test, put this into {where}:", err=True
    )
    click.echo(indent(scenario(flow, violation), "    "), err=True)


def _held(proof: Proof) -> str:
    """Return in words how far the proof goes."""
    if not proof.is_whole:
        return (
            f"warning: not proved, for it has more than {MOST_STATES:,} states: in "
            "those nothing wrong was found, the rest was not looked at [not-proved]\n"
            "  It can take calls, on the word of its scenarios alone. Fewer questions, "
            "or\n  fewer digits and tries in them, make fewer states; so does a flow "
            "of its own\n  for each number that is called."
        )
    left = f"; no call came to {', '.join(proof.left)}" if proof.left else ""
    return f"proved ({proof.states:,} states, {proof.moves:,} moves{left})"
