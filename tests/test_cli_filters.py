"""The options that say which consents are meant."""

import click
import pytest
from click.testing import CliRunner

from eslflow.call.records import State
from eslflow.cli import filters
from eslflow.cli.lookups import spans


def parsed(*words):
    seen = []

    @click.command()
    @spans
    @filters.which
    @click.option("--call", default="")
    def command(**options):
        seen.append(filters.asked(options))

    done = CliRunner().invoke(command, words)
    return seen[0] if done.exit_code == 0 else done.output


def test_without_words_everything_is_meant():
    asked = parsed()
    assert asked.pop("limit") == 100
    assert set(asked) == {
        "call", "receipt", "state", "purpose", "number", "since", "until"
    }  # fmt: skip
    assert not any(asked.values())


def test_what_is_meant_is_asked_of_a_reader():
    words = ("--state", "hung-up", "--purpose", "training", "--number", "030 1")
    asked = parsed(*words, "--call", "u-1", "--since", "2026-01-01")
    assert (asked["state"], asked["purpose"]) == ("hung_up", "training")
    assert (asked["number"], asked["call"]) == ("030 1", "u-1")
    assert asked["since"] > 0


@pytest.mark.parametrize("spelling", ["not_asked", "not-asked", "not asked"])
def test_a_state_is_taken_as_tables_spell_it(spelling):
    assert parsed("--state", spelling)["state"] == "not_asked"


def test_what_is_no_state_or_receipt_is_refused():
    assert "is not one of" in parsed("--state", "maybe")
    assert "is no receipt" in parsed("--receipt", "123")


def test_every_state_can_be_asked_for():
    assert set(filters.STATES) == {state.value for state in State}
