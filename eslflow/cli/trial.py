"""`eslflow try`: a whole call told line by line, without a switch.

The real controller and the simulated switch talk over a loopback socket in this
process, in simulated time; what would be kept goes to a ledger that is thrown away.
Must not leave anything behind, nor ask a program by a webhook, nor need any audio: a
flow is tried before it has some.
"""

from __future__ import annotations

import logging
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from eslflow.call.commands import Alarm, Tell
from eslflow.call.records import Row
from eslflow.check.load import load_scenarios, scenarios_of
from eslflow.check.words import ungot
from eslflow.cli.besides import Besides, besides
from eslflow.cli.fitted import fitted
from eslflow.cli.keypad import Given, Keypad, keys_of
from eslflow.cli.places import command_line, flow_paths, settings_or_none, sounds_beside
from eslflow.cli.player import Player
from eslflow.cli.rows import told as told_rows
from eslflow.clock import SystemClock
from eslflow.errors import EslflowError, NotFound, visible
from eslflow.flow.audio import Audio
from eslflow.flow.model import Flow
from eslflow.prompts.build import MANIFEST
from eslflow.prompts.wav import encode
from eslflow.rehearsal import Rehearsal
from eslflow.rig import ANSWERS, Rig, Silent, spoken_ms
from eslflow.sim.clock import START, SimulatedClock
from eslflow.sim.script import Script
from eslflow.site import Fault, load_flows, site_of
from eslflow.steps.webhook import fields_got
from eslflow.switch.courier import Courier

Keys = tuple[str, ...]
"""What is pressed at each question."""

RATE = 8000
STORY, TABLE = 10, 21
"""Where the words begin that are told, and of rows that are kept."""
FIRST = 3
"""How much of what is wrong with the audio is told; `check` tells all of it."""


def _keys(_: click.Context, __: click.Parameter, press: str | None) -> Keys | None:
    return None if press is None else tuple(map(keys_of, press.split(",")))


def _fields(
    _: click.Context, __: click.Parameter, answer: tuple[str, ...]
) -> dict[str, str]:
    fields = [words.partition("=") for words in answer]
    for name, sign, _text in fields:
        if not (name and sign):
            raise click.BadParameter(f"{name!r} is no FIELD=TEXT")
    return {name: text for name, _sign, text in fields}


@click.command("try", short_help="Play a whole call here, without a switch.")
@click.argument("flow")
@click.option(
    "--press",
    metavar="KEYS",
    callback=_keys,
    help="Keys at each question, in order, as scenarios have them: 1,2 or "
    "silence,star,hangup. A question that is asked again counts again.",
)
@besides
@click.option("--caller", default="+4930123456", help="Caller's number.")
@click.option(
    "--called", default="", help="The number dialled. [default: the flow's name]"
)
@click.option(
    "--language", default="", help="A language of the flow. [default: its first]"
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d %H:%M"]),
    default=None,
    help='When it is called, "2026-12-24 10:00", by this machine\'s clock. '
    "[default: now]",
)
@click.option(
    "--webhook",
    type=click.Choice(list(ANSWERS)),
    default="done",
    show_default=True,
    help="How webhooks end; nothing is sent.",
)
@click.option(
    "--answer",
    multiple=True,
    metavar="FIELD=TEXT",
    callback=_fields,
    help="A field that webhooks answer with; may be given several times.",
)
@click.option(
    "--scenario",
    default="",
    metavar="NAME",
    help="Tell this one of the flow's scenarios; a part of its name will do.",
)
@click.option("--sound", is_flag=True, help="Let this machine play what is heard.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show what would be kept.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    flow: str,
    press: Keys | None,
    caller: str,
    called: str,
    language: str,
    at: datetime | None,
    webhook: str,
    answer: dict[str, str],
    scenario: str,
    sound: bool,
    quiet: bool,
    **others: str,
) -> None:
    """Try FLOW: without --press, the terminal is the telephone's keypad.

    Each thing that happens is a line, also what is recorded from there on, masked, or
    not. At the end come the rows that the ledger would have kept of such a call.

    How queues and called parties answer stands in scenarios: --scenario tells one.
    """
    (path,) = flow_paths(ctx.obj, [flow])
    (found,) = load_flows([path]).values()
    if scenario:
        _tell_scenario(ctx, found, scenarios_of(path), scenario, quiet)
        return
    _demand_got(found, answer)
    keypad, given, people = Keypad(found), Given(press or ()), Besides(found, **others)
    script = Script(
        uuid="try",
        press=keypad.press if press is None else given.press,
        caller=caller,
        path=found.name,
        called=called or found.name,
        does=keypad.in_talk() if press is None and not others["in_talk"] else {},
    )
    rows = tell(
        _in_language(found, language or found.languages[0]),
        path,
        ctx.obj,
        people.added_to(script),
        Silent((webhook,), answer),
        SystemClock().now() if at is None else round(at.timestamp()) * 1_000_000,
        visited=people.watching(keypad.comes_to),
        player=Player() if sound else None,
        is_quiet=quiet,
    )
    _say_left(given.unpressed(), people.unheeded(rows))


