"""`eslflow recordings`: the files, what they were found to hold, and looking again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from eslflow.cli import decrypt, reconcile
from eslflow.cli.looks import SHOW, because, keep, keep_list
from eslflow.cli.lookups import as_json, reader, spans, tell_none
from eslflow.cli.machine import JSON, JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.story import file_story, looks_at
from eslflow.cli.tables import local, room, table
from eslflow.errors import Sealed, visible

if TYPE_CHECKING:
    from eslflow.ledger.read import Reader
    from eslflow.recordings.audit import Audited

COLUMNS = (
    "recording", "at", "caller", "called", "purposes", "length", "stored", "verdict",
)  # fmt: skip
SPARE = ("called", "purposes", "caller", "stored")
"""What a narrow terminal goes without; `show` tells it."""
VERDICTS = ("intact", "missing", "damaged", "leaked", "unpermitted")
NOT_ENDED = "has not ended yet"
ERASED = "erased"

Line = dict[str, Any]


@click.group("recordings", cls=Group)
def command() -> None:
    """Look up recordings, and what their files hold."""


command.add_command(reconcile.command)
command.add_command(decrypt.command)
command.add_command(decrypt.keygen)


@command.command("list")
@spans
@because
@click.option("--verdict", type=click.Choice(VERDICTS), help="Found to be this.")
@click.pass_context
def list_(ctx: click.Context, /, verdict: str | None, **options: Any) -> None:
    """List recordings, the newest first."""
    with reader(ctx.obj) as ledger:
        lines = ledger.recordings(
            number=options["number"],
            verdict=verdict or "",
            since=options["since"],
            until=options["until"],
            limit=options["limit"],
        )
    keep_list(ctx.obj, "recordings", options, [line["call_uuid"] for line in lines])
    if options["is_json"]:
        click.echo(as_json(lines))
        return
    if not lines:
        tell_none("recording", options["number"])
        return
    click.echo(table(COLUMNS, [_row(line) for line in lines], room(), SPARE))


def _row(line: Line) -> tuple[object, ...]:
    ms = line["ms"] if line.get("file_ms") is None else line["file_ms"]
    return (
        line["id"],
        local(line["started_at"] or line["asked_at"]),
        line["caller"] or "",
        line["called"] or "",
        line["purposes"],
        "" if ms is None else f"{ms / 1000:.1f} s",
        line.get("form") or "wav",
        _word(line),
    )


def _word(line: Line) -> str:
    """Return in a word what is known of a file."""
    if line.get("erased_at"):
        return ERASED
    return line.get("verdict") or ("unchecked" if line["state"] else "running")


@command.command("show")
@click.argument("recording")
@because
@JSON_UTC
@click.pass_context
def show(ctx: click.Context, recording: str, reason: str, is_json: bool) -> None:
    """Show everything kept of RECORDING: its name, the start of it, or its call's.

    That you looked is kept before anything is shown.
    """
    with reader(ctx.obj) as ledger:
        found = [
            {**line, "actions": ledger.actions(line), "looks": ledger.looks(line)}
            for line in ledger.recordings_named(recording)
        ]
    keep(ctx.obj, SHOW, reason, [(line["call_uuid"], line["id"]) for line in found])
    if is_json:
        click.echo(as_json([_with_spans(line) for line in found]))
        return
    stories = [[*file_story(line, line["actions"]), *looks_at(line)] for line in found]
    click.echo("\n\n".join("\n".join(map(visible, lines)) for lines in stories))


def _with_spans(line: Line) -> Line:
    """Add what the file is to hold, in milliseconds from its beginning."""
    from eslflow.recordings.spans import spans as spans_of

    parts = [
        {
            "kind": str(part.kind),
            "begins_ms": max(0, part.begins) // 1000,
            "ends_ms": part.ends // 1000,
        }
        for part in spans_of(line, line["actions"])
    ]
    return {**line, "spans": parts}


class _Looked(NamedTuple):
    """A recording that was looked into once more."""

    id: str
    verdict: str
    path: str
    sha256: str
    findings: str

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to complain about."""
        return self.verdict in ("intact", NOT_ENDED, ERASED)


