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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from eslflow.call.commands import Alarm, Tell
from eslflow.call.live import Site
from eslflow.call.records import Row
from eslflow.check.load import load_scenarios, scenarios_of
from eslflow.cli.places import flow_paths, settings_or_none, sounds_beside
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
from eslflow.sim.script import HANG_UP, Script
from eslflow.site import load_flows, site_of

RATE = 8000
_KEYS = frozenset("0123456789*#ABCD")
_NAMES = {"star": "*", "hash": "#"}


@click.command("try", short_help="Play a whole call here, without a switch.")
@click.argument("flow")
@click.option(
    "--press",
    help="Keys at each question, in order: 1,2. Empty: says nothing. hangup: hangs up.",
)
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
    press: str | None,
    caller: str,
    called: str,
    language: str,
    at: datetime | None,
    webhook: str,
    scenario: str,
    sound: bool,
    quiet: bool,
) -> None:
    """Try FLOW: without --press, the terminal is the telephone's keypad.

    Each thing that happens is a line, also what is recorded from there on, masked, or
    not. At the end come the rows that the ledger would have kept of such a call.

    What agents, called parties and queues do besides stands in scenarios: --scenario
    plays one of them, and tells it likewise.
    """
    (path,) = flow_paths(ctx.obj, [flow])
    (found,) = load_flows([path]).values()
    settings = settings_or_none(ctx.obj)
    if scenario:
        _demand_alone(ctx)
        _tell_scenario(found, scenarios_of(path), scenario, quiet)
        return
    keys = None if press is None else tuple(_key(word) for word in press.split(","))
    script = Script(
        uuid="try",
        keys=keys or (),
        callee_keys=keys or (),
        press=_ask if keys is None else None,
        caller=caller,
        path=found.name,
        called=called or found.name,
    )
    tell(
        _in_language(found, language or found.languages[0]),
        sounds_beside(ctx.obj, path),
        script,
        click.echo,
        SystemClock().now() if at is None else round(at.timestamp()) * 1_000_000,
        webhook,
        player=Player() if sound else None,
        is_quiet=quiet,
        site=site_of(settings, {}) if settings else None,
    )


def tell(
    flow: Flow,
    sounds: Path,
    script: Script,
    say: Callable[[str], object],
    start: int = START,
    webhook: str = "done",
    player: Player | None = None,
    is_quiet: bool = True,
    site: Site | None = None,
) -> None:
    """Run one simulated call and say what happens, and what would be kept of it."""
    clock = SimulatedClock(start)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, alarms_told_once():
        folder = Path(name)

        def watch(_: str, now: int, what: Tell | Alarm) -> None:
            mark = "! " if isinstance(what, Alarm) else ""
            text = visible(mark + what.text).replace(f"{folder}/", "")
            say(f"{(now - start) / 1e6:6.1f} s  {text}")

        missing: set[str] = set()
        for item, ms in _assume_missing(flow, sounds, folder / "sounds"):
            missing.add(item.path)
            say(
                f"          ! {item.what} ({item.language}) has no audio yet: "
                f"taken to be {ms / 1000:.1f} s long"
            )
        with Rig(
            [flow],
            folder / "sounds",
            folder,
            clock=clock,
            watch=watch,
            kept=rows.extend,
            courier=Silent((webhook,)),
            site=site,
        ) as rig:
            for fault in rig.faults:
                told = str(fault).replace(str(folder / "sounds"), str(sounds))
                say(f"          ! {told}")
            if player is not None:
                script = replace(script, hears=_played(player, folder, missing, say))
            rig.call(script)
        if not is_quiet:
            say("Such a call leaves in the ledger:")
            for line in told_rows(rows, start):
                say(visible(line).replace(f"{folder}/", ""))


def _demand_alone(ctx: click.Context) -> None:
    """Refuse what a scenario says itself."""
    for name in ctx.params.keys() - {"flow", "scenario", "quiet"}:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            problem = (
                f"--{name} does not go with --scenario: it stands in the scenario."
            )
            raise click.UsageError(problem, ctx)


def _tell_scenario(flow: Flow, file: Path, name: str, is_quiet: bool) -> None:
    """Play one scenario, and say what happens and what would be kept of it."""
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
    lines = list(played.story)
    if not is_quiet:
        start = START if scenario.at is None else scenario.at
        lines += ["Such a call leaves in the ledger:", *told_rows(played.rows, start)]
    for line in lines:
        click.echo(visible(line).replace(f"{folder}/", ""))


def _played(
    player: Player, folder: Path, missing: set[str], say: Callable[[str], object]
) -> Callable[[str], None]:
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


def _assume_missing(
    flow: Flow, sounds: Path, target: Path
) -> Iterator[tuple[Audio, int]]:
    """Lay out the audio that is there; yield what is not, with the length it gets."""
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
        yield item, ms


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


def _key(word: str) -> str:
    """Return what is pressed, as the simulated switch takes it."""
    key = _NAMES.get(word.strip(), word.strip())
    if key in ("", HANG_UP) or set(key) <= _KEYS:
        return key
    raise EslflowError(f"{word!r} is no key: press 0 to 9, star, hash or hangup")


def _ask(_: int) -> str:
    """Read a key from the terminal; whoever leaves it has hung up."""
    words = "          press keys, then Enter (only Enter: nothing, h: hang up)"
    while True:
        try:
            answer = click.prompt(words, default="", show_default=False)
        except click.Abort:
            click.echo()
            return HANG_UP
        try:
            return _key(HANG_UP if answer == "h" else answer)
        except EslflowError as error:
            click.echo(str(error))