def _say_left(keys: str, acts: Iterable[str]) -> None:
    """Tell what nothing came for, or nothing came of, if there is any."""
    if keys:
        say(f"No question came for: {keys}")
    for line in acts:
        say(line)


def tell(
    flow: Flow,
    path: Path,
    site: Path,
    script: Script,
    courier: Courier,
    start: int,
    visited: Callable[[str, str, str], object],
    player: Player | None,
    is_quiet: bool,
) -> list[Row]:
    """Run one simulated call; say what happens, and return what would be kept of it."""
    clock = SimulatedClock(start)
    settings = settings_or_none(site)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, alarms_told_once():
        folder = Path(name)

        def watch(_: str, now: int, what: Tell | Alarm) -> None:
            mark = "! " if isinstance(what, Alarm) else ""
            text = visible(mark + what.text).replace(f"{folder}/", "")
            say(f"{(now - start) / 1e6:6.1f} s  {text}")

        sounds = sounds_beside(site, path)
        missing = _assume_missing(flow, sounds, folder / "sounds")
        with Rig(
            [flow],
            folder / "sounds",
            folder,
            clock=clock,
            watch=watch,
            kept=rows.extend,
            courier=courier,
            visited=visited,
            site=site_of(settings, {}) if settings else None,
        ) as rig:
            for line in _of_audio(missing, rig.faults, site, path):
                told = line.replace(str(folder / "sounds"), str(sounds))
                say(f"          ! {told}")
            if player is not None:
                silent = {item.path for item in missing}
                script = replace(script, hears=_played(player, folder, silent))
            rig.call(script)
        if not is_quiet:
            _say_kept(rows, start, name)
    return rows


def say(line: str, indent: int = STORY) -> None:
    """Tell a line that begins with its time, or leaves room for it."""
    click.echo(fitted(line, indent))


def _say_kept(rows: Sequence[Row], start: int, folder: str) -> None:
    """Tell what the ledger would have kept of a call."""
    click.echo("Such a call leaves in the ledger:")
    for line in told_rows(rows, start):
        say(visible(line).replace(f"{folder}/", ""), TABLE)


def _demand_alone(ctx: click.Context) -> None:
    """Refuse what a scenario says itself."""
    for name in ctx.params.keys() - {"flow", "scenario", "quiet"}:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            problem = (
                f"{option} does not go with --scenario: it stands in the scenario."
            )
            raise click.UsageError(problem, ctx)


def _demand_got(flow: Flow, answer: Iterable[str]) -> None:
    """Refuse an answer of which the flow would not see something."""
    gets = fields_got(flow.steps.values())
    for field in answer:
        if field not in gets:
            problem, hint = ungot(field, gets)
            raise click.BadParameter(f"{problem}\n  {hint}", param_hint="'--answer'")


