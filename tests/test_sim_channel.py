"""The switch's side of one call: time, the controller, points of the script."""

import pytest

from eslflow.sim.channel import Channel
from eslflow.sim.clock import START, SimulatedClock
from eslflow.sim.recordings import MASK_S, UNMASK_S
from eslflow.sim.script import Script
from eslflow.wire.reader import Reader
from tests.line import Line, execute, names


def test_nothing_is_said_before_connect():
    line = Line(setup=False)
    assert line.channel.waits
    assert line.says("GET / HTTP/1.1", "linger 5") == []
    assert line.says("connect")[0].get("Event-Name") == "CHANNEL_DATA"


def test_the_offer_is_a_bare_block_of_channel_data():
    line = Line(setup=False, caller="+49 30", path="shop", headers={"X-Odd": b"%0A"})
    data = line.channel.receive(b"connect\n\n")
    head = data.split(b"\n\n")
    assert len(head) == 2
    assert b"\nContent-Length:" not in data
    offer = Reader().feed(data)[0]
    assert offer.get("Caller-Caller-ID-Number") == "+49 30"
    assert offer.variable("socket_path") == "shop"
    assert offer.variable("socket_resume") == "true"
    assert (offer.get("Reply-Text"), offer.get("Control")) == ("+OK\n", "full")
    assert offer.raw("X-Odd") == b"%0A"
    assert len(data) > 6000


def test_a_call_without_a_path_has_none():
    line = Line(setup=False, path="")
    assert line.says("connect")[0].variable("socket_path") is None


def test_time_stands_still_while_it_is_the_controllers_turn():
    line = Line()
    assert line.channel.waits
    assert not line.channel.is_over
    assert line.channel.proceed() == b""
    assert line.clock.now() == START


def test_time_jumps_to_the_next_thing_that_happens():
    line = Line()
    line.starts("playback", "/s/hi.wav")
    assert not line.channel.waits
    assert line.channel.next_s == pytest.approx(0.02)
    assert names(line.goes(2.0)) == []
    assert names(line.goes(2.1)) == ["CHANNEL_EXECUTE_COMPLETE"]
    assert line.channel.micros == line.clock.now() == START + 2_100_000


def test_commands_are_heard_while_something_runs():
    line = Line(agent_after_s=1.0, talk_s=10.0)
    line.says("api uuid_record u-1 start /r/a.wav")
    line.starts("callcenter", "support")
    line.goes(4.0)
    assert line.hears("api uuid_record u-1 mask /r/a.wav")[0].reply == "+OK Success"
    line.goes(6.0)
    line.hears("api uuid_record u-1 unmask /r/a.wav")
    line.ends()
    (recording,) = line.channel.recordings
    masked_s = recording.heard_s - recording.clear_s
    assert masked_s == pytest.approx(2.0 + MASK_S - UNMASK_S)


def test_applications_run_one_after_the_other():
    line = Line()
    line.hears(execute("answer", mark="m-1"), execute("playback", "/s/a", mark="m-2"))
    events = line.says("api status")
    marks = [m.event().get("Application-UUID") for m in events if m.event_name]
    assert marks == [None, "m-1", "m-2"]


def test_a_hang_up_command_interrupts_what_takes_long():
    line = Line()
    line.starts("playback", "/s/hi.wav")
    line.goes(1.0)
    line.hears("sendmsg\ncall-command: hangup\nhangup-cause: USER_BUSY")
    events = line.ends()
    assert names(events)[:2] == ["CHANNEL_HANGUP", "CHANNEL_EXECUTE_COMPLETE"]
    assert events[0].get("Hangup-Cause") == "USER_BUSY"
    assert line.channel.heard[-1].at_s == pytest.approx(1.02)


def test_a_hang_up_command_waits_for_what_is_short():
    line = Line()
    line.starts("answer")
    line.goes(0.03)
    line.hears("sendmsg\ncall-command: hangup")
    assert names(line.ends())[:3] == [
        "CHANNEL_ANSWER",
        "CHANNEL_EXECUTE_COMPLETE",
        "CHANNEL_HANGUP",
    ]


