"""Controller and simulated switch in one process."""

from pathlib import Path

from eslflow.rig import file_length_ms
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from tests.peers import make_sounds, rig


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


def test_a_files_length_is_read_from_it(tmp_path):
    sounds = make_sounds(tmp_path)
    assert file_length_ms(str(sounds / "test/en/welcome.wav")) == 100
    assert file_length_ms(str(Path("/none.wav"))) is None
