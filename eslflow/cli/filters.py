"""Which consents are meant: the options that `list`, `export` and `stats` share.

In: words of a command line. Out: what `Reader.consents` is asked. Imports nothing slow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from eslflow.cli.lookups import receipt

Command = TypeVar("Command", bound=Callable[..., Any])

STATES = (
    "requested",
    "granted",
    "refused",
    "unanswered",
    "hung_up",
    "withdrawn",
    "expired",
    "verbal",
    "not_asked",
)
_ASKED = ("call", "receipt", "state", "purpose", "number", "since", "until", "limit")


class State(click.Choice[str]):
    """A state as tables spell it, too: `hung up`, `hung-up`."""

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the state as it is kept."""
        return super().convert(value.replace("-", "_").replace(" ", "_"), param, ctx)


def which(command: Command) -> Command:
    """Add the options that say which consents of a span are meant."""
    for option in (
        click.option("--purpose", default="", help="About this purpose."),
        click.option(
            "--state", type=State(STATES), default=None, help="In this state."
        ),
        click.option("--receipt", callback=receipt, help="With this code: 8 digits."),
    ):
        command = option(command)
    return command


def asked(options: dict[str, Any]) -> dict[str, Any]:
    """Return what a reader is asked."""
    return {name: options[name] or "" for name in _ASKED}
