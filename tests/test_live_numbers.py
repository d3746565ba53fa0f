"""On a real FreeSWITCH: callers whose number is meant to be more than a number."""

import logging

import pytest

from tests.live.office import GREETING, Office
from tests.steps_of import flow

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

ASK = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  timeout: 20s
"""
FORGED = [
    "x%0A%0AContent-Type%3A%20text/rude%0A%0A",
    "x%0ALinger-Time%3A%205%0AContent-Length%3A%200%0A%0AContent-Type%3A%20a/b%0A%0A",
]
HEARD_MS, SLACK_MS = 1200, 400


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize("user", FORGED)
def test_what_it_says_is_data_to_the_last_notice(office, caplog, user):
    served = flow(ASK, GREETING)
    office.serve(served, office.quiet(served, ms=5000))
    port = office.rig.controller.address[1]
    caller = f'"Eve" <sip:{user}@example.com>'
    call = office.caller.call(f"ctl-{port}-test", caller=caller)
    call.until("up")
    call.speaks(ms=HEARD_MS)
    call.hang_up()
    kept = office.kept(call)
    assert kept["call"]["ending"] == "hung_up"
    assert kept["choices"][-1]["state"] == "hung_up"
    assert abs(kept["choices"][-1]["heard_ms"] - HEARD_MS) < SLACK_MS
    warned = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert [r.getMessage() for r in warned] == []
