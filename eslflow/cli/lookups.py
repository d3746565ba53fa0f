"""What the look-up commands share: options, and rows made fit for programs.

In: a reader's rows. Out: text. Imports nothing slow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import click

from eslflow.call.receipt import is_right, typed
from eslflow.cli.machine import JSON_UTC
from eslflow.cli.tables import iso, moment
from eslflow.clock import SystemClock
from eslflow.e164 import normaliser
from eslflow.errors import (
    EslflowError,
    NotFound,
    SettingsError,
    demand_file,
    no_site,
    visible,
)
from eslflow.ledger.read import Reader
from eslflow.ledger.versions import Versions
from eslflow.ledger.where import LEAST_DIGITS, Normal, ends_of
from eslflow.shipped import SETTINGS as FILE

Command = TypeVar("Command", bound=Callable[..., Any])

COUNT = click.IntRange(1, 10**9)
"""How many, or which one: what SQLite can count, too."""

_TIMES = ("at", "_at")
_LEDGER = re.compile(r"^[^#\n]*ledger", re.MULTILINE)
_COUNTRY = re.compile(r"^country:[ \t]*[\"']?([A-Z]{2})\b", re.MULTILINE)


def reader(site: Path) -> Reader:
    """Open the site's ledger; numbers are looked up as in its country."""
    text = _settings(site)
    country = _COUNTRY.search(text)
    normal = normaliser(country[1]) if country else None
    return Reader(_ledger(site, text), normal)


def spelling(site: Path) -> Normal:
    """Return what puts numbers in one spelling, as in the site's country."""
    country = _COUNTRY.search(_settings(site))
    return normaliser(country[1] if country else "")


def ledger_of(site: Path) -> Path:
    """Return where the site's ledger is.

    The settings are read whole only when they name another ledger than the usual one:
    a look-up is waited for.
    """
    return _ledger(site, _settings(site))


def _ledger(site: Path, text: str) -> Path:
    if not _LEDGER.search(text):
        return site / "eslflow.db"
    from eslflow.settings import read_settings

    return read_settings(site).ledger


def with_service(site: Path, kept: dict[str, Any]) -> dict[str, Any]:
    """Add to a call since when the version of its flow was served, and by whom."""
    with Versions(ledger_of(site)) as versions:
        return in_service(versions, kept)


def in_service(versions: Versions, kept: dict[str, Any]) -> dict[str, Any]:
    """Add to a call what `with_service` adds, of versions that are open already."""
    call = kept["call"]
    version, at = call.get("flow_sha256") or "", call.get("offered_at") or 0
    return {**kept, "served": versions.since(version, at)}


def _settings(site: Path) -> str:
    """Return the text of a site's settings.

    Raises:
        SettingsError: it has none.
    """
    try:
        demand_file(site / FILE)
        return (site / FILE).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SettingsError(no_site(site / FILE, error)) from error


def call_named(ledger: Reader, text: str) -> str:
    """Return a call by its uuid, the start of it, or the receipt that was read out.

    Raises:
        NotFound: there is none, or there are several.
    """
    code = typed(text)
    found = ledger.with_receipt(code) if code else []
    if len(found) > 1:
        several = ", ".join(found)
        raise NotFound(f"several calls have the receipt {code}, name one: {several}")
    if found:
        return found[0]
    try:
        return ledger.uuid_of(text)
    except NotFound:
        if not code:
            raise
        hint = "" if is_right(code) else ": its last digit says that it is mistyped"
        raise NotFound(f"no call has the receipt {code}{hint}") from None


def receipt(ctx: click.Context, option: click.Parameter, text: str | None) -> str:
    """Return a receipt that was typed, as it is kept.

    Raises:
        BadParameter: it is none, or mistyped.
    """
    code = typed(text or "")
    if text and not (code and is_right(code)):
        why = "its last digit says that it is mistyped" if code else "it has 8 digits"
        raise click.BadParameter(f"{text!r} is no receipt: {why}", ctx, option)
    return code


def spans(command: Command) -> Command:
    """Add the options that bound a look-up, and how it is told."""
    return bounds(told(command))


def told(command: Command) -> Command:
    """Add the options that say how a look-up is told, and how much of it."""
    for option in (
        JSON_UTC,
        click.option(
            "--limit",
            type=COUNT,
            default=100,
            show_default=True,
            help="How many at most, the newest first.",
        ),
    ):
        command = option(command)
    return command


def bounds(command: Command) -> Command:
    """Add the options that say of which time and number."""
    number = "Caller or called, in any spelling."
    return times()(click.option("--number", default="", help=number)(command))


def times(since: str | None = None) -> Callable[[Command], Command]:
    """Return what adds the options that say of which time."""
    until_ = click.option(
        "--until", callback=bound, help="Before this: 2026-11-24, or 7d."
    )
    since_ = click.option(
        "--since",
        callback=bound,
        default=since,
        show_default=bool(since),
        help="From this on: 2026-11-24, 2026-11-24T15:30, or 7d for 7 days ago.",
    )
    return lambda command: since_(until_(command))


def tell_none(what: str, number: str) -> None:
    """Tell that nothing fits, and of a number that looks like a slip."""
    click.echo(f"No {what} fits.", err=True)
    if number and len(ends_of(number)) < LEAST_DIGITS:
        click.echo(
            f"'{visible(number)}' has fewer than {LEAST_DIGITS} digits, so only that "
            "very text was looked for (as anonymous, or an extension). Is it a slip?",
            err=True,
        )


def bound(ctx: click.Context, option: click.Parameter, text: str | None) -> int:
    """Return a bound of a look-up in microseconds.

    Raises:
        BadParameter: it is no time.
    """
    now = datetime.fromtimestamp(SystemClock().now() / 1e6, tz=timezone.utc)
    try:
        return moment(text, now)
    except EslflowError as error:
        raise click.BadParameter(str(error), ctx, option) from error


def public(value: Any) -> Any:
    """Return rows as programs read them: times in UTC, ISO 8601."""
    if isinstance(value, list):
        return [public(item) for item in value]
    if isinstance(value, dict):
        return {
            key: iso(item) if key.endswith(_TIMES) and _is_time(item) else public(item)
            for key, item in value.items()
        }
    return value


def _is_time(value: Any) -> bool:
    return value is None or isinstance(value, int)


def as_json(value: Any) -> str:
    """Return JSON; what is not ASCII is escaped, so that any terminal can take it."""
    return json.dumps(public(value), indent=2)