def _tell_scenario(
    ctx: click.Context, flow: Flow, file: Path, name: str, is_quiet: bool
) -> None:
    """Play one scenario, and say what happens and what would be kept of it."""
    _demand_alone(ctx)
    if not file.exists():
        hint = f"To begin: eslflow test {flow.name}"
        raise NotFound(f"{flow.name} has no scenarios: {file}. {hint}")
    known = {scenario.name: scenario for scenario in load_scenarios(file, flow)}
    named = [name] if name in known else [each for each in known if name in each]
    if len(named) != 1:
        which = f"{file} has {len(named) or 'no'} such:"
        raise NotFound("\n  ".join((which, *(named or known))))
    scenario = known[named[0]]
    with (
        tempfile.TemporaryDirectory() as folder,
        alarms_told_once(),
        Rehearsal([flow], Path(folder)) as stage,
    ):
        played = stage.play(flow, scenario)
    for line in played.story:
        say(visible(line).replace(f"{folder}/", ""))
    if not is_quiet:
        _say_kept(played.rows, START if scenario.at is None else scenario.at, folder)


def _played(player: Player, folder: Path, missing: set[str]) -> Callable[[str], None]:
    """Return what plays the files of a flow, and tells once why it does not."""
    if player.problem:
        say(f"          ! {player.problem}")

    def play(name: str) -> None:
        path = Path(name)
        is_ours = path.is_relative_to(folder / "sounds") and path.is_file()
        if not is_ours or str(path.relative_to(folder / "sounds")) in missing:
            return
        before = player.problem
        player.play(path)
        if player.problem != before:
            say(f"          ! {player.problem}")

    return play


def _assume_missing(flow: Flow, sounds: Path, target: Path) -> list[Audio]:
    """Lay out the audio that is there, and silence for what is not; return that."""
    missing = []
    target.mkdir()
    if (sounds / MANIFEST).exists():
        (target / MANIFEST).symlink_to((sounds / MANIFEST).resolve())
    for item in flow.audio():
        path = target / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if (sounds / item.path).exists():
            path.symlink_to((sounds / item.path).resolve())
            continue
        ms = spoken_ms(item.text)
        path.write_bytes(encode(array("h", bytes(2 * RATE * ms // 1000)), RATE))
        missing.append(item)
    return missing


def _of_audio(
    missing: Sequence[Audio], faults: Sequence[Fault], site: Path, path: Path
) -> Iterator[str]:
    """Yield what is wrong with the audio, in a few lines however much that is."""
    if missing:
        names = ", ".join(f"{item.what} ({item.language})" for item in missing[:FIRST])
        if len(missing) > FIRST:
            names = f"{len(missing)} prompts and notices, as {names}"
        make = command_line(site, "prompts", "build", str(path))
        silent = "silent for as long as the words take"
        yield f"no audio yet: {names}; {silent}. Make it with: {make}"
    yield from map(str, faults[:FIRST])
    if len(faults) > FIRST:
        yield f"{len(faults) - FIRST} more: {command_line(site, 'check', str(path))}"


@contextmanager
def alarms_told_once() -> Iterator[None]:
    """Keep alarms out of the log while they are lines of the story."""
    log = logging.getLogger("eslflow.switch")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _in_language(flow: Flow, language: str) -> Flow:
    """Return a flow that begins in a language, without words that it never needs."""
    if language not in flow.languages:
        known = ", ".join(flow.languages)
        raise EslflowError(f"{flow.name} does not speak {language!r}, but {known}")
    if _changes_language(flow):
        others = (other for other in flow.languages if other != language)
        return replace(flow, languages=(language, *others))
    return replace(
        flow,
        languages=(language,),
        prompts={
            name: replace(prompt, text={language: prompt.text[language]})
            for name, prompt in flow.prompts.items()
        },
        notices={
            name: replace(notice, text={language: notice.text[language]})
            for name, notice in flow.notices.items()
        },
    )


def _changes_language(flow: Flow) -> bool:
    """Whether a step can let the call go on in another language."""
    return any(
        what == "language"
        for step in flow.steps.values()
        for _, what, _ in step.refers_to()
    )
