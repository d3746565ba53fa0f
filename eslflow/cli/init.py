"""`eslflow init`: a new site in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from eslflow import flow, shipped
from eslflow.errors import EslflowError
from eslflow.settings import FILE, demand_plain

IN_CHECKOUT = "../eslflow/flow/schema.json"
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
# through before anything else, unasked and unrecorded.
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
# their paths must have no blanks.
# flows: flows
# sounds: sounds
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

# FreeSWITCH's own event socket, to see whether it is well. The password stands in a
# file, or in the environment as ESLFLOW_SWITCH_PASSWORD.
# switch: {address: 127.0.0.1:8021, password_file: switch.password}

# The control API: live calls, and mask, unmask and stop of their recording, for
# programs such as a payment page. Off unless it stands here; eslflow tokens add makes a
# token. It speaks no TLS: stay on loopback, or put a proxy that does in front of it.
# control: {listen: 127.0.0.1:8085, tokens: tokens.yaml}
"""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Make a new site in FOLDER: settings, flows, sounds."""
    if (folder / FILE).exists():
        raise EslflowError(f"{folder} is a site already ({FILE} is there)")
    demand_plain(folder.resolve(), "Choose a folder")
    try:
        for name in ("flows", "sounds"):
            _copy(shipped.folder(name), folder / name)
        (folder / "recordings").mkdir(exist_ok=True)
        (folder / FILE).write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise EslflowError(f"cannot make a site in {folder}: {error}") from error
    click.echo(f"A new site is in {folder}. Next:")
    for line in (
        f"eslflow --site {folder} check",
        f"eslflow --site {folder} try support --press 1,2",
        f"eslflow --site {folder} dialplan",
        f"eslflow --site {folder} serve",
    ):
        click.echo(f"  {line}")


def _copy(source: Path, target: Path) -> None:
    """Copy a folder; a file that is there already is somebody's, and stays."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            _copy(path, target / path.name)
        elif not (target / path.name).exists():
            shutil.copyfile(path, target / path.name)
            if path.suffix == ".yaml":
                _name_schema(target / path.name)


def _name_schema(path: Path) -> None:
    """Let editors find the flows' schema where it is installed."""
    text = path.read_text(encoding="utf-8")
    text = text.replace(f"$schema={IN_CHECKOUT}", f"$schema={SCHEMA}")
    path.write_text(text, encoding="utf-8")