def test_a_call_that_is_over_takes_no_more_orders():
    line = Line()
    line.starts("hangup")
    line.goes(1.0)
    replies = line.hears(
        execute("answer"),
        "sendmsg\ncall-command: hangup",
        "api uuid_record u-1 stop all",
        "api uuid_exists u-1",
    )
    assert [message.reply for message in replies] == [
        "+OK",
        "+OK",
        "-ERR Cannot locate session!",
        "false",
    ]
    line.channel.ends()
    assert line.happened == ["hangup"]


def test_after_a_hang_up_the_socket_lingers_and_is_closed():
    line = Line()
    messages = line.says(execute("hangup", "USER_BUSY"))
    kinds = [m.get("Content-Disposition") for m in messages if m.get("Content-Type")]
    assert [kind for kind in kinds if kind] == ["linger", "disconnect"]
    assert line.channel.now_s == pytest.approx(5.72)
    assert line.channel.is_over


def test_without_linger_the_last_event_is_the_hang_up():
    line = Line(setup=False)
    line.says("connect", "event plain ALL")
    messages = line.says(execute("hangup"))
    assert messages[-2].event().get("Event-Name") == "CHANNEL_HANGUP"
    assert messages[-1].get("Content-Disposition") == "disconnect"


def test_only_what_is_subscribed_and_filtered_is_heard():
    line = Line(setup=False)
    line.says("connect", "event plain CHANNEL_ANSWER", "filter Unique-ID other")
    assert line.runs("answer") == []
    line.says("filter Unique-ID u-1")
    assert names(line.runs("answer")) == ["CHANNEL_ANSWER"]


POINTS = {
    "connect": "",
    "answered": "answer",
    "answer": "answer",
    "playback": "playback",
    "callcenter": "callcenter",
    "fifo": "fifo",
    "bridged +3": "callcenter",
}


@pytest.mark.parametrize("point", POINTS)
def test_a_caller_hangs_up_where_the_script_says(point):
    line = Line(setup=False, hang_up_at=point)
    line.says("connect", "linger 5", "event plain ALL")
    if POINTS[point]:
        line.runs(POINTS[point], "x in")
    assert line.happened.count("hangup") == 1
    assert not line.channel.state.is_up
    assert line.channel.is_over


def test_a_caller_who_hangs_up_at_once_is_never_offered():
    line = Line(setup=False, hang_up_at="offered")
    assert line.channel.proceed() == b""
    assert line.channel.is_over


def test_an_application_that_ends_early_is_left_before_it_has_ended():
    line = Line(length_ms=100, hang_up_at="playback +5")
    assert names(line.runs("playback", "/s/a.wav"))[0] == "CHANNEL_HANGUP"


def test_the_second_run_of_an_application_can_be_the_point():
    line = Line(hang_up_at="playback 2")
    assert len(line.runs("playback", "/a.wav")) == 1
    line.runs("playback", "/a.wav")
    assert not line.channel.state.is_up


def test_anything_can_happen_at_a_point():
    said = []
    line = Line(at={"answered +0.5": lambda: said.append(line.channel.now_s)})
    line.runs("answer")
    assert said == [pytest.approx(0.541)]


def test_a_socket_that_breaks_says_nothing_more():
    line = Line(drop_at="answer")
    assert line.runs("answer") == []
    assert line.channel.state.drops
    assert line.hears("api status") == []


def test_calls_that_share_a_clock_only_move_it_on():
    clock = SimulatedClock()
    first, second = (
        Channel(Script(uuid=name), clock, lambda path: 1) for name in ("a", "b")
    )
    first.pass_s(3.0)
    second.pass_s(1.0)
    assert clock.now() == START + 3_000_000
    assert (first.now_s, second.now_s) == (3.0, 1.0)
