"""`eslflow recordings decrypt` and `keygen`: who may hear what rests encrypted.

Nothing is decrypted before the ledger says who asked for it, and why. Imports what
decrypts only when it does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from eslflow.cli.lookups import as_json, reader
from eslflow.cli.machine import JSON
from eslflow.cli.tables import iso
from eslflow.errors import NotFound, Sealed, visible
from eslflow.user import who

Line = dict[str, Any]

MOST_REASON = 500
"""Characters of a reason."""
IDENTITY = click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file that keygen made, or age-keygen.",
)


@click.command("keygen")
@click.argument("file", type=click.Path(path_type=Path))
@JSON
def keygen(file: Path, is_json: bool) -> None:
    """Make an identity in FILE, and print its recipient for encrypt_to:.

    Whoever has FILE can decrypt; without it nobody can.
    """
    from eslflow.clock import SystemClock
    from eslflow.recordings.age import make_identity

    recipient = make_identity(file, iso(SystemClock().now()) or "")
    found = {"file": str(file), "recipient": recipient}
    click.echo(as_json(found) if is_json else recipient)
    click.echo(
        f"Take {visible(str(file))} off this machine, and keep two copies: what is "
        "encrypted opens with nothing else. The line above goes into eslflow.yaml as "
        "recording: {encrypt_to: [...]}.",
        err=True,
    )


@click.command("decrypt")
@click.argument("recording")
@IDENTITY
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write.  [default: its name, in this folder]",
)
@click.option("--reason", required=True, help="Why; it is kept.")
@JSON
@click.pass_context
def command(
    ctx: click.Context,
    recording: str,
    identity: Path | None,
    output: Path | None,
    reason: str,
    is_json: bool,
) -> None:
    """Decrypt RECORDING, by its name or its file, for yourself alone.

    Who does it, when and why is kept before anything is decrypted, and stays kept
    whatever comes of it: see eslflow recordings show.
    """
    from eslflow.recordings.age import read_identities

    if identity is None:
        raise click.UsageError("Say which --identity is to decrypt it.")
    if not reason.strip() or len(reason) > MOST_REASON:
        raise click.UsageError(f"--reason takes 1 to {MOST_REASON} characters.")
    line = _find(ctx.obj, recording)
    name = Path(line["path"]).name.removesuffix(".age")
    target = output or Path(name)
    if os.path.lexists(target):
        raise Sealed(f"{target} is there already: name another with -o")
    identities = read_identities(identity)
    _decrypt(ctx.obj, line, identities, target, reason.strip())
    found = {"file": str(target), "recording": line["id"]}
    click.echo(as_json(found) if is_json else visible(str(target)))


def _find(site: Path, recording: str) -> Line:
    """Return the one recording of a name, or in a file.

    Raises:
        NotFound: there is none, or there are several.
        Sealed: it is not encrypted.
    """
    with reader(site) as ledger:
        if "/" in recording or recording.endswith(".age"):
            found = ledger.recording_at(str(Path(recording).resolve()))
            lines = [found] if found else []
        else:
            lines = ledger.recordings_named(recording)
            # `u-1-10` begins with `u-1-1`, too.
            lines = [line for line in lines if line["id"] == recording] or lines
    if not lines:
        raise NotFound(f"no recording is kept in {recording}: see recordings list")
    if len(lines) > 1:
        names = ", ".join(line["id"] for line in lines)
        raise NotFound(f"{recording} names several recordings, say which: {names}")
    if not (lines[0].get("form") or "").endswith(".age"):
        raise Sealed(f"{lines[0]['id']} is not encrypted: it is {lines[0]['path']}")
    return lines[0]


def _decrypt(
    site: Path, line: Line, identities: list[Any], target: Path, reason: str
) -> None:
    from eslflow.call.records import Look
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import write
    from eslflow.recordings import quarantine
    from eslflow.recordings.age import decrypt
    from eslflow.recordings.sound import sha256
    from eslflow.settings import read_settings

    settings = read_settings(site)
    path = quarantine.find(settings.recordings, line["path"])
    if path is None:
        why = f": it was {line['erased_for']}" if line.get("erased_at") else ""
        raise NotFound(f"there is no file {line['path']} any more{why}")
    with quarantine.opened(settings.recordings, path) as fd:
        if sha256(fd) != line["stored_sha256"]:
            raise Sealed(f"{path} has changed: eslflow recordings verify {line['id']}")
        look = Look(
            at=SystemClock().now(),
            who=who(),
            what="decrypt",
            call_uuid=line["call_uuid"],
            recording_id=line["id"],
            reason=reason,
        )
        write(settings.ledger, (look,))
        with os.fdopen(os.dup(fd), "rb") as file, new_file(target) as out:
            decrypt(file, out, identities)
            out.flush()
            if sha256(out.fileno()) != line["plain_sha256"]:
                raise Sealed("what was decrypted is not what was encrypted")


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file for this user alone; what is not whole does not stay."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with (
        os.fdopen(os.open(path, flags, 0o600), "w+b") as file,
        ExitStack() as if_it_fails,
    ):
        if_it_fails.callback(path.unlink)
        yield file
        os.fsync(file.fileno())
        if_it_fails.pop_all()
