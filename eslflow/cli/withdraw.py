"""`eslflow consents withdraw`: somebody takes a consent back, by letter or telephone.

In: a call, by its uuid or the receipt that the caller was told, or the number of who
asks for it; why. Out: it is kept, a recording that runs is stopped, files are deleted
where their purpose says so. Says beforehand what it will do, if asked. Must not
withdraw what nobody has permitted, nor for others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import click

from eslflow.cli.decrypt import MOST_REASON
from eslflow.cli.lookups import as_json, call_named, ledger_of, reader, spelling
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.tables import local
from eslflow.errors import EslflowError, NotFound, visible
from eslflow.ledger.subject import read
from eslflow.user import who

if TYPE_CHECKING:
    from eslflow.call.records import Choice
    from eslflow.ledger.read import Reader
    from eslflow.settings import Settings

Line = dict[str, Any]
Tell = Callable[[str], None]

_NUMBER = re.compile(r"[+0(]")
"""How a number begins that is named whole."""


@click.command("withdraw")
@click.argument("call")
@click.option("--purpose", default="", help="From this one only.")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@JSON_UTC
@click.pass_context
def command(
    ctx: click.Context,
    call: str,
    purpose: str,
    reason: str,
    dry_run: bool,
    is_json: bool,
) -> None:
    """Withdraw what was permitted in CALL: its uuid, the start of it, or its receipt.

    A number stands for all calls in which its owner has permitted something. It is kept
    with your name and your reason. A recording that runs is stopped, for the rest of
    the call; files are deleted where their purpose says on_withdrawal: delete.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise click.UsageError(f"--reason takes 1 to {MOST_REASON} characters.")
    found = _found(ctx.obj, call, purpose, reason)
    held = _held(ctx.obj)
    # What a program reads is JSON and nothing else; people may read along.
    tell: Tell = partial(click.echo, err=is_json)
    plan = [_planned(one, held) for one in found]
    lines = [line for one in found for line in _told(one, held)]
    for line in () if is_json else lines:
        click.echo(visible(line))
    if not dry_run:
        for kept, _, rows in found:
            has_ended = bool(kept["call"].get("ended_at"))
            _withdraw(ctx.obj, kept["call"]["uuid"], rows, has_ended, tell)
    if is_json:
        click.echo(as_json({"calls": plan, "kept": not dry_run}))
    else:
        click.echo(_outcome(len(found), dry_run))


