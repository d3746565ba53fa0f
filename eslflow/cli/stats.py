"""`eslflow consents stats`: how many agree, in numbers that need no names.

In: a span of time. Out: rates of agreement by notice, hour and queue: tables with bars,
JSON, a drawing. Nobody's number is read for it, so it is no look at anybody.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from eslflow.cli.lookups import ledger_of, times
from eslflow.cli.machine import JSON
from eslflow.cli.tables import iso, local, room, table

_NUMBERS = ("asked", "agreed", "refused", "no answer", "hung up", "rate", "")
_SPARE = ("hung up", "no answer", "refused")


@click.command("stats")
@times(since="30d")
@JSON
@click.option(
    "--svg",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw it into this file.",
)
@click.pass_context
def command(
    ctx: click.Context, since: int, until: int, is_json: bool, svg: Path | None
) -> None:
    """Count how many agree: by version of the notice, hour of the day, and queue.

    Counted are the times that somebody was asked for a consent. Hours are local.
    """
    from eslflow.exports import rates
    from eslflow.ledger.tally import QUARTER_US, tally

    counts = tally(ledger_of(ctx.obj), since, until)
    hours = {
        quarter: _hour(quarter * QUARTER_US // 1_000_000)
        for quarter in {count.quarter for count in counts}
    }
    parts = {
        "notice": rates.rates(counts, lambda c: (c.flow, c.notice, c.version)),
        "hour": rates.rates(counts, lambda c: (hours[c.quarter],)),
        "queue": rates.rates(counts, lambda c: (c.queue,)),
    }
    named = {
        part: {_name(part, key): rate for key, rate in found.items()}
        for part, found in parts.items()
    }
    (whole,) = rates.rates(counts, lambda _: ()).values() or (rates.Rate(),)
    if svg is not None:
        title = f"Agreed {_span(since, until)}: {whole.share:.1%} of {whole.asked}"
        svg.write_text(rates.svg(title, named), encoding="utf-8")
    if is_json:
        click.echo(json.dumps(_json(since, until, whole, parts), indent=2))
    elif not whole.asked:
        click.echo(f"Nobody was asked {_span(since, until)}.", err=True)
    else:
        click.echo(_told(since, until, whole, named))


def _hour(seconds: int) -> int:
    """Return the hour of the day here."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc).astimezone().hour


def _span(since: int, until: int) -> str:
    end = f" until {local(until)}" if until else ""
    return f"since {local(since)}{end}" if since else f"of all time{end}"


def _name(part: str, key: tuple[Any, ...]) -> str:
    if part == "notice":
        return "{} {} v{}".format(*key)
    return f"{key[0]:02}:00" if part == "hour" else key[0] or "(none)"


def _json(since: int, until: int, whole: Any, parts: dict[str, Any]) -> dict[str, Any]:
    names = {
        "notice": ("flow", "notice", "version"),
        "hour": ("hour",),
        "queue": ("queue",),
    }
    return {
        "since": iso(since),
        "until": iso(until),
        "all": whole.json(),
        **{
            f"{part}s": [
                {**dict(zip(names[part], key, strict=True)), **rate.json()}
                for key, rate in found.items()
            ]
            for part, found in parts.items()
        },
    }


def _told(since: int, until: int, whole: Any, named: dict[str, Any]) -> str:
    """Return a table for each part, with bars."""
    from eslflow.exports.rates import bar

    lines = [f"{whole.asked} questions {_span(since, until)}: {whole.share:.1%} agreed"]
    for part, found in named.items():
        rows = [
            (name, rate.asked, *rate, f"{rate.share:.1%}", bar(rate.share))
            for name, rate in found.items()
        ]
        lines += ["", table((part, *_NUMBERS), rows, room(), _SPARE)]
    return "\n".join(lines)
