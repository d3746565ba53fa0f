"""`eslflow recordings reconcile`: the switch against the ledger, once.

Safe beside a running `serve`: calls that it drives are left alone, and what becomes of
those that nobody drives is left to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eslflow.cli.machine import JSON
from eslflow.errors import SettingsError, visible

if TYPE_CHECKING:
    from eslflow.settings import Settings
    from eslflow.switch.findings import Finding


@click.command("reconcile")
@click.option("--dry-run", is_flag=True, help="Tell only; change nothing.")
@JSON
@click.pass_context
def command(ctx: click.Context, dry_run: bool, is_json: bool) -> None:
    """Compare what the switch records with what callers agreed to.

    Recorders that nobody permitted are stopped, their files put into quarantine, and so
    are files that nobody knows; it then exits with 1. Calls that ended while eslflow
    was away get their end. A running serve does all that every minute.
    """
    from eslflow.settings import load_settings

    settings = load_settings(ctx.obj)
    found = _compare(settings, ctx.obj, dry_run)
    if is_json:
        click.echo(json.dumps([finding._asdict() for finding in found], indent=2))
    else:
        _tell(found)
    if any(finding.is_bad for finding in found):
        ctx.exit(1)


def _tell(found: Sequence[Finding]) -> None:
    for finding in found:
        click.echo(visible(f"{finding.what:<11} {finding.call or '-'}"))
        click.echo(visible(f"            {finding.text}"))
        if finding.path:
            click.echo(visible(f"            {finding.path}"))
    bad = sum(finding.is_bad for finding in found)
    click.echo(f"{len(found)} found, {bad or 'none'} unpermitted", err=True)


def _compare(settings: Settings, site: Path, dry_run: bool) -> list[Finding]:
    from eslflow.cli.books import SiteBooks
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import write
    from eslflow.switch.link import DirectLink
    from eslflow.switch.reconcile import Reconciler
    from eslflow.web.client import is_running

    if settings.switch is None:
        raise SettingsError(
            "reconcile asks FreeSWITCH what it records, and the settings name no "
            "switch: see switch: in eslflow.yaml"
        )
    clock = SystemClock()
    link = DirectLink(settings.switch)
    try:
        return Reconciler(
            link=link,
            books=SiteBooks(settings.ledger, settings.recordings, clock),
            keep=lambda rows: write(settings.ledger, rows),
            folder=str(settings.recordings),
            clock=clock,
            # One may be started meanwhile.
            live=lambda: _driven(site) if is_running(site) else (),
            adopt=lambda _: "start eslflow serve, which takes it over",
            is_guest=is_running(site),
        ).run(dry_run)
    finally:
        link.close()


def _driven(site: Path) -> list[str]:
    from eslflow.web.client import ask

    return [call["call"] for call in ask(site, "GET", "/calls")["calls"]]
