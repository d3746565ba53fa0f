"""`eslflow subject NUMBER`: show, erase or hold all that is kept of one person.

In: a number in any spelling, who asks and why. Out: pages, JSON; rows in the chain.
Must not erase what is under a legal hold, nor take somebody else for this person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import click

from eslflow.cli import holding
from eslflow.cli.decrypt import MOST_REASON, new_file
from eslflow.cli.dossier import page
from eslflow.cli.lookups import as_json
from eslflow.cli.machine import JSON, JSON_UTC
from eslflow.cli.main import Group
from eslflow.cli.person import REASON, Person
from eslflow.cli.tables import counted, local
from eslflow.clock import SystemClock
from eslflow.errors import EslflowError, visible
from eslflow.ledger.read import Reader
from eslflow.ledger.subject import Subject, held_of, over
from eslflow.user import who

Line = dict[str, Any]


@click.group("subject", cls=Group)
@click.argument("number")
@click.pass_context
def command(ctx: click.Context, number: str) -> None:
    """Show, export, erase or hold all that is kept of one person.

    NUMBER is found in every spelling, as the caller's and as the called party's:
    eslflow subject +4930123456 show

    Who only takes back what was agreed to: eslflow consents withdraw. What was erased,
    with its certificate: eslflow retention list.
    """
    ctx.obj = Person(ctx.obj, number)


command.add_command(holding.hold)
command.add_command(holding.release)


@command.command("show")
@click.option("--reason", default="", help="Why; it is kept that you looked.")
@JSON_UTC
@click.pass_obj
def show(person: Person, reason: str, is_json: bool) -> None:
    """Show all that is kept of the person, on one page.

    That you looked is kept before anything is shown.
    """
    subject = person.find()
    look(person, subject, "show", reason.strip()[:MOST_REASON])
    kept = person.kept(subject)
    if is_json:
        click.echo(as_json(kept))
    elif not subject.is_known:
        click.echo(visible(f"Nothing is kept of {subject.key}."))
    else:
        click.echo(page(kept))


def look(
    person: Person,
    subject: Subject,
    what: str,
    reason: str,
    recordings: Sequence[Line] = (),
) -> None:
    """Keep that somebody looks at a person; of whom nothing is kept, nothing is."""
    from eslflow.call.records import Look
    from eslflow.ledger.writer import write

    if subject.is_known:
        now, user = SystemClock().now(), who()
        rows = [Look(now, user, what, "", "", reason, subject.key)]
        rows += [
            Look(now, user, what, line["call_uuid"], line["id"], reason)
            for line in recordings
        ]
        write(person.ledger, rows)


@command.command("export")
@REASON
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="subject.zip",
    show_default=True,
    help="The file to write, outside of the site's folder.",
)
@click.option("--recordings", is_flag=True, help="With the recordings.")
@click.option(
    "--own-voice",
    is_flag=True,
    help="Of stereo recordings, only the channel of the person.",
)
@JSON
@click.pass_context
def export(
    ctx: click.Context,
    reason: str,
    output: Path,
    recordings: bool,
    own_voice: bool,
    is_json: bool,
) -> None:
    """Write all that is kept of the person to a zip: a page, JSON, CSV.

    Who exports it, when and why is kept before anything is written. A recording that
    cannot go along is named, and the exit code is 1.
    """
    from eslflow.cli.export import Wanted, demand_outside, write
    from eslflow.settings import read_settings

    person: Person = ctx.obj
    demand_outside(person.site, output)
    if output.exists():
        raise EslflowError(f"{output} is there already: name another with -o")
    settings, subject = read_settings(person.site), person.find()
    if not subject.is_known:
        nothing = f"Nothing is kept of {subject.key}."
        click.echo(as_json(None) if is_json else visible(nothing))
        return
    wanted = Wanted(recordings or own_voice, own_voice)
    kept = person.kept(subject)
    files = [line for call in kept["calls"] for line in call["recordings"]]
    what = f"export {wanted.named}".strip()
    look(person, subject, what, reason, files if wanted.recordings else ())
    with new_file(output) as file:
        missing = [
            f"recording {name} is not in it: {problem}"
            for name, problem in write(file, kept, settings, wanted)
            if problem
        ]
    said = {"file": str(output), "missing": missing}
    click.echo(as_json(said) if is_json else visible(str(output)))
    for line in missing:
        click.echo(visible(line), err=True)
    if missing:
        ctx.exit(1)


@command.command("erase")
@REASON
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@JSON_UTC
@click.pass_context
def erase(ctx: click.Context, reason: str, dry_run: bool, is_json: bool) -> None:
    """Erase the person: audio, numbers, names, words. It cannot be undone.

    What was asked and pressed stays as proof, and names nobody. That it was erased
    stands in the chain under a keyed hash; the certificate that is printed has the key.
    The reason is kept: do not name the person in it.
    """
    person: Person = ctx.obj
    subject = person.find()
    _demand_nameless(reason, subject)
    _demand_free(person, subject)
    plan = _plan(person, subject)
    if is_json and dry_run:
        click.echo(as_json(plan))
    elif not is_json:
        for line in _told(plan, subject):
            click.echo(visible(line))
    if dry_run or not subject.is_known:
        if dry_run and not is_json:
            click.echo("Nothing was done: this was a dry run.")
        elif is_json and not dry_run:
            click.echo(as_json(None))
        return
    done = _erase(person, reason, is_silent=is_json)
    _certify(person, done, is_json)
    if done.problems:
        ctx.exit(1)


def _certify(person: Person, done: _Done, is_json: bool) -> None:
    from eslflow.cli.certificate import certificate
    from eslflow.ledger.tombstone import erasure

    found = erasure(person.ledger, done.number)
    if is_json:
        own = {"key": done.key.hex(), "problems": done.problems}
        click.echo(as_json({**found, **own}))
        return
    click.echo()
    click.echo(certificate(found, done.key))
    for problem in done.problems:
        click.echo(visible(f"Error: {problem}"), err=True)


def _demand_nameless(reason: str, subject: Subject) -> None:
    from eslflow.ledger.subject import names

    said = reason.casefold()
    named = any(len(name) > 2 and name.casefold() in said for name in subject.names)
    if named or names(reason, subject.key):
        raise click.UsageError(
            "--reason names the person, and is kept when all else is erased: say it "
            "without, such as 'letter of 3 May, file 17'"
        )


def _demand_free(person: Person, subject: Subject) -> None:
    # Who may be the same person, is: deleted is deleted.
    for held in over(held_of(person.ledger), subject.key):
        since = f"since {local(held.at)} by {held.who}: {held.reason}"
        spelt = "" if held.key == subject.key else f", as {held.key},"
        raise EslflowError(
            f"{subject.key} is under a legal hold{spelt} {since}. "
            f"End it with: eslflow subject {held.key} release"
        )


def _plan(person: Person, subject: Subject) -> Line:
    """Return what will be done."""
    from eslflow.ledger.due import held
    from eslflow.ledger.erasure import going
    from eslflow.ledger.read import opened

    with closing(opened(person.ledger)) as db:
        on = going(db, subject.sides, SystemClock().now())
    kept, calls = held(person.ledger), []
    with Reader(person.ledger) as ledger:
        for uuid, side in subject.sides.items():
            files = [
                {name: line.get(name) for name in ("id", "path", "erased_at")}
                for line in ledger.call(uuid)["recordings"]
            ]
            fate = {"goes_on": uuid in on, "held": uuid in kept}
            calls.append({"call": uuid, "side": side, **fate, "recordings": files})
    return {
        "number": subject.key,
        "spellings": list(subject.numbers),
        "names": list(subject.names),
        "words": len(subject.marks),
        "calls": calls,
    }


def _told(plan: Line, subject: Subject) -> Iterator[str]:
    """Tell what will be done."""
    if not subject.is_known:
        yield f"Nothing is kept of {subject.key}: there is nothing to erase."
        return
    yield f"{subject.key} is erased"
    if subject.numbers:
        yield f"  numbers   {', '.join(subject.numbers)}"
    if subject.names:
        yield f"  names     {', '.join(subject.names)}"
    yield f"  words     {counted(plan['words'], 'text')} about the person"
    for call in plan["calls"]:
        yield from _told_of(call)


def _told_of(call: Line) -> Iterator[str]:
    if call["held"]:
        yield f"  call {call['call']} {_HELD}"
        return
    rest = ", once it has ended" if call["goes_on"] else ""
    yield f"  call {call['call']}: {call['side']} is erased{rest}"
    for line in call["recordings"]:
        gone = line["erased_at"]
        fate = f"was deleted {local(gone)}" if gone else "is deleted"
        yield f"    recording {line['id']} {fate}: {line['path']}"


_HELD = "stays: it is under a legal hold of somebody else"


class _Done(NamedTuple):
    number: int
    key: bytes
    problems: list[str]


def _erase(person: Person, reason: str, *, is_silent: bool) -> _Done:
    """Erase, beside an eslflow that may run.

    Raises:
        StoreError: the ledger cannot be written.
    """
    from eslflow.cli.erasing import demand_no_spill, finish, naming
    from eslflow.ledger.due import held
    from eslflow.ledger.erasure import Order, alone, begin, mark_of, new_key
    from eslflow.settings import read_settings
    from eslflow.web.client import is_running

    settings = read_settings(person.site)
    demand_no_spill(settings.ledger)
    how = {"beside": is_running(person.site), "is_silent": is_silent}
    with alone(settings.ledger, waits=True):
        # What an earlier run was cut off in.
        problems = finish(settings, None, **how)
        subject = person.find()
        _demand_free(person, subject)
        stay = held(settings.ledger) & subject.sides.keys()
        problems += [f"call {uuid} {_HELD}" for uuid in sorted(stay)]
        sides = {u: side for u, side in subject.sides.items() if u not in stay}
        texts = [subject.key, *subject.numbers, *subject.names]
        key = new_key()
        order = Order(SystemClock().now(), who(), reason, mark_of(key, subject.key))
        begun = begin(settings.ledger, subject._replace(sides=sides), order)
        problems += finish(settings, [*texts, *begun.texts], **how)
    problems += naming(settings, subject)
    return _Done(begun.number, key, list(dict.fromkeys(problems)))
