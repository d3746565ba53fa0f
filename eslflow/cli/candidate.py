"""Flows that would be served: loaded, checked, proved and tested, beside `serve`.

In: a site, and what it serves now. Out: flows and sounds ready to be swapped in, or why
they must not be. Proofs take all of a processor, so calls must not share theirs with
them: this has a process of its own. Must not touch the ledger but to read it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import click

from eslflow.check.load import load_scenarios, scenarios_of
from eslflow.cli import check, rehearse
from eslflow.cli.drift import demand_same_notices
from eslflow.cli.fit import FAILED, FINE, Candidate, Fit, rests_on, send
from eslflow.cli.main import CONFIGURATION
from eslflow.cli.prove import told as told_proof
from eslflow.cli.verdicts import summary
from eslflow.errors import EslflowError, FlowErrors, SettingsError
from eslflow.flow.model import Flow
from eslflow.settings import load_settings
from eslflow.site import ENGINE, demand_known, find_sounds, load_flows, site_flows

NICE = 10
"""How far it stands back behind the calls."""


def examine(site: Path, known: Mapping[str, str]) -> Candidate:
    """Load a site's flows; check, prove and test them.

    Of those that are known to be good, by name and what that rests on, neither check
    nor proof would find anything new. Audio and scenarios may be others.
    """
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code, fit = _examined(site, known)
        except (FlowErrors, SettingsError) as error:
            click.echo(str(error))
            code, fit = CONFIGURATION, None
        except EslflowError as error:
            click.echo(str(error))
            code, fit = FAILED, None
    return Candidate(code, said.getvalue(), fit if code == FINE else None)


def _examined(site: Path, known: Mapping[str, str]) -> tuple[int, Fit]:
    settings = load_settings(site)
    flows = load_flows(site_flows(settings))
    demand_known(settings, flows)
    _demand_one_moment(flows.values())
    new = [
        flow
        for name, flow in flows.items()
        if known.get(name) != rests_on(flow, settings)
    ]
    rest = [flow for flow in flows.values() if flow not in new]
    audio = [item for flow in flows.values() for item in flow.audio()]
    sounds, _ = find_sounds(audio, settings.sounds)
    demand_same_notices(flows.values(), sounds, settings.ledger)
    good = [check.report(site, flow, Path(flow.file)) for flow in new]
    good += [check.is_heard(site, flow, Path(flow.file)) for flow in rest]
    good += [not told_proof(flow).violations for flow in new]
    fit = Fit(settings, flows, sounds)
    if not all(good):
        return CONFIGURATION, fit
    return FINE if _come_as_expected(new, rest) else FAILED, fit


def _demand_one_moment(flows: Iterable[Flow]) -> None:
    """Refuse files that changed while they were read: nobody wrote what that would be.

    Raises:
        SettingsError: a flow is inside another in another version than by itself.
    """
    found: dict[str, str] = {}
    for version in (version for flow in flows for version in flow.versions):
        if found.setdefault(version.file, version.sha256) != version.sha256:
            raise SettingsError(
                f"{version.file} was changed while it was read: reload once more"
            )


def _come_as_expected(new: list[Flow], rest: list[Flow]) -> bool:
    """Play all scenarios; tell what comes otherwise, and of new flows how many."""
    cast: rehearse.Cast = []
    for flow in (*new, *rest):
        path = scenarios_of(Path(flow.file))
        if path.exists():
            cast.append((flow, path, load_scenarios(path, flow)))
        elif flow in new:
            click.echo(f"{flow.file}: no scenarios ({path.name})")
    reports = list(rehearse.play(cast, is_quiet=True))
    for report in reports:
        for verdict in report.verdicts:
            if verdict.differences:
                rehearse.tell(report.flow, verdict)
        if report.failures or report.flow in new:
            click.echo(next(summary(report)))
    return not any(report.failures for report in reports)


def main() -> None:
    """Examine the site that is named; who asked has said what is known to be good.

    What can be served follows the words only if whoever reads it runs the same eslflow.
    """
    os.nice(NICE)
    with _no_output() as output:
        asked = json.load(sys.stdin)
        if asked["engine"] != ENGINE:
            told = f"{ENGINE} is installed, and {asked['engine']} runs: restart it"
            send(output, Candidate(FAILED, told))
            return
        send(output, examine(Path(sys.argv[1]), asked["known"]))


@contextmanager
def _no_output() -> Iterator[BinaryIO]:
    """Keep everything but the answer out of standard output."""
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        yield output
