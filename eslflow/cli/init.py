"""`eslflow init`: a new site in a folder of its own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import click

from eslflow import flow, shipped
from eslflow.check import flow_files
from eslflow.errors import EslflowError, NotFound
from eslflow.prompts.build import MANIFEST
from eslflow.settings import FILE, demand_plain
from eslflow.site import load_flows

IN_CHECKOUT = "../eslflow/flow/schema.json"
FIRST = "support"
"""The flow that a site begins with."""
README = "README.md"
_RUNS = re.compile(r"^  [a-z0-9_-]+: \{flow: ([a-z0-9_-]+)", re.MULTILINE)
"""A step that runs another flow, as the flows that ship write it."""
_LINK = re.compile(r"\[([^\]]+)\]\(([^):#]+)(#[^)]*)?\)")
SCHEMA = Path(flow.__file__).resolve().parent / "schema.json"
"""The flows' JSON Schema, for editors."""

TEMPLATE = """\
# Settings of this eslflow site. What is commented out is the default.

# Where FreeSWITCH connects for each call. Outbound event sockets have no password:
# stay on loopback unless a firewall stands before this machine.
# listen: 127.0.0.1:8084

# Peers that may connect; every other is closed at once.
# allow: [127.0.0.1, "::1"]

# Calls at the same time; one more goes to the dialplan's fallback.
# most_calls: 2000

# How long running calls may take after the first SIGTERM.
# drain: 30s

# The dialplan names a flow by path (socket 127.0.0.1:8084/support async full).
# A call without a path takes the flow of the number dialled, else the default.
# numbers: {"4930123456": support}
default_flow: support

# When changed flows are served: on_request (eslflow reload, SIGHUP), or also on_change
# of a file. Calls that go on keep what they began with: docs/flows-in-service.md.
# reload: on_request

# Emergency numbers as they are dialled: a flow that calls what was dialled puts them
# through before anything else, unasked and unrecorded. Left out: these, and those of
# country:, as 15, 17 and 18 in France.
# emergency: [112, 110, 911, 999, "000", 111, 113, 115, 117, 118, 119]

# The country of numbers that name none: 030 1234 and +49 30 1234 are one caller then.
# country: DE

# Who answers for what is recorded, as exports of consents name it: docs/exports.md.
# office: {name: ..., address: ..., contact: ..., email: ..., policy: https://...,
#   withdrawal: tell the agent, storage: on this machine}

# Extensions and numbers that are never recorded, whoever calls: the works council, say.
# And the office's own: calls among them are never recorded. A star: how they begin.
# never_record: [1001, "+4930123456"]
# extensions: ["10*", 2001]

# Folders, relative to this file. FreeSWITCH reads sounds and writes recordings, so
# their paths must have no blanks. What eslflow prompts build speaks has sounds_rate
# samples a second: 8000, or 16000 for wide-band telephones.
# flows: flows
# sounds: sounds
# sounds_rate: 8000
# recordings: recordings
# ledger: eslflow.db

# With less room than this on the disk of recordings, none begins: a disk that fills up
# is no error to FreeSWITCH. An hour of one call takes 115MB.
# free_space: 1GB

# What becomes of recordings that were found intact, in this order, each only if it
# stands here: another format (flac or opus), encryption to recipients of age (eslflow
# recordings keygen makes one), a program that is run for each (its whole path). And
# how often both parties hear a tone while they are recorded. See docs/recording.md.
# recording: {convert: flac, encrypt_to: [age1...], hook: [/usr/bin/up], beep: 15s}

# Recommended: FreeSWITCH's own event socket. Over it, serve ends the calls that were
# left open when it was killed, takes over those that go on, stops every recorder that
# nobody permits, and sees whether the switch is well. The password stands in a file of
# mode 0600, or in the environment as ESLFLOW_SWITCH_PASSWORD. See docs/freeswitch.md.
# switch: {address: 127.0.0.1:8021, password_file: switch.password}

# The control API: live calls, and mask, unmask and stop of their recording, for
# programs such as a payment page. Off unless it stands here; eslflow tokens add makes a
# token. It speaks no TLS: stay on loopback, or put a proxy that does in front of it.
# control: {listen: 127.0.0.1:8085, tokens: tokens.yaml}
"""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--flows",
    "wanted",
    multiple=True,
    metavar="NAME,...",
    default=(FIRST,),
    show_default=True,
    help="The flows that it begins with, of those that ship; all: every one.",
)
def command(folder: Path, wanted: tuple[str, ...]) -> None:
    """Make a new site in FOLDER: settings, flows, sounds."""
    if (folder / FILE).exists():
        raise EslflowError(f"{folder} is a site already ({FILE} is there)")
    demand_plain(folder.resolve(), "Choose a folder")
    names = _names(",".join(wanted).split(","))
    first = FIRST if FIRST in names else names[0]
    flows, sounds = shipped.flows(), shipped.sounds()
    try:
        for name in names:
            for end in (".yaml", ".scenarios.yaml"):
                _copy(flows / f"{name}{end}", folder / "flows" / f"{name}{end}")
        _copy(flows / README, folder / "flows" / README)
        _copy_sounds(names, sounds, folder / "sounds")
        (folder / "recordings").mkdir(mode=0o750, exist_ok=True)
        settings = TEMPLATE.replace("default_flow: support", f"default_flow: {first}")
        (folder / FILE).write_text(settings, encoding="utf-8")
    except OSError as error:
        raise EslflowError(f"cannot make a site in {folder}: {error}") from error
    click.echo(f"A new site is in {folder}, with {', '.join(names)}. Next:")
    lines = _next(folder, first)
    width = max(len(line) for line, _ in lines)
    for line, why in lines:
        click.echo(f"  {line:<{width}}  # {why}")


