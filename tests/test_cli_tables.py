"""Tables and times."""

import time
from datetime import datetime, timezone

import pytest

from eslflow.cli.tables import counted, iso, local, moment, room, table
from eslflow.errors import EslflowError

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def test_columns_are_aligned_and_nothing_moves_the_cursor():
    text = table(("call", "x"), [("a", 1), ("long\x1b[2J", "é")])
    assert text == "call      x\na         1\nlong\ufffd[2J  é"


def test_wide_characters_and_accents_keep_columns_straight():
    text = table(("a", "b"), [("\u6771\u4eac", 1), ("e\u0301", 2)])
    assert text == "a     b\n\u6771\u4eac  1\ne\u0301     2"


NAMES = ("call", "at", "flow", "state")
ROWS = [("0a6f5a54-1c1e-4d6c-9f51-2f4b7a4ce3c0", "2026-11-24", "support", "granted")]


def test_a_table_fits_the_terminal():
    assert max(map(len, table(NAMES, ROWS).splitlines())) > 60
    whole = table(NAMES, ROWS, 40, ("flow",))
    assert whole.splitlines()[1] == "0a6f5a54  2026-11-24  support  granted"
    spared = table(NAMES, ROWS, 30, ("flow",))
    assert spared.splitlines()[1] == "0a6f5a54  2026-11-24  granted"
    cut = table(NAMES, ROWS, 27, ("flow",))
    assert cut.splitlines()[1] == "0a6f5a54  2026-11\u2026  granted"
    least = table(NAMES, ROWS, 5, ("flow",))
    assert least == cut


def test_a_long_value_leaves_room_for_the_others():
    assert table(("a", "b"), [("x" * 4096, "y")]).endswith("x\u2026  y")
    assert len(table(("a", "b"), [("x" * 4096, "y")]).splitlines()[1]) == 63


def test_a_file_has_all_the_room_there_is():
    assert room() == 0


def test_times_are_told_to_people_and_to_programs():
    assert iso(1_795_474_026_000_001) == "2026-11-23T22:47:06.000001Z"
    assert iso(0) is None
    assert len(local(1_795_474_026_000_001)) == len("2026-11-23 22:47:06")
    assert local(1_795_474_026_000_001, exact=True).endswith(":06.000")
    assert local(1_795_474_026_999_999, exact=True).endswith(":06.999")
    assert local(None) == ""


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        (None, 0),
        ("", 0),
        ("2026-11-24T11:00:00Z", 1_795_518_000_000_000),
        ("1h", 1_795_518_000_000_000),
        ("60m", 1_795_518_000_000_000),
        ("1w", 1_795_521_600_000_000 - 604_800_000_000),
    ],
)
def test_a_bound_is_a_date_or_a_span_back(text, micros):
    assert moment(text, NOW) == micros


def test_a_date_alone_is_midnight_here():
    midnight = datetime(2026, 11, 24).astimezone()
    assert moment("2026-11-24", NOW) == int(midnight.timestamp() * 1e6)


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31", "999999w"])
def test_what_was_before_anything_is_kept_is_the_first_moment(text):
    assert moment(text, NOW) == 1


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Etc/GMT-14"])
def test_the_last_day_that_there_is_has_a_time_everywhere(zone, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        last = moment("9999-12-31T23:59:59", NOW)
    time.tzset()
    assert last > NOW.timestamp() * 1e6


@pytest.mark.parametrize("text", ["yesterday", "7x", "2026-13-01", "-1d"])
def test_what_is_no_time_is_told(text):
    with pytest.raises(EslflowError, match="is no time"):
        moment(text, NOW)


def test_what_is_counted_is_one_or_many():
    told = [counted(count, "call") for count in (0, 1, 2)]
    assert told == ["0 calls", "1 call", "2 calls"]
