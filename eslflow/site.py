"""A site ready to take calls: its flows, checked, and the audio that is there.

In: settings. Out: the shelf of flows and what every call shares, or every problem of
every flow. Reads files; opens no sockets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eslflow import __version__
from eslflow.call.live import Site, Sound
from eslflow.check import load_flow
from eslflow.errors import FlowError, FlowErrors, PromptError, SettingsError
from eslflow.flow.audio import Audio
from eslflow.flow.model import Flow
from eslflow.prompts import wav
from eslflow.prompts.build import is_stale, read_manifest
from eslflow.settings import Settings
from eslflow.switch.shelf import Shelf

ENGINE = f"eslflow {__version__}"


@dataclass(frozen=True)
class Loaded:
    """What calls need of a site."""

    shelf: Shelf
    site: Site
    silent: tuple[str, ...]
    """Audio that cannot be played, each with its reason."""


def open_site(settings: Settings) -> Loaded:
    """Return a site ready to take calls.

    Raises:
        FlowErrors: every problem of every flow.
        SettingsError: there are no flows, two of one name, or a rule names none.
    """
    flows = load_flows(sorted(settings.flows.glob("*.yaml")))
    if not flows:
        raise SettingsError(f"there are no flows (*.yaml) in {settings.flows}")
    demand_known(settings, flows)
    audio = [item for flow in flows.values() for item in flow.audio()]
    sounds, silent = find_sounds(audio, settings.sounds)
    shelf = Shelf(flows, settings.default_flow, settings.numbers)
    return Loaded(shelf, Site(str(settings.recordings), ENGINE, sounds), silent)


def demand_known(settings: Settings, flows: Iterable[str]) -> None:
    """Refuse settings that send calls to a flow which is not there.

    Raises:
        SettingsError: a rule names none of these.
    """
    named = {*settings.numbers.values(), settings.default_flow} - {""}
    for name in sorted(named - set(flows)):
        known = ", ".join(flows)
        raise SettingsError(f"the settings name a flow '{name}'; there are: {known}")


def load_flows(paths: Iterable[Path]) -> dict[str, Flow]:
    """Return flows by name.

    Raises:
        FlowErrors: every problem of every file.
        SettingsError: two files hold flows of one name.
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
            other = flows[flow.name].file
            raise SettingsError(f"{path} and {other} both hold a flow '{flow.name}'")
        flows[flow.name] = flow
    if problems:
        raise FlowErrors(problems)
    return flows


def find_sounds(
    audio: Iterable[Audio], folder: Path
) -> tuple[dict[str, Sound], tuple[str, ...]]:
    """Return the audio that can be played, and what is wrong with the rest.

    A notice that a machine spoke with other words than the flow has now is not played:
    a choice would be kept with words that nobody heard.

    Raises:
        PromptError: the list of what a machine made cannot be read.
    """
    found: dict[str, Sound] = {}
    silent = []
    made = read_manifest(folder)
    for item in audio:
        path = folder / item.path
        what = f"{item.what} ({item.language})"
        if not path.exists():
            silent.append(f"{what} has no audio: {path}")
            continue
        try:
            held = wav.read(path)
        except PromptError as error:
            silent.append(f"{what}: {error}")
            continue
        if is_stale(item, folder, made.get(item.path)):
            silent.append(f"{what} has other words now than its audio: {path}")
            if item.is_notice:
                continue
        found[item.path] = Sound(str(path), held.sha256, held.ms)
    return found, tuple(silent)
