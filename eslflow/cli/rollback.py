"""`eslflow flows rollback`: an older version back into its file, and served.

In: a flow, a version. Out: its files as they were, those inside it too, and what the
running `serve` makes of them; if it refuses, the files are put back. What is on the
disk and was never served is not lost without being told, and kept even then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import click

from eslflow.call.records import FlowServed, FlowVersion, Row
from eslflow.cli.disk import Disk, present, put
from eslflow.cli.reload import reload, tell
from eslflow.cli.versions import KEPT, row
from eslflow.clock import SystemClock
from eslflow.errors import EslflowError, NotFound, visible
from eslflow.ledger.read import Line
from eslflow.ledger.versions import SHORT, Versions
from eslflow.ledger.writer import write
from eslflow.settings import load_settings
from eslflow.user import who
from eslflow.web.client import is_running


@click.command("rollback")
@click.argument("flow")
@click.argument("version", default="")
@click.option("--note", default="", metavar="TEXT", help="Why; kept in the log.")
@click.option(
    "--force", is_flag=True, help="Even if the file has changes that were not served."
)
@click.pass_context
def rollback(
    ctx: click.Context, flow: str, version: str, note: str, force: bool
) -> None:
    """Bring back an older version of FLOW: the one before, or the one named.

    A version is named by its hash, or the start of it: see eslflow flows log. Calls in
    progress keep the version they began with.
    """
    settings = load_settings(ctx.obj)
    disk = Disk(settings)
    with Versions(settings.ledger) as versions:
        target = _target(versions, disk, flow, version)
        texts = {
            disk.path(line["flow"], line["file"]): line["text"].encode()
            for line in versions.whole(target["sha256"])
        }
        lost = list(_lost(versions, disk, texts))
    _demand_told(lost, force)
    if lost:
        write(settings.ledger, _kept(lost, note))
    before = {path: present(path) for path in texts}
    texts = {path: data for path, data in texts.items() if before[path] != data}
    put(texts)
    for path in texts:
        click.echo(visible(f"{path}: as in {target['sha256'][:SHORT]}"))
    if not is_running(ctx.obj):
        click.echo("No eslflow runs here: it will be served when one starts.")
        return
    words = ": ".join(filter(None, [f"back to {target['sha256'][:SHORT]}", note]))
    found = reload(ctx.obj, words)
    tell(found)
    if found["state"] != "served":
        put({path: before[path] for path in texts})
        click.echo("The files are as they were before.", err=True)
    ctx.exit(found["code"])


def _before(versions: Versions, disk: Disk, flow: str) -> str:
    """Return the version before the one that is served; that one if its file is gone.

    Raises:
        NotFound: there is none.
    """
    served = versions.served().get(flow)
    if served is not None and flow not in disk.files:
        return str(served["flow_sha256"])
    before = versions.before(flow)
    if before is None and served is not None:
        now = served["flow_sha256"][:SHORT]
        raise NotFound(
            f"flow '{flow}' has had one version only. To bring back what is served: "
            f"eslflow flows rollback {flow} {now}"
        )
    if before is None:
        raise NotFound(f"flow '{flow}' has never been served: see eslflow flows log")
    return str(before["flow_sha256"])


def _target(versions: Versions, disk: Disk, flow: str, version: str) -> Line:
    """Return the version to go back to.

    Raises:
        NotFound: there is none, or it is of another flow.
    """
    version = version or _before(versions, disk, flow)
    found = versions.version(version)
    if found["flow"] != flow:
        raise NotFound(f"{version} is a version of flow '{found['flow']}'")
    return found


def _lost(
    versions: Versions, disk: Disk, texts: dict[Path, bytes]
) -> Iterator[tuple[Path, FlowVersion]]:
    """Yield what would be overwritten and is kept nowhere."""
    names = {path.resolve(): name for name, path in disk.files.items()}
    for path, text in texts.items():
        data = present(path)
        if data is None or data == text:
            continue
        name = names.get(path, path.stem)
        found = _version(disk, name, path, data)
        if not versions.has(found.flow, found.text):
            yield path, found


def _version(disk: Disk, name: str, path: Path, data: bytes) -> FlowVersion:
    """Return what is kept of a file, also of one that is no flow yet.

    Raises:
        EslflowError: it is no text, so the ledger cannot hold it.
    """
    flow = disk.flows.get(name)
    if flow is not None and flow.versions[0].text.encode() == data:
        return row(flow.versions[0])
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise EslflowError(f"{path} is no UTF-8: move it away first") from error
    if "\0" in text:
        raise EslflowError(f"{path} is no text: move it away first")
    return FlowVersion(sha256(data).hexdigest(), name, path.name, text, "")


def _demand_told(lost: Sequence[tuple[Path, FlowVersion]], is_forced: bool) -> None:
    """Refuse to overwrite what was never served, unless told to.

    Raises:
        EslflowError: which files, and what can be done.
    """
    if lost and not is_forced:
        (path, version), *_ = lost
        raise EslflowError(
            f"{path} has changes that were never served: see eslflow flows diff "
            f"{version.flow}. With --force they are kept in the log, and overwritten"
        )


def _kept(lost: Sequence[tuple[Path, FlowVersion]], note: str) -> list[Row]:
    """Return the rows that keep what is overwritten."""
    now, user = SystemClock().now(), who()
    rows: list[Row] = [version for _, version in lost]
    for _, version in lost:
        served = (version.flow, version.sha256, KEPT, "rollback", user, note)
        rows.append(FlowServed(now, *served))
    return rows
