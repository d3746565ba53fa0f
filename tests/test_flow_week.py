"""Open or closed, by the clock on the wall: nights, holidays, changes of the clock."""

from datetime import datetime, timezone

import pytest

from eslflow.flow.week import Hours, Span
from tests.steps_of import HEAD, flow

WEEK = """\
hours:
  office:
    zone: Europe/Berlin
    mon-fri: [08:00-12:00, 13:00-17:00]
    sat: 09:00-12:00
    holidays: {12-25: Christmas, 2026-04-03: Good Friday}
  night: {zone: Europe/Berlin, mon: 22:00-06:00, sun: 22:00-06:00, holidays: {06-02: x}}
  small: {zone: Europe/Berlin, sun: 02:15-02:45}
  day: {zone: America/New_York, mon-sun: 00:00-24:00}
"""
HOURS = flow("a: {announce: welcome}", HEAD + WEEK).hours


def state(name, utc):
    """Return what holds at a moment, written as UTC."""
    moment = datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)
    return HOURS[name].state(int(moment.timestamp()) * 1_000_000)


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-06-03 05:59:59", "closed"),  # 07:59:59 in summer
        ("2026-06-03 06:00", "open"),
        ("2026-06-03 09:59:59", "open"),
        ("2026-06-03 10:00", "closed"),
        ("2026-06-03 11:00", "open"),
        ("2026-06-03 15:00", "closed"),
        ("2026-12-02 07:00", "open"),  # 08:00 in winter
        ("2026-12-02 06:59", "closed"),
        ("2026-06-06 07:30", "open"),  # Saturday
        ("2026-06-07 07:30", "closed"),  # Sunday
    ],
)
def test_an_office_is_open_by_the_clock_of_its_zone(utc, expected):
    assert state("office", utc) == (expected, "")


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-04-03 08:00", ("holiday", "Good Friday")),
        ("2027-04-02 08:00", ("open", "")),
        ("2026-12-25 08:00", ("holiday", "Christmas")),
        ("2030-12-25 08:00", ("holiday", "Christmas")),
        # By the day that it is there: it is Christmas in Berlin already.
        ("2026-12-24 23:00", ("holiday", "Christmas")),
        ("2026-12-24 22:59", ("closed", "")),
    ],
)
def test_a_holiday_is_a_day_of_that_zone(utc, expected):
    assert state("office", utc) == expected


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-06-08 19:59", "closed"),  # Monday 21:59
        ("2026-06-08 20:00", "open"),
        ("2026-06-08 22:30", "open"),  # Tuesday 00:30
        ("2026-06-09 04:00", "closed"),  # Tuesday 06:00
        ("2026-06-09 20:00", "closed"),  # Tuesday has none of its own
        ("2026-06-14 20:00", "open"),  # Sunday
        ("2026-06-15 03:59", "open"),  # Monday, over the end of the week
        ("2026-06-15 04:00", "closed"),
        # On the holiday, Tuesday 2 June: what Monday began ends at midnight.
        ("2026-06-01 21:59", "open"),
        ("2026-06-01 22:00", "holiday"),
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(utc, expected):
    assert state("night", utc)[0] == expected


def test_a_night_that_would_begin_on_a_holiday_does_not_go_on_after_it():
    # 2 June 2025 is a Monday.
    assert state("night", "2025-06-02 21:00")[0] == "holiday"
    assert state("night", "2025-06-02 23:00")[0] == "closed"


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        # 25 October 2026: 02:00 to 03:00 is there twice, so 02:15 to 02:45 is too.
        ("2026-10-25 00:14", "closed"),
        ("2026-10-25 00:15", "open"),
        ("2026-10-25 00:45", "closed"),
        ("2026-10-25 01:15", "open"),
        ("2026-10-25 01:45", "closed"),
        # 29 March 2026: after 01:59 it is 03:00, so it never comes.
        ("2026-03-29 00:30", "closed"),
        ("2026-03-29 01:00", "closed"),
        ("2026-03-29 01:30", "closed"),
    ],
)
def test_an_hour_that_is_there_twice_counts_twice_and_one_left_out_never(utc, expected):
    assert state("small", utc)[0] == expected


def test_a_night_is_an_hour_longer_or_shorter_when_the_clock_changes():
    # Sunday 25 October 2026, from 22:00 in winter time already.
    assert state("night", "2026-10-25 20:59")[0] == "closed"
    assert state("night", "2026-10-25 21:00")[0] == "open"


@pytest.mark.parametrize("utc", ["2026-06-01 00:00", "2026-11-01 05:30", "2026-03-08"])
def test_a_day_from_midnight_to_midnight_never_closes(utc):
    assert state("day", utc)[0] == "open"


def test_spans_overlap_where_a_minute_is_in_both():
    end = Span(6 * 1440 + 1320, 7 * 1440 + 360)
    assert end.parts() == ((9960, 10080), (0, 360))
    assert end.overlaps(Span(300, 400))
    assert Span(300, 400).overlaps(end)
    assert not end.overlaps(Span(360, 400))
    assert end.holds(359)
    assert not end.holds(360)


def test_hours_without_a_span_are_closed():
    assert Hours("never", timezone.utc, ()).state(0) == ("closed", "")
