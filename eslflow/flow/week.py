"""When somebody is there: the hours of a week and its holidays, in one time zone.

In: a moment. Out: open, closed, or the holiday. Must not ask the time, nor read a file:
whoever makes an `Hours` brings the zone. What counts is the clock on the wall: an hour
that is there twice counts twice, one that is left out never comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo

DAY_MIN = 24 * 60
WEEK_MIN = 7 * DAY_MIN

OPEN, CLOSED, HOLIDAY = "open", "closed", "holiday"


@dataclass(frozen=True)
class Span:
    """From a minute of the week to another; 0 is Monday 00:00 and none is WEEK_MIN."""

    start: int
    end: int
    """Later than `start`; beyond the end of the week it goes on with Monday."""

    def parts(self) -> tuple[tuple[int, int], ...]:
        """Return it cut at the end of the week."""
        if self.end <= WEEK_MIN:
            return ((self.start, self.end),)
        return (self.start, WEEK_MIN), (0, self.end - WEEK_MIN)

    def overlaps(self, other: Span) -> bool:
        """Whether a minute is in both."""
        return any(
            start < end_b and start_b < end
            for start, end in self.parts()
            for start_b, end_b in other.parts()
        )

    def holds(self, minute: int) -> bool:
        """Whether a minute of the week is in it."""
        return any(start <= minute < end for start, end in self.parts())


@dataclass(frozen=True)
class Hours:
    """The hours of an office, a hotline, a shift."""

    name: str
    zone: tzinfo
    spans: tuple[Span, ...]
    yearly: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Holidays of every year, by month and day."""
    once: Mapping[date, str] = field(default_factory=dict)
    """Holidays of one year."""

    def state(self, now: int) -> tuple[str, str]:
        """Return `open`, `closed` or `holiday` at a moment, and the holiday's name.

        A holiday is a whole day, and takes what began on it: a night shift of the day
        before ends at midnight, and its own does not begin.
        """
        utc = datetime.fromtimestamp(now // 1_000_000, timezone.utc)
        wall = utc.astimezone(self.zone)
        holiday = self._holiday(wall.date())
        if holiday:
            return HOLIDAY, holiday
        minute = wall.weekday() * DAY_MIN + wall.hour * 60 + wall.minute
        for span in self.spans:
            if span.holds(minute) and not self._began_on_holiday(span, wall, minute):
                return OPEN, ""
        return CLOSED, ""

    def _holiday(self, day: date) -> str:
        return self.once.get(day) or self.yearly.get((day.month, day.day), "")

    def _began_on_holiday(self, span: Span, wall: datetime, minute: int) -> bool:
        days = (minute // DAY_MIN - span.start // DAY_MIN) % 7
        return bool(days and self._holiday(wall.date() - timedelta(days=days)))
