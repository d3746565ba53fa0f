"""Commands of the event socket as the simulated switch obeys them."""

import pytest

from tests.line import Line, events, execute

REPLIES = {
    "linger 3": "+OK will linger 3 seconds",
    "nolinger": "+OK will not linger",
    "filter Job-UUID j": "+OK filter added. [Job-UUID]=[j]",
    "filter delete Unique-ID u-1": "+OK filter deleted. [Unique-ID][u-1]",
    "event plain": "-ERR no keywords supplied",
    "event": "-ERR no keywords supplied",
    "event json ALL": "-ERR the simulated switch knows no json",
    "nixevent CHANNEL_PARK": "+OK events nixed",
    "noevents": "+OK no longer listening for events",
    "resume": "+OK",
    "getvar socket_path": "support",
    "getvar nosuch": "",
    "api": "-ERR command not found",
    "bogus": "-ERR command not found",
    "sendmsg x\ncall-command: execute": "-ERR invalid session id [x]",
    "sendmsg": "+OK",
}


@pytest.mark.parametrize("command", REPLIES)
def test_replies_are_the_switchs(command):
    assert Line().says(command)[0].reply == REPLIES[command]


def test_filters_are_taken_away_one_by_one_or_all_at_once():
    line = Line()
    filters = line.channel.listener.filters
    line.says("filter a 1", "filter a 2", "filter b 1", "filter delete a 1")
    assert filters == [("Unique-ID", "u-1"), ("a", "2"), ("b", "1")]
    line.says("filter delete a")
    assert filters == [("Unique-ID", "u-1"), ("b", "1")]
    line.says("filter delete all")
    assert filters == []


def test_what_is_no_longer_subscribed_is_not_heard():
    line = Line()
    line.says("nixevent CHANNEL_ANSWER")
    assert len(line.runs("answer")) == 1
    line.says("noevents")
    assert line.runs("answer") == []


def test_a_job_is_answered_by_an_event():
    line = Line()
    line.says("filter Job-UUID j-1")
    reply, job = line.says("bgapi uuid_exists u-1\nJob-UUID: j-1")
    assert (reply.reply, reply.get("Job-UUID")) == ("+OK Job-UUID: j-1", "j-1")
    assert job.event().get("Job-Command") == "uuid_exists"
    assert job.event().body == b"true"
    assert len(line.says("bgapi status")[0].get("Job-UUID")) == 36


def test_an_argument_that_would_run_is_a_breach():
    line = Line()
    line.runs("set", "a=${system(x)}")
    assert line.channel.breaches == ["a=${system(x)}"]


def test_commands_can_be_refused_by_line_or_application():
    line = Line(refuse={"api uuid_record": "-ERR no", "playback": "-ERR odd"})
    assert line.says("api uuid_record u-1 start /r/a.wav")[0].reply == "-ERR no"
    assert line.says(execute("playback", "/a.wav"))[0].reply == "-ERR odd"


def test_commands_can_be_refused_once():
    line = Line(refuse={"api uuid_record": "-ERR no"}, refuse_times=1)
    command = "api uuid_record u-1 start /r/a.wav"
    assert [line.says(command)[0].reply for _ in range(2)] == ["-ERR no", "+OK Success"]


def test_bodies_of_commands_are_arguments_too():
    line = Line()
    text = "sendmsg\ncall-command: execute\nexecute-app-name: set\n"
    text += "content-length: 3\n\nb=9"
    line.channel.receive(text.encode())
    assert line.channel.get("b") == "9"


def test_an_application_without_a_mark_gets_one():
    line = Line()
    text = "sendmsg\ncall-command: execute\nexecute-app-name: answer"
    marks = {event.get("Application-UUID") for event in events(line.says(text))[1:]}
    assert len(marks.pop()) == 36
