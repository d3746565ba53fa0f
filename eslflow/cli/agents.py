"""`eslflow agents`: who of the office has agreed to being recorded, and to what.

In: an extension, a text and its version, what it says. Out: entries in the ledger,
which nobody takes out again; a withdrawal is another one. Must not touch a call: one
that is answered from two seconds later on is judged by it.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from eslflow.cli.machine import JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.tables import iso, local, room, table
from eslflow.clock import SystemClock
from eslflow.errors import NotFound
from eslflow.flow.problems import NAME, NAME_WORDS
from eslflow.user import who

COLUMNS = ("agent", "text", "version", "state", "since", "words (sha256)", "entered by")
MOST_VERSION = 9999

Line = dict[str, Any]


@click.group("agents", cls=Group)
def command() -> None:
    """Keep which agents have agreed to being recorded.

    It counts in flows with recording: {agents: must_agree}. What callers agreed to:
    eslflow consents.
    """


def _agent(ctx: click.Context, option: click.Parameter, agent: str) -> str:
    from eslflow.web.tokens import EXTENSION, EXTENSION_WORDS

    if not EXTENSION.fullmatch(agent):
        raise click.BadParameter(f"{agent!r} is not {EXTENSION_WORDS}.", ctx, option)
    return agent


def _name(ctx: click.Context, option: click.Parameter, name: str) -> str:
    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r} is not {NAME_WORDS}.", ctx, option)
    return name


def _day(ctx: click.Context, option: click.Parameter, text: str | None) -> str:
    today = local(SystemClock().now())[:10]
    if text is None:
        return today
    try:
        day = date.fromisoformat(text).isoformat()
    except ValueError as error:
        told = f"{text!r} is no date: write 2026-11-23."
        raise click.BadParameter(told, ctx, option) from error
    if day > today:
        raise click.BadParameter(f"{day} is yet to come.", ctx, option)
    return day


@command.command("agree")
@click.argument("agent", callback=_agent)
@click.option("--text", "name", required=True, callback=_name, help="Name of the text.")
@click.option(
    "--version",
    required=True,
    type=click.IntRange(1, MOST_VERSION),
    help="Which version of it.",
)
@click.option(
    "--file",
    "words",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The file with its words; its SHA-256 is kept.",
)
@click.option(
    "--on", "day", callback=_day, help="The day: 2026-11-23.  [default: today]"
)
@JSON_UTC
@click.pass_context
def agree(
    ctx: click.Context,
    agent: str,
    name: str,
    version: int,
    words: Path | None,
    day: str,
    is_json: bool,
) -> None:
    """Enter that AGENT, an extension as the switch knows it, has agreed."""
    digest = sha256(words.read_bytes()).hexdigest() if words else ""
    entry = _enter(ctx.obj, agent, "agreed", (name, version, digest), day)
    told = f"{agent} has agreed to {name}, version {version}, on {day}."
    click.echo(json.dumps(entry) if is_json else told)


@command.command("withdraw")
@click.argument("agent", callback=_agent)
@click.option("--text", "name", required=True, callback=_name, help="Name of the text.")
@click.option(
    "--on", "day", callback=_day, help="The day: 2026-11-23.  [default: today]"
)
@JSON_UTC
@click.pass_context
def withdraw(
    ctx: click.Context, agent: str, name: str, day: str, is_json: bool
) -> None:
    """Enter that AGENT takes it back."""
    from eslflow.ledger.register import latest

    line = latest(_entries(ctx.obj)).get((agent, name))
    if line is None or line["state"] != "agreed":
        raise NotFound(f"{agent} has not agreed to {name}: see eslflow agents list")
    text = name, line["version"], line["text_sha256"]
    entry = _enter(ctx.obj, agent, "withdrawn", text, day)
    told = f"{agent} has withdrawn from {name} on {day}."
    click.echo(json.dumps(entry) if is_json else told)


@command.command("list")
@click.option("--all", "is_whole", is_flag=True, help="Earlier entries, too.")
@JSON_UTC
@click.pass_context
def list_(ctx: click.Context, is_whole: bool, is_json: bool) -> None:
    """List who has agreed to what, and who has taken it back."""
    from eslflow.ledger.register import latest

    lines = _entries(ctx.obj)
    if not is_whole:
        lines = list(latest(lines).values())
    if is_json:
        click.echo(json.dumps([{**line, "at": iso(line["at"])} for line in lines]))
    elif not lines:
        click.echo("Nobody has agreed to anything yet.", err=True)
    else:
        click.echo(table(COLUMNS, [_row(line) for line in lines], room()))


def _row(line: Line) -> tuple[str, ...]:
    words = line["text_sha256"][:12] or "-"
    found = line["agent"], line["text"], str(line["version"]), line["state"]
    return (*found, line["agreed_on"], words, line["who"])


def _entries(site: Path) -> list[Line]:
    from eslflow.ledger.register import entries
    from eslflow.settings import read_settings

    path = read_settings(site).ledger
    return entries(path) if path.exists() else []


def _enter(
    site: Path, agent: str, state: str, text: tuple[str, int, str], day: str
) -> Line:
    """Keep an entry; return it as `list` tells it."""
    from eslflow.call.records import AgentAgreed
    from eslflow.ledger.writer import write
    from eslflow.settings import read_settings

    at = SystemClock().now()
    row = AgentAgreed(at, agent, state, *text, agreed_on=day, who=who())
    write(read_settings(site).ledger, [row])
    return {**row._asdict(), "at": iso(at)}
