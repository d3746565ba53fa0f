"""`dial`: call somebody, and talk.

| option | takes | default |
|---|---|---|
| dial | whom to call | |
| timeout | 5s to 2m | 45s |
| shows | a number | the caller's own |
"""

from eslflow.call.commands import Hangup
from eslflow.call.events import Bridged, Parked
from eslflow.wire.terms import EventName
from tests.playbook import Playbook
from tests.steps_of import flow


def test_after_the_talk_the_flow_is_over():
    with Playbook(flow("call: {dial: {user: 1001}}")) as call:
        call.skips()
        call.when(Bridged("b-1", "1001"))
        call.skips()
        call.when(Parked())
        call.expects(Hangup())


def test_it_hears_what_a_talk_is_made_of():
    step = flow("call: {dial: {user: 1001}}").steps["call"]
    assert EventName.CHANNEL_BRIDGE in step.hears
    assert step.targets == dict.fromkeys(step.endings, "")
