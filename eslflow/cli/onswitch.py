"""`eslflow test --live`: the scenarios beside the flows, on the site's FreeSWITCH.

In: flows with their scenarios, the site. Out: reports like those of the simulated
switch. Whatever ends it, Ctrl-C too, nothing of it is left on the switch.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import gevent

from eslflow.check.covered import Place, coverage
from eslflow.check.happened import Difference, compare
from eslflow.check.scenario import Scenario
from eslflow.cli.places import sounds_beside
from eslflow.cli.trial import alarms_told_once
from eslflow.cli.verdicts import Report, Verdict
from eslflow.errors import visible
from eslflow.flow.model import Flow
from eslflow.noted import Played
from eslflow.onswitch.stage import Part, Stage
from eslflow.settings import load_settings

Cast = Sequence[tuple[Flow, Path, Sequence[Scenario]]]
Tell = Callable[[Flow, Verdict], object]

MOST_AT_ONCE = 20


def play(
    cast: Cast, site: Path, at_once: int, tell: Tell, is_quiet: bool
) -> Iterator[Report]:
    """Play all scenarios, and tell of each as it ends; the reports come at last."""
    settings = load_settings(site)
    parts = [
        Part(flow, scenario, sounds_beside(site, Path(flow.file)))
        for flow, _, scenarios in cast
        for scenario in scenarios
    ]
    if not parts:
        return
    verdicts: dict[str, list[Verdict]] = {flow.name: [] for flow, _, _ in cast}
    visited: dict[str, set[Place]] = {flow.name: set() for flow, _, _ in cast}
    with _ended_by_signals(), alarms_told_once(), Stage(settings, parts) as stage:
        if not is_quiet and settings.switch is not None:
            where = f"{settings.switch.host}:{settings.switch.port}"
            for line in _begins(where, len(parts), at_once, stage.queues):
                click.echo(line, err=True)
        for part, played in stage.play(at_once):
            name = part.flow.name
            verdicts[name].append(_judged(part.scenario, played))
            visited[name] |= played.visited
            tell(part.flow, verdicts[name][-1])
    for flow, file, _ in cast:
        found = sorted(verdicts[flow.name], key=lambda one: one.scenario.line)
        yield Report(flow, file, found, coverage(flow, visited[flow.name]))


def _judged(scenario: Scenario, played: Played) -> Verdict:
    if played.skipped:
        return Verdict(scenario, (), played.story, visible(played.skipped))
    found = compare(scenario, played.happened)
    found += [
        Difference("the call", "all is well", problem, scenario.line)
        for problem in played.problems
    ]
    return Verdict(scenario, found, played.story)


def _begins(
    where: str, number: int, at_once: int, queues: Sequence[str]
) -> Iterator[str]:
    """Yield what is about to be played, and what not."""
    scenarios = f"{number} scenario{'' if number == 1 else 's'}"
    yield f"Playing {scenarios} on FreeSWITCH at {where}, {at_once} at once."
    if queues:
        yield f"Callers wait in {', '.join(queues)}, not where people serve."
    else:
        yield (
            "The switch has no free queue for tests: who comes to a queue is skipped. "
            "See docs/freeswitch.md"
        )


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C, and what stops a service, end it in order."""
    stop = partial(gevent.kill, gevent.getcurrent(), KeyboardInterrupt)
    handlers = [
        gevent.signal_handler(number, stop)
        for number in (signal.SIGINT, signal.SIGTERM)
    ]
    try:
        yield
    finally:
        for handler in handlers:
            handler.cancel()
