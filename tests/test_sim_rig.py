"""Controller and simulated switch in one process."""

from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from tests.peers import rig


def test_controller_and_switch_share_simulated_time(tmp_path):
    times = []
    with rig(
        tmp_path,
        clock=SimulatedClock(),
        watch=lambda uuid, now, what: times.append(now),
    ) as found:
        call = found.call(Script(keys=("1",), path="test", agent_after_s=100.0))
    assert times == sorted(times)
    assert times[-1] - times[0] > 100e6
    assert call.ending == "hung_up"
    assert found.silent == ()
