"""`eslflow test`: the scenarios beside the flows, played on the simulated switch.

With `--live` on the site's own FreeSWITCH. In: flows by name or file. Out: what came of
each scenario. Must not judge by another measure there than here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

import click
from click.core import ParameterSource

from eslflow.check.covered import Place, coverage
from eslflow.check.first import SILENT, first
from eslflow.check.happened import compare
from eslflow.check.load import SCENARIOS, flow_of, load_scenarios, scenarios_of
from eslflow.check.scenario import Scenario
from eslflow.cli import junit, onswitch
from eslflow.cli.check import tell_lonely
from eslflow.cli.machine import JSON
from eslflow.cli.onswitch import MOST_AT_ONCE
from eslflow.cli.places import flow_paths
from eslflow.cli.trial import alarms_told_once
from eslflow.cli.verdicts import Report, Verdict, data, summary, told
from eslflow.errors import FlowError, FlowErrors, NotFound, visible
from eslflow.flow.model import Flow
from eslflow.rehearsal import Rehearsal
from eslflow.site import load_flows

Cast = list[tuple[Flow, Path, tuple[Scenario, ...]]]
"""Flows, with the file of their scenarios and what is in it."""


@click.command("test", short_help="Play the scenarios that lie beside flows.")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.option(
    "--need",
    type=click.IntRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Fail below so many percent of steps and endings.",
)
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what came of it as JUnit XML, for build servers.",
)
@JSON
@click.option(
    "--live",
    is_flag=True,
    help="Play on the site's FreeSWITCH, in real time, with nobody outside.",
)
@click.option(
    "--at-once",
    type=click.IntRange(1, MOST_AT_ONCE),
    default=4,
    show_default=True,
    metavar="CALLS",
    help="How many calls there are at once, with --live.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    flows: tuple[str, ...],
    need: int,
    junit_file: Path | None,
    is_json: bool,
    live: bool,
    at_once: int,
) -> None:
    """Test flows, given by file or by name, with the scenarios in NAME.scenarios.yaml.

    Without any, all of the site.
    """
    if not live and ctx.get_parameter_source("at_once") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--at-once goes with --live.", ctx)
    paths = [_flow(path) for path in flow_paths(ctx.obj, flows)]
    without = [path for path in paths if not scenarios_of(path).exists()]
    if flows and without:
        raise NotFound(_how_to_begin(without[0]))
    cast = _load(path for path in paths if path not in without)
    if live:
        say = _silent if is_json else tell
        reports = list(onswitch.play(cast, ctx.obj, at_once, say, is_quiet=is_json))
    else:
        reports = list(play(cast, is_quiet=is_json))
    if junit_file is not None:
        junit_file.write_text(junit.text(reports), encoding="utf-8")
    bare = [path.stem for path in without]
    if is_json:
        found = {"flows": list(map(data, reports)), "without_scenarios": bare}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    if not flows:
        tell_lonely(paths[0].parent)
    is_good = _conclude(reports, without, need, is_quiet=is_json)
    ctx.exit(0 if is_good else 1)


def _how_to_begin(path: Path) -> str:
    """Return what to write for a flow that has no scenarios, which holds as it is."""
    (flow,) = load_flows([path]).values()
    with _stage([flow]) as stage:
        example = first(stage.play(flow, SILENT).happened)
    file = scenarios_of(path)
    return (
        f"{path} has no scenarios: there is no {file.name} beside it\n"
        f"  To begin, put this into {file}:\n{indent(example, '    ')}"
        "  What else can stand there: flows/README.md, Scenarios."
    )


@contextmanager
def _stage(flows: Sequence[Flow]) -> Iterator[Rehearsal]:
    with (
        tempfile.TemporaryDirectory() as folder,
        alarms_told_once(),
        Rehearsal(flows, Path(folder)) as stage,
    ):
        yield stage


def _flow(path: Path) -> Path:
    """Return the file of a flow, also where that of its scenarios is named."""
    return flow_of(path) if path.name.endswith(SCENARIOS) else path


def _load(paths: Iterable[Path]) -> Cast:
    """Return flows and scenarios.

    Raises:
        FlowErrors: all that is wrong with any of them.
    """
    cast: Cast = []
    problems: list[FlowError] = []
    for path in paths:
        try:
            (flow,) = load_flows([path]).values()
            file = scenarios_of(path)
            cast.append((flow, file, load_scenarios(file, flow)))
        except FlowErrors as error:
            problems += error.problems
    if problems:
        raise FlowErrors(problems)
    load_flows(Path(flow.file) for flow, _, _ in cast)
    return cast


def play(cast: Cast, is_quiet: bool) -> Iterator[Report]:
    """Play all scenarios, and tell of each as it ends."""
    if not cast:
        return
    flows = [flow for flow, _, _ in cast]
    with _stage(flows) as stage:
        for flow, file, scenarios in cast:
            verdicts: list[Verdict] = []
            visited: set[Place] = set()
            for scenario in scenarios:
                played = stage.play(flow, scenario)
                visited |= played.visited
                found = compare(scenario, played.happened)
                verdicts.append(Verdict(scenario, found, played.story))
                if not is_quiet:
                    tell(flow, verdicts[-1])
            yield Report(flow, file, verdicts, coverage(flow, visited))


def tell(flow: Flow, verdict: Verdict) -> None:
    word = "FAILED" if verdict.differences else "passed"
    why = ""
    if verdict.skipped:
        word, why = "skipped", f": {verdict.skipped}"
    click.echo(visible(f"{word}  {flow.name}: {verdict.scenario.name}{why}"))
    if verdict.differences:
        for line in told(verdict):
            click.echo(f"    {visible(line)}".rstrip())


def _silent(flow: Flow, verdict: Verdict) -> None:
    """Tell nobody."""


def _conclude(
    reports: Sequence[Report], without: Sequence[Path], need: int, is_quiet: bool
) -> bool:
    """Tell what was reached; return whether it is enough, and all came as expected."""
    lines = [line for report in reports for line in summary(report)]
    lines += [
        f"{path}: no scenarios ({scenarios_of(path).name}); to begin: eslflow test "
        f"{path.stem}"
        for path in without
    ]
    low = [report.flow.name for report in reports if report.coverage.percent < need]
    low += [path.stem for path in without if need]
    if not is_quiet:
        for line in lines:
            click.echo(visible(line))
    if low:
        click.echo(f"Below {need} % of steps and endings: {', '.join(low)}", err=True)
    is_played = _is_played(reports)
    return is_played and not low and not any(report.failures for report in reports)


def _is_played(reports: Sequence[Report]) -> bool:
    """Whether anything was played, if there was anything to play."""
    verdicts = [verdict for report in reports for verdict in report.verdicts]
    is_played = not verdicts or not all(verdict.skipped for verdict in verdicts)
    if not is_played:
        click.echo("Every scenario was skipped: nothing was tested.", err=True)
    return is_played
