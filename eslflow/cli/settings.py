"""`eslflow settings`: what is in force, and where each value came from."""

from __future__ import annotations

import json
import os
from typing import Any

import click
from click.core import ParameterSource

from eslflow.check import flow_files
from eslflow.cli.emergency import in_a_line, left_out
from eslflow.cli.in_force import Source, Value, in_force
from eslflow.cli.machine import JSON
from eslflow.cli.places import named_in
from eslflow.cli.tables import room, table
from eslflow.doctor.apart import same_address
from eslflow.errors import visible
from eslflow.flow.options import amount
from eslflow.settings import PASSWORD, Settings, load_settings
from eslflow.site import demand_folder, demand_known

COLUMNS = ("setting", "from", "value")
OURS = "ESLFLOW_"
KNOWN = ("ESLFLOW_SITE", PASSWORD)
"""The variables of the environment that are read, but for those that flows name."""
_SITE: dict[ParameterSource | None, tuple[Source, str]] = {
    ParameterSource.COMMANDLINE: (Source.COMMAND_LINE, "--site"),
    ParameterSource.ENVIRONMENT: (Source.ENVIRONMENT, "ESLFLOW_SITE"),
}


@click.command("settings", short_help="Show what is in force, and why.")
@JSON
@click.pass_context
def command(ctx: click.Context, is_json: bool) -> None:
    """Show each setting with its value and where that came from.

    From a line of eslflow.yaml, a variable of the environment, or the default.
    Passwords and arguments of programs are not shown. Exits with 78 if a flow is named
    that is not there, unless there is none yet, or the folder that flows: names is not.
    """
    found = [_site(ctx), *in_force(ctx.obj)]
    if is_json:
        click.echo(json.dumps([value._asdict() for value in found], indent=2))
    else:
        rows = [[value.name, _from(value), _told(value)] for value in found]
        click.echo(table(COLUMNS, rows, room()))
        _warn_of_strangers()
    settings = load_settings(ctx.obj)
    _warn_of_values(settings)
    if any(value.name == "flows" and value.where for value in found):
        # A folder of another name is no site that is still to be filled.
        demand_folder(settings)
    paths = flow_files(settings.flows)
    if paths:
        demand_known(settings, map(named_in, paths))


def _site(ctx: click.Context) -> Value:
    given = ctx.find_root().get_parameter_source("site")
    source, where = _SITE.get(given, (Source.DEFAULT, ""))
    return Value("site", str(ctx.obj.resolve()), source, where)


def _warn_of_strangers() -> None:
    """Tell of variables that look like settings, and are none."""
    for name in sorted(os.environ):
        if name.startswith(OURS) and name not in KNOWN:
            known = " and ".join(KNOWN)
            click.echo(
                f"warning: {name} in the environment sets nothing; {known} do. All "
                "else stands in eslflow.yaml",
                err=True,
            )


def _warn_of_values(settings: Settings) -> None:
    """Tell of values that are taken, and lead to what nobody wants."""
    for found in filter(None, [same_address(settings), left_out(settings)]):
        click.echo(visible(f"warning: {in_a_line(found)}"), err=True)


def _told(value: Value) -> str:
    if value.name == "free_space":
        return amount(value.value)
    return _shown(value.value)


def _shown(value: Any) -> str:
    """Return a value as a person reads it."""
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(inner)}" for key, inner in value.items())
    return str(value)


def _from(value: Value) -> str:
    return value.where or value.source.value