def _outcome(many: int, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was done: this was a dry run."
    return f"{many} withdrawals are kept." if many > 1 else "The withdrawal is kept."


class Found(NamedTuple):
    """A call in which something is taken back."""

    kept: Line
    choices: list[Line]
    """What was permitted."""
    rows: list[Choice]
    """What takes it back."""


def _found(site: Path, named: str, purpose: str, reason: str) -> list[Found]:
    """Return what is to be withdrawn.

    Raises:
        NotFound: nothing is.
    """
    from eslflow.clock import SystemClock
    from eslflow.web.receipts import permitted, withdrawn

    now, user = SystemClock().now(), who()
    found: list[Found] = []
    problem: NotFound | None = None
    with reader(site) as ledger:
        for uuid, parties in _calls(site, ledger, named):
            kept = ledger.call(uuid)
            asked = [row for row in kept["choices"] if row["party"] in parties]
            try:
                choices = permitted({**kept, "choices": asked}, purpose)
            except NotFound as error:
                problem = error
                continue
            rows = [withdrawn(row, now, "operator", user, reason) for row in choices]
            found.append(Found(kept, choices, rows))
    if not found:
        raise problem or NotFound(f"there is no call of {named}")
    return found


_ANY = ("caller", "callee")
_PARTIES = {"caller": ("caller",), "called": ("callee",), "both": _ANY}
"""Who was asked, by the side on which a number stands: nobody permits for others."""


def _calls(site: Path, ledger: Reader, named: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the calls that are named, and as what who withdraws was asked in them.

    Raises:
        NotFound: there is none, or the number may be that of several people.
    """
    try:
        return [(call_named(ledger, named), _ANY)]
    except NotFound:
        if not _NUMBER.match(named):
            raise
    subject = read(ledger_of(site), named, spelling(site))
    if not subject.sides:
        raise NotFound(f"there is no call {named!r}, nor one of that number")
    return [(uuid, _PARTIES[side]) for uuid, side in subject.sides.items()]


def _held(site: Path) -> set[str]:
    from eslflow.ledger.due import held

    return held(ledger_of(site))


def _planned(found: Found, held: set[str]) -> Line:
    """Return what is withdrawn in a call, and what follows, for programs."""
    kept, choices, rows = found
    is_held = kept["call"]["uuid"] in held
    return {
        "call": kept["call"]["uuid"],
        "withdrawn": [
            {"purpose": row.purpose, "state": choice["state"], "at": choice["at"]}
            for row, choice in zip(rows, choices, strict=True)
        ],
        "recordings": list(_fates(kept, rows, is_held)),
        "held": is_held,
    }


def _told(found: Found, held: set[str]) -> Iterator[str]:
    """Tell what is withdrawn in a call, and what follows."""
    kept, choices, rows = found
    is_held = kept["call"]["uuid"] in held
    yield f"Call {kept['call']['uuid']}"
    for row, choice in zip(rows, choices, strict=True):
        said = f"{choice['state'].replace('_', ' ')} {local(choice['at'])}"
        yield f"  {row.purpose} is withdrawn: it was {said}"
    for line in _fates(kept, rows, is_held):
        yield f"  {line}"


def _fates(kept: Line, rows: list[Choice], is_held: bool) -> Iterator[str]:
    """Tell what becomes of each recording of the call."""
    from eslflow.recordings.erase import holding

    choices = [
        *({"on_withdrawal": "", **choice} for choice in kept["choices"]),
        *(row._asdict() for row in rows),
    ]
    gone = {row.purpose: row.on_withdrawal for row in rows}
    for line in kept["recordings"]:
        name = f"recording {line['id']}"
        held_by = holding(line, choices)
        if line.get("erased_at"):
            yield f"{name} was deleted on {local(line['erased_at'])}"
        elif held_by:
            why = [_why(purpose, gone) for purpose in held_by]
            yield f"{name} stays: {', '.join(why)}"
        elif is_held:
            yield f"{name} stays: it is under a legal hold"
        else:
            yield f"{name} is deleted: {line['path']}"
        if not line["state"]:
            yield f"{name} may still run: it is stopped"
    if not kept["recordings"]:
        yield "nothing was recorded"


def _why(purpose: str, gone: dict[str, str]) -> str:
    """Return why a purpose holds a recording."""
    if purpose not in gone:
        return f"{purpose} is not withdrawn"
    says = f"says {gone[purpose]}" if gone[purpose] else "does not say delete"
    return f"{purpose} {says}"


def _withdraw(
    site: Path, uuid: str, rows: list[Choice], has_ended: bool, tell: Tell
) -> None:
    """Keep it, stop what runs, delete what is to go."""
    from eslflow.ledger.writer import write
    from eslflow.settings import read_settings
    from eslflow.web.client import is_running

    settings = read_settings(site)
    write(settings.ledger, rows)
    if is_running(site):
        _stop(site, uuid, tell)
        return
    if not has_ended:
        click.echo(
            "No eslflow runs here: if the call goes on, its recording is stopped when "
            "eslflow serve runs again.",
            err=True,
        )
    _erase(settings, tell)


def _stop(site: Path, uuid: str, tell: Tell) -> None:
    """Stop the recording of a call that goes on; files go in the next round."""
    from eslflow.web.client import ask

    live = {call["call"] for call in ask(site, "GET", "/calls")["calls"]}
    if uuid in live:
        address = f"/calls/{quote(uuid, safe='')}/recording"
        state = ask(site, "POST", address, {"want": "off"})
        tell(visible(f"The call goes on; its recording is {state['recording']}."))
    tell("What is to be deleted, eslflow serve deletes once it was looked into.")


def _erase(settings: Settings, tell: Tell) -> None:
    """Delete what is to go, for nobody else will.

    Raises:
        EslflowError: something could not be deleted.
    """
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import write
    from eslflow.recordings.erase import Eraser

    problems: list[str] = []
    eraser = Eraser(
        settings.ledger,
        lambda rows: write(settings.ledger, rows),
        settings.recordings,
        SystemClock(),
        problems.append,
        lambda text: tell(visible(text)),
        patience_us=0,
    )
    eraser.run_due()
    if problems:
        raise EslflowError("\n".join(problems))
