"""`eslflow consents export`: consents in the form that somebody else can read.

In: a call, or which consents are meant; a form; why. Out: a file, or standard output.
Who exports what, when and why is kept before anything is given out, for each call. What
a form looks like, `eslflow.exports` knows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click

from eslflow.cli.decrypt import MOST_REASON, new_file
from eslflow.cli.filters import asked, which
from eslflow.cli.lookups import COUNT, bounds, call_named, ledger_of, reader
from eslflow.errors import EslflowError, NotFound, SettingsError
from eslflow.ledger.read import Reader
from eslflow.user import who

FORMATS = ("iso27560", "kantara", "vcon", "csv")
AT_ONCE = 500
"""Calls whose looks are kept in one commit."""
ALL = -1

Line = dict[str, Any]
Calls = dict[str, set[str]]
"""Calls by uuid, with the purposes that are meant; none: all."""
Make = Callable[[Line, set[str]], list[dict[str, Any]]]
"""Makes the documents of a call."""
Put = Callable[[str], Any]


@click.command("export")
@click.argument("call", default="")
@bounds
@which
@click.option("--limit", type=COUNT, default=None, help="So many at most.")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write.  [default: standard output]",
)
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option(
    "--refused-as",
    type=click.Choice(("recording-set", "text")),
    default="recording-set",
    show_default=True,
    help="vcon: what stands for a call without a recording.",
)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Export the consents of CALL, or all that fit.

    CALL is its uuid, the start of it, or the receipt that was read out. With it, vcon
    writes one object; otherwise, as with iso27560 and kantara, a list. That you export
    it, when and why is kept first. The same of one call, with its proof: eslflow proof.
    """
    reason = options["reason"].strip()
    if not reason or len(reason) > MOST_REASON:
        raise click.UsageError(f"--reason takes 1 to {MOST_REASON} characters.")
    if options["output"] and os.path.lexists(options["output"]):
        raise EslflowError(f"{options['output']} is there already: name another")
    export = _Export(ctx.obj, options["form"], reason)
    # What is missing in the settings is told before anybody is said to have looked.
    make = export.maker(options["refused_as"])
    with reader(ctx.obj) as ledger:
        if options["call"]:
            options["call"] = call_named(ledger, options["call"])
        options["limit"] = options["limit"] or ALL
        if make is None:
            _as_csv(export, ledger, asked(options), options["output"])
            return
        calls = _meant(ledger, asked(options))
        alone = bool(options["call"]) and options["form"] == "vcon"
        documents = export.documents(ledger, calls, make)
        first = next(documents, None)
        if first is None:
            raise NotFound("nobody agreed to anything there: no receipt can be made")
        with _opened(options["output"]) as put:
            _write(put, first, documents, alone)
    export.tell_passed_over()


def _meant(ledger: Reader, question: Line) -> Calls:
    """Return the calls that fit, the newest first.

    Raises:
        NotFound: none does.
    """
    calls: Calls = {}
    for line in ledger.each_consent(**question):
        calls.setdefault(line["call_uuid"], set()).add(line["purpose"])
    if not any(question[name] for name in question.keys() - {"call", "limit"}):
        # Also of a call in which nothing was asked there is something to tell.
        calls = {question["call"]: set()} if question["call"] else calls
    if not calls:
        raise NotFound("no consent fits: see eslflow consents list")
    return calls


class _Export:
    """One export: who makes it, why, and what was passed over."""

    def __init__(self, site: Path, form: str, reason: str) -> None:
        self._site, self._form, self._reason = site, form, reason
        self._passed_over = 0

    def maker(self, refused_as: str) -> Make | None:
        """Return what makes the documents of a call; None: it is a table.

        Raises:
            SettingsError: the documents name the office, and nobody knows it.
        """
        if self._form == "csv":
            return None
        from eslflow.exports import iso27560, kantara, vcon
        from eslflow.settings import FILE, read_settings

        office = read_settings(self._site).office
        if office is None:
            raise SettingsError(
                f"{self._form} names who answers for the recordings: add office: with "
                f"name, address, contact, email, policy, withdrawal, storage to "
                f"{self._site / FILE} (docs/exports.md shows it)"
            )
        way = vcon.RefusedAs(refused_as)
        makers: dict[str, Make] = {
            "iso27560": lambda kept, about: iso27560.records(kept, office, about),
            "kantara": lambda kept, about: kantara.receipts(kept, office, about),
            "vcon": lambda kept, _: [vcon.vcon(kept, office, way)],
        }
        return makers[self._form]

    def look(self, uuids: Iterable[str]) -> None:
        """Keep that these calls are looked at."""
        from eslflow.call.records import Look
        from eslflow.clock import SystemClock
        from eslflow.ledger.writer import write

        what, now, user = f"export {self._form}", SystemClock().now(), who()
        looks = [Look(now, user, what, uuid, "", self._reason) for uuid in uuids]
        write(ledger_of(self._site), looks)

    def documents(
        self, ledger: Reader, calls: Calls, make: Make
    ) -> Iterator[dict[str, Any]]:
        """Yield the documents of calls, each after it is kept that it was looked at."""
        uuids = iter(calls)
        while batch := list(islice(uuids, AT_ONCE)):
            self.look(batch)
            for uuid in batch:
                made = make(ledger.call(uuid), calls[uuid])
                self._passed_over += not made
                yield from made

    def tell_passed_over(self) -> None:
        """Tell of how many calls there is no document."""
        if self._passed_over:
            click.echo(
                f"{self._passed_over} calls have none: nobody agreed to anything.",
                err=True,
            )


def _as_csv(
    export: _Export, ledger: Reader, question: Line, output: Path | None
) -> None:
    """Write a table, line by line, for there may be a million.

    Raises:
        NotFound: it would be empty.
    """
    from eslflow.exports.table import header, row

    lines = ledger.each_consent(**question)
    first = list(islice(lines, AT_ONCE))
    if not first:
        raise NotFound("no consent fits: see eslflow consents list")
    with _opened(output) as put:
        seen: set[str] = set()
        put(header())
        while first:
            uuids = dict.fromkeys(line["call_uuid"] for line in first)
            export.look([uuid for uuid in uuids if uuid not in seen])
            seen.update(uuids)
            for line in first:
                put(row(line))
            first = list(islice(lines, AT_ONCE))


def _write(put: Put, first: Line, rest: Iterable[dict[str, Any]], alone: bool) -> None:
    """Write documents as JSON; what is not ASCII is escaped."""
    if alone:
        put(json.dumps(first, indent=2) + "\n")
        return
    put("[\n" + json.dumps(first, indent=2))
    for document in rest:
        put(",\n" + json.dumps(document, indent=2))
    put("\n]\n")


@contextmanager
def _opened(output: Path | None) -> Iterator[Put]:
    """Yield what writes: into a new file for this user alone, or to standard output."""
    if output is None:
        yield partial(click.echo, nl=False)
        return
    with new_file(output) as file:
        yield lambda text: file.write(text.encode())
