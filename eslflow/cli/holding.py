"""`eslflow subject NUMBER hold` and `release`: what a court wants is not deleted.

In: a person, who asks and why. Out: a row in the chain. Must not release what may be
held for somebody else.
"""

from __future__ import annotations

from typing import Any

import click

from eslflow.cli.lookups import as_json, spelling
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.person import REASON, Person
from eslflow.cli.tables import local
from eslflow.clock import SystemClock
from eslflow.errors import EslflowError, visible
from eslflow.ledger.subject import HELD, RELEASED, Held, held_of, over
from eslflow.user import who


@click.command("hold")
@REASON
@JSON_UTC
@click.pass_obj
def hold(person: Person, reason: str, is_json: bool) -> None:
    """Let nothing of the person be deleted until it is released: a legal hold.

    It holds for calls to come, too. Neither erasure, withdrawal nor retention deletes
    anything meanwhile.
    """
    key = person.find().key
    for held in _own(person, key):
        since = f"since {local(held.at)} by {held.who}: {held.reason}"
        raise EslflowError(f"{key} is held already, {since}")
    kept = [_write(person, key, HELD, reason)]
    told = f"Nothing of {key} is deleted until it is released."
    click.echo(as_json(kept) if is_json else visible(told))


@click.command("release")
@REASON
@JSON_UTC
@click.pass_obj
def release(person: Person, reason: str, is_json: bool) -> None:
    """End a legal hold: what is due by then is deleted in the next round."""
    key = person.find().key
    own = _own(person, key)
    if not own and (others := over(held_of(person.ledger), key)):
        raise EslflowError(
            f"{key} itself is not held, but {others[0].key} is, which may be the same "
            f"person. To release that: eslflow subject {others[0].key} release"
        )
    if not own:
        raise EslflowError(f"{key} is under no hold: there is nothing to release")
    kept = [_write(person, held.key, RELEASED, reason) for held in own]
    click.echo(as_json(kept) if is_json else visible(f"{key} is released."))


def _own(person: Person, key: str) -> list[Held]:
    """Return the holds for exactly this number, also if they were spelt otherwise."""
    # Before the site had said its country, the same words had another spelling.
    normal = spelling(person.site)
    return [h for h in held_of(person.ledger) if key in (h.key, normal(h.key))]


def _write(person: Person, key: str, state: str, reason: str) -> dict[str, Any]:
    from eslflow.call.records import LegalHold
    from eslflow.ledger.writer import write

    row = LegalHold(SystemClock().now(), state, who(), reason, key)
    write(person.ledger, (row,))
    return row._asdict()