@command.command("verify")
@click.argument("recordings", nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Every recording of the site.")
@decrypt.IDENTITY
@JSON
@click.pass_context
def verify(
    ctx: click.Context,
    recordings: tuple[str, ...],
    all_: bool,
    identity: Path | None,
    is_json: bool,
) -> None:
    """Look into the files of RECORDINGS once more; exit 1 unless all are intact.

    What was found at first stays kept; a recording that nobody has looked into gets its
    entry now, and goes to quarantine if it is bad. Of an encrypted file only the
    checksum is compared, unless an identity opens it; nothing of it is written then.
    """
    if all_ == bool(recordings):
        raise click.UsageError("Name recordings, or say --all.")
    identities = _identities(identity)
    with reader(ctx.obj) as ledger:
        lines = (
            ledger.recordings(limit=-1)
            if all_
            else [line for name in recordings for line in ledger.recordings_named(name)]
        )
        looked = [_look(ctx.obj, ledger, line, identities) for line in lines]
    if is_json:
        click.echo(as_json([found._asdict() for found in looked]))
    else:
        _tell(looked)
    if not all(found.is_fine for found in looked):
        ctx.exit(1)


def _tell(looked: Sequence[_Looked]) -> None:
    for found in looked:
        click.echo(visible(f"{found.verdict:<9} {found.id}"))
        for line in found.findings.splitlines():
            click.echo(visible(f"          {line}"))
    bad = sum(not found.is_fine for found in looked)
    click.echo(f"{len(looked)} looked into, {bad or 'none'} to look after", err=True)


def _identities(path: Path | None) -> list[Any]:
    from eslflow.recordings.age import read_identities

    return [] if path is None else read_identities(path)


def _look(site: Path, ledger: Reader, line: Line, identities: Sequence[Any]) -> _Looked:
    from eslflow.recordings import stored
    from eslflow.recordings.auditor import look
    from eslflow.settings import load_settings

    if not line["state"]:
        return _Looked(line["id"], NOT_ENDED, line["path"], "", "")
    # A running serve may have stored it elsewhere while others were looked into.
    named = ledger.recordings_named(line["id"])
    line = next(now for now in named if now["id"] == line["id"])
    if line.get("erased_at"):
        words = f"on {local(line['erased_at'])}: {line['erased_for']}"
        return _Looked(line["id"], ERASED, line["path"], "", words)
    settings = load_settings(site)
    actions, folder, note = ledger.actions(line), settings.recordings, ""
    try:
        if stored.is_stored(line):
            found, path, note = stored.look(folder, line, actions, identities)
        else:
            found, path = look(folder, line, actions)
    except OSError as error:
        words = f"it cannot be read: {error.strerror}"
        return _Looked(line["id"], "unknown", line["path"], "", words)
    except Sealed as error:
        return _Looked(line["id"], "unknown", line["path"], "", str(error))
    if line["checked_at"] is None and line["state"] == "stopped":
        path = _keep(settings.ledger, settings.recordings, line, found, path)
    return _compared(line, found, path, note)


def _keep(
    ledger: Path, folder: Path, line: Line, found: Audited, path: Path | None
) -> Path:
    """Keep what nobody has found before."""
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import write
    from eslflow.recordings.auditor import put_away

    row = put_away(folder, line, found, path, SystemClock().now())
    write(ledger, (row,))
    return Path(row.path)


def _compared(line: Line, found: Audited, path: Path | None, note: str) -> _Looked:
    """Return what was found; a file that is not the one it was is not intact."""
    verdict, words = str(found.verdict), found.words or note
    kept = line.get("stored_sha256") or line["sha256"]
    if kept and found.sha256 and kept != found.sha256:
        verdict = "changed"
        words = f"its sha256 is {found.sha256}, it was {kept}\n{words}".rstrip()
    elif kept and not found.sha256:
        verdict, words = "missing", words or "there is no file any more"
    return _Looked(line["id"], verdict, str(path or line["path"]), found.sha256, words)
