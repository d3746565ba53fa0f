"""What the commands on one person share: who it is, and the reason that is kept.

In: a site, a number in any spelling. Out: what is kept of the person. Must not write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click

from eslflow.cli.decrypt import MOST_REASON
from eslflow.cli.dossier import dossier
from eslflow.cli.lookups import ledger_of, spelling
from eslflow.ledger.read import Reader
from eslflow.ledger.subject import Subject, held_of, read
from eslflow.ledger.versions import Versions

Line = dict[str, Any]


class Person(NamedTuple):
    """Whom a command is about."""

    site: Path
    number: str

    @property
    def ledger(self) -> Path:
        """Return the ledger of the site."""
        return ledger_of(self.site)

    def find(self) -> Subject:
        """Return what is kept of the person."""
        return read(self.ledger, self.number, spelling(self.site))

    def kept(self, subject: Subject) -> Line:
        """Return all of it as rows."""
        holds = held_of(self.ledger)
        with Reader(self.ledger) as ledger, Versions(self.ledger) as versions:
            return dossier(ledger, versions, subject, holds)


def reasoned(ctx: click.Context, option: click.Parameter, text: str) -> str:
    """Return a reason without blanks around it.

    Raises:
        BadParameter: there is none, or it is a whole letter.
    """
    reason = text.strip()
    if not reason or len(reason) > MOST_REASON:
        raise click.BadParameter(f"it takes 1 to {MOST_REASON} characters", ctx, option)
    return reason


REASON = click.option(
    "--reason", required=True, callback=reasoned, help="Why; it is kept."
)
