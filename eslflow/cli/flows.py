"""`eslflow flows`: which versions of flows there are and were, and what they said.

In: words. Out: tables, texts, differences. Must not write.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from eslflow.cli.disk import Disk
from eslflow.cli.lookups import call_named, reader, with_service
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.rollback import rollback
from eslflow.cli.story import since_when
from eslflow.cli.tables import iso, local, room, table
from eslflow.errors import NotFound, StoreError, visible
from eslflow.flow.problems import listed, near
from eslflow.flow.subflow import together
from eslflow.ledger.read import Line
from eslflow.ledger.versions import SHORT, Versions
from eslflow.settings import load_settings

LIST = ("flow", "version", "since", "who", "on the disk", "file")
LOG = ("when", "flow", "version", "state", "how", "who", "note")
NOW, GONE, NEW, CHANGED, BROKEN = "as served", "gone", "new", "changed", "broken"


@click.group(
    "flows", cls=Group, short_help="List, compare and bring back versions of flows."
)
def command() -> None:
    """Versions of flows: what is served, what was, and how to go back.

    What a call ran: show --call. A file that has changed is served by eslflow reload.
    """


command.add_command(rollback)


@command.command("list")
@JSON_UTC
@click.pass_context
def list_(ctx: click.Context, is_json: bool) -> None:
    """List the flows that are served, and whether their files say the same."""
    settings = load_settings(ctx.obj)
    with Versions(settings.ledger) as versions:
        served = versions.served()
    disk = Disk(settings)
    names = sorted({*served, *disk.files})
    found = [_standing(name, served.get(name), disk) for name in names]
    if is_json:
        lines = [{**line, "since": iso(line["since"])} for line in found]
        click.echo(json.dumps(lines, indent=2, ensure_ascii=False))
        return
    shown = [
        {**line, "version": line["version"][:SHORT], "since": local(line["since"])}
        for line in found
    ]
    click.echo(table(LIST, [list(line.values()) for line in shown], room(), ("file",)))


def _standing(name: str, line: Line | None, disk: Disk) -> dict[str, Any]:
    """Return how a flow stands, for the table and for programs."""
    path = disk.files.get(name)
    return {
        "flow": name,
        "version": line["flow_sha256"] if line else "",
        "since": line["at"] if line else 0,
        "who": line["who"] if line else "",
        "disk": _state(name, line, disk),
        "file": str(path or ""),
    }


def _state(name: str, line: Line | None, disk: Disk) -> str:
    if name not in disk.files:
        return GONE
    flow = disk.flows.get(name)
    if flow is None:
        return BROKEN
    if line is None:
        return NEW
    return NOW if flow.sha256 == line["flow_sha256"] else CHANGED


@command.command("log")
@click.argument("flow", default="")
@click.option("--limit", default=20, show_default=True, help="How many; -1: all.")
@JSON_UTC
@click.pass_context
def log(ctx: click.Context, flow: str, limit: int, is_json: bool) -> None:
    """Tell when which version was served, the newest first; of FLOW, or of all."""
    settings = load_settings(ctx.obj)
    with Versions(settings.ledger) as versions:
        lines = versions.log(flow, limit)
        if flow and not lines:
            ever = {line["flow"] for line in versions.log("", -1)}
            _demand_flow(flow, {*ever, *Disk(settings).files})
    if is_json:
        found = [{**line, "at": iso(line["at"])} for line in lines]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if not lines:
        words = f"Flow {flow} was never served: see eslflow flows list."
        click.echo(words if flow else "Nothing was served yet.", err=True)
        return
    rows = [
        [local(line["at"]), line["flow"], line["flow_sha256"][:SHORT],
         *(line[name] for name in LOG[3:])]
        for line in lines
    ]  # fmt: skip
    click.echo(table(LOG, rows, room(), ("how", "who")))


def _demand_flow(flow: str, names: Collection[str]) -> None:
    """Refuse the name of a flow that is not among these.

    Raises:
        NotFound: it is not; says which was meant, and which there are.
    """
    if flow not in names:
        known = sorted(names)
        guess = near(flow, known) or "."
        raise NotFound(f"there is no flow {flow!r}{guess} There are: {listed(known)}")


@command.command("show")
@click.argument("what", default="", metavar="[FLOW|VERSION]")
@click.option(
    "--call", metavar="UUID", help="The version that this call ran: uuid or receipt."
)
@click.pass_context
def show(ctx: click.Context, what: str, call: str | None) -> None:
    """Print a version with the flows inside it: of a flow the one that is served.

    A version is named by its hash, or the start of it; with --call, a line on standard
    error names the version, since when it was served and by whom.
    """
    if bool(what) == (call is not None):
        raise click.UsageError("Name either a flow, a version or a --call.", ctx)
    ledger = load_settings(ctx.obj).ledger
    with Versions(ledger) as versions:
        if call is None:
            name = _named(versions, what)
        else:
            name, line = _run_by(ctx.obj, versions, call)
            # Not among the text, which may go into a file.
            click.echo(visible(line), err=True)
        found = versions.whole(name)
    for place, version in enumerate(found):
        _demand_true(version)
        if place:
            head = f"# --- inside: {version['flow']} {version['sha256'][:SHORT]}"
            click.echo(f"\n{head}")
        _print(version["text"])


def _run_by(site: Path, versions: Versions, start: str) -> tuple[str, str]:
    """Return the version that a call ran, and a line that names it."""
    with reader(site) as ledger:
        uuid = call_named(ledger, start)
        kept = with_service(site, ledger.call(uuid))
    name = versions.run_by(uuid)
    since = since_when(kept["served"])
    flow = f"{kept['call']['flow']} {name[:SHORT]}"
    return name, f"# {flow}, {since}" if since else f"# {flow}"


def _named(versions: Versions, what: str) -> str:
    """Return the hash of a flow's version that is served, or of one named by hash."""
    served = versions.served().get(what)
    return str(served["flow_sha256"] if served else versions.version(what)["sha256"])


