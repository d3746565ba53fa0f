"""The option of commands that programs call."""

import click
import pytest
from click.testing import CliRunner

from eslflow.cli.machine import JSON, JSON_UTC


@pytest.mark.parametrize(("option", "words"), [(JSON, "JSON."), (JSON_UTC, "UTC.")])
def test_a_command_is_told_whether_a_program_asks(option, words):
    @click.command()
    @option
    def command(is_json):
        click.echo(str(is_json))

    call = CliRunner().invoke
    assert call(command, []).output == "False\n"
    assert call(command, ["--json"]).output == "True\n"
    assert words in call(command, ["--help"]).output
