"""`eslflow calls`: those that were handled, and everything kept of one.

Those that go on are in `live`.
"""

from __future__ import annotations

from typing import Any

import click

from eslflow.cli import live
from eslflow.cli.looks import SHOW, because, keep, keep_list
from eslflow.cli.lookups import as_json, reader, spans, tell_none, with_service
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.story import story
from eslflow.cli.tables import local, room, table

COLUMNS = ("call", "offered", "caller", "called", "flow", "ending", "cause", "step")
SPARE = ("cause", "called", "step", "flow")
"""What a narrow terminal goes without; `show` tells it."""


@click.group("calls", cls=Group)
def command() -> None:
    """Look up calls; mask and stop recordings of live ones."""


for going_on in (live.live, live.mask, live.unmask, live.stop):
    command.add_command(going_on)


@command.command("list")
@spans
@because
@click.option("--flow", default="", help="Of this flow only.")
@click.pass_context
def list_(ctx: click.Context, /, flow: str, **options: Any) -> None:
    """List calls, the newest first."""
    with reader(ctx.obj) as ledger:
        lines = ledger.calls(
            number=options["number"],
            flow=flow,
            since=options["since"],
            until=options["until"],
            limit=options["limit"],
        )
    keep_list(ctx.obj, "calls", options, [line["uuid"] for line in lines])
    if options["is_json"]:
        click.echo(as_json(lines))
        return
    if not lines:
        tell_none("call", options["number"])
        return
    rows = [
        (
            line["uuid"],
            local(line["offered_at"]),
            line["caller"],
            line["called"],
            line["flow"],
            (line["ending"] or "going on").replace("_", " "),
            line["cause"] or "",
            line["last_step"] or "",
        )
        for line in lines
    ]
    click.echo(table(COLUMNS, rows, room(), SPARE))


@command.command("show")
@click.argument("call")
@because
@JSON_UTC
@click.pass_context
def show(ctx: click.Context, call: str, reason: str, is_json: bool) -> None:
    """Show everything kept of CALL, named by its uuid or the start of it.

    That you looked is kept before anything is shown.
    """
    with reader(ctx.obj) as ledger:
        kept = with_service(ctx.obj, ledger.call(call))
        kept["wishes"] = ledger.wishes(kept["call"]["uuid"])
    keep(ctx.obj, SHOW, reason, [(kept["call"]["uuid"], "")])
    click.echo(as_json(kept) if is_json else story(kept))
