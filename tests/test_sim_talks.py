"""Caller and agent talk."""

import pytest

from eslflow.sim.deeds import Keys
from eslflow.sim.legs import made_of
from eslflow.sim.talks import hold
from tests.line import Line, events, execute, names

AGENT = made_of("u-1", "agent")
WIDE = "event plain CHANNEL_EXECUTE CHANNEL_HOLD CHANNEL_UNHOLD CUSTOM eslflow::control"
OTHERS = "filter Other-Leg-Unique-ID u-1"
EVENT = "event::Event-Name=CUSTOM,Event-Subclass=eslflow::control,eslflow-action=mask"


def line_with(*more, **script):
    line = Line(agent_after_s=1.0, **script)
    line.says(WIDE, *more)
    return line


def test_a_bridge_is_told_with_both_legs_in_the_order_of_the_real_one():
    line = line_with(OTHERS, talk_s=2.0, agent_hangs_up=True)
    line.says("api uuid_setvar u-1 park_after_bridge true")
    line.channel.listener.names -= {"callcenter::info", "CHANNEL_EXECUTE_COMPLETE"}
    told = line.runs("callcenter", "support")
    assert [(event.get("Event-Name"), event.get("Unique-ID")) for event in told] == [
        ("CHANNEL_EXECUTE", "u-1"),
        ("CHANNEL_EXECUTE", "u-1"),
        ("CHANNEL_EXECUTE", AGENT),
        ("CHANNEL_BRIDGE", "u-1"),
        ("CHANNEL_HANGUP", AGENT),
        ("CHANNEL_UNBRIDGE", "u-1"),
        ("CHANNEL_HANGUP_COMPLETE", AGENT),
        ("CHANNEL_PARK", "u-1"),
    ]
    assert told[1].get("Application-Data") == AGENT
    for event in (told[3], told[5]):
        assert event.get("Bridge-A-Unique-ID") == "u-1"
        assert event.get("Bridge-B-Unique-ID") == AGENT
        assert event.get("Other-Leg-Unique-ID") == AGENT


def test_the_bridge_of_a_fifo_is_the_agents():
    line = line_with(OTHERS, talk_s=2.0)
    line.channel.listener.names -= {"CHANNEL_EXECUTE_COMPLETE"}
    told = line.runs("fifo", "q in")
    (bridge,) = [e for e in told if e.get("Event-Name") == "CHANNEL_BRIDGE"]
    assert bridge.get("Unique-ID") == bridge.get("Bridge-A-Unique-ID") == AGENT
    assert bridge.get("Bridge-B-Unique-ID") == "u-1"
    assert bridge.get("Other-Leg-Unique-ID") == "u-1"
    assert "CHANNEL_UNBRIDGE" in names(told)
    without = line_with(talk_s=2.0).runs("fifo", "q in")
    assert not {"CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE"} & set(names(without))


def test_a_fifo_gives_the_call_back_to_who_asked_for_it():
    line = line_with(talk_s=2.0, agent_hangs_up=True)
    line.says("api uuid_setvar u-1 park_after_bridge true")
    assert names(line.runs("fifo", "q in"))[-1] == "CUSTOM"
    assert line.channel.waits
    assert line.channel.state.name == "CS_PARK"


@pytest.mark.parametrize("who", ["agent", "caller"])
def test_only_the_agents_keys_set_off_what_is_bound_for_the_agent(who):
    line = line_with(OTHERS, talk_s=9.0, does={"bridged +3": Keys("*1", who)})
    line.runs("bind_meta_app", f"1 b s {EVENT}")
    told = line.runs("callcenter", "support")
    found = [e for e in told if e.get("Event-Subclass") == "eslflow::control"]
    assert len(found) == (who == "agent")
    for event in found:
        assert event.get("Unique-ID") == AGENT
        assert event.get("Other-Leg-Unique-ID") == "u-1"
        assert event.get("eslflow-action") == "mask"


