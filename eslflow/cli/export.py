"""`eslflow subject NUMBER export`: what a person gets who asks for all that is kept.

In: a person, who asks and why. Out: a zip with a page to read, JSON, CSV, and the
recordings if they are wanted, of stereo ones only the person's own voice if that is.
Must not write it into the site's folder, where an erasure could not find it again, nor
before the ledger says who exports.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import click

from eslflow.cli.dossier import page
from eslflow.cli.lookups import as_json, public
from eslflow.errors import EslflowError, FlowErrors, NotFound
from eslflow.exports.table import written

if TYPE_CHECKING:
    from eslflow.flow.model import Flow
    from eslflow.settings import Settings

Line = dict[str, Any]

_PIECE = 1 << 20
_PARTIES = {"caller": "caller", "called": "callee"}
_CALLS = (
    "uuid", "side", "direction", "caller", "caller_name", "called", "flow",
    "offered_at", "ended_at", "ending", "cause", "assurance",
)  # fmt: skip
_CHOICES = (
    "call_uuid", "at", "purpose", "state", "reason", "basis", "retain_s", "party",
    "performed_by", "who", "remark", "key", "keys_offered", "notice", "notice_version",
    "language", "notice_text", "receipt", "on_withdrawal",
)  # fmt: skip
_RECORDINGS = (
    "id", "call_uuid", "purposes", "started_at", "stopped_at", "ms", "state", "sha256",
    "erased_at", "erased_for",
)  # fmt: skip


class Wanted(NamedTuple):
    """What of the recordings goes along."""

    recordings: bool
    own_voice: bool
    """Of stereo files, only the person's channel."""

    @property
    def named(self) -> str:
        """Return what the ledger says of it."""
        if self.own_voice:
            return "own voice"
        return "recordings" if self.recordings else ""


def demand_outside(site: Path, target: Path) -> None:
    """Refuse to write into the site's folder.

    Raises:
        UsageError: the file would be there.
    """
    if target.resolve().is_relative_to(site.resolve()):
        raise click.UsageError(
            f"{target} would lie in the site's folder, where it outlives an erasure: "
            "name a file elsewhere with -o"
        )


def write(
    file: Any, kept: Line, settings: Settings, wanted: Wanted
) -> Iterator[tuple[str, str]]:
    """Write the zip; yield recordings with why they are not in it, or with nothing."""
    calls = kept["calls"]
    choices = [row for call in calls for row in call["choices"]]
    recordings = [row for call in calls for row in call["recordings"]]
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("page.txt", page(kept) + "\n")
        archive.writestr("all.json", as_json(kept) + "\n")
        rows = [{**call["call"], "side": call["side"]} for call in calls]
        archive.writestr("calls.csv", table(_CALLS, rows))
        archive.writestr("choices.csv", table(_CHOICES, choices))
        archive.writestr("recordings.csv", table(_RECORDINGS, recordings))
        if not wanted.recordings:
            return
        for call in calls:
            for row in call["recordings"]:
                try:
                    problem = _add(archive, row, call, settings, wanted.own_voice)
                except (OSError, EslflowError) as error:
                    problem = f"it cannot be read: {error}"
                yield row["id"], problem


def table(columns: Sequence[str], rows: Sequence[Line]) -> str:
    """Return CSV with a heading; what callers send is no formula."""
    lines = [[row.get(name) for name in columns] for row in public(list(rows))]
    cells = [["" if cell is None else str(cell) for cell in line] for line in lines]
    return "".join(map(written, [columns, *cells]))


def _add(
    archive: ZipFile, row: Line, call: Line, settings: Settings, own_voice: bool
) -> str:
    """Add a recording; return why it was not, or nothing."""
    from eslflow.recordings import quarantine
    from eslflow.recordings.channel import write_channel

    path = quarantine.find(settings.recordings, row["path"])
    if path is None:
        return "there is no file any more"
    if path.suffix == ".age":
        return "it is encrypted: eslflow recordings decrypt"
    name = f"recordings/{row['id']}{path.suffix}"
    with quarantine.opened(settings.recordings, path) as fd:
        if not own_voice:
            with archive.open(name, "w", force_zip64=True) as entry:
                _copy(fd, entry)
            return ""
        is_left = _is_left(call, settings)
        if is_left is None:
            return "who is on which channel cannot be told: its flow is not kept"
        with TemporaryFile() as made:
            if not write_channel(fd, made, is_left):
                return "it has no two channels: the agent's cannot be left out"
            made.seek(0)
            with archive.open(name, "w", force_zip64=True) as entry:
                _copy(made.fileno(), entry)
    return ""


def _copy(fd: int, out: Any) -> None:
    at = 0
    while piece := os.pread(fd, _PIECE, at):
        out.write(piece)
        at += len(piece)


def _is_left(call: Line, settings: Settings) -> bool | None:
    """Return whether the person is on the left of a stereo file; None: nobody knows."""
    from eslflow.flow.model import Party

    row, side = call["call"], call["side"]
    flow = _flow_of(row, settings) if side in _PARTIES else None
    return None if flow is None else flow.recording.left is Party(_PARTIES[side])


def _flow_of(row: Line, settings: Settings) -> Flow | None:
    """Return the flow as it was at the call: as the ledger has it, else the file."""
    from eslflow.check.load import load_flow
    from eslflow.cli.versions import flow_of
    from eslflow.ledger.versions import Versions

    version = row.get("flow_sha256") or ""
    path = settings.flows / f"{row.get('flow', '')}.yaml"
    try:
        with Versions(settings.ledger) as versions:
            return flow_of(versions, version)
    except (NotFound, FlowErrors):
        pass
    try:
        flow = load_flow(path) if path.is_file() else None
    except FlowErrors:
        return None
    return flow if flow and flow.sha256 == version else None
