"""Controller and simulated switch in one process."""

from pathlib import Path

from eslflow.call.commands import Execute
from eslflow.call.records import Choice, State
from eslflow.rig import Rig, assumed_sounds, file_length_ms, spoken_ms
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import Script
from eslflow.wire.terms import App
from tests.peers import SUPPORT, make_sounds, rig
from tests.steps_of import HEAD, flow


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
    assert found.faults == ()


def test_a_files_length_is_read_from_it(tmp_path):
    sounds = make_sounds(tmp_path)
    assert file_length_ms(str(sounds / "test/en/welcome.wav")) == 100
    assert file_length_ms(str(Path("/none.wav"))) is None


def test_time_does_not_pass_while_the_ledger_owes_an_answer(tmp_path):
    seen = []
    with rig(tmp_path) as found:

        def look():
            seen.append(found.ledger.health().waiting)
            found.clock.after(0.01, look)

        found.clock.after(0.01, look)
        call = found.call(Script(keys=("1",), path="test", talk_s=2.0))
    assert len(seen) > 100
    assert call.ending == "hung_up"
    assert len(call.recordings) == 1


def test_timers_go_off_between_calls(tmp_path):
    told = []
    with rig(tmp_path) as found:
        began = found.clock.now()
        found.clock.after(60, lambda: told.append(found.clock.now() - began))
        found.clock.after(90, lambda: told.append("later"))
        found.pass_s(75)
        assert (told, found.clock.now() - began) == ([60_000_000], 75_000_000)
        found.call(Script(path="test", talk_s=30.0))
    assert told[1:] == ["later"]


def test_audio_can_be_assumed_and_rows_and_steps_be_watched(tmp_path):
    rows, steps = [], []
    with Rig(
        [SUPPORT],
        assumed_sounds([SUPPORT]),
        tmp_path,
        kept=rows.extend,
        visited=lambda *words: steps.append(words),
    ) as found:
        call = found.call(Script(uuid="u-1", keys=("1",), path="test"))
    assert len(call.recordings) == 1
    assert State.GRANTED in [row.state for row in rows if isinstance(row, Choice)]
    assert ("u-1", next(iter(SUPPORT.steps)), "") in steps
    assert not (tmp_path / "sounds").exists()


def test_words_take_as_long_as_there_are_of_them():
    assert (spoken_ms("Hi."), spoken_ms("x" * 100)) == (500, 6500)


REMEMBERS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d
bye: {announce: welcome}
"""


def test_who_refused_in_one_call_is_not_asked_in_the_next(tmp_path):
    found = flow(REMEMBERS, HEAD)
    with Rig([found], make_sounds(tmp_path, found), tmp_path) as both:
        first = both.call(Script(keys=("2",), path="test"))
        second = both.call(Script(keys=("1",), path="test"))
        other = both.call(Script(keys=("1",), path="test", caller="+4930999"))
        hidden = both.call(Script(keys=("1",), path="test", caller="anonymous"))
        both.pass_s(31 * 86_400)
        later = both.call(Script(keys=("1",), path="test"))
        with both.look() as ledger:
            kept = {
                call.uuid: ledger.call(call.uuid)["choices"]
                for call in (first, second, other, hidden, later)
            }
    states = [[row["state"] for row in rows] for rows in kept.values()]
    asked = ["requested", "granted"]
    assert states == [["requested", "refused"], ["refused"], asked, asked, asked]
    (taken,) = kept[second.uuid]
    assert (taken["reason"], taken["rests_on"]) == ("remembered", first.uuid)


def test_something_else_may_be_sent_instead_of_commands(tmp_path):
    def instead(command):
        is_queue = isinstance(command, Execute) and command.app is App.CALLCENTER
        return command._replace(arg="elsewhere") if is_queue else command

    with rig(tmp_path, instead=instead, host="127.0.0.2", allow=["127.0.0.1"]) as found:
        assert found.controller.address[0] == "127.0.0.2"
        call = found.call(Script(keys=("1",), path="test"))
    asked = [sent.headers.get("execute-app-arg") for sent in call.commands]
    assert "elsewhere" in asked
    assert "support" not in asked
