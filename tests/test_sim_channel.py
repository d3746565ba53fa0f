"""The switch's side of one call, command by command."""

import pytest

from eslflow.sim.channel import Channel
from eslflow.sim.clock import START, SimulatedClock
from eslflow.sim.script import Agent, Script
from eslflow.wire.reader import Reader


class Line:
    """A channel, and what it answers in short."""

    def __init__(self, length_ms=2000, **script):
        self.clock = SimulatedClock()
        self.channel = Channel(
            Script(uuid="u-1", **script), self.clock, lambda path: length_ms
        )
        self.says("connect", "linger 5", "filter Unique-ID u-1")
        self.says(
            "event plain CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_PARK "
            "RECORD_START RECORD_STOP CUSTOM fifo::info callcenter::info"
        )

    def says(self, *commands):
        data = b"".join(command.encode() + b"\n\n" for command in commands)
        return Reader().feed(self.channel.receive(data))

    def runs(self, app, arg="", mark="m-1"):
        text = f"sendmsg\ncall-command: execute\nexecute-app-name: {app}\n"
        text += f"Event-UUID: {mark}\nexecute-app-arg: {arg}"
        return [
            m.event() for m in self.says(text) if m.content_type == "text/event-plain"
        ]

    def asks(self, regex="[12]", timeout=5000):
        arg = f"1 1 1 {timeout} none /s/ask.wav '' key {regex}"
        return self.runs("play_and_get_digits", arg)[-1]


def test_a_key_cuts_the_question_and_is_told():
    line = Line(keys=("1",))
    event = line.asks()
    assert (event.variable("key"), event.variable("read_result")) == ("1", "success")
    assert event.variable("playback_last_offset_pos") == "8000"
    assert event.get("Application-UUID") == "m-1"


def test_silence_takes_the_question_and_the_timeout():
    line = Line()
    event = line.asks(timeout=6000)
    assert event.variable("key") is None
    assert event.variable("read_result") == "failure"
    assert line.clock.now() - START == pytest.approx(8.02e6)


def test_a_wrong_key_is_told_as_invalid():
    assert Line(keys=("7",)).asks().variable("key_invalid") == "7"


def test_keys_typed_ahead_answer_the_next_question_unless_they_are_flushed():
    line = Line(early={0: "1"})
    line.runs("playback", "/s/hi.wav")
    assert line.asks().variable("key") == "1"
    line = Line(early={0: "1"})
    line.runs("playback", "/s/hi.wav")
    line.says("api uuid_flush_dtmf u-1")
    assert line.asks().variable("key") is None


def test_a_question_that_cannot_be_played_collects_nothing():
    line = Line(length_ms=None, keys=("1",))
    event = line.asks()
    assert event.variable("key") is None
    assert event.variable("playback_last_offset_pos") is None
    assert line.runs("playback", "/s/x.wav")[0].get("Application-Response") == (
        "FILE NOT FOUND"
    )


def test_missing_files_are_named_by_their_end():
    line = Line(missing=("x.wav",))
    assert line.runs("playback", "/s/x.wav")[0].get("Application-Response") == (
        "FILE NOT FOUND"
    )
    assert line.runs("playback", "/s/y.wav")[0].get("Application-Response") == (
        "FILE PLAYED"
    )


def test_an_argument_that_would_run_is_a_breach():
    line = Line()
    line.runs("set", "a=${system(x)}")
    assert line.channel.breaches == ["a=${system(x)}"]


def test_a_recording_starts_with_an_event_behind_the_reply():
    line = Line()
    reply, event = line.says("api uuid_record u-1 start /r/a.wav 0 {id=7}")
    assert reply.reply == "+OK Success"
    assert event.event().get("Record-File-Path") == "/r/a.wav"
    assert event.event().get("Recording-Variable-id") == "7"
    assert len(line.says("api uuid_record u-1 start /r/a.wav")) == 1


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("api uuid_record u-1 stop /r/none.wav", "-ERR Cannot stop record session!"),
        ("api uuid_record x start /r/a.wav", "-ERR Cannot locate session!"),
        ("api uuid_setvar x a b", "-ERR No such channel!"),
        ("api uuid_setvar_multi x a=b", "-ERR No such channel!"),
        ("api uuid_flush_dtmf x", "-ERR No such channel!"),
        ("api uuid_exists u-1", "true"),
        ("api uuid_exists x", "false"),
        ("api status", "UP 0 years, 0 days, 0 hours, 0 minutes, 1 second"),
        ("api module_exists mod_fifo", "true"),
        ("api nosuch", "-ERR nosuch Command not found!"),
        ("bogus", "-ERR command not found"),
    ],
)
def test_replies_are_the_switchs(command, reply):
    assert Line().says(command)[0].reply == reply


