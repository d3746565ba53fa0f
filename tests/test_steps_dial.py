"""`dial`: call somebody, and talk.

| option | takes | default |
|---|---|---|
| dial | whom to call | |
| timeout | 5s to 2m | 45s |
| shows | a number | the caller's own |
"""

from eslflow.call.commands import Hangup
from eslflow.call.events import Bridged, Offered, Parked
from eslflow.wire.terms import App, EventName
from tests.playbook import Playbook
from tests.steps_of import HEAD, flow


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


def test_a_caller_keeps_the_keys_but_an_emergency_does_not_wait_for_them():
    keys = f"{HEAD}recording: {{caller_keys: {{0: withdraw}}}}\n"
    keys = keys.replace("retain: 90d", "retain: 90d, on_withdrawal: keep")
    made = flow("call: {dial: {gateway: p, number: called}}", keys)
    for called, binds in (("030123456", 1), ("112", 0)):
        with Playbook(made, Offered("u-1", called=called)) as call:
            apps = [getattr(command, "app", "") for command in call.skips()]
            assert apps.count(App.BIND_META_APP) == binds
            assert App.BRIDGE in apps
