"""`eslflow tokens`: who may use the control API."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from eslflow.cli.machine import JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.tables import iso, local, room, table
from eslflow.clock import SystemClock
from eslflow.flow.problems import NAME, NAME_WORDS
from eslflow.settings import TOKENS, load_settings
from eslflow.web import token_file
from eslflow.web.scopes import Scope
from eslflow.web.tokens import (
    EXTENSION,
    EXTENSION_WORDS,
    Token,
    digest,
    micros,
    new_secret,
    read_tokens,
)

COLUMNS = ("token", "scopes", "agents", "expires")
DAY = 86_400_000_000

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")


@click.group("tokens", cls=Group)
def command() -> None:
    """Make, list and revoke tokens of the control API."""


def _name(ctx: click.Context, option: click.Parameter, name: str) -> str:
    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r} is not {NAME_WORDS}.", ctx, option)
    return name


def _agents(
    ctx: click.Context, option: click.Parameter, agents: tuple[str, ...]
) -> tuple[str, ...]:
    for agent in agents:
        if not EXTENSION.fullmatch(agent):
            raise click.BadParameter(
                f"{agent!r} is not {EXTENSION_WORDS}.", ctx, option
            )
    return agents


def _expires(ctx: click.Context, option: click.Parameter, text: str | None) -> int:
    if text is None:
        return 0
    now = SystemClock().now()
    days = _DAYS.fullmatch(text)
    try:
        at = now + int(days[1]) * DAY if days else micros(text)
    except ValueError as error:
        told = f"{text!r} is no date: write 90d, or 2027-01-31."
        raise click.BadParameter(told, ctx, option) from error
    if at <= now:
        raise click.BadParameter(f"{text} has passed.", ctx, option)
    return at // 1_000_000 * 1_000_000


@command.command("add")
@click.argument("name", callback=_name)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([str(scope) for scope in Scope]),
    multiple=True,
    required=True,
    help="What it permits; may be given more than once.",
)
@click.option(
    "--agent",
    "agents",
    metavar="EXT",
    multiple=True,
    callback=_agents,
    help="Only for calls of this agent; may be given more than once.",
)
@click.option(
    "--expires",
    callback=_expires,
    metavar="WHEN",
    help="90d, or 2027-01-31 (UTC); without it, never.",
)
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    scopes: tuple[str, ...],
    agents: tuple[str, ...],
    expires: int,
) -> None:
    """Make a token and print it, once: only its SHA-256 is kept."""
    path, is_on = _file(ctx.obj)
    secret = new_secret()
    permitted = tuple(dict.fromkeys(map(Scope, scopes)))
    token_file.add(path, Token(name, digest(secret), permitted, agents, expires))
    click.echo(secret)
    click.echo(f"This token is shown once; {path} does not hold it.", err=True)
    if not is_on:
        told = "Nobody listens yet: put control: into eslflow.yaml, and restart serve."
        click.echo(told, err=True)


@command.command("list")
@JSON_UTC
@click.pass_context
def list_(ctx: click.Context, is_json: bool) -> None:
    """List the tokens and what they permit."""
    path, _ = _file(ctx.obj)
    tokens = read_tokens(path).values()
    if is_json:
        click.echo(json.dumps([_public(token) for token in tokens], indent=2))
    elif not tokens:
        click.echo(f"There are no tokens in {path}.", err=True)
    else:
        now = SystemClock().now()
        rows = [_row(token, now) for token in tokens]
        click.echo(table(COLUMNS, rows, room()))


@command.command("revoke")
@click.argument("name")
@click.pass_context
def revoke(ctx: click.Context, name: str) -> None:
    """Take a token away, at once."""
    path, _ = _file(ctx.obj)
    token_file.revoke(path, name)
    click.echo(f"{name} is no token any more.")


def _public(token: Token) -> dict[str, object]:
    return {
        "token": token.name,
        "scopes": [str(scope) for scope in token.scopes],
        "agents": list(token.agents),
        "expires": iso(token.expires),
    }


def _row(token: Token, now: int) -> tuple[str, ...]:
    scopes, agents = " ".join(map(str, token.scopes)), " ".join(token.agents)
    has_expired = bool(token.expires) and token.expires <= now
    expires = f"{local(token.expires) or 'never'}{' (expired)' if has_expired else ''}"
    return token.name, scopes, agents or "all", expires


def _file(site: Path) -> tuple[Path, bool]:
    """Return where the tokens are, and whether the control API is on."""
    settings = load_settings(site)
    if settings.control is None:
        return settings.folder / TOKENS, False
    return settings.control.tokens, True