def test_variables_are_set_unset_and_read():
    line = Line()
    line.says("api uuid_setvar_multi u-1 a=1;b=2", "api uuid_setvar u-1 a")
    assert line.says("api uuid_getvar u-1 a")[0].reply == "_undef_"
    assert line.says("api uuid_getvar u-1 b")[0].reply == "2"
    line.runs("set", "b=")
    assert line.says("api uuid_getvar u-1 b")[0].reply == "_undef_"


def test_masking_is_noted():
    line = Line()
    line.says("api uuid_record u-1 start /r/a.wav", "api uuid_record u-1 mask /r/a.wav")
    assert line.channel.heard[-1].what == "recording mask"


def test_a_recording_that_waits_for_the_bridge_holds_the_talk_only():
    line = Line(talk_s=7.0, agent_after_s=30.0)
    line.says("api uuid_record u-1 start /r/a.wav 0 {RECORD_BRIDGE_REQ=true}")
    line.runs("callcenter", "support")
    assert line.channel.recordings[0].heard_s == pytest.approx(7.0)


def test_an_agent_who_leaves_parks_the_call_or_drops_it_into_the_dialplan():
    line = Line(agent_hangs_up=True)
    line.says("api uuid_setvar u-1 park_after_bridge true")
    names = [event.get("Event-Name") for event in line.runs("callcenter", "support")]
    assert names[-1] == "CHANNEL_PARK"
    line = Line(agent_hangs_up=True)
    line.runs("callcenter", "support")
    assert line.channel.heard[-1].what == "fallback"


@pytest.mark.parametrize("agent", [Agent.TIMEOUT, Agent.NO_AGENTS, Agent.UNKNOWN])
def test_a_fifo_gives_the_call_back_without_a_word(agent):
    events = Line(agent=agent).runs("fifo", "support in")
    assert events[-1].get("Application") == "fifo"


def test_a_fifo_is_left_by_a_caller_who_hangs_up():
    events = Line(agent=Agent.NOBODY).runs("fifo", "support in")
    assert events[1].get("Event-Name") == "CHANNEL_HANGUP"


def test_a_fifo_tells_when_the_talk_begins():
    events = Line(agent_hangs_up=True).runs("fifo", "support in")
    actions = [event.get("FIFO-Action") for event in events if event.get("FIFO-Action")]
    assert actions == ["push", "caller_pop", "bridge-caller-start"]


@pytest.mark.parametrize("point", ["answer", "playback", "callcenter", "fifo"])
def test_a_caller_hangs_up_where_the_script_says(point):
    line = Line(hang_up_at=point)
    events = line.runs(point, "x in")
    assert "CHANNEL_HANGUP" in [event.get("Event-Name") for event in events]
    assert not line.channel.state.is_up
    assert (
        len(line.says("sendmsg\ncall-command: execute\nexecute-app-name: answer")) == 1
    )


def test_the_second_run_of_an_application_can_be_the_point():
    line = Line(hang_up_at="playback 2")
    assert len(line.runs("playback", "/a.wav")) == 1
    line.runs("playback", "/a.wav")
    assert not line.channel.state.is_up


def test_commands_can_be_refused():
    line = Line(refuse={"api uuid_record": "-ERR no", "playback": "-ERR odd"})
    assert line.says("api uuid_record u-1 start /r/a.wav")[0].reply == "-ERR no"
    assert line.runs("playback", "/a.wav") == []


def test_a_deaf_recorder_says_ok_and_does_not_run():
    line = Line(is_deaf=True)
    assert len(line.says("api uuid_record u-1 start /r/a.wav")) == 1


def test_a_socket_that_breaks_says_nothing_more():
    line = Line(drop_at="answer")
    line.runs("answer")
    assert line.says("api status") == []


def test_only_what_is_subscribed_and_filtered_is_heard():
    channel = Channel(Script(uuid="u-1"), SimulatedClock(), lambda path: 1)
    channel.receive(b"connect\n\nevent plain CHANNEL_PARK\n\n")
    channel.fire("CHANNEL_HANGUP")
    channel.fire("CHANNEL_PARK")
    heard = Reader().feed(channel.receive(b"filter Unique-ID other\n\n"))
    events = [message.event() for message in heard if message.body]
    assert [event.get("Event-Name") for event in events] == ["CHANNEL_PARK"]
    channel.fire("CHANNEL_PARK")
    assert b"CHANNEL_PARK" not in channel.receive(b"bogus\n\n")


def test_a_hang_up_that_is_asked_for_has_its_cause():
    line = Line()
    text = "sendmsg\ncall-command: hangup\nhangup-cause: USER_BUSY"
    messages = line.says(text)
    assert messages[1].event().get("Hangup-Cause") == "USER_BUSY"


def test_bodies_of_commands_are_arguments_too():
    line = Line()
    text = "sendmsg\ncall-command: execute\nexecute-app-name: set\n"
    text += "content-length: 3\n\nb=9"
    line.channel.receive(text.encode())
    assert line.channel.state.variables["b"] == b"9"
