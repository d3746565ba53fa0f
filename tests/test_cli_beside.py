"""What `eslflow serve` does beside calls."""

import logging

import pytest

from eslflow.cli import beside
from eslflow.errors import SettingsError
from eslflow.parts import AtRest
from eslflow.settings import Settings


class Quiet:
    """A ledger that keeps nothing."""

    def keep(self, rows, done=None):
        raise AssertionError(rows)


def test_alarms_and_what_was_done_stand_in_the_log(caplog):
    with caplog.at_level(logging.INFO):
        beside.alarm("u-1-1 is damaged")
        beside.tell("u-1-1 was deleted")
    assert [(line.levelname, line.message) for line in caplog.records] == [
        ("WARNING", "u-1-1 is damaged"),
        ("INFO", "u-1-1 was deleted"),
    ]


def test_what_a_site_wants_and_cannot_have_is_told_before_calls_come(tmp_path):
    rest = AtRest(hook=(str(tmp_path / "no such program"),))
    settings = Settings(tmp_path, ledger=tmp_path / "eslflow.db", recording=rest)
    with pytest.raises(SettingsError, match="no such program"):
        beside.keeping_of(settings, Quiet(), None)
