"""`eslflow check`: what is wrong with flows, all of it, before a call finds out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from eslflow.call.live import Sound
from eslflow.check.load import findings
from eslflow.check.there import Ask
from eslflow.cli.asking import asking
from eslflow.cli.drift import demand_same_notices
from eslflow.cli.main import CONFIGURATION
from eslflow.cli.places import flow_paths, settings_or_none, sounds_beside
from eslflow.cli.prove import told as told_proof
from eslflow.errors import FlowErrors, StoreError
from eslflow.flow.model import Flow
from eslflow.settings import load_settings
from eslflow.site import demand_known, find_sounds, load_flows


@click.command("check", short_help="Tell everything that is wrong with flows.")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.pass_context
def command(ctx: click.Context, flows: tuple[str, ...]) -> None:
    """Check flows, given by file or by name; without any, all of the site.

    Where the settings name the switch, it is asked whether it has the queues, users and
    gateways that flows name.
    """
    with asking(ctx.obj) as ask:
        is_good = _all_good(ctx.obj, flows, ask)
    if not is_good:
        ctx.exit(CONFIGURATION)
    together = load_flows(flow_paths(ctx.obj, flows))
    if not flows:
        demand_known(load_settings(ctx.obj), together)


def _all_good(site: Path, flows: tuple[str, ...], ask: Ask | None) -> bool:
    """Tell of each flow; return whether all are good."""
    is_good = True
    told: set[str] = set()
    for path in flow_paths(site, flows):
        try:
            (flow,) = load_flows([path]).values()
        except FlowErrors as error:
            for problem in map(str, error.problems):
                # Of a flow inside another it may have been told already.
                if problem not in told:
                    click.echo(problem, err=True)
                    told.add(problem)
            is_good = False
            continue
        is_good &= report(site, flow, path, ask) and not told_proof(flow).violations
    return is_good


def report(site: Path, flow: Flow, path: Path, ask: Ask | None = None) -> bool:
    """Tell of a flow that loads; return whether everything it plays is there."""
    sounds, faults = find_sounds(flow.audio(), sounds_beside(site, path))
    for fault in faults:
        warning = "" if fault.is_silent else "warning: "
        click.echo(f"{path}: {warning}{fault} [{fault.code}]", err=True)
    if any(fault.is_ours for fault in faults):
        click.echo(f"  Make it with: {_command(site, path)}", err=True)
    if any(not fault.is_ours for fault in faults):
        hint = f"or remove the file, then: {_command(site, path)}"
        click.echo(f"  What a person recorded: record it again, {hint}", err=True)
    found = findings(flow, ask)
    for told in found:
        click.echo(str(told), err=True)
    is_good = _is_as_heard(site, flow, path, sounds)
    is_good &= not any(fault.is_silent for fault in faults)
    if not is_good or any(told.rule.is_error for told in found):
        return False
    steps, languages = len(flow.steps), ", ".join(flow.languages)
    word = "step" if steps == 1 else "steps"
    click.echo(f"{path}: good ({steps} {word}; {languages})")
    return True


def _is_as_heard(
    site: Path, flow: Flow, path: Path, sounds: Mapping[str, Sound]
) -> bool:
    """Tell of notices that are not what callers of this site have heard."""
    settings = settings_or_none(site)
    if settings is None:
        return True
    try:
        demand_same_notices([flow], sounds, settings.ledger)
    except FlowErrors as error:
        click.echo(str(error), err=True)
        return False
    except StoreError as error:
        click.echo(f"{path}: warning: its notices were not compared: {error}", err=True)
    return True


def _command(site: Path, path: Path) -> str:
    """Return what makes a flow's audio, as it can be typed here."""
    words = ["eslflow", "prompts", "build", str(path)]
    if site != Path():
        words[1:1] = ["--site", str(site)]
    return shlex.join(words)
