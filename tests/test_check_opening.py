"""Opening hours in words."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from eslflow.check.opening import holidays, week
from eslflow.check.wording import LANGUAGES
from eslflow.flow.week import Hours
from tests.steps_of import flow


def say_in(language):
    return lambda sentence, /, **places: LANGUAGES[language][sentence].format(**places)


def hours(text):
    head = f"flow: test\nhours:\n  office: {{zone: Europe/Berlin, {text}}}\n"
    steps = "a: {hours: office, open: b}\nb: {hangup: NORMAL_CLEARING}\n"
    return flow(steps, head).hours["office"]


@pytest.mark.parametrize(
    ("declared", "english", "german"),
    [
        (
            "mon-thu: [13:00-17:00, 08:00-12:00], fri: 08:00-13:00",
            "Monday to Thursday from 8:00 to 12:00 and from 13:00 to 17:00, Friday "
            "from 8:00 to 13:00",
            "Montag bis Donnerstag von 8:00 bis 12:00 Uhr und von 13:00 bis 17:00 Uhr, "
            "Freitag von 8:00 bis 13:00 Uhr",
        ),
        (
            "mon: 09:00-17:00, wed: 09:00-17:00",
            "Monday from 9:00 to 17:00, Wednesday from 9:00 to 17:00",
            "Montag von 9:00 bis 17:00 Uhr, Mittwoch von 9:00 bis 17:00 Uhr",
        ),
        (
            "mon-sun: 00:00-24:00",
            "Monday to Sunday from 0:00 to 24:00",
            "Montag bis Sonntag von 0:00 bis 24:00 Uhr",
        ),
        (
            "sat-mon: 22:00-06:30",
            "Monday from 22:00 to 6:30 of the next day, Saturday and Sunday from 22:00 "
            "to 6:30 of the next day",
            "Montag von 22:00 bis 6:30 Uhr des nächsten Tages, Samstag und Sonntag von "
            "22:00 bis 6:30 Uhr des nächsten Tages",
        ),
    ],
)
def test_days_that_are_alike_are_told_together(declared, english, german):
    found = hours(declared)
    assert week(say_in("en"), found) == f"{english} (Europe/Berlin)"
    assert week(say_in("de"), found) == f"{german} (Europe/Berlin)"


def test_holidays_of_every_year_are_told_before_those_of_one():
    found = Hours(
        "office",
        ZoneInfo("Europe/Berlin"),
        (),
        {(12, 25): "Christmas", (3, 1): "St David"},
        {date(2027, 3, 26): "Good Friday", date(2026, 4, 3): "Good Friday"},
    )
    assert holidays(say_in("en"), found) == (
        "1 March (St David), 25 December (Christmas), 3 April 2026 (Good Friday) and "
        "26 March 2027 (Good Friday)"
    )
    assert holidays(say_in("de"), found).startswith(
        "1. März (St David), 25. Dezember ("
    )
    assert holidays(say_in("en"), hours("mon: 08:00-09:00")) == ""
