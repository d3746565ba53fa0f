"""A site ready to take calls: its flows, checked, and the audio that is there.

In: settings. Out: the shelf of flows and what every call shares, or every problem of
every flow. Reads files; opens no sockets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from eslflow import __version__
from eslflow.call.live import EMERGENCY, Site, Sound
from eslflow.check import flow_files, load_flow
from eslflow.check.load import named_alike
from eslflow.e164 import emergency_in, normaliser
from eslflow.errors import FlowError, FlowErrors, PromptError, SettingsError
from eslflow.flow import codes
from eslflow.flow.audio import Audio
from eslflow.flow.model import Flow
from eslflow.flow.problems import near
from eslflow.prompts import wav
from eslflow.prompts.build import Made, is_stale, read_manifest
from eslflow.settings import FILE, Settings
from eslflow.switch.shelf import Shelf

ENGINE = f"eslflow {__version__}"


@dataclass(frozen=True)
class Fault:
    """Audio that is not as it should be."""

    text: str
    """Which, and why."""
    is_silent: bool = True
    """Whether it is not played."""
    is_ours: bool | None = True
    """Whether `eslflow prompts build` mends it; None: it says itself what does."""
    code: str = "no-audio"
    """What sort of fault it is; it stays when words change."""
    place: tuple[str, ...] = ()
    """The keys that lead to its words in the flow's file."""

    def __str__(self) -> str:
        """Tell it in a line."""
        return self.text


@dataclass(frozen=True)
class Loaded:
    """What calls need of a site."""

    shelf: Shelf
    site: Site
    faults: tuple[Fault, ...]
    """Audio that is not as it should be."""


def open_site(settings: Settings) -> Loaded:
    """Return a site ready to take calls.

    Raises:
        FlowErrors: every problem of every flow, or every rule that names none.
        SettingsError: there are no flows.
    """
    flows = load_flows(site_flows(settings))
    demand_known(settings, flows)
    audio = [item for flow in flows.values() for item in flow.audio()]
    return loaded_of(settings, flows, *find_sounds(audio, settings.sounds))


def demand_folder(settings: Settings) -> None:
    """Refuse a folder of flows that is not there.

    Raises:
        SettingsError: it is not, or is something else.
    """
    if not settings.flows.is_dir():
        raise SettingsError(
            f"there is no folder {settings.flows}: no flow of this site is found. See "
            f"flows: in {FILE}"
        )


def site_flows(settings: Settings) -> list[Path]:
    """Return the files of a site's flows.

    Raises:
        SettingsError: there are none.
    """
    files = flow_files(settings.flows)
    if not files:
        raise SettingsError(
            f"there are no flows (*.yaml) in {settings.flows}. Put one there, such as "
            "eslflow init makes, or name another folder: flows: in eslflow.yaml"
        )
    return files


def emergency_of(settings: Settings) -> frozenset[str]:
    """Return the numbers that a flow puts through before anything else."""
    if settings.emergency is not None:
        return settings.emergency
    return emergency_in(settings.country).union(EMERGENCY)


def emergency_left_out(settings: Settings) -> list[str]:
    """Return numbers that everybody must reach, and the settings do not have.

    112 is taken by every mobile telephone, in whatever country.
    """
    must = emergency_in(settings.country) | {"112"}
    return sorted(must - emergency_of(settings))


def loaded_of(
    settings: Settings,
    flows: Mapping[str, Flow],
    sounds: Mapping[str, Sound],
    faults: tuple[Fault, ...] = (),
) -> Loaded:
    """Return flows and audio that were looked at as calls need them."""
    shelf = Shelf(flows, settings.default_flow, settings.numbers)
    return Loaded(shelf, site_of(settings, sounds), faults)


def site_of(settings: Settings, sounds: Mapping[str, Sound]) -> Site:
    """Return what calls know of a site."""
    return Site(
        str(settings.recordings),
        ENGINE,
        sounds,
        emergency=emergency_of(settings),
        normal=normaliser(settings.country),
        never_record=settings.never_record,
        extensions=settings.extensions,
    )


def demand_known(settings: Settings, flows: Iterable[str]) -> None:
    """Refuse settings that send calls to a flow which is not there.

    Raises:
        FlowErrors: each place that names none of these.
    """
    known = list(flows)
    path = settings.folder / FILE
    problems = []
    for name, mark in settings.named:
        if name and name not in known:
            problem = f"there is no flow '{name}'{near(name, known)}"
            hint = f"There are: {', '.join(known)}"
            place = str(path), mark.line, mark.column
            source, width = _line(path, mark.line), mark.width
            code = codes.UNKNOWN_NAME
            problems.append(FlowError(*place, problem, source, width, hint, code=code))
    if problems:
        raise FlowErrors(problems)


def _line(path: Path, number: int) -> str:
    """Return a line of a file that was read a moment ago; empty if it is gone."""
    try:
        return path.read_text(encoding="utf-8").splitlines()[number - 1]
    except (OSError, ValueError, IndexError):
        return ""


def load_flows(paths: Iterable[Path]) -> dict[str, Flow]:
    """Return flows by name.

    Raises:
        FlowErrors: every problem of every file; two that hold flows of one name.
    """
    flows: dict[str, Flow] = {}
    problems: list[FlowError] = []
    for path in paths:
        try:
            flow = load_flow(path)
        except FlowErrors as error:
            problems += error.problems
            continue
        if flow.name in flows:
            problems.append(named_alike(flow, flows[flow.name]))
            continue
        flows[flow.name] = flow
    if problems:
        raise FlowErrors(problems)
    return flows


def find_sounds(
    audio: Iterable[Audio], folder: Path
) -> tuple[dict[str, Sound], tuple[Fault, ...]]:
    """Return the audio that is played, and what is wrong with audio.

    Raises:
        PromptError: nobody can tell which files a machine spoke.
    """
    made = read_manifest(folder)
    found: dict[str, Sound] = {}
    faults = []
    # A flow inside another brings the same audio twice.
    for item in {item.path: item for item in audio}.values():
        fault, held = _looked_at(item, folder, made.get(item.path))
        if fault is not None:
            faults.append(replace(fault, place=item.place))
        if held is not None and (fault is None or not fault.is_silent):
            path = str(folder / item.path)
            found[item.path] = Sound(path, held.sha256, held.ms)
    return found, tuple(faults)


def _looked_at(
    item: Audio, folder: Path, made: Made | None
) -> tuple[Fault | None, wav.Wav | None]:
    """Return what is wrong with a file, and what it holds."""
    path = folder / item.path
    what = f"{item.what} ({item.language})"
    try:
        held = wav.read(path)
    except PromptError as error:
        why = error.__cause__
        if isinstance(why, (FileNotFoundError, NotADirectoryError)):
            return Fault(f"{what} has no audio: {path}"), None
        is_ours = None if isinstance(why, PermissionError) else made is not None
        return Fault(f"{what}: {error}", is_ours=is_ours, code="bad-audio"), None
    if not is_stale(item, held, made):
        return None, held
    # What is kept as the words of a choice must be what the caller heard.
    is_notice = item.what.startswith("notice ")
    rest = "it is not played" if is_notice else "the old ones are played"
    text = f"{what} has new words that {path} does not speak yet: {rest}"
    return Fault(text, is_silent=is_notice, code="old-audio"), held
