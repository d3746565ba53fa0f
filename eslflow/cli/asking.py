"""The switch that a check may ask, where the settings name one.

In: a site. Out: what sends a command over the control link, while it is needed. Must
not judge answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eslflow.check.there import Ask
from eslflow.cli.places import settings_or_none
from eslflow.errors import CommandRefused, LinkLost

if TYPE_CHECKING:
    from eslflow.switch.link import DirectLink
    from eslflow.wire.terms import ApiCommand


@contextmanager
def asking(site: Path) -> Iterator[Ask | None]:
    """Give what asks the switch; nothing without settings, a switch, or its answer."""
    settings = settings_or_none(site)
    link = None
    if settings is not None and settings.switch is not None:
        from eslflow.switch.link import DirectLink

        try:
            link = DirectLink(settings.switch)
        except LinkLost as error:
            told = "queues, users and gateways were not looked for on the switch"
            click.echo(f"warning: {told}: {error}", err=True)
    if link is None:
        yield None
        return
    try:
        yield partial(_ask, link)
    finally:
        link.close()


def _ask(link: DirectLink, command: ApiCommand, arg: str) -> str:
    """Return what the switch says; nothing where it refuses, or has no such command."""
    try:
        return link.api(command, arg)
    except CommandRefused:
        return ""
