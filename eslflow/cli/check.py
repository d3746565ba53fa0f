"""`eslflow check`: what is wrong with flows, all of it, before a call finds out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from eslflow.call.live import EMERGENCY, Sound
from eslflow.check.finding import place_in
from eslflow.check.load import (
    SCENARIOS,
    draft_findings,
    findings,
    flow_of,
    load_scenarios,
    lonely_scenarios,
    named_alike,
)
from eslflow.check.there import Ask
from eslflow.cli.asking import asking
from eslflow.cli.drift import demand_same_notices
from eslflow.cli.emergency import in_a_line, left_out
from eslflow.cli.main import CONFIGURATION
from eslflow.cli.places import (
    command_line,
    flow_paths,
    named_in,
    settings_or_none,
    sounds_beside,
)
from eslflow.cli.prove import told as told_proof
from eslflow.cli.why import explained
from eslflow.clock import SystemClock
from eslflow.errors import FlowErrors, NotFound, SettingsError, StoreError, visible
from eslflow.flow.codes import UNREADABLE
from eslflow.flow.document import Document
from eslflow.flow.model import Flow
from eslflow.settings import load_settings
from eslflow.site import (
    Fault,
    demand_known,
    emergency_of,
    find_sounds,
    load_flows,
    open_site,
)


@click.command("check", short_help="Tell everything that is wrong with flows.")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.option(
    "--explain",
    metavar="CODE",
    help="Check nothing: tell what a code means, why it matters and what mends it.",
)
@click.pass_context
def command(ctx: click.Context, flows: tuple[str, ...], explain: str | None) -> None:
    """Check flows, given by file or by name; without any, all of the site.

    Where the settings name the switch, it is asked whether it has the queues, users and
    gateways that flows name. Each message ends with a code: --explain CODE tells more.
    """
    if explain is not None:
        click.echo(explained(explain))
        return
    paths, missing = _found(ctx.obj, flows)
    with asking(ctx.obj) as ask:
        is_good = _check(ctx.obj, paths, ask)
    if not flows:
        is_good &= _tell_named(ctx.obj, paths)
        _tell_left_out(ctx.obj)
        _tell_unread(paths[0].parent)
        tell_lonely(paths[0].parent)
    if not is_good:
        click.echo("Why it matters: eslflow check --explain CODE", err=True)
        ctx.exit(CONFIGURATION)
    if missing:
        ctx.exit(1)
    if flows:
        _tell_others(ctx.obj, paths)


def _tell_left_out(site: Path) -> None:
    """Warn of emergency numbers that a site has not, whatever its flows say."""
    missing = left_out(load_settings(site))
    if missing is not None:
        click.echo(f"warning: {in_a_line(missing)}", err=True)


def _check(site: Path, paths: list[Path], ask: Ask | None) -> bool:
    """Tell everything that is wrong with each flow; return whether nothing is."""
    is_good = True
    told: set[str] = set()
    seen: dict[str, Flow] = {}
    for path in paths:
        if path.name.endswith(SCENARIOS):
            is_good &= _are_right(path)
            continue
        try:
            (flow,) = load_flows([path]).values()
        except FlowErrors as error:
            for problem in map(str, error.problems):
                # Of a flow inside another it may have been told already.
                if problem not in told:
                    click.echo(problem, err=True)
                    told.add(problem)
            is_good = False
            if error.problems[0].code != UNREADABLE:
                _tell_rest(site, path, ask)
            continue
        if seen.setdefault(flow.name, flow) is not flow:
            click.echo(str(named_alike(flow, seen[flow.name])), err=True)
            is_good = False
        # Both, also where the first finds something: all of it is told in one run.
        is_right = report(site, flow, path, ask)
        is_good &= not told_proof(flow, is_right).violations and is_right
    return is_good


def _are_right(path: Path) -> bool:
    """Tell what is wrong with a file of scenarios; return whether nothing is."""
    try:
        (flow,) = load_flows([flow_of(path)]).values()
    except FlowErrors:
        _tell_unplayed(path)
        return True
    try:
        found = load_scenarios(path, flow)
    except FlowErrors as error:
        click.echo(str(error), err=True)
        return False
    word = "scenario" if len(found) == 1 else "scenarios"
    click.echo(f"{path}: good ({len(found)} {word})")
    return True


def _tell_rest(site: Path, path: Path, ask: Ask | None) -> None:
    """Tell what else is wrong with a flow that does not load, and what may be."""
    left = "all else"
    read = draft_findings(path, ask)
    if read is not None:
        draft, are_texts_sound, found = read
        if are_texts_sound:
            is_heard(site, draft, path)
        for told in found:
            click.echo(str(told), err=True)
        left = "the rest, such as where its steps lead, and its proof"
    click.echo(f"{path}: not looked at until the above is mended: {left}", err=True)


def _found(site: Path, names: tuple[str, ...]) -> tuple[list[Path], bool]:
    """Return the files of flows, and whether some are missing; those are told."""
    if not names:
        return flow_paths(site, ()), False
    found: list[Path] = []
    for name in names:
        try:
            found += flow_paths(site, [name])
        except NotFound as error:
            click.echo(f"Error: {visible(str(error))}", err=True)
    return found, len(found) < len(names)


def _tell_named(site: Path, paths: list[Path]) -> bool:
    """Tell of settings that name flows which are not there; return whether none do."""
    try:
        demand_known(load_settings(site), map(named_in, paths))
    except FlowErrors as error:
        click.echo(str(error), err=True)
        return False
    return True


def _tell_unread(folder: Path) -> None:
    """Tell of files that look like flows, and that nobody reads."""
    for path in sorted(folder.iterdir()):
        suffix = path.suffix
        if suffix != ".yaml" and suffix.lower() in (".yml", ".yaml"):
            click.echo(
                f"{path}: warning: it is not read, for the name of a flow's file ends "
                f"in .yaml\n  Rename it: {path.with_suffix('.yaml').name}",
                err=True,
            )


def tell_lonely(folder: Path) -> None:
    """Tell of scenarios that nobody plays, for their flow is not there."""
    for path in lonely_scenarios(folder):
        _tell_unplayed(path)


def _tell_unplayed(path: Path) -> None:
    """Tell why nobody plays some scenarios."""
    flow = flow_of(path)
    told = f"there is no {flow.name}"
    hint = f"Give the file the name of its flow, with {SCENARIOS} behind it."
    if flow.exists():
        told, hint = f"{flow.name} does not load", f"See: eslflow check {flow}"
    click.echo(
        f"{path}: warning: nobody plays these scenarios: {told}\n  {hint}", err=True
    )


def _tell_others(site: Path, paths: list[Path]) -> None:
    """Tell that `serve` would not start all the same, for what was not checked."""
    settings = settings_or_none(site)
    if settings is None or all(p.resolve().parent != settings.flows for p in paths):
        return
    try:
        open_site(settings)
    except (FlowErrors, SettingsError) as error:
        first = str(error).splitlines()[0]
        click.echo(
            f"warning: eslflow serve would not start all the same: {visible(first)}\n"
            "  See all of it with: eslflow check",
            err=True,
        )


def report(site: Path, flow: Flow, path: Path, ask: Ask | None = None) -> bool:
    """Tell of a flow that loads; return whether everything it plays is there."""
    is_good = is_heard(site, flow, path)
    settings = settings_or_none(site)
    emergency = EMERGENCY if settings is None else emergency_of(settings)
    found = findings(flow, ask, emergency, SystemClock().now())
    for told in found:
        click.echo(str(told), err=True)
    if not is_good or any(told.rule.is_error for told in found):
        return False
    steps, languages = len(flow.steps), ", ".join(flow.languages)
    word = "step" if steps == 1 else "steps"
    click.echo(f"{path}: good ({steps} {word}; {languages})")
    return True


def is_heard(site: Path, flow: Flow, path: Path) -> bool:
    """Tell what is wrong with a flow's audio; return whether callers hear all of it."""
    sounds, faults = find_sounds(flow.audio(), sounds_beside(site, path))
    make = command_line(site, "prompts", "build", str(path))
    for fault in faults:
        warning = "" if fault.is_silent else "warning: "
        at = _place(path, fault)
        click.echo(f"{at}: {warning}{fault} [{fault.code}]", err=True)
    if any(fault.is_ours for fault in faults):
        click.echo(f"  Make it with: {make}", err=True)
    if any(fault.is_ours is False for fault in faults):
        hint = f"or remove the file, then: {make}"
        click.echo(f"  What a person recorded: record it again, {hint}", err=True)
    is_good = _is_as_heard(site, flow, path, sounds)
    return is_good and not any(fault.is_silent for fault in faults)


def _place(path: Path, fault: Fault) -> str:
    """Return where the words stand that a file was to speak."""
    if not fault.place:
        return str(path)
    mark = place_in(Document(path.read_bytes(), str(path)).read(), fault.place)
    return f"{path}:{mark.line}:{mark.column}"


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
