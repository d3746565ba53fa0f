"""Opening hours in words: the days of a week, and the holidays.

In: hours that a flow declares, and what says a sentence by its name. Out: parts of
sentences. Must not know the time: what is told holds on any day.
"""

from __future__ import annotations

from itertools import groupby

from eslflow.check.cases import Say
from eslflow.check.wording import series
from eslflow.flow.week import DAY_MIN, Hours


def week(say: Say, hours: Hours) -> str:
    """Return when it is open in a week, and by the clock of which zone."""
    told = []
    # Days that follow each other and are alike are told together.
    for spans, days in groupby(range(7), lambda day: _spans(hours, day)):
        if spans:
            each = [_span(say, *span) for span in spans]
            told.append(f"{_days(say, *days)} {series(each, say('and'))}")
    return f"{', '.join(told)} ({hours.zone})"


def holidays(say: Say, hours: Hours) -> str:
    """Return the holidays, those of every year first; empty: there are none."""
    told = [
        f"{_date(say, *day)} ({name})" for day, name in sorted(hours.yearly.items())
    ]
    for date, name in sorted(hours.once.items()):
        told.append(f"{_date(say, date.month, date.day)} {date.year} ({name})")
    return series(told, say("and")) if told else ""


def _spans(hours: Hours, day: int) -> tuple[tuple[int, int], ...]:
    """Return what begins on a day, in minutes of it."""
    begins = day * DAY_MIN
    return tuple(
        (span.start - begins, span.end - begins)
        for span in sorted(hours.spans, key=lambda span: span.start)
        if begins <= span.start < begins + DAY_MIN
    )


def _days(say: Say, first: int, *more: int) -> str:
    names = say("week.days").split()
    if len(more) < 2:
        return series([names[day] for day in (first, *more)], say("and"))
    return say("week.to", first=names[first], last=names[more[-1]])


def _span(say: Say, opens: int, closes: int) -> str:
    if closes > DAY_MIN:
        closes = closes - DAY_MIN
        return say("week.overnight", opens=_clock(opens), closes=_clock(closes))
    return say("week.span", opens=_clock(opens), closes=_clock(closes))


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _date(say: Say, month: int, day: int) -> str:
    return say("week.date", day=day, month=say("week.months").split()[month - 1])