def _next(folder: Path, flow: str) -> tuple[tuple[str, str], ...]:
    """Return what is done next, in order, and what for."""
    site = f"eslflow --site {folder}"
    return (
        (f"$EDITOR {folder}/flows/{flow}.yaml", "your words, queues and policy"),
        (f"{site} prompts build", "speak the words that are new"),
        (f"{site} check", "what is wrong with it, all at once"),
        (f"{site} try {flow}", "a call here: the terminal is the keypad"),
        (f"{site} dialplan --number 4930123456", "paste it; the number is yours"),
        (f"{site} serve", "take calls"),
    )


def _names(wanted: Sequence[str]) -> list[str]:
    """Return the flows that are wanted, with those that they run.

    Raises:
        NotFound: no flow of that name ships.
    """
    known = [path.stem for path in flow_files(shipped.flows())]
    names = list(known if "all" in wanted else wanted)
    found: dict[str, None] = {}
    while names:
        name = names.pop(0)
        if name not in known:
            listed = ", ".join(known)
            raise NotFound(f"no flow '{name}' ships with eslflow. There are: {listed}")
        if name not in found:
            found[name] = None
            text = (shipped.flows() / f"{name}.yaml").read_text(encoding="utf-8")
            names += _RUNS.findall(text)
    return list(found)


def _copy_sounds(names: Sequence[str], source: Path, target: Path) -> None:
    """Copy what the flows play, and what is known of it."""
    flows = load_flows(shipped.flows() / f"{name}.yaml" for name in names).values()
    audio = {item.path for flow in flows for item in flow.audio()}
    for path in sorted(audio):
        _copy(source / path, target / path)
    if not (target / MANIFEST).exists():
        made = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        kept = {path: made[path] for path in sorted(audio & made.keys())}
        text = json.dumps(kept, indent=1) + "\n"
        target.mkdir(parents=True, exist_ok=True)
        (target / MANIFEST).write_text(text, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    """Copy a file, if there is one; what is there already is somebody's, and stays."""
    if target.exists() or not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if target.suffix in (".yaml", ".md"):
        text = target.read_text(encoding="utf-8")
        # Editors find the schema where it is installed.
        text = text.replace(f"$schema={IN_CHECKOUT}", f"$schema={SCHEMA}")
        text = _LINK.sub(lambda link: _led(link, target.parent), text)
        target.write_text(text, encoding="utf-8")


def _led(link: re.Match[str], folder: Path) -> str:
    """Return a link of a page that is not where it was; one that leads nowhere is text.

    What eslflow has and a site has not is named as that.
    """
    words, where = link[1], link[2]
    if (folder / where).exists():
        return link[0]
    page = where.removeprefix("../")
    if page in (where, words):
        return f"{words} of eslflow"
    return f"{words} ({page} of eslflow)"
