"""`hours`: the next step by the time of the call.

| option | takes | default |
|---|---|---|
| hours | hours of the flow | |
"""

import pytest

from eslflow.call.commands import Tell
from eslflow.call.engine import Engine
from eslflow.call.events import Offered
from eslflow.errors import FlowErrors
from tests.playbook import Playbook, site_for
from tests.steps_of import HEAD, flow

WEEK = """\
hours:
  office: {zone: Europe/Berlin, mon-fri: 08:00-17:00, holidays: {11-26: Thanksgiving}}
"""
STEPS = """
when: {hours: office, open: talk, closed: sorry}
talk: {queue: x}
sorry: {announce: welcome}
"""
DAY = 86_400_000_000


def ends_at(steps, now):
    found = flow(steps, HEAD + WEEK)
    engine = Engine(Offered("4c1b-9"), found, site_for(found), now)
    engine.begin()
    return engine.live.step


def test_the_time_of_the_call_decides():
    tuesday = 1_795_507_200_000_000  # 24 November 2026, 09:00 in Berlin
    assert ends_at(STEPS, tuesday) == "talk"
    assert ends_at(STEPS, tuesday - 3 * DAY) == "sorry"


def test_a_holiday_leads_where_closed_does_unless_told_otherwise():
    steps = flow(STEPS, HEAD + WEEK).steps
    assert steps["when"].targets == {
        "open": "talk",
        "closed": "sorry",
        "holiday": "sorry",
    }
    own = STEPS.replace("closed: sorry", "closed: sorry, holiday: talk")
    assert flow(own, HEAD + WEEK).steps["when"].target("holiday") == "talk"
    rest = STEPS.replace("open: talk, closed: sorry", "open: talk, next: sorry")
    assert flow(rest, HEAD + WEEK).steps["when"].target("holiday") == "sorry"


def test_a_holiday_is_told_by_its_name():
    thanksgiving = 1_795_694_400_000_000  # 26 November 2026, 13:00 in Berlin
    found = flow(STEPS, HEAD + WEEK)
    live = Playbook(found).engine.live
    live.now = thanksgiving
    with pytest.raises(StopIteration) as ended:
        next(live.flow.steps["when"].run(live))
    assert live.hears == [Tell("office: holiday (Thanksgiving)")]
    assert ended.value.value == "holiday"


def test_hours_that_the_flow_has_not_are_told():
    with pytest.raises(FlowErrors) as caught:
        flow(STEPS.replace("hours: office", "hours: ofice"), HEAD + WEEK)
    (problem,) = caught.value.problems
    assert problem.problem == "there is no hours 'ofice'. Did you mean 'office'?"
    assert problem.hint == "hours: office"
