"""Somebody whom the switch calls in the background."""

import pytest

from eslflow.sim.deeds import HangUp
from eslflow.sim.script import HANG_UP
from tests.line import Line, events, execute, names

CALL = "bgapi originate {origination_uuid=b-1,park_timeout=9}user/1001 &park()"
ALL = "event plain CHANNEL_PROGRESS CHANNEL_HOLD"
ASK = execute("play_and_get_digits", "1 1 1 5000 none /s/ask.wav '' key [12]", "m-9")


def called(**script):
    """Return a line on which somebody is called, and what is told until then."""
    line = Line(agent_after_s=1.0, **script)
    line.says(ALL, "filter Unique-ID b-1", "filter Job-UUID j-1")
    return line, events(line.says(f"{CALL}\nJob-UUID: j-1"))


def asked(line):
    return events(line.says(ASK.replace("sendmsg", "sendmsg b-1")))


def test_they_ring_answer_and_are_parked():
    _, told = called()
    assert names(told) == [
        "CHANNEL_PROGRESS",
        "CHANNEL_ANSWER",
        "BACKGROUND_JOB",
        "CHANNEL_PARK",
    ]
    assert told[2].body == b"+OK b-1\n"
    assert {event.get("Unique-ID") for event in told} == {"b-1", None}


def test_nobody_answers_with_a_cause():
    _, told = called(callee="USER_BUSY")
    assert names(told)[-3:] == [
        "CHANNEL_HANGUP",
        "CHANNEL_HANGUP_COMPLETE",
        "BACKGROUND_JOB",
    ]
    assert told[-1].body == b"-ERR USER_BUSY\n"


def test_what_is_no_call_is_told_how_to_write_one():
    line = Line()
    line.says("filter Job-UUID j-1")
    (told,) = events(line.says("bgapi originate user/1001\nJob-UUID: j-1"))
    assert told.body.startswith(b"-USAGE")


@pytest.mark.parametrize(
    ("keys", "digit", "wrong"), [("1", "1", None), ("7", None, "7"), ("", None, None)]
)
def test_they_are_asked_and_the_caller_is_not(keys, digit, wrong):
    line, _ = called(callee_keys=(keys,), keys=("2",))
    told = asked(line)[-1]
    assert told.get("Application-UUID") == "m-9"
    assert told.variable("key") == digit
    assert told.variable("key_invalid") == wrong
    assert told.variable("playback_last_offset_pos") == ("8000" if keys else "16000")
    assert told.variable("read_result") == ("success" if digit else "failure")


def test_who_presses_can_be_asked_about_it():
    line, _ = called(press=lambda place: str(place + 1))
    assert [asked(line)[-1].variable("key") for _ in range(2)] == ["1", "2"]


def test_a_question_without_audio_is_none():
    line, _ = called(callee_keys=("1",), length_ms=None)
    told = asked(line)[-1]
    assert told.variable("key") is None
    assert told.variable("playback_last_offset_pos") is None


def test_they_may_hang_up_in_the_question():
    line, _ = called(callee_keys=(HANG_UP,))
    assert names(asked(line)) == [
        "CHANNEL_HANGUP",
        "CHANNEL_EXECUTE_COMPLETE",
        "CHANNEL_HANGUP_COMPLETE",
    ]
    assert "called party pressed" not in line.happened


def test_they_are_hung_up_on_while_they_ring_or_wait():
    line, _ = called()
    assert names(events(line.says("api uuid_kill b-1")))[0] == "CHANNEL_HANGUP"
    assert line.says("api uuid_kill b-1")[0].body.startswith(b"-ERR")
    line = Line(agent_after_s=9.0)
    line.says("filter Unique-ID b-1", "filter Job-UUID j-1")
    line.hears(f"{CALL}\nJob-UUID: j-1")
    line.goes(1.0)
    line.hears("api uuid_kill b-1")
    told = line.goes(20.0)
    assert names(told) == [
        "CHANNEL_HANGUP",
        "CHANNEL_HANGUP_COMPLETE",
        "BACKGROUND_JOB",
    ]


def test_another_application_is_run_on_their_leg():
    line, _ = called()
    line.says(execute("log", "hi", "m-2").replace("sendmsg", "sendmsg b-1"))
    assert line.channel.heard[-1].text == "b-1 hi"
    line.says("api uuid_kill b-1")
    assert line.says(ASK.replace("sendmsg", "sendmsg b-1"))[0].reply.startswith("-ERR")


def test_the_two_are_joined_and_parted():
    line, _ = called(talk_s=3.0, does={"bridged +1": HangUp()})
    line.says("api uuid_setvar u-1 park_after_bridge true")
    reply, *told = line.says("api uuid_bridge u-1 b-1")
    assert reply.body == b"+OK b-1\n"
    found = names(events(told))
    assert found[:2] == ["CHANNEL_EXECUTE_COMPLETE"] * 2
    assert [name for name in found[2:] if "COMPLETE" not in name] == [
        "CHANNEL_BRIDGE",
        "CHANNEL_HANGUP",
        "CHANNEL_UNBRIDGE",
        "CHANNEL_PARK",
    ]


def test_only_legs_that_are_there_can_be_joined():
    line, _ = called()
    for arg in ("u-1 b-2", "x b-1"):
        assert line.says(f"api uuid_bridge {arg}")[0].body == b"-ERR Invalid uuid\n"
    assert line.says("api uuid_bridge u-1")[0].body.startswith(b"-USAGE")


def test_who_has_hung_up_meanwhile_is_not_joined():
    line, _ = called()
    line.hears("api uuid_bridge u-1 b-1", "api uuid_kill b-1")
    line.goes(5.0)
    assert not line.channel.state.is_bridged
