"""`eslflow consents`: what callers agreed to, and the proof of it."""

from __future__ import annotations

from typing import Any

import click

from eslflow.cli import exporting, stats, withdraw
from eslflow.cli.filters import asked as asked_of
from eslflow.cli.filters import which
from eslflow.cli.looks import SHOW, because, keep, keep_list
from eslflow.cli.lookups import (
    as_json,
    call_named,
    reader,
    spans,
    tell_none,
    with_service,
)
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.story import asked, looks_at, story
from eslflow.cli.tables import local, room, table
from eslflow.cli.verify import head_command, verify_command
from eslflow.errors import visible

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


@click.group("consents", cls=Group)
def command() -> None:
    """Look up what callers agreed to, and take it back for them.

    All proof about one call in a file: eslflow proof. All that is kept of a person:
    eslflow subject. What agents agreed to: eslflow agents.
    """


command.add_command(withdraw.command)
command.add_command(exporting.command)
command.add_command(stats.command)
command.add_command(verify_command)
command.add_command(head_command)


@command.command("list")
@spans
@which
@because
@click.option("--call", default="", help="Of one call: its uuid or the start of it.")
@click.pass_context
def list_(ctx: click.Context, /, **options: Any) -> None:
    """List the last word on each purpose of each call, the newest first."""
    with reader(ctx.obj) as ledger:
        lines = ledger.consents(**asked_of(options))
    keep_list(ctx.obj, "consents", options, [line["call_uuid"] for line in lines])
    if options["is_json"]:
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
    if line["party"] == "callee":
        state = f"{state}, by the called party"
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
@because
@JSON_UTC
@click.pass_context
def show(ctx: click.Context, call: str, reason: str, is_json: bool) -> None:
    """Show what CALL was asked, in which words, what was pressed, what was recorded.

    It is named by its uuid, the start of it, or the receipt that was read out. That you
    looked is kept before anything is shown.
    """
    with reader(ctx.obj) as ledger:
        kept = with_service(ctx.obj, ledger.call(call_named(ledger, call)))
        whole = {"call_uuid": kept["call"]["uuid"], "id": ""}
        kept["looks"] = ledger.looks(whole)
    keep(ctx.obj, SHOW, reason, [(whole["call_uuid"], "")])
    click.echo(as_json(kept) if is_json else "\n".join([story(kept), *_looks(kept)]))


def _looks(kept: dict[str, Any]) -> list[str]:
    """Tell who looked at what was kept of a call, or exported it."""
    return ["", *map(visible, looks_at(kept))] if kept["looks"] else []
