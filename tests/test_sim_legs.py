"""The legs of a call."""

from eslflow.sim.legs import made_of
from tests.line import Line, events

AGENT = made_of("u-1", "agent")
HEARS = "filter Other-Leg-Unique-ID u-1"


def talking(**script):
    line = Line(agent_after_s=1.0, talk_s=60.0, **script)
    line.says(HEARS)
    line.starts("callcenter", "support")
    line.goes(5.0)
    return line


def test_an_agents_leg_is_there_while_the_agent_is():
    line = Line(agent_after_s=1.0, talk_s=3.0)
    exists = f"api uuid_exists {AGENT}"
    assert line.says(exists)[0].reply == "false"
    line.starts("callcenter", "support")
    line.goes(2.0)
    assert line.hears(exists)[0].reply == "true"
    line.ends()
    assert line.channel.legs.named(AGENT) is None
    assert line.channel.legs.ever(AGENT).uuid == AGENT


def test_each_leg_has_variables_of_its_own():
    line = talking()
    line.hears(f"api uuid_setvar {AGENT} mine 1", "api uuid_setvar u-1 mine 2")
    line.hears(f"api uuid_setvar_multi {AGENT} other=3;gone=4")
    line.hears(f"api uuid_setvar {AGENT} gone")
    mine, theirs, gone = line.hears(
        f"api uuid_getvar {AGENT} mine",
        "api uuid_getvar u-1 mine",
        f"api uuid_getvar {AGENT} gone",
    )
    assert (mine.reply, theirs.reply, gone.reply) == ("1", "2", "_undef_")
    line.channel.listener.names.add("ALL")
    line.channel.agent.fire("CHANNEL_HOLD")
    (event,) = events(line.hears("api status"))
    assert (event.variable("mine"), event.variable("other")) == ("1", "3")


def test_an_event_of_the_agents_leg_names_the_caller_while_they_are_joined():
    line = talking()
    agent = line.channel.agent
    agent.fire("CHANNEL_PARK", {"More": "x"})
    (event,) = events(line.hears("api status"))
    assert event.get("Unique-ID") == AGENT
    assert event.get("Other-Leg-Unique-ID") == "u-1"
    assert (event.get("Other-Type"), event.get("More")) == ("originator", "x")
    assert (agent.other, line.channel.caller.other) == (line.channel.caller, agent)
    agent.is_joined = False
    agent.fire("CHANNEL_PARK")
    assert events(line.hears("api status")) == []
    assert (agent.other, line.channel.caller.other) == (None, None)


def test_killing_the_agents_leg_ends_the_talk():
    line = talking()
    line.hears("api uuid_setvar u-1 park_after_bridge true")
    (reply,) = line.hears(f"api uuid_kill {AGENT}")
    line.goes(6.0)
    assert reply.reply == "+OK"
    assert line.happened[-1] == "agent leaves"
    assert line.channel.state.name == "CS_PARK"
    line.channel.agent.ends("NORMAL_CLEARING")


def test_an_agent_who_is_not_joined_yet_is_not_parted():
    line = Line(agent_after_s=1.0, talk_s=2.0)
    line.starts("callcenter", "support")
    line.goes(1.05)
    line.hears(f"api uuid_kill {AGENT}")
    line.ends()
    assert "agent answers" in line.happened


def test_a_second_agent_has_another_leg():
    line = talking()
    legs = line.channel.legs
    assert legs.next_agent().uuid == made_of("u-1", "agent 2")
    assert legs.next_agent().uuid == made_of("u-1", "agent 2")
