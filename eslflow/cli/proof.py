"""`eslflow proof`: everything about one call in a file, and whether such a file holds.

In: a call, or a file. Out: a bundle for whoever asked; or what was found in one. Who
makes a bundle, when and why is in the ledger before anything of it can be had.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eslflow.cli.decrypt import IDENTITY, MOST_REASON, new_file
from eslflow.cli.lookups import call_named, reader
from eslflow.cli.machine import JSON
from eslflow.cli.story import since_when
from eslflow.cli.tables import iso, local
from eslflow.cli.verify import AnyHead
from eslflow.errors import BadBundle, Sealed, visible
from eslflow.ledger.versions import SHORT
from eslflow.user import who

if TYPE_CHECKING:
    from eslflow.bundle.check import Checked
    from eslflow.bundle.collect import Recordings
    from eslflow.bundle.facts import Facts
    from eslflow.bundle.make import Files
    from eslflow.ledger.chain import Head
    from eslflow.ledger.excerpt import Excerpt
    from eslflow.ledger.tree import TreeHead
    from eslflow.settings import Settings

_TO_DO = {
    "not asked": "--with-recording puts it in",
    "not checked": "eslflow recordings verify looks into it",
    "no office": "office: in eslflow.yaml does",
}
"""What helps, by why something is left out."""
_ODD = re.compile("[^A-Za-z0-9._-]")


@click.command("proof")
@click.argument("call", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write.  [default: proof-CALL.zip, in this folder]",
)
@click.option(
    "--with-recording",
    is_flag=True,
    help="Put in what was recorded, in the clear; --reason is needed then.",
)
@IDENTITY
@click.option("--reason", default="", help="Why; it is kept.")
@click.option(
    "--language",
    type=click.Choice(["en", "de"]),
    help="Of the report.  [default: the one in which the caller was asked]",
)
@click.option(
    "--since",
    type=AnyHead(),
    help="A head that was kept elsewhere: the proof is to reach back to it.",
)
@click.option(
    "--check",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Make nothing: tell whether the bundle in FILE holds.",
)
@JSON
@click.pass_context
def command(ctx: click.Context, /, call: str | None, **options: Any) -> None:
    """Put all proof about CALL into one file, or check one.

    It is for a court, an auditor or the caller. CALL is its uuid, the start of it, or
    its receipt. The file is a zip: a page to read and print, what was played, the flow
    that ran, the rows of the ledger with their hashes, the exports, and how to check it
    all without this machine. It names the caller: hand it to nobody else.

    That you made it, when and why is kept in the ledger first, and stands in it. For
    all that is kept of a person, in all calls: eslflow subject NUMBER export.

    With --check, no call is named and no site is needed: the exit code is 0 if all of
    FILE is as eslflow wrote it. Only with --since, and a head that somebody has kept
    elsewhere, that also shows that it was not invented.
    """
    if (options["check"] is None) == (call is None):
        raise click.UsageError("Name a call, or a file with --check.")
    if call is None:
        _check(options["check"], options["since"], options["is_json"])
    elif not _make(ctx.obj, call, options):
        ctx.exit(1)


def _check(path: Path, since: Head | TreeHead | None, is_json: bool) -> None:
    from eslflow.bundle.check import check

    try:
        found = check(path, since)
    except BadBundle as error:
        if is_json:
            said = {"holds": False, "problem": str(error)}
            click.echo(json.dumps(said, indent=2))
        raise
    if is_json:
        click.echo(json.dumps({"holds": True, **_said(found)}, indent=2))
        return
    click.echo("\n".join(map(visible, _words(path, found))))


def _said(found: Checked) -> dict[str, Any]:
    facts = found.facts
    return {
        "call": facts.made.call,
        "parts": found.parts,
        "rows": len(facts.proof),
        "heads": [str(head) for head in facts.trees],
        "since": found.since or None,
        "flow": next(iter(_versions(facts)), None),
        "left_out": facts.made.left_out,
    }


def _versions(facts: Facts) -> Iterator[dict[str, Any]]:
    """Yield the versions that ran the call, and what is known of their service."""
    for version in facts.versions:
        since = facts.ran.since(version) or {"at": None, "who": None, "how": None}
        yield {
            "flow": facts.flow_of(version),
            "version": version,
            "since": iso(since["at"]),
            "who": since["who"],
            "how": since["how"],
        }


def _words(path: Path, found: Checked) -> Iterator[str]:
    from eslflow.bundle.wording import ENGLISH

    facts = found.facts
    look, places = facts.look, [row.place for row in facts.proof]
    yield f"{path}: all of it is as eslflow wrote it"
    yield f"  call      {facts.made.call}"
    why = look["reason"] or "no reason given"
    yield f"  made      {local(look['at'])} by {look['who']}: {why}"
    yield f"  parts     {found.parts}, the report made anew from the rows"
    gaps = places[-1] - places[0] + 1 - len(places)
    between = f", {gaps} of other calls between them" if gaps else ""
    yield f"  rows      {len(places)}, places {places[0]} to {places[-1]}{between}"
    for ran in _versions(facts):
        since = since_when(facts.ran.since(ran["version"]))
        name = f"{ran['flow']} {ran['version'][:SHORT]}"
        yield f"  flow      {name}, {since}" if since else f"  flow      {name}"
    for head in facts.trees:
        yield f"  leads to  {head}"
    for name, reason in facts.made.left_out.items():
        yield f"  without   {name}: {ENGLISH.get(reason, reason)}"
    yield f"  since     {found.since or 'not compared: see --since'}"


def _make(site: Path, call: str, options: dict[str, Any]) -> bool:
    """Make a bundle; return whether it has all recordings that were asked for."""
    from eslflow.bundle.collect import Recordings
    from eslflow.ledger.excerpt import excerpt
    from eslflow.ledger.tree import TreeHead
    from eslflow.recordings.age import read_identities
    from eslflow.settings import read_settings

    reason, since = options["reason"].strip(), options["since"]
    if since is not None and not isinstance(since, TreeHead):
        raise click.UsageError(
            "--since wants a head of the tree: eslflow consents head --tree prints it."
        )
    if len(reason) > MOST_REASON or (options["with_recording"] and not reason):
        raise click.UsageError(
            f"--reason takes up to {MOST_REASON} characters, and --with-recording "
            "wants one."
        )
    settings = read_settings(site)
    with reader(site) as ledger:
        kept = ledger.call(call_named(ledger, call))
    uuid = str(kept["call"]["uuid"])
    target = options["output"] or Path(f"proof-{_ODD.sub('_', uuid)}.zip")
    if os.path.lexists(target):
        raise Sealed(f"{target} is there already: name another with -o")
    identity = options["identity"]
    identities = read_identities(identity) if identity else []
    wants = options["with_recording"]
    recordings = Recordings(settings.recordings, kept["recordings"], wants)
    recordings.demand(identities)
    at = _keep(settings, uuid, recordings, reason)
    found = excerpt(settings.ledger, uuid, since, at)
    with ExitStack() as stack:
        opened = dict(recordings.open(stack, identities))
        files = _files(settings, found, recordings, opened)
        made = _write(target, found, files, options["language"])
    _tell(target, made, options["is_json"])
    # Where nothing came to be recorded, nothing is missing.
    return not (wants and set(recordings.left_out.values()) - {"empty"})


def _keep(settings: Settings, uuid: str, recordings: Recordings, reason: str) -> int:
    """Keep who makes a bundle, when and why, and what of the recordings is in it."""
    from eslflow.bundle.facts import PROOF
    from eslflow.call.records import Look
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import write

    at, user = SystemClock().now(), who()
    ids = [file.line["id"] for file in recordings.found.values()]
    rows = [Look(at, user, PROOF, uuid, name, reason) for name in (*ids, "")]
    write(settings.ledger, rows)
    return at


def _files(
    settings: Settings, found: Excerpt, recordings: Recordings, opened: dict[str, Any]
) -> Files:
    """Return what goes along with the rows, and why the rest does not."""
    from eslflow import shipped
    from eslflow.bundle.collect import by_hash, flows
    from eslflow.bundle.make import Files
    from eslflow.bundle.ran import named

    rows = [json.loads(link.text) for link in found.links]
    played = {row["audio_sha256"] for row in rows if row.get("audio_sha256")}
    wanted = named(found.call, [row for row in rows if row["table"] == "choices"])
    begun = found.call.get("offered_at") or min(row.get("at", 0) for row in rows)
    audio = by_hash(played, (settings.sounds, shipped.sounds()), "wav")
    folders = (settings.flows, shipped.flows())
    ran, texts = flows(settings.ledger, wanted, begun, folders)
    held = {f"audio/{name}.wav": BytesIO(data) for name, data in audio.items()}
    held |= {f"flow/{name}.yaml": BytesIO(data) for name, data in texts.items()}
    left_out = {f"audio/{name}.wav": "gone" for name in played - set(audio)}
    missing = ran.reached(wanted).keys() - texts.keys()
    left_out |= {f"flow/{name}.yaml": "no text" for name in missing}
    left_out |= recordings.left_out
    return Files({**held, **opened}, left_out, ran, settings.office)


def _write(target: Path, found: Excerpt, files: Files, language: str | None) -> Checked:
    from eslflow.bundle.make import language_of, make

    with new_file(target) as out:
        return make(out, found, files, language_of(found, language or ""))


def _tell(target: Path, made: Checked, is_json: bool) -> None:
    head = max(made.facts.trees)
    if is_json:
        said = {"file": str(target), "head": str(head), **_said(made)}
        click.echo(json.dumps(said, indent=2))
        return
    click.echo(visible(str(target)))
    for name, why in made.facts.made.left_out.items():
        click.echo(visible(f"Not in it: {name}: {_why(why)}"), err=True)
    click.echo(f"Keep its head elsewhere, too: {head}", err=True)


def _why(reason: str) -> str:
    """Return why something is left out, and what whoever makes a bundle can do."""
    from eslflow.bundle.wording import ENGLISH

    said = ENGLISH[reason]
    return f"{said} ({_TO_DO[reason]})" if reason in _TO_DO else said
