"""`eslflow retention`: delete recordings whose time is over; certificates of deletion.

In: a site. Out: files deleted, the row of that in the chain, a page to be printed.
`eslflow serve` does the same once a day. Must not delete what is under a legal hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eslflow.cli.certificate import certificate
from eslflow.cli.looks import EVERYTHING, because, keep
from eslflow.cli.lookups import COUNT, as_json, ledger_of
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.tables import local, room, table
from eslflow.clock import SystemClock
from eslflow.errors import EslflowError, visible
from eslflow.ledger.subject import calls_of, held_of
from eslflow.ledger.tombstone import erasure, erasures
from eslflow.user import who

if TYPE_CHECKING:
    from eslflow.ledger.due import Past

COLUMNS = ("erasure", "at", "kind", "by", "calls", "recordings", "to do", "because")

HELD = ("number", "since", "by", "calls", "because")


@click.group("retention", cls=Group)
def command() -> None:
    """Delete what was kept as long as its purposes say, and prove it.

    Proof outlives it: eslflow consents show. To delete what is kept of a person, or to
    hold it: eslflow subject.
    """


@command.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option(
    "--even-so",
    is_flag=True,
    help="The clock is right, though no call came for more than 30 days.",
)
@JSON_UTC
@click.pass_obj
def run(site: Path, dry_run: bool, even_so: bool, is_json: bool) -> None:
    """Delete every recording whose purposes let it be kept no longer.

    How long is what the flow said when the caller was asked (purposes: retain:); the
    purpose that lasts longest decides, and one without an end keeps it. What was agreed
    to stays as proof. Also finishes what an earlier erasure was cut off in.

    A clock that was set ahead would let everything be due: where no call came for more
    than 30 days until a week ago, nothing is deleted unless you say --even-so.
    """
    ledger = ledger_of(site)
    if dry_run:
        _dry_run(ledger, even_so, is_json)
        return
    number, problems = _run(site, even_so, is_silent=is_json)
    if is_json:
        click.echo(as_json(erasure(ledger, number) if number else None))
    elif number:
        click.echo(certificate(erasure(ledger, number)))
    else:
        click.echo("Nothing is due.")
    if problems:
        raise EslflowError("\n".join(problems))


def _dry_run(ledger: Path, even_so: bool, is_json: bool) -> None:
    from eslflow.ledger.due import past
    from eslflow.recordings.retention import demand_clock

    now = SystemClock().now()
    found = list(past(ledger, now))
    _tell(found, is_json)
    if not even_so and not all(line.is_held for line in found):
        demand_clock(ledger, now)


def _tell(found: Sequence[Past], is_json: bool) -> None:
    if is_json:
        rows = [
            {
                "recording": past.line["id"],
                "purposes": past.line["purposes"],
                "until_at": past.until,
                "held": past.is_held,
                "path": past.line["path"],
            }
            for past in found
        ]
        click.echo(as_json(rows))
        return
    for past in found:
        fate = "stays: it is under a legal hold" if past.is_held else "is deleted"
        line = past.line
        over = f"kept for {line['purposes']} until {local(past.until)}"
        click.echo(visible(f"recording {line['id']} {fate}: {over}, {line['path']}"))
    if not found:
        click.echo("Nothing is due.")
    click.echo("Nothing was done: this was a dry run.")


def _run(site: Path, even_so: bool, *, is_silent: bool) -> tuple[int, list[str]]:
    """Delete what is due; return the number of it, and what could not be done."""
    from eslflow.cli.erasing import eraser, finish
    from eslflow.ledger.erasure import alone
    from eslflow.ledger.writer import write
    from eslflow.recordings.retention import Retention
    from eslflow.settings import read_settings
    from eslflow.web.client import is_running

    settings = read_settings(site)
    with alone(settings.ledger, waits=True):
        beside = is_running(site)
        problems = finish(settings, None, beside=beside, is_silent=is_silent)
        removes = eraser(settings, problems, is_silent=is_silent)
        retention = Retention(
            settings.ledger,
            lambda rows: write(settings.ledger, rows),
            removes,
            SystemClock(),
        )
        count = retention.run(who(), even_so=even_so)
    last = erasures(settings.ledger)[0]["seq"] if count else 0
    return last, problems


@command.command("list")
@JSON_UTC
@click.pass_obj
def list_(site: Path, is_json: bool) -> None:
    """List all that was erased, the newest first: people and recordings.

    What is still to do are calls that go on, or whose file is still there.
    """
    lines = erasures(ledger_of(site))
    if is_json:
        click.echo(as_json(lines))
    elif not lines:
        click.echo("Nothing was erased.", err=True)
    else:
        click.echo(table(COLUMNS, [_row(line) for line in lines], room()))


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    return (
        line["seq"],
        local(line["at"]),
        line["kind"],
        line["who"] or "eslflow",
        line["calls"] or "",
        line["recordings"] or "",
        line["left"] or "",
        line["reason"],
    )


@command.command("holds")
@because
@JSON_UTC
@click.pass_obj
def holds_(site: Path, reason: str, is_json: bool) -> None:
    """List the legal holds in force, the oldest first.

    To end one: eslflow subject NUMBER release. That you looked is kept before anything
    is shown.
    """
    ledger = ledger_of(site)
    found = [(held, len(calls_of(ledger, held.key))) for held in held_of(ledger)]
    keep(site, "list holds", reason, EVERYTHING if found else ())
    rows = [(held.key, held.at, held.who, calls, held.reason) for held, calls in found]
    if is_json:
        names = ("number", "at", "who", "calls", "reason")
        click.echo(as_json([dict(zip(names, row, strict=True)) for row in rows]))
    elif not rows:
        click.echo("Nothing is held.", err=True)
    else:
        shown = [(key, local(at), *rest) for key, at, *rest in rows]
        click.echo(table(HELD, shown, room()))


@command.command("certificate")
@click.argument("erasure_", metavar="ERASURE", type=COUNT)
@JSON_UTC
@click.pass_obj
def certificate_(site: Path, erasure_: int, is_json: bool) -> None:
    """Print the certificate of ERASURE, a number that `list` shows."""
    found = erasure(ledger_of(site), erasure_)
    click.echo(as_json(found) if is_json else certificate(found))
