"""`eslflow reload`: serve the flows as they are on the disk now, if they are good.

In: a note. Out: what the running `serve` has made of it, over the socket in the site's
folder: no token, no port, nothing to set up. Must not import what is slow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from eslflow.cli.machine import JSON
from eslflow.errors import visible
from eslflow.web.client import ask
from eslflow.web.reloads import ADDRESS, FINAL, LONGEST_NOTE

SHORT = 12
"""Characters of a hash that are shown."""


@click.command("reload", short_help="Serve the flows as they are on the disk now.")
@click.option("--note", default="", metavar="TEXT", help="Why; kept in the log.")
@click.option("-q", "--quiet", is_flag=True, help="Tell only what is wrong.")
@JSON
@click.pass_context
def command(ctx: click.Context, note: str, quiet: bool, is_json: bool) -> None:
    """Serve the flows as they are on the disk, checked, proved and tested first.

    Calls in progress keep the version they began with. If anything is wrong with any
    flow, all stay as they were, and the exit code is not 0.
    """
    found = reload(ctx.obj, note)
    if is_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        tell(found, quiet)
        if note and found["state"] == "served" and not found["flows"]:
            # It is kept with versions of flows.
            click.echo(
                "The note is not kept, as no flow has changed: it is in the log of "
                "eslflow serve only.",
                err=True,
            )
    ctx.exit(found["code"])


def reload(site: Path, note: str) -> dict[str, Any]:
    """Reload a site's flows; return the final report.

    Raises:
        EslflowError: nobody serves it, or he does not answer.
    """
    found = ask(site, "POST", ADDRESS, {"note": note[:LONGEST_NOTE]})
    while found["state"] not in FINAL:
        # It is answered when it is over, or after some seconds.
        found = ask(site, "GET", f"{ADDRESS}/{found['reload']}")
    return found


def tell(found: dict[str, Any], is_quiet: bool = False) -> None:
    """Tell what became of it: last what counts most."""
    is_served = found["state"] == "served"
    for line in found["told"].splitlines():
        if not is_served or not is_quiet:
            click.echo(visible(line), err=not is_served)
    for name in found["restart"]:
        click.echo(
            f"{name}: has changed in eslflow.yaml, and takes a restart", err=True
        )
    for line in found.get("warnings", ()):
        click.echo(f"warning: {visible(line)}", err=True)
    if not is_served:
        click.echo("Refused: new calls run the flows as they were.", err=True)
    elif not is_quiet:
        for line in _changes(found):
            click.echo(line)


def _changes(found: dict[str, Any]) -> Iterator[str]:
    """Yield what is otherwise than before."""
    yield from map(_served, found["flows"])
    if found.get("emergency"):
        yield f"{change_told(found['emergency'])}."
    if not found["flows"]:
        yield "No flow has changed; audio and settings were read again."


def change_told(emergency: dict[str, list[str]]) -> str:
    """Return how emergency numbers have changed."""
    now, before = (
        visible(", ".join(emergency[when]) or "none") for when in ("now", "before")
    )
    return f"The emergency numbers have changed: now {now}; they were {before}"


def _served(change: dict[str, str]) -> str:
    flow, now, then = (change[key] for key in ("flow", "sha256", "before"))
    if not now:
        return visible(
            f"{flow}: new calls do not find it any more (was {then[:SHORT]})"
        )
    before = f"was {then[:SHORT]}" if then else "it is new"
    return visible(f"{flow}: new calls run {now[:SHORT]} ({before})")
