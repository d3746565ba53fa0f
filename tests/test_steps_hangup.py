"""`hangup`: end the call with a cause.

| option | takes | default |
|---|---|---|
| hangup | a cause in FreeSWITCH's spelling | |
"""

import pytest

from eslflow.call.commands import Hangup
from eslflow.call.events import Disconnected, HungUp, Parked
from eslflow.call.records import CallEnded
from eslflow.wire.terms import HangupCause
from tests.playbook import Playbook
from tests.steps_of import flow


@pytest.mark.parametrize("cause", HangupCause)
def test_it_hangs_up_and_waits_for_the_end(cause):
    with Playbook(flow(f"bye: {{hangup: {cause}}}")) as call:
        call.expects(Hangup(cause))
        call.when(Parked())
        call.when(HungUp(str(cause)))
        call.when(Disconnected())
    (ended,) = call.rows(CallEnded)
    assert (ended.ending, ended.cause) == ("finished", str(cause))
