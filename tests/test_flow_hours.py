"""What may stand under `hours:`, and what is told of what may not."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.hours import schema
from tests.steps_of import HEAD, flow

GOOD = "{zone: Europe/Berlin, mon-fri: [08:00-12:00, 13:00-17:00], sat: 22:00-06:00}"


def hours(text):
    return flow("a: {announce: welcome}", f"{HEAD}hours:\n  office: {text}\n").hours


def problems(text):
    with pytest.raises(FlowErrors) as caught:
        hours(text)
    return [(p.problem, p.hint, p.column) for p in caught.value.problems]


def test_hours_have_a_zone_and_spans_by_day():
    office = hours(GOOD)["office"]
    assert (office.name, str(office.zone)) == ("office", "Europe/Berlin")
    assert len(office.spans) == 11
    assert (office.spans[0].start, office.spans[0].end) == (480, 720)
    assert (office.spans[10].start, office.spans[10].end) == (5 * 1440 + 1320, 9000)


def test_days_may_go_over_the_end_of_the_week():
    office = hours("{zone: UTC, sat-mon: 10:00-11:00}")["office"]
    assert [span.start // 1440 for span in office.spans] == [5, 6, 0]


def test_a_day_may_stand_in_two_places():
    text = "{zone: UTC, mon-fri: 08:00-12:00, wed: 13:00-24:00}"
    assert len(hours(text)["office"].spans) == 6


def test_holidays_are_of_every_year_or_of_one():
    text = "{zone: UTC, mon: 08:00-09:00, holidays: {02-29: a, 2026-04-03: b}}"
    office = hours(text)["office"]
    assert dict(office.yearly) == {(2, 29): "a"}
    assert [(str(day), name) for day, name in office.once.items()] == [
        ("2026-04-03", "b")
    ]


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("[8]", "a list stands where the hours 'office' are", "Write zone"),
        ("{mon: 08:00-09:00}", "the hours 'office' have no zone", "Add the zone"),
        ("{zone: UTC}", "the hours 'office' have no day", "Write zone"),
        (
            "{zone: Europe/Berln, mon: 08:00-09:00}",
            "there is no time zone 'Europe/Berln'. Did you mean 'Europe/Berlin'?",
            "Takes a name of the time zone database",
        ),
        (
            "{zone: berlin, mon: 08:00-09:00}",
            "there is no time zone 'berlin'. Did you mean 'Europe/Berlin'?",
            "Takes",
        ),
        ("{zone: qqqq, mon: 08:00-09:00}", "there is no time zone 'qqqq'", "Takes"),
        ("{zone: [], mon: 08:00-09:00}", "a list stands where a time zone", "Takes"),
        (
            "{zone: UTC, mn: 08:00-09:00, mon: 08:00-09:00}",
            "'mn' is no day. Did you mean 'mon'?",
            "Takes zone, holidays, mon",
        ),
        ("{zone: UTC, mo-fr: 08:00-17:00}", "'mo-fr' is no day", "Takes zone"),
        (
            "{zone: UTC, mon: 08:00-09:00, mon: 10:00-11:00}",
            "'mon' stands twice",
            "Remove",
        ),
        (
            "{zone: UTC, mon: 8:00-9:00}",
            "'8:00-9:00' is no span of time",
            "Write 08:00-09:00.",
        ),
        ("{zone: UTC, mon: 08-09}", "'08-09' is no span of time", "Write 08:00-09:00."),
        ("{zone: UTC, mon: 8-24}", "'8-24' is no span of time", "Write 08:00-24:00."),
        (
            "{zone: UTC, mon: 8.30 - 17:00}",
            "'8.30 - 17:00' is no span of time",
            "Write 08:30-17:00.",
        ),
        (
            "{zone: UTC, mon: 08:00\u201317:00}",
            "'08:00\u201317:00' is no span of time",
            "Write 08:00-17:00, with a plain hyphen.",
        ),
        ("{zone: UTC, mon: early}", "'early' is no span of time", "Takes HH:MM-HH:MM"),
        ("{zone: UTC, mon: 8-25}", "'8-25' is no span of time", "Takes HH:MM-HH:MM"),
        ("{zone: UTC, mon: 24:00-08:00}", "'24:00-08:00' is no span", "Takes"),
        ("{zone: UTC, mon: 08:00-08:00}", "'08:00-08:00' is no span", "Takes"),
        ("{zone: UTC, mon: [[]]}", "a list stands where a span such as", "Takes"),
        (
            "{zone: UTC, mon-fri: 08:00-12:00, wed: 11:59-12:30}",
            "'11:59-12:30' on wed overlaps '08:00-12:00' of line 10",
            "Let each minute",
        ),
        (
            "{zone: UTC, mon: 22:00-06:00, tue: 05:00-07:00}",
            "'05:00-07:00' on tue overlaps '22:00-06:00' of line 10",
            "Let each minute",
        ),
        (
            "{zone: UTC, mon-sun: 20:00-21:00, mon: [20:30-20:40]}",
            "'20:30-20:40' on mon overlaps",
            "Let each minute",
        ),
        (
            "{zone: UTC, mon-tue: [22:00-06:00, 05:00-07:00]}",
            "'05:00-07:00' on tue overlaps",
            "Let each minute",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: [12-25]}",
            "a list stands where holidays are",
            "Write 12-25: Christmas",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: {13-01: x}}",
            "'13-01' is no date",
            "Write 12-25",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: {2026-02-29: x}}",
            "'2026-02-29' is no date",
            "Write",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: {Easter: x}}",
            "'Easter' is no date",
            "Write",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: {12-25: }}",
            "nothing stands where the holiday's name",
            "Takes",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: {12-25: a, 12-25: b}}",
            "the holiday 12-25 stands twice",
            "Remove",
        ),
        (
            "{zone: UTC, mon: 08:00-09:00, holidays: {2026-12-25: a, 2026-12-25: b}}",
            "the holiday 2026-12-25 stands twice",
            "Remove",
        ),
    ],
)
def test_each_mistake_is_named_with_its_remedy(text, problem, hint):
    ((told, remedy, _),) = problems(text)
    assert told.startswith(problem)
    assert remedy.startswith(hint)


def test_an_overlap_is_told_where_the_later_span_stands():
    text = "{zone: UTC, mon-fri: 08:00-12:00, wed: 11:59-12:30}"
    ((_, _, column),) = problems(text)
    assert column == len("  office: ") + text.index("11:59") + 1


def test_editors_know_the_days_and_the_zone():
    told = schema()
    assert told["required"] == ["zone"]
    assert list(told["properties"]) == ["zone", "holidays"]
    assert len(told["patternProperties"]) == 1
