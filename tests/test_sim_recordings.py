"""Recorders on the simulated switch, and what is in their files."""

import wave
from array import array
from io import BytesIO

import pytest

from eslflow.sim.recordings import MASK_S, UNMASK_S, fill_disk
from tests.line import Line, events, names

START = "api uuid_record u-1 start /r/a.wav"
BUFFERED = "0 {RECORD_PRE_BUFFER_FRAMES=1}"


def stops(line, what="/r/a.wav"):
    reply, *told = line.says(f"api uuid_record u-1 stop {what}")
    return reply.reply, events(told)


def test_a_recording_starts_with_an_event_behind_the_reply():
    line = Line()
    reply, event = line.says(f"{START} 0 {{RECORD_STEREO=true,id=7}}")
    assert reply.reply == "+OK Success"
    assert event.event().get("Record-File-Path") == "/r/a.wav"
    assert event.event().get("Recording-Variable-id") == "7"
    assert line.channel.recordings[0].started_s == pytest.approx(0.0116)


def test_the_same_file_twice_is_one_recording():
    line = Line()
    line.says(START)
    assert [message.reply for message in line.says(START)] == ["+OK Success"]
    line.says("api uuid_record u-1 start /r/b.wav")
    _, told = stops(line, "all")
    paths = [event.get("Record-File-Path") for event in told]
    assert paths == ["/r/a.wav", "/r/b.wav"]


def test_a_stop_tells_what_is_in_the_file():
    line = Line()
    line.says(f"{START} {BUFFERED}")
    line.channel.pass_s(3.0)
    reply, (event,) = stops(line)
    assert reply == "+OK Success"
    assert event.get("Record-Completion-Cause") == "success-maxtime"
    assert event.variable("record_ms") == "3000"
    assert event.variable("record_file_size") == "48044"
    assert stops(line)[0] == "-ERR Cannot stop record session!"


def test_a_stop_on_a_silent_leg_loses_half_a_second_without_a_buffer():
    line = Line()
    line.says(START)
    line.channel.pass_s(1.2)
    assert stops(line)[1][0].variable("record_ms") == "700"


def test_a_file_that_is_too_short_is_thrown_away():
    line = Line()
    line.says("api uuid_setvar u-1 RECORD_MIN_SEC 3", f"{START} {BUFFERED}")
    line.channel.pass_s(1.0)
    _, (event,) = stops(line)
    assert event.get("Record-Completion-Cause") == "input-too-short"
    assert event.variable("RECORD_DISCARDED") == "true"


def test_a_limit_ends_a_recording_when_time_passes():
    line = Line(length_ms=5000)
    line.says(f"{START} 2")
    assert line.channel.waits
    line.starts("playback", "/s/a.wav")
    assert names(line.goes(3.0)) == ["RECORD_STOP"]
    assert line.channel.recordings[0].heard_s == pytest.approx(2.0)


@pytest.mark.parametrize(("words", "ms"), [("", "20"), (BUFFERED, "300")])
def test_a_hang_up_ends_every_recording(words, ms):
    line = Line()
    line.says(f"{START} {words}")
    line.channel.pass_s(0.3)
    found = events(line.says("api uuid_kill u-1"))
    (stop,) = [event for event in found if event.get("Record-Completion-Cause")]
    assert stop.get("Record-Completion-Cause") == "success-silence"
    assert stop.variable("record_ms") == ms
    assert not line.channel.recordings[0].is_running


def test_a_recording_that_waits_for_the_bridge_holds_the_talk_only():
    line = Line(talk_s=7.0, agent_after_s=30.0)
    line.says(f"{START} 0 {{RECORD_BRIDGE_REQ=true}}")
    line.runs("callcenter", "support")
    assert line.channel.recordings[0].heard_s == pytest.approx(7.0)


def test_a_recording_that_never_gets_its_bridge_is_empty():
    line = Line()
    line.says(f"{START} 0 {{RECORD_BRIDGE_REQ=true}}")
    line.channel.pass_s(5.0)
    assert stops(line)[1][0].get("Record-Completion-Cause") == "empty-file"


def test_a_deaf_recorder_says_ok_and_does_not_run():
    line = Line(is_deaf=True)
    assert len(line.says(START)) == 1
    assert line.channel.recordings == []


