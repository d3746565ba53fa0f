"""Holidays that are over."""

from datetime import datetime, timezone

import pytest

from eslflow.check.past import RULES, past_holidays
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.codes import EXAMPLES, whole
from tests.proofs import flow_of
from tests.steps_of import Texts

NOW = int(datetime(2026, 11, 24, 10, tzinfo=timezone.utc).timestamp() * 1_000_000)
OFFICE = """\
hours:
  office:
    zone: Europe/Berlin
    mon-fri: 08:00-17:00
    holidays: {%s}
steps:
  when: {hours: office, open: talk}
  talk: {queue: support}
"""


def found(text, now=NOW):
    return list(past_holidays(flow_of(whole(text)), now))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    assert {finding.rule for finding in found(bad)} == {rule}
    assert found(good) == []


def test_holidays_are_told_when_the_last_of_them_is_over():
    text = OFFICE % "12-25: Christmas, 2025-04-18: Good Friday, 2026-04-03: Good Friday"
    (finding,) = found(text)
    assert finding.place == ("hours", "office", "holidays")
    assert finding.problem == (
        "hours 'office': the last holiday with a year was on 2026-04-03, and all of "
        "them are over"
    )
    assert found(text.replace("2025-04-18", "2027-03-26")) == []


def test_holidays_of_every_year_are_never_over():
    assert found(OFFICE % "12-25: Christmas") == []
    assert found(OFFICE.replace("    holidays: {%s}\n", "")) == []


def test_a_holiday_is_over_with_its_day_where_the_office_is():
    text = OFFICE % "2026-11-24: Today"
    late = NOW + 12 * 3600 * 1_000_000
    assert found(text) == []
    (_,) = found(text, late + 2 * 3600 * 1_000_000)
    # In Berlin it is an hour later.
    assert found(text.replace("Europe/Berlin", "UTC"), late + 3600 * 1_000_000) == []
    assert len(found(text, late + 3600 * 1_000_000)) == 1


def test_hours_of_a_flow_inside_are_told_with_that():
    inner = f"flow: inner\n{OFFICE % '2026-04-03: Good Friday'}"
    text = b"flow: outer\nsteps:\n  run: {flow: inner}\n"
    flow = load(text, "outer.yaml", KINDS, Texts({"inner": inner}))
    assert len(flow.hours) == 1
    assert list(past_holidays(flow, NOW)) == []


def test_without_the_time_nobody_can_tell():
    assert found(OFFICE % "2020-04-03: Good Friday", None) == []
