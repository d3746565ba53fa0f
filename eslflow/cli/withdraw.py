"""`eslflow consents withdraw`: somebody takes a consent back, by letter or telephone.

In: a call, by its uuid or the receipt that the caller was told; why. Out: it is kept, a
recording that runs is stopped, files are deleted where their purpose says so. Says
beforehand what it will do, if asked. Must not withdraw what nobody has permitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from eslflow.cli.decrypt import MOST_REASON, who
from eslflow.cli.lookups import call_named, reader
from eslflow.cli.tables import local
from eslflow.errors import EslflowError, visible

if TYPE_CHECKING:
    from eslflow.call.records import Choice
    from eslflow.settings import Settings

Line = dict[str, Any]


@click.command("withdraw")
@click.argument("call")
@click.option("--purpose", default="", help="From this one only.")
@click.option("--reason", required=True, help="Why; it is kept for good.")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.pass_context
def command(
    ctx: click.Context, call: str, purpose: str, reason: str, dry_run: bool
) -> None:
    """Withdraw what was permitted in CALL: its uuid, the start of it, or its receipt.

    It is kept with your name and your reason. A recording that runs is stopped, for the
    rest of the call; files are deleted where their purpose says on_withdrawal: delete.
    """
    from eslflow.clock import SystemClock
    from eslflow.web.receipts import permitted, withdrawn

    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise click.UsageError(f"--reason takes 1 to {MOST_REASON} characters.")
    with reader(ctx.obj) as ledger:
        kept = ledger.call(call_named(ledger, call))
    choices = permitted(kept, purpose)
    now, user = SystemClock().now(), who()
    rows = [withdrawn(row, now, "operator", user, reason) for row in choices]
    uuid = kept["call"]["uuid"]
    click.echo(visible(f"Call {uuid}"))
    for choice in choices:
        said = f"{choice['state'].replace('_', ' ')} {local(choice['at'])}"
        click.echo(visible(f"  {choice['purpose']} is withdrawn: it was {said}"))
    for line in _fates(kept, rows):
        click.echo(visible(f"  {line}"))
    if dry_run:
        click.echo("Nothing was done: this was a dry run.")
        return
    _withdraw(ctx.obj, uuid, rows, has_ended=bool(kept["call"].get("ended_at")))
    click.echo("The withdrawal is kept.")


def _fates(kept: Line, rows: list[Choice]) -> Iterator[str]:
    """Tell what becomes of each recording of the call."""
    from eslflow.recordings.erase import holding

    choices = [
        *({"on_withdrawal": "", **choice} for choice in kept["choices"]),
        *(row._asdict() for row in rows),
    ]
    gone = {row.purpose: row.on_withdrawal for row in rows}
    for line in kept["recordings"]:
        name = f"recording {line['id']}"
        held_by = holding(line, choices)
        if line.get("erased_at"):
            yield f"{name} was deleted on {local(line['erased_at'])}"
        elif held_by:
            why = [_why(purpose, gone) for purpose in held_by]
            yield f"{name} stays: {', '.join(why)}"
        else:
            yield f"{name} is deleted: {line['path']}"
        if not line["state"]:
            yield f"{name} may still run: it is stopped"
    if not kept["recordings"]:
        yield "nothing was recorded"


def _why(purpose: str, gone: dict[str, str]) -> str:
    """Return why a purpose holds a recording."""
    if purpose not in gone:
        return f"{purpose} is not withdrawn"
    says = f"says {gone[purpose]}" if gone[purpose] else "does not say delete"
    return f"{purpose} {says}"


def _withdraw(site: Path, uuid: str, rows: list[Choice], has_ended: bool) -> None:
    """Keep it, stop what runs, delete what is to go."""
    from eslflow.ledger.writer import write
    from eslflow.settings import read_settings
    from eslflow.web.client import is_running

    settings = read_settings(site)
    write(settings.ledger, rows)
    if is_running(site):
        _stop(site, uuid)
        return
    if not has_ended:
        click.echo(
            "No eslflow runs here: if the call goes on, its recording is stopped when "
            "eslflow serve runs again.",
            err=True,
        )
    _erase(settings)


def _stop(site: Path, uuid: str) -> None:
    """Stop the recording of a call that goes on; files go in the next round."""
    from eslflow.web.client import ask

    live = {call["call"] for call in ask(site, "GET", "/calls")["calls"]}
    if uuid in live:
        address = f"/calls/{quote(uuid, safe='')}/recording"
        state = ask(site, "POST", address, {"want": "off"})
        click.echo(visible(f"The call goes on; its recording is {state['recording']}."))
    click.echo("What is to be deleted, eslflow serve deletes once it was looked into.")


def _erase(settings: Settings) -> None:
    """Delete what is to go, for nobody else will.

    Raises:
        EslflowError: something could not be deleted.
    """
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import write
    from eslflow.recordings.erase import Eraser

    problems: list[str] = []
    eraser = Eraser(
        settings.ledger,
        lambda rows: write(settings.ledger, rows),
        settings.recordings,
        SystemClock(),
        problems.append,
        lambda text: click.echo(visible(text)),
        patience_us=0,
    )
    eraser.run_due()
    if problems:
        raise EslflowError("\n".join(problems))
