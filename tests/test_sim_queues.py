"""Queues, and the talk that follows."""

import pytest

from eslflow.sim.script import Agent
from tests.line import Line, names

CC = "filter CC-Member-Session-UUID u-1"


def actions(events, header="CC-Action"):
    return [event.get(header) for event in events if event.get(header)]


def test_an_agent_who_leaves_parks_the_call_or_drops_it_into_the_dialplan():
    line = Line(agent_hangs_up=True)
    line.says("api uuid_setvar u-1 park_after_bridge true")
    assert names(line.runs("callcenter", "support"))[3:5] == [
        "CHANNEL_BRIDGE",
        "CHANNEL_UNBRIDGE",
    ]
    assert line.channel.state.name == "CS_PARK"
    assert line.channel.waits
    line = Line(agent_hangs_up=True)
    line.runs("callcenter", "support")
    assert "fallback" in line.happened


def test_an_agent_who_leaves_can_take_the_caller_along():
    line = Line(agent_hangs_up=True)
    line.says("api uuid_setvar u-1 hangup_after_bridge true")
    line.runs("callcenter", "support")
    assert line.happened[-2:] == ["agent leaves", "hangup"]


def test_the_queue_tells_its_story_to_who_filters_for_it():
    line = Line(agent_hangs_up=True)
    line.says(CC, "api uuid_setvar u-1 park_after_bridge true")
    events = line.runs("callcenter", "support")
    assert actions(events) == [
        "member-queue-start",
        "agent-offering",
        "bridge-agent-start",
        "bridge-agent-end",
        "member-queue-end",
    ]
    ends = [event for event in events if event.get("CC-Cause")]
    assert ends[0].get("CC-Cause") == "Terminated"


def test_the_application_ends_when_the_agent_answers():
    line = Line(agent_after_s=2.0, talk_s=100.0)
    line.starts("callcenter", "support")
    events = line.goes(3.0)
    done = [event for event in events if event.get("Application")]
    assert [event.get("Application") for event in done] == ["callcenter", "socket"]
    assert done[0].variable("cc_cause") == "answered"
    assert done[0].get("Other-Leg-Unique-ID")
    assert line.channel.state.is_bridged


GIVEN_BACK = {
    Agent.TIMEOUT: "TIMEOUT",
    Agent.BUSY: "TIMEOUT",
    Agent.NO_AGENTS: "NO_AGENT_TIMEOUT",
    Agent.UNKNOWN: None,
}


@pytest.mark.parametrize("agent", GIVEN_BACK)
def test_a_queue_gives_the_call_back(agent):
    line = Line(agent=agent)
    line.says(CC)
    event = line.runs("callcenter", "support")[-1]
    assert event.get("Application") == "callcenter"
    assert event.variable("cc_cancel_reason") == GIVEN_BACK[agent]
    assert line.channel.waits


@pytest.mark.parametrize(
    ("agent", "failed"),
    [(Agent.NOBODY, ["ORIGINATOR_CANCEL"]), (Agent.NO_AGENTS, [])],
)
def test_a_caller_who_leaves_the_queue_is_told_of_with_a_reason(agent, failed):
    line = Line(agent=agent, hang_up_at="callcenter +2")
    line.says(CC)
    events = line.runs("callcenter", "support")
    assert names(events)[:1] + names(events)[-1:] == ["CUSTOM"] * 2 or not failed
    ended = [event for event in events if event.get("CC-Cancel-Reason")]
    assert [event.get("CC-Cancel-Reason") for event in ended] == ["BREAK_OUT"]
    fails = [e for e in events if e.get("CC-Action") == "bridge-agent-fail"]
    assert [event.get("CC-Hangup-Cause") for event in fails] == failed


def test_a_caller_who_gives_up_waiting_hangs_up():
    line = Line(agent=Agent.NOBODY, agent_after_s=30.0)
    line.runs("callcenter", "support")
    assert line.channel.heard[-1].what == "hangup"
    assert line.channel.heard[-1].at_s > 30


@pytest.mark.parametrize("agent", [Agent.TIMEOUT, Agent.NO_AGENTS, Agent.UNKNOWN])
def test_a_fifo_gives_the_call_back_without_a_word(agent):
    events = Line(agent=agent).runs("fifo", "support in")
    assert events[-1].get("Application") == "fifo"


def test_a_fifo_is_left_by_a_caller_who_hangs_up():
    events = Line(agent=Agent.NOBODY).runs("fifo", "support in")
    assert names(events)[1] == "CHANNEL_HANGUP"
    assert actions(events, "FIFO-Action") == ["push", "abort"]


@pytest.mark.parametrize(
    ("parks", "last"), [("true", "agent leaves"), ("false", "hangup")]
)
def test_a_consumer_of_a_fifo_takes_the_caller_along_unless_it_parks(parks, last):
    line = Line(agent_hangs_up=True)
    line.says(f"api uuid_setvar u-1 park_after_bridge {parks}")
    events = line.runs("fifo", "support in")
    assert actions(events, "FIFO-Action") == [
        "push",
        "caller_pop",
        "bridge-caller-start",
        "bridge-caller-stop",
    ]
    assert "CHANNEL_BRIDGE" not in names(events)
    assert line.happened[-1] == last


def test_each_queue_answers_in_its_own_way_visit_by_visit():
    line = Line(
        queues={"sales": [Agent.NO_AGENTS, Agent.TIMEOUT], "hotline": [Agent.UNKNOWN]}
    )
    line.says(CC)
    reasons = []
    for queue in ("sales", "hotline", "sales", "sales"):
        events = line.runs("callcenter", queue)
        reasons += actions(events, "CC-Cancel-Reason") or ["none"]
    assert reasons == ["NO_AGENT_TIMEOUT", "none", "TIMEOUT", "TIMEOUT"]
    line.runs("fifo", "other in")
    assert "agent answers" in line.happened
