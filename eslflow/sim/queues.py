"""Queues (mod_callcenter.c, mod_fifo.c).

In: a channel and what was asked. Out: generators as in `apps`. Once an agent answers,
the application and the `socket` application have ended, and the talk begins.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.apps import NONE, RATE, Gone, Interrupted, Nap, Run
from eslflow.sim.legs import LEG_ENDED
from eslflow.sim.script import Agent
from eslflow.sim.talks import after, talk

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.legs import AgentLeg

OFFER_S = 0.04
BRIDGE_S = 0.02
END_S = 0.08
"""How long after the talk mod_callcenter says that it has ended (measured)."""
AGENT = {
    "CC-Agent": "1001@default",
    "CC-Agent-Type": "callback",
    "CC-Agent-System": "single_box",
}
_RINGING = (Agent.ANSWERS, Agent.NOBODY)
_REASONS = {
    Agent.TIMEOUT: "TIMEOUT",
    Agent.BUSY: "TIMEOUT",
    Agent.NO_AGENTS: "NO_AGENT_TIMEOUT",
}


def callcenter(channel: Channel, run: Run) -> Generator[float, None, str]:
    """Wait in a queue of mod_callcenter, and talk."""
    agent_does = _next_agent(channel, run)
    if agent_does is Agent.UNKNOWN:
        return NONE
    yield from _queue(channel, run, agent_does)
    if agent_does in _REASONS:
        _cancelled(channel, run, _REASONS[agent_does])
        return NONE
    channel.set("cc_cause", "answered")
    _answered(channel)
    agent = channel.agent
    agent.on_end = partial(_left, channel, run, agent)
    _cc_agent(channel, run, "bridge-agent-start", agent, {})
    channel.complete(run)
    channel.leave_socket()
    yield BRIDGE_S
    yield from talk(channel)
    after(channel)
    return NONE


def _next_agent(channel: Channel, run: Run) -> Agent:
    """Return how the queue answers this time."""
    queue = run.arg.partition(" ")[0]
    visit = channel.visits[queue] = channel.visits.get(queue, 0) + 1
    return channel.script.agent_of(queue, visit)


def _left(channel: Channel, run: Run, agent: AgentLeg) -> None:
    """Say, soon after the agent's leg has ended, that the queue knows it too."""
    other = {"Other-Type": "originator", "Other-Leg-Unique-ID": channel.script.uuid}

    def end() -> None:
        extra = {"CC-Hangup-Cause": "SUCCESS"}
        _cc_agent(channel, run, "bridge-agent-end", agent, LEG_ENDED | extra | other)
        extra |= {"CC-Cause": "Terminated", "CC-Agent-UUID": agent.uuid}
        _cc(channel, run, "member-queue-end", extra, has_channel=True)

    channel.later(END_S, end)


def _queue(channel: Channel, run: Run, agent: Agent) -> Nap:
    """Wait in the queue, with music."""
    channel.tell("queue", run.arg)
    _joined(channel, run)
    began = channel.now_s
    try:
        yield from _waiting(channel, run, agent)
    except Interrupted as error:
        _cancelled(channel, run, "BREAK_OUT")
        if isinstance(error, Gone) and agent in _RINGING:
            failed = {**AGENT, "CC-Hangup-Cause": "ORIGINATOR_CANCEL"}
            channel.later(0, lambda: _cc(channel, run, "bridge-agent-fail", failed))
        raise
    finally:
        # The music was played; what a question finds there is not its own.
        samples = round((channel.now_s - began) * 1000) * RATE
        channel.set("playback_last_offset_pos", str(samples))


def _joined(channel: Channel, run: Run) -> None:
    channel.set("cc_side", "member")
    channel.set("cc_queue", run.arg)
    channel.set("cc_queue_joined_epoch", str(channel.micros // 1_000_000))
    _cc(channel, run, "member-queue-start", has_channel=True)


def _waiting(channel: Channel, run: Run, agent: Agent) -> Nap:
    """Wait until the agent answers or the queue gives up."""
    script = channel.script
    if agent in (Agent.NO_AGENTS, Agent.TIMEOUT):
        yield script.queue_timeout_s
        return
    yield OFFER_S
    _cc(channel, run, "agent-offering", AGENT)
    if agent is Agent.BUSY:
        yield OFFER_S
        failed = {**AGENT, "CC-Hangup-Cause": "USER_BUSY"}
        _cc(channel, run, "bridge-agent-fail", failed)
        yield script.queue_timeout_s
        return
    yield script.agent_after_s
    if agent is Agent.NOBODY:
        channel.hang_up()


def _answered(channel: Channel) -> None:
    channel.tell("agent answers")
    channel.legs.next_agent().answers()
    channel.headers.join(channel.agent.uuid)


def _cancelled(channel: Channel, run: Run, reason: str) -> None:
    end = {"CC-Cause": "Cancel", "CC-Cancel-Reason": reason}
    _cc(channel, run, "member-queue-end", end, has_channel=True)
    channel.set("cc_cause", "cancel")
    channel.set("cc_cancel_reason", reason)


def _cc(
    channel: Channel,
    run: Run,
    action: str,
    extra: dict[str, str] | None = None,
    has_channel: bool = False,
) -> None:
    """Send an event of mod_callcenter; some carry no channel at all (measured)."""
    headers = _cc_headers(channel, run, action) | (extra or {})
    channel.fire("CUSTOM", headers, has_channel=has_channel)


def _cc_agent(
    channel: Channel, run: Run, action: str, agent: AgentLeg, extra: dict[str, str]
) -> None:
    """Send an event of mod_callcenter that is about the agent's leg."""
    who = {**AGENT, "CC-Agent-UUID": agent.uuid}
    agent.fire("CUSTOM", _cc_headers(channel, run, action) | who | extra)


def _cc_headers(channel: Channel, run: Run, action: str) -> dict[str, str]:
    return {
        "Event-Subclass": "callcenter::info",
        "CC-Queue": run.arg,
        "CC-Action": action,
        "CC-Member-UUID": channel.member_uuid,
        "CC-Member-Session-UUID": channel.script.uuid,
        "CC-Member-CID-Name": channel.script.caller_name,
        "CC-Member-CID-Number": channel.script.caller,
    }


def fifo(channel: Channel, run: Run) -> Generator[float, None, str]:
    """Wait in a queue of mod_fifo, and talk."""
    agent = _next_agent(channel, run)
    channel.tell("queue", run.arg)
    _fifo_event(channel, run, "push")
    try:
        yield channel.script.agent_after_s
        if agent is Agent.NOBODY:
            channel.hang_up()
    except Interrupted:
        _fifo_event(channel, run, "abort")
        raise
    if agent is not Agent.ANSWERS:
        return NONE
    _fifo_event(channel, run, "caller_pop")
    yield BRIDGE_S
    channel.complete(run)
    channel.leave_socket()
    _answered(channel)
    _fifo_event(channel, run, "bridge-caller-start")
    stop = partial(_fifo_event, channel, run, "bridge-caller-stop")
    channel.agent.on_end = lambda: channel.later(0, stop)
    yield from talk(channel, run.app)
    if channel.get("park_after_bridge") == "true":
        channel.park()
        return NONE
    # mod_fifo: the consumer's hang-up is the caller's (measured).
    channel.hang_up()


def _fifo_event(channel: Channel, run: Run, action: str) -> None:
    headers = {
        "Event-Subclass": "fifo::info",
        "FIFO-Name": run.arg.partition(" ")[0],
        "FIFO-Action": action,
    }
    channel.fire("CUSTOM", headers)
