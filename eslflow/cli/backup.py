"""`eslflow backup`: a copy of the ledger, made while calls go on."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eslflow.cli.lookups import ledger_of
from eslflow.cli.machine import JSON
from eslflow.errors import visible

NOT_IN_IT = (
    "recordings (with quarantine)",
    "keys that decrypt them",
    "eslflow.yaml, tokens and passwords",
    "flows and sounds",
)
"""What a site needs besides its ledger."""


@click.command("backup", short_help="Copy the ledger while calls go on.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@JSON
@click.pass_context
def command(ctx: click.Context, file: Path, force: bool, is_json: bool) -> None:
    """Copy the ledger to FILE, beside a running serve too.

    The copy is looked at before it gets its name: SQLite's own check, and the whole
    chain of proof. It is readable by you alone. Recordings and keys are not in it.
    """
    from eslflow.ledger.backup import backup
    from eslflow.ledger.writer import spill_of

    ledger = ledger_of(ctx.obj)
    waits = not spill_of(ledger).is_empty
    head = backup(ledger, file, force)
    size = file.stat().st_size
    if is_json:
        told = {
            "file": str(file),
            "bytes": size,
            "head": None if head is None else str(head),
            "complete": not waits,
            "not_in_it": list(NOT_IN_IT),
        }
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(visible(f"{file}: {size} bytes, whole; {_proof(head)}"))
        click.echo(f"Not in it: {'; '.join(NOT_IN_IT)}")
    if waits:
        click.echo(
            visible(
                f"warning: rows wait in {spill_of(ledger).path}, and are not in the "
                "copy: let eslflow serve write them, then copy again"
            ),
            err=True,
        )


def _proof(head: object) -> str:
    if head is None:
        return "its proof is older than the chain, which eslflow serve begins"
    return f"its chain is unbroken, up to {head}"
