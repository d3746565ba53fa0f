"""A channel's thread: resting, falling back, being left alone.

What becomes of a call whose controller is gone was measured by killing one (async,
`socket_resume` on or off) in every state of a call.
"""

import pytest

from tests.line import Line, execute, names

STATES = {
    "parked": (),
    "asking": (execute("play_and_get_digits", "1 1 1 5000 # /s/a.wav '' d [12]"),),
    "playing": (execute("playback", "/s/a.wav"),),
    "queueing": (execute("callcenter", "support"),),
}


def left_alone(state, resume, at_s=1.0, **script):
    """Return a line whose controller dies after a second."""
    line = Line(agent_hangs_up=True, agent_after_s=3.0, talk_s=5.0, **script)
    line.says(f"api uuid_setvar u-1 socket_resume {resume}")
    if STATES[state]:
        line.hears(*STATES[state])
    line.goes(at_s)
    line.channel.lose()
    line.ends()
    return line


@pytest.mark.parametrize("state", STATES)
def test_with_resume_the_fallback_has_the_call_at_once(state):
    line = left_alone(state, "true")
    assert line.channel.heard[-1].what == "fallback"
    assert line.channel.heard[-1].at_s == pytest.approx(1.0)
    assert line.channel.state.is_left


@pytest.mark.parametrize(("state", "at_s"), [("parked", 1), ("playing", 2.02)])
def test_without_resume_what_runs_ends_first(state, at_s):
    line = left_alone(state, "false")
    assert line.channel.heard[-1].what == "fallback"
    assert line.channel.heard[-1].at_s == pytest.approx(at_s)


@pytest.mark.parametrize("resume", ["true", "false"])
def test_what_was_asked_for_in_the_frame_in_which_it_goes_is_not_done(resume):
    line = left_alone("playing", resume, at_s=0.01)
    assert line.happened == ["fallback"]


def test_without_resume_queue_and_talk_survive_and_then_the_dialplan_goes_on():
    line = left_alone("queueing", "false")
    assert line.happened == ["queue", "agent answers", "agent leaves", "fallback"]


def test_with_resume_a_talk_is_torn_down_and_the_recording_goes_on():
    line = Line(agent_after_s=1.0)
    line.says("api uuid_record u-1 start /r/a.wav")
    line.starts("callcenter", "support")
    line.goes(4.0)
    line.channel.lose()
    line.ends()
    assert line.happened[-1] == "fallback"
    assert line.channel.recordings[0].is_running


def test_a_parked_call_without_a_controller_has_park_timeout():
    line = Line(agent_hangs_up=True, agent_after_s=1.0, talk_s=1.0)
    variables = "socket_resume=false;park_after_bridge=true;park_timeout=60:USER_BUSY"
    line.says(f"api uuid_setvar_multi u-1 {variables}")
    line.starts("callcenter", "support")
    line.goes(2.0)
    line.channel.lose()
    line.ends()
    assert line.happened[-1] == "hangup"
    assert 62 < line.channel.now_s < 63


def test_a_parked_call_without_one_and_without_the_other_stays():
    line = Line(agent_hangs_up=True, agent_after_s=1.0, talk_s=1.0)
    line.says("api uuid_setvar_multi u-1 socket_resume=false;park_after_bridge=true")
    line.runs("callcenter", "support")
    line.channel.lose()
    line.ends()
    assert line.channel.state.is_up
    assert not line.channel.state.is_left


def test_an_unknown_application_ends_the_call():
    events = Line().runs("nosuchapp", "x")
    assert events[0].get("Hangup-Cause") == "DESTINATION_OUT_OF_ORDER"
    assert events[1].get("Application") == "socket"


def test_the_fallback_is_followed_by_a_controller_that_is_still_there():
    line = Line(agent_hangs_up=True)
    events = line.runs("callcenter", "support")
    assert line.happened[-2:] == ["fallback", "hangup"]
    assert names(events)[-2:] == ["CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE"]


def test_a_controller_that_goes_during_the_fallback_is_not_missed():
    line = Line(agent_hangs_up=True, agent_after_s=1.0, talk_s=1.0)
    line.starts("callcenter", "support")
    line.goes(3.0)
    line.channel.lose()
    line.ends()
    assert line.happened[-1] == "fallback"


def test_a_controller_that_leaves_gets_a_goodbye():
    line = Line()
    bye, notice = line.says("exit")
    assert bye.reply == "+OK bye"
    assert notice.get("Content-Disposition") == "disconnect"
    assert line.happened == ["fallback"]
    line.channel.lose()
    assert line.happened == ["fallback"]
