"""`eslflow doctor`: what is well around a site, what is not, and what mends it.

In: a site. Out: findings, worst last in the exit code: 1 if there is an error. Changes
nothing, but for calls that the switch makes to nobody, and a file that is taken away
again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from eslflow.cli.dialplan import handed_to
from eslflow.cli.machine import JSON
from eslflow.cli.tables import room
from eslflow.doctor.finding import Finding, Level, error, ok, warning
from eslflow.errors import (
    CommandRefused,
    EslflowError,
    FlowErrors,
    LinkLost,
    visible,
)
from eslflow.flow.model import Flow
from eslflow.settings import Settings, load_settings

if TYPE_CHECKING:
    from eslflow.switch.link import DirectLink

WIDTHS = 9, 20
"""Columns of the level and of the topic."""


@click.command("doctor", short_help="Tell what is not well around a site.")
@JSON
@click.pass_context
def command(ctx: click.Context, is_json: bool) -> None:
    """Look at switch, dialplan, files and ledger; tell what mends what is not well.

    May be run at any time: nothing is changed, and calls are left alone. Exits with 1
    if there is an error, not for warnings.
    """
    found = list(findings(load_settings(ctx.obj), ctx.obj))
    is_well = all(finding.level is not Level.ERROR for finding in found)
    if is_json:
        told = [finding._asdict() for finding in found]
        click.echo(json.dumps({"ok": is_well, "findings": told}, indent=2))
    else:
        _tell(found)
    if not is_well:
        ctx.exit(1)


def findings(settings: Settings, site: Path) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    from eslflow.cli.emergency import left_out
    from eslflow.cli.in_force import password_file
    from eslflow.clock import SystemClock
    from eslflow.doctor import files, ledger, service
    from eslflow.web.client import health, is_running

    loaded = _load(settings)
    yield loaded.finding
    missing = left_out(settings)
    if missing is not None:
        yield missing
    yield service.looked_at(settings, is_running(site), lambda: health(site))
    yield from service.doors(settings)
    yield from _switch(settings, site, loaded)
    yield from files.rights(settings, password_file(site))
    yield from files.at_rest(settings)
    yield files.room(settings, SystemClock())
    yield from ledger.looked_at(settings.ledger)


@dataclass(frozen=True)
class _Loaded:
    """What a site plays, as far as it can be read."""

    finding: Finding
    flows: Mapping[str, Flow]
    sounds: Sequence[str]


def _load(settings: Settings) -> _Loaded:
    from eslflow.site import open_site

    try:
        loaded = open_site(settings)
    except EslflowError as problem:
        text = str(problem)
        if isinstance(problem, FlowErrors) and len(problem.problems) == 1:
            (only,) = problem.problems
            text = f"{only.file}:{only.line}: {only.problem}"
        elif isinstance(problem, FlowErrors):
            files = {wrong.file for wrong in problem.problems}
            where = files.pop() if len(files) == 1 else settings.flows
            text = f"{_count(len(problem.problems), 'problem')} in {where}"
        mend = f"eslflow --site {settings.folder} check"
        means = "eslflow serve does not start; one that runs goes on with what it has."
        return _Loaded(error("flows", text, means, mend), {}, ())
    flows = loaded.shelf.flows
    sounds = [sound.path for sound in loaded.site.sounds.values()]
    finding = ok("flows", f"they load: {', '.join(flows)}")
    silent = [fault.text for fault in loaded.faults if fault.is_silent]
    if silent:
        more = f", and {len(silent) - 1} more" if len(silent) > 1 else ""
        finding = warning(
            "flows",
            f"{silent[0]}{more}",
            "Callers hear nothing there, and a question is not asked.",
            f"eslflow --site {settings.folder} check, then prompts build",
        )
    return _Loaded(finding, flows, sounds)


def _switch(settings: Settings, site: Path, loaded: _Loaded) -> Iterator[Finding]:
    """Look at the switch, if it can be asked."""
    from eslflow.switch.link import DirectLink

    if settings.switch is None:
        yield warning(
            "switch",
            "eslflow.yaml names no switch: nothing of FreeSWITCH was looked at",
            "Neither modules, dialplan and sounds nor other recorders were seen, and a "
            "running eslflow does not see them either.",
            "switch: {address: 127.0.0.1:8021, password_file: switch.password} in "
            "eslflow.yaml",
        )
        return
    try:
        link = DirectLink(settings.switch)
        try:
            yield from _asked(link, settings, site, loaded)
        finally:
            link.close()
    except CommandRefused as problem:
        yield error(
            "modules",
            f"the switch refused to answer: {problem}",
            "The rest of the switch was not looked at. mod_commands brings what is "
            "asked for.",
            '<load module="mod_commands"/> in modules.conf.xml, and: '
            "fs_cli -x 'load mod_commands'",
        )
    except LinkLost as problem:
        yield error(
            "event socket",
            f"{problem}",
            "eslflow cannot see what the switch does: it neither takes over calls "
            "after a restart nor stops recorders that nobody has permitted.",
            "See switch: in eslflow.yaml, and in event_socket.conf.xml listen-ip, "
            "listen-port, password and apply-inbound-acl",
        )


def _asked(
    link: DirectLink, settings: Settings, site: Path, loaded: _Loaded
) -> Iterator[Finding]:
    from eslflow.clock import SystemClock
    from eslflow.doctor.door import reached
    from eslflow.doctor.probe import Prober
    from eslflow.doctor.switch import Switch
    from eslflow.web.client import is_running

    clock, where = SystemClock(), handed_to(settings)
    yield from Switch(link, settings, loaded.flows, clock, where).findings()
    prober = Prober(link, clock)
    at_door = reached(prober, settings, where, is_running(site))
    if at_door is not None:
        yield at_door
    if loaded.sounds:
        yield prober.sounds(loaded.sounds)
    yield from prober.recordings(settings.recordings)
    if os.path.exists(settings.ledger):
        yield from _at_work(link, settings, site)


def _at_work(link: DirectLink, settings: Settings, site: Path) -> Iterator[Finding]:
    from eslflow.cli.books import SiteBooks
    from eslflow.clock import SystemClock
    from eslflow.doctor.now import TOPIC, recording
    from eslflow.switch.reconcile import Reconciler
    from eslflow.web.client import ask, is_running

    clock = SystemClock()

    def driven() -> list[str]:
        if not is_running(site):
            return []
        return [call["call"] for call in ask(site, "GET", "/calls")["calls"]]

    reconciler = Reconciler(
        link=link,
        books=SiteBooks(settings.ledger, settings.recordings, clock),
        keep=lambda _: None,
        folder=str(settings.recordings),
        clock=clock,
        live=driven,
        is_guest=True,
    )
    try:
        yield from recording(reconciler)
    except LinkLost:
        raise
    except EslflowError as problem:
        yield warning(
            TOPIC,
            f"what records now could not be compared: {problem}",
            "Recorders that nobody has permitted would not be seen.",
            "eslflow recordings reconcile --dry-run",
        )


def _tell(found: Sequence[Finding]) -> None:
    width = room()
    for finding in found:
        level, topic = WIDTHS
        start = f"{finding.level.value:<{level}}{finding.topic:<{topic}}"
        margin = " " * len(start)
        for line in _lines(finding.text, width - len(start)):
            click.echo(visible(f"{start}{line}"))
            start = margin
        for line in _lines(finding.means, width - len(start)):
            click.echo(visible(f"{margin}{line}"))
        if finding.mend:
            # Not wrapped: it is to be copied.
            click.echo(visible(f"{margin}Mend: {finding.mend}"))
    errors, warnings = (
        sum(finding.level is level for finding in found)
        for level in (Level.ERROR, Level.WARNING)
    )
    told = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    click.echo(f"{_count(len(found), 'finding')}: {told}", err=True)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _lines(text: str, width: int) -> list[str]:
    return wrap(text, width) if text and width > 20 else [text] * bool(text)
