"""What the simulated switch gets wrong."""

import pytest

from eslflow.sim.lies import HONEST, Liar, Lie
from tests.line import Line, events, names

MASK = "api uuid_record u-1 mask /r/a.wav"
START = "api uuid_record u-1 start /r/a.wav"
STOP = "api uuid_record u-1 stop /r/a.wav"


def test_a_lie_is_about_a_command_and_words_of_its_argument():
    lie = Lie("uuid_record mask")
    assert lie.fits(["uuid_record", "u-1", "mask", "/r/a.wav"])
    assert not lie.fits(["uuid_record", "u-1", "unmask", "/r/a.wav"])
    assert not lie.fits(["uuid_kill", "mask"])
    assert not lie.fits([])


def test_lies_are_told_some_times_and_after_some_that_went_well():
    lie = Lie("status", skip=1, times=2)
    liar = Liar([lie])
    told = [liar.about(["status"]) for _ in range(5)]
    assert told == [HONEST, lie, lie, HONEST, HONEST]


def recording(*lies):
    line = Line(lies=lies)
    line.says(START)
    return line, line.channel.recordings


@pytest.mark.parametrize("command", ["mask", "stop"])
def test_it_may_say_ok_and_do_nothing(command):
    line, (found,) = recording(Lie(f"uuid_record {command}", is_done=False))
    replies = line.says(f"api uuid_record u-1 {command} /r/a.wav")
    assert [message.reply for message in replies] == ["+OK Success"]
    assert found.is_running
    assert not found.is_masked


def test_a_start_may_do_nothing():
    line, found = recording(Lie("uuid_record start", is_done=False))
    assert found == []


def test_it_may_refuse():
    line, (found,) = recording(Lie("uuid_record mask", "-ERR no"))
    assert line.says(MASK)[0].reply == "-ERR no"
    assert not found.is_masked


def test_it_may_say_something_else_and_do_it():
    line, (found,) = recording(Lie("uuid_record mask", "+OK whatever"))
    assert line.says(MASK)[0].reply == "+OK whatever"
    assert found.is_masked


def test_an_event_may_get_lost():
    line, (found,) = recording(Lie("uuid_record stop", loses="RECORD_STOP"))
    assert events(line.says(STOP)) == []
    assert not found.is_running
    line = Line(lies=[Lie("uuid_record start", loses="RECORD_START", times=1)])
    assert names(events(line.says(START, STOP, START))) == [
        "RECORD_STOP",
        "RECORD_START",
    ]


def test_a_late_answer_keeps_everything_behind_it():
    line, (found,) = recording(Lie("uuid_record mask", late_s=10.0))
    assert line.hears("api status", MASK, "api uuid_exists u-1")[0].reply[:2] == "UP"
    assert found.is_masked
    assert not line.channel.waits
    assert line.goes(9.0) == []
    assert line.hears(STOP) == []
    assert found.is_running
    late = line.says("api uuid_exists x")
    assert [message.reply for message in late if message.content_type[:3] == "api"] == [
        "+OK Success",
        "true",
        "+OK Success",
        "false",
    ]
    assert line.channel.now_s == pytest.approx(10.0116)


def test_a_slow_command_is_done_as_late_as_it_is_answered():
    line, (found,) = recording(Lie("uuid_record mask", late_s=10.0, is_slow=True))
    line.hears(MASK)
    line.goes(9.0)
    assert not found.is_masked
    assert line.says("api status")[0].reply == "+OK Success"
    assert found.is_masked


@pytest.mark.parametrize("is_slow", [False, True])
def test_a_job_in_the_background_may_be_late_and_keeps_nothing(is_slow):
    line, (found,) = recording(Lie("uuid_record mask", late_s=10.0, is_slow=is_slow))
    line.says("filter Job-UUID j-1")
    line.hears("bg" + MASK + "\nJob-UUID: j-1")
    assert line.hears("api uuid_exists u-1")[0].reply == "true"
    assert line.goes(9.0) == []
    assert found.is_masked is not is_slow
    assert names(line.goes(11.0)) == ["BACKGROUND_JOB"]
    assert found.is_masked


def test_what_a_hang_up_ends_may_be_lost_too():
    line, (found,) = recording(Lie("hangup", loses="RECORD_STOP"))
    told = names(events(line.says("api uuid_kill u-1")))
    assert "RECORD_STOP" not in told
    assert told[-1] == "CHANNEL_HANGUP_COMPLETE"
    assert not found.is_running
