"""`eslflow flows`: versions of flows."""

import click


@click.group("flows")
def command() -> None:
    """Versions of flows."""