def test_keys_of_the_agents_leg_are_bound_on_that_leg():
    line = line_with(OTHERS, talk_s=9.0, does={"bridged +3": Keys("*1")})
    line.starts("callcenter", "support")
    line.goes(2.0)
    bind = execute("bind_meta_app", f"1 a s {EVENT}")
    line.hears(bind.replace("sendmsg", f"sendmsg {AGENT}"))
    told = [event.get("Application") for event in line.ends()]
    assert told.count("event") == 2
    assert told.count("bind_meta_app") == 2


def test_keys_that_nobody_has_bound_are_kept_for_the_next_question():
    line = line_with(does={"answered +1": Keys("7", "caller")})
    line.runs("answer")
    line.runs("sleep", "3000")
    assert line.channel.state.digits == "7"


def test_nobody_presses_keys_on_a_leg_that_is_gone():
    line = line_with(talk_s=2.0, does={"bridged +30": Keys("*1")})
    line.runs("callcenter", "support")
    assert "presses" not in line.happened


def test_a_call_is_held_once_and_taken_back_once():
    line = line_with(OTHERS, talk_s=9.0)
    line.starts("callcenter", "support")
    line.goes(2.0)
    agent = line.channel.agent
    assert hold(agent, True)
    assert not hold(agent, True)
    assert hold(agent, False)
    held, back = events(line.hears("api status"))
    assert (held.get("Event-Name"), back.get("Event-Name")) == (
        "CHANNEL_HOLD",
        "CHANNEL_UNHOLD",
    )
    assert held.get("Unique-ID") == AGENT
    assert held.get("Channel-Call-State") == "HELD"
    assert hold(line.channel.caller, True)
    (held,) = events(line.hears("api status"))
    assert (held.get("Unique-ID"), held.get("Channel-Call-State")) == ("u-1", "HELD")


def test_short_applications_run_within_a_talk():
    line = line_with(talk_s=9.0)
    line.starts("callcenter", "support")
    line.goes(2.0)
    line.hears(execute("set", "mine=1", "m-9"), execute("playback", "/a.wav"))
    told = line.goes(3.0)
    assert [event.get("Application-UUID") for event in told] == ["m-9", "m-9"]
    assert line.channel.get("mine") == "1"
    line.hears("sendmsg\ncall-command: hangup")
    line.ends()
    assert line.happened[-1] == "hangup"


def test_applications_on_the_agents_leg_are_noted_or_hang_it_up():
    line = line_with(talk_s=9.0)
    line.starts("callcenter", "support")
    line.goes(2.0)
    whisper = execute("playback", "/a.wav").replace("sendmsg", f"sendmsg {AGENT}")
    line.hears(whisper, f"sendmsg {AGENT}\ncall-command: hangup")
    line.goes(3.0)
    (noted,) = [h for h in line.channel.heard if h.what == "playback"]
    assert noted.text == f"{AGENT} /a.wav"
    assert "agent leaves" in line.happened
    assert line.hears(whisper)[0].reply == f"-ERR invalid session id [{AGENT}]"


def test_the_application_bridge_calls_somebody():
    line = line_with(talk_s=3.0, agent_hangs_up=True)
    told = names(line.runs("bridge", "user/200"))
    assert told[1:5] == [
        "CHANNEL_ANSWER",
        "CHANNEL_BRIDGE",
        "CHANNEL_UNBRIDGE",
        "CHANNEL_EXECUTE_COMPLETE",
    ]
    line.says("api uuid_setvar u-1 park_after_bridge true")
    assert "CHANNEL_PARK" in names(line.runs("bridge", "user/200"))


def test_the_application_bridge_says_why_nobody_answered():
    line = line_with(callee="USER_BUSY")
    line.says("api uuid_setvar u-1 continue_on_fail true")
    told = line.runs("bridge", "user/200")[-1]
    assert told.get("Event-Name") == "CHANNEL_EXECUTE_COMPLETE"
    assert told.variable("originate_disposition") == "USER_BUSY"
    line.says("api uuid_setvar u-1 continue_on_fail")
    (gone,) = [
        event
        for event in line.runs("bridge", "user/200")
        if event.get("Event-Name") == "CHANNEL_HANGUP"
    ]
    assert gone.get("Hangup-Cause") == "USER_BUSY"