USAGE = "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]"
REFUSED = {
    "mask": USAGE,
    "frob /r/a.wav": USAGE,
    "mask /r/none.wav": "-ERR Cannot mask recording session!",
    "mask all": "-ERR Cannot mask recording session!",
    "stop all": "-ERR Cannot stop record session!",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_done_is_refused(words):
    assert Line().says(f"api uuid_record u-1 {words}")[0].reply == REFUSED[words]


def test_the_file_is_as_long_as_the_recording_and_silent_where_it_is_masked():
    line = Line(agent_after_s=1.0, talk_s=2.0)
    line.says("api uuid_record u-1 start '/r/a b.wav' 0 {RECORD_STEREO=true}")
    line.starts("callcenter", "support")
    line.goes(2.0)
    line.hears("api uuid_record u-1 mask '/r/a b.wav'")
    line.ends()
    (recording,) = line.channel.recordings
    assert recording.path == "/r/a b.wav"
    with wave.open(BytesIO(recording.wav())) as file:
        assert file.getnchannels() == 2
        assert file.getnframes() == pytest.approx(recording.heard_s * 8000, abs=9)
        sound = array("h", file.readframes(file.getnframes()))
    clear = round(recording.clear_s * 8000) * 2
    assert any(sound[: 2 * 8000 : 2])
    assert not any(sound[1 : 2 * 8000 : 2])
    assert any(sound[2 * 9000 + 1 : clear : 2])
    assert not any(sound[clear + 8 :])


def test_both_parties_are_on_the_one_track_of_a_mono_file():
    line = Line(agent_after_s=0.1, talk_s=1.0)
    line.says(START)
    line.runs("callcenter", "support")
    with wave.open(BytesIO(line.channel.recordings[0].wav())) as file:
        assert file.getnchannels() == 1
        sound = array("h", file.readframes(file.getnframes()))
    assert max(sound) == 3500


def masked(line, from_s, to_s, *before):
    """Return what was recorded while a part was masked."""
    line.hears(f"{START} {BUFFERED}", *before)
    line.goes(from_s)
    line.hears("api uuid_record u-1 mask /r/a.wav")
    line.goes(to_s)
    line.hears("api uuid_record u-1 unmask /r/a.wav")
    line.goes(to_s + 2.0)
    stops(line)
    return line.channel.recordings[0]


def test_what_is_said_from_the_masks_ok_to_the_guard_before_the_unmask_is_silent():
    found = masked(Line(), 2.0, 4.0)
    assert found.audible(1.0, 2.0)
    assert not found.audible(2.0 - MASK_S, 4.0 - UNMASK_S)
    assert not found.audible(2.0, 3.94)
    assert found.audible(4.0 - UNMASK_S - 0.01, 4.0)
    assert found.audible(5.0, 5.1)
    assert not found.audible(6.1, 9.0)
    assert not found.audible(3.0, 3.0)


def test_the_file_holds_zeros_where_nothing_is_audible():
    found = masked(Line(), 2.0, 4.0)
    with wave.open(BytesIO(found.wav())) as file:
        sound = array("h", file.readframes(file.getnframes()))
        assert file.getnframes() == round(found.heard_s * 8000)
    began = found.started_s
    first, last = (
        round((at_s - began) * 8000) for at_s in (2.0 - MASK_S, 4.0 - UNMASK_S)
    )
    assert not any(sound[first:last])
    assert all(sound[:first])
    assert all(sound[last:])


def test_a_parked_silent_leg_lets_half_a_second_more_through():
    line = Line()
    line.hears(START)
    line.goes(3.0)
    line.hears("api uuid_record u-1 mask /r/a.wav")
    line.goes(6.0)
    line.hears("api uuid_record u-1 unmask /r/a.wav")
    line.goes(9.0)
    (found,) = line.channel.recordings
    assert not found.audible(3.0, 5.0)
    assert found.audible(5.45, 5.95)
    assert not found.audible(2.6, 3.0)


def test_to_mask_twice_and_to_unmask_what_is_clear_change_nothing():
    found = masked(Line(), 2.0, 4.0, "api uuid_record u-1 unmask /r/a.wav")
    line = Line()
    again = masked(line, 2.0, 4.0)
    assert found.spans == again.spans


def test_a_paused_recording_takes_nothing_in():
    line = Line()
    line.hears(f"{START} {BUFFERED}")
    line.goes(2.0)
    line.hears("api uuid_record u-1 pause /r/a.wav")
    line.goes(4.0)
    line.hears("api uuid_record u-1 resume /r/a.wav")
    line.goes(5.0)
    (found,) = line.channel.recordings
    assert found.heard_s == pytest.approx(3.0, abs=0.02)
    assert not found.audible(2.1, 4.0)


def test_of_what_was_thrown_away_or_lost_there_is_no_file():
    line = Line(lost=("b.wav",))
    line.hears(
        START, "api uuid_record u-1 start /r/b.wav", "api uuid_record u-1 stop all"
    )
    assert [found.wav() for found in line.channel.recordings] == [b"", b""]
    assert line.channel.recordings[0].cause == "empty-file"


def test_a_recorder_on_the_agents_leg_ends_with_it():
    line = Line(agent_after_s=1.0, talk_s=5.0)
    agent = line.channel.agent.uuid
    line.starts("callcenter", "support")
    line.goes(2.0)
    line.hears(f"api uuid_record {agent} start /r/b.wav")
    line.ends()
    (found,) = line.channel.recordings
    assert found.leg == agent
    assert found.cause == "success-silence"
    assert found.heard_s == pytest.approx(4.1, abs=0.1)


def test_what_is_started_on_a_full_disk_is_empty_and_told_like_any_other():
    line = Line()
    fill_disk(line.channel)
    line.hears(f"{START} {BUFFERED}")
    line.goes(2.0)
    reply, (event,) = stops(line)
    assert (reply, event.variable("record_file_size")) == ("+OK Success", "44")
    assert event.get("Record-Completion-Cause") == "success-maxtime"
    assert len(line.channel.recordings[0].wav()) == 44
