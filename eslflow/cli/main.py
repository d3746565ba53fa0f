"""The command `eslflow`: its options, its commands by name, its exit codes.

In: arguments. Out: an exit code: 0 fine, 1 failed, 2 usage, 78 bad configuration (so
that systemd's RestartPreventExitStatus=78 stops a restart loop). A command's module is
imported when it is run, because a look-up is waited for.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from eslflow import __version__
from eslflow.errors import EslflowError, FlowErrors, SettingsError, visible

CONFIGURATION = 78

MOST_HELP = 1000
"""Characters of a sentence that tells what a command does: none is as long."""
COMMANDS = {
    "init": "init",
    "serve": "serve",
    "reload": "reload",
    "flows": "flows",
    "check": "check",
    "explain": "explain",
    "graph": "graph",
    "prove": "prove",
    "try": "trial",
    "test": "rehearse",
    "calls": "calls",
    "consents": "consents",
    "recordings": "recordings",
    "looks": "looks",
    "proof": "proof",
    "subject": "subject",
    "retention": "retention",
    "agents": "agents",
    "tokens": "tokens",
    "prompts": "prompts",
    "dialplan": "dialplan",
    "doctor": "doctor",
    "settings": "settings",
    "backup": "backup",
    "demo": "demo",
}
"""Module of each command, in the order of `--help`."""


class Group(click.Group):
    """Commands that are listed with the whole first sentence of their help."""

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write what each command does; nothing of it is cut."""
        found = [self.get_command(ctx, name) for name in self.list_commands(ctx)]
        rows = [
            (command.name or "", command.get_short_help_str(MOST_HELP))
            for command in found
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Lazy(Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import and return a command."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            near = get_close_matches(cmd_name, COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"No such command '{visible(cmd_name)}'.{hint}")
        command: click.Command = import_module(f"eslflow.cli.{module}").command
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line; output that cannot be written is told in a line."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else "cannot write: "
            click.echo(f"Error: {visible(where)}{error.strerror or error}", err=True)
            if isinstance(error, PermissionError):
                hint = "  Let this user do that, or run eslflow as the user who serves."
                click.echo(hint, err=True)
            _drop_output()
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what goes wrong on purpose is told without a traceback."""
        try:
            return super().invoke(ctx)
        except (FlowErrors, SettingsError) as error:
            click.echo(_told(error), err=True)
            ctx.exit(CONFIGURATION)
        except EslflowError as error:
            raise click.ClickException(_told(error)) from error


def _drop_output() -> None:
    """Let go of what waits to be written: at its exit, Python would try again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(error: EslflowError) -> str:
    """Return an error fit for a terminal: a name in it may come from a caller."""
    return "\n".join(visible(line) for line in str(error).split("\n"))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    envvar="ESLFLOW_SITE",
    show_envvar=True,
    help="The site's folder, made by `eslflow init`.  [default: this folder]",
)
@click.version_option(__version__, prog_name="eslflow")
@click.pass_context
def main(ctx: click.Context, site: Path) -> None:
    """Run call flows from YAML and keep proof of what callers agreed to."""
    ctx.obj = site
