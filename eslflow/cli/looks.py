"""`eslflow looks`: who looked up what, when and why; and how look-ups keep that.

In: a site, what is about to be shown. Out: rows in the chain, before anything is shown;
tables, JSON. Must not show what could not be kept. Imports nothing slow before it must.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from eslflow.cli.decrypt import MOST_REASON
from eslflow.cli.lookups import as_json, ledger_of, reader, tell_none, times, told
from eslflow.cli.tables import local, room, table
from eslflow.clock import SystemClock
from eslflow.errors import StoreError
from eslflow.user import who

Command = TypeVar("Command", bound=Callable[..., Any])
Shown = tuple[str, str]
"""A call, and a recording of it or nothing: all of the call."""

COLUMNS = ("at", "who", "what", "call", "of", "because")
SPARE = ("of", "because")
"""What a narrow terminal goes without."""
SHOW = "show"
EVERYTHING: list[Shown] = [("", "")]
"""Many calls at once, none of them named."""


def _short(ctx: click.Context, option: click.Parameter, text: str) -> str:
    if len(text.strip()) > MOST_REASON:
        what = f"it takes up to {MOST_REASON} characters"
        raise click.BadParameter(what, ctx, option)
    return text.strip()


def because(command: Command) -> Command:
    """Add the option that says why somebody looks."""
    text = "Why; it is kept that you looked."
    return click.option("--reason", default="", callback=_short, help=text)(command)


def keep(site: Path, what: str, reason: str, shown: Iterable[Shown]) -> None:
    """Keep that this is looked at; of what is not there, nothing is kept.

    Raises:
        StoreError: it cannot be kept, so it must not be shown.
    """
    pairs = dict.fromkeys(shown)
    if not pairs:
        return
    from eslflow.call.records import Look
    from eslflow.ledger import looks

    now, user = SystemClock().now(), who()
    rows = [Look(now, user, what, *pair, reason) for pair in pairs]
    try:
        is_kept = looks.keep(ledger_of(site), rows)
    except StoreError as error:
        raise StoreError(
            f"nothing is shown, for it cannot be kept that you looked: {error}"
        ) from error
    if not is_kept:
        click.echo(
            "This ledger is older than this eslflow, which brings it up to date when "
            "it serves. Until then it is not kept that you looked.",
            err=True,
        )


def keep_list(
    site: Path, kind: str, options: dict[str, Any], calls: Iterable[str]
) -> None:
    """Keep that calls are listed: each of them, if somebody was looked for.

    Raises:
        StoreError: it cannot be kept, so it must not be shown.
    """
    shown = [(uuid, "") for uuid in calls]
    is_narrow = any(options.get(name) for name in ("number", "call", "receipt"))
    if shown and not is_narrow:
        shown = EVERYTHING
    keep(site, f"list {kind}", options["reason"], shown)


@click.command("looks")
@times()
@told
@because
@click.option("--call", default="", help="At this call: its uuid or the start of it.")
@click.option("--by", default="", help="By this user of the machine.")
@click.pass_obj
def command(site: Path, /, call: str, by: str, **options: Any) -> None:
    """List who looked something up, exported or decrypted it.

    The newest first; each stands in the chain. That you look at this list is kept,
    too. Who looked at a person: eslflow subject NUMBER show.
    """
    from eslflow.ledger.looks import looks

    uuid = ""
    if call:
        with reader(site) as ledger:
            uuid = ledger.uuid_of(call)
    asked = {name: options[name] for name in ("since", "until", "limit")}
    lines = looks(ledger_of(site), call=uuid, who=by, **asked)
    keep_list(site, "looks", {**options, "call": call}, [uuid] if lines else [])
    if options["is_json"]:
        click.echo(as_json(lines))
    elif not lines:
        tell_none("look", "")
    else:
        click.echo(table(COLUMNS, [_row(line) for line in lines], room(), SPARE))


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    of = line["recording_id"] or line.get("subject", "")
    return (
        local(line["at"]),
        line["who"],
        line["what"],
        line["call_uuid"] or "(many)" * (not of),
        of,
        line["reason"],
    )