def _demand_true(version: Mapping[str, Any]) -> None:
    """Refuse a text that is not what its hash says.

    Raises:
        StoreError: somebody has changed it.
    """
    own = sha256(version["text"].encode()).hexdigest()
    if together(own, version["inside"].splitlines()) != version["sha256"]:
        raise StoreError(
            f"the text kept as {version['sha256'][:SHORT]} is not what its hash says: "
            "somebody has changed the ledger"
        )


def _print(text: str) -> None:
    """Print a text as it is into a file; nothing in it moves a terminal's cursor."""
    if sys.stdout.isatty():
        text = "".join(f"{visible(line)}\n" for line in text.splitlines())
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


@command.command("diff")
@click.argument("flow", default="")
@click.argument("old", default="")
@click.argument("new", default="")
@click.pass_context
def diff(ctx: click.Context, flow: str, old: str, new: str) -> None:
    """Tell how a flow's file differs from what is served; without FLOW, of all.

    With OLD, the start of a hash, it is compared with that version instead; with NEW,
    that version is compared with this one, and no file is looked at.
    """
    settings = load_settings(ctx.obj)
    disk = Disk(settings)
    with Versions(settings.ledger) as versions:
        served = versions.served()
        names = [flow] if flow else sorted({*served, *disk.files})
        if flow and not old:
            _demand_flow(flow, {*served, *disk.files})
        lines: list[str] = []
        for name in names:
            before = old or (served[name]["flow_sha256"] if name in served else "")
            parts = _side(versions, before)
            if new:
                lines += _differences(parts, _side(versions, new))
                continue
            # Of all flows, each file once.
            wanted = {*parts, *disk.parts(name)} if flow else {name}
            first = {key: parts[key] for key in wanted if key in parts}
            lines += _differences(first, _on_disk(disk, wanted))
    for line in lines:
        click.echo(visible(line))
    if not lines:
        click.echo("There is no difference.", err=True)


Side = dict[str, tuple[str, str]]
"""By flow what a text is called, and the text."""


def _side(versions: Versions, start: str) -> Side:
    if not start:
        return {}
    whole = versions.whole(versions.version(start)["sha256"])
    return {
        line["flow"]: (f"{line['flow']} {line['sha256'][:SHORT]}", line["text"])
        for line in whole
    }


def _on_disk(disk: Disk, names: set[str]) -> Side:
    found = {name: disk.text(name) for name in names}
    return {
        name: (f"{name} on the disk", text)
        for name, text in found.items()
        if text is not None
    }


def _differences(old: Side, new: Side) -> Iterator[str]:
    for name in sorted({*old, *new}):
        first, second = (side.get(name, ("none", "")) for side in (old, new))
        texts = (first[1].splitlines(), second[1].splitlines())
        yield from unified_diff(*texts, first[0], second[0], lineterm="")
