"""`eslflow consents`: what callers agreed to, and the proof of it."""

from __future__ import annotations

from typing import Any

import click

from eslflow.cli import withdraw
from eslflow.cli.lookups import as_json, call_named, reader, receipt, spans, tell_none
from eslflow.cli.story import asked, story
from eslflow.cli.tables import local, room, table
from eslflow.cli.verify import head_command, verify_command

COLUMNS = (
    "call",
    "at",
    "caller",
    "called",
    "purpose",
    "state",
    "key",
    "notice",
    "recorded",
)
SPARE = ("called", "notice", "key", "purpose")
"""What a narrow terminal goes without; `show` tells it."""
STATES = (
    "requested",
    "granted",
    "refused",
    "unanswered",
    "hung_up",
    "withdrawn",
    "expired",
    "verbal",
    "not_asked",
)


class _State(click.Choice[str]):
    """A state as tables spell it, too: `hung up`, `hung-up`."""

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the state as it is kept."""
        return super().convert(value.replace("-", "_").replace(" ", "_"), param, ctx)


@click.group("consents")
def command() -> None:
    """Look up what callers agreed to, and take it back for them."""


command.add_command(withdraw.command)


command.add_command(verify_command)
command.add_command(head_command)


@command.command("list")
@spans
@click.option("--call", default="", help="Of one call: its uuid or the start of it.")
@click.option("--receipt", callback=receipt, help="With this code: 8 digits.")
@click.option("--state", type=_State(STATES), default=None, help="In this state.")
@click.option("--purpose", default="", help="About this purpose.")
@click.pass_context
def list_(
    ctx: click.Context, /, call: str, state: str | None, purpose: str, **options: Any
) -> None:
    """List the last word on each purpose of each call, the newest first."""
    with reader(ctx.obj) as ledger:
        lines = ledger.consents(
            call=call,
            receipt=options["receipt"],
            state=state or "",
            purpose=purpose,
            number=options["number"],
            since=options["since"],
            until=options["until"],
            limit=options["limit"],
        )
    if options["as_json"]:
        click.echo(as_json(lines))
        return
    if not lines:
        tell_none("consent", options["number"])
        return
    click.echo(table(COLUMNS, [_row(line) for line in lines], room(), SPARE))


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    state = line["state"].replace("_", " ")
    if line["reason"]:
        state = f"{state} ({line['reason'].replace('_', ' ')})"
    return (
        line["call_uuid"],
        local(line["at"]),
        line["caller"] or "",
        line["called"] or "",
        line["purpose"],
        state,
        line["key"],
        asked(line),
        "yes" if line["recorded"] else "no",
    )


@command.command("show")
@click.argument("call")
@click.option("--json", "as_json_", is_flag=True, help="For programs: JSON, UTC.")
@click.pass_context
def show(ctx: click.Context, call: str, as_json_: bool) -> None:
    """Show what CALL was asked, in which words, what was pressed, what was recorded.

    It is named by its uuid, the start of it, or the receipt that was read out.
    """
    with reader(ctx.obj) as ledger:
        kept = ledger.call(call_named(ledger, call))
    click.echo(as_json(kept) if as_json_ else story(kept))
