"""`eslflow calls live`, `mask`, `unmask` and `stop`: calls that go on.

In: words. Out: what the running `serve` has answered, over the socket in the site's
folder. Must not import what is slow: a mask is waited for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from eslflow.cli.machine import JSON, JSON_UTC
from eslflow.cli.tables import room, table
from eslflow.errors import visible

COLUMNS = ("call", "offered", "caller", "called", "agent", "recording", "flow", "step")
SPARE = ("flow", "step", "called")
"""What a narrow terminal goes without."""

Command = Callable[..., None]


@click.command("live")
@JSON_UTC
@click.pass_context
def live(ctx: click.Context, is_json: bool) -> None:
    """List the calls that go on."""
    calls = _ask(ctx.obj, "GET", "/calls")["calls"]
    if is_json:
        click.echo(json.dumps(calls, indent=2))
    elif not calls:
        click.echo("No call goes on.", err=True)
    else:
        shown = [{**call, "offered": _local(call["offered_at"])} for call in calls]
        rows = [[call[name] for name in COLUMNS] for call in shown]
        click.echo(table(COLUMNS, rows, room(), SPARE))


def _named(function: Command) -> Command:
    """Add what names a call."""
    for decorate in (
        click.pass_context,
        JSON,
        click.option("--agent", metavar="EXT", help="The call this agent talks on."),
        click.argument("call", required=False),
    ):
        function = decorate(function)
    return function


@click.command("mask")
@click.option(
    "--for", "for_", metavar="180s", help="How long; without it, until unmask."
)
@_named
def mask(
    ctx: click.Context,
    call: str | None,
    agent: str | None,
    is_json: bool,
    for_: str | None,
) -> None:
    """Silence the recording of CALL, named by its uuid or the start of it.

    Nothing that is said from the answer on gets into the file. Mask again to renew.
    """
    wish = {"want": "masked"} if for_ is None else {"want": "masked", "for": for_}
    _change(ctx, call, agent, is_json, wish)


@click.command("unmask")
@click.option("--all", "is_all", is_flag=True, help="Other people's masks too.")
@_named
def unmask(
    ctx: click.Context,
    call: str | None,
    agent: str | None,
    is_json: bool,
    is_all: bool,
) -> None:
    """Take back the mask of CALL; a step that is masked stays masked."""
    wish = {"want": "on", "all": True} if is_all else {"want": "on"}
    _change(ctx, call, agent, is_json, wish)


@click.command("stop")
@_named
def stop(
    ctx: click.Context, call: str | None, agent: str | None, is_json: bool
) -> None:
    """Stop the recording of CALL, for the rest of the call."""
    _change(ctx, call, agent, is_json, {"want": "off"})


def _change(
    ctx: click.Context,
    call: str | None,
    agent: str | None,
    is_json: bool,
    wish: dict[str, Any],
) -> None:
    if (call is None) == (agent is None):
        raise click.UsageError("Name either a CALL or an --agent.", ctx)
    path = f"/calls/{_safe(call)}" if call else f"/agents/{_safe(agent or '')}"
    found = _ask(ctx.obj, "POST", f"{path}/recording", wish)
    if is_json:
        click.echo(json.dumps(found, indent=2))
        return
    for state in (found, *found.get("others", [])):
        due = f", to be renewed by {_local(state['until'])}" if state["until"] else ""
        click.echo(visible(f"{state['call']}: recording is {state['recording']}{due}"))


def _safe(name: str) -> str:
    return quote(name, safe="")


def _ask(
    site: Path, method: str, address: str, wish: dict[str, Any] | None = None
) -> dict[str, Any]:
    from eslflow.web.client import ask

    return ask(site, method, address, wish)


def _local(utc: str) -> str:
    at = datetime.fromisoformat(utc.replace("Z", "+00:00")).astimezone()
    return at.strftime("%Y-%m-%d %H:%M:%S")
