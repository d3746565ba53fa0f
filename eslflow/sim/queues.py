"""Queues, and the talk that follows (mod_callcenter.c, mod_fifo.c).

In: a channel and what was asked. Out: generators as in `apps`. Once an agent answers,
the application and the `socket` application have ended, and the talk begins.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.sim.apps import NONE, RATE, Gone, Interrupted, Left, Nap, Run
from eslflow.sim.script import Agent

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

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
_LEG_ENDED = {
    "Channel-State": "CS_REPORTING",
    "Channel-Call-State": "HANGUP",
    "Answer-State": "hangup",
    "Hangup-Cause": "NORMAL_CLEARING",
}
_REASONS = {
    Agent.TIMEOUT: "TIMEOUT",
    Agent.BUSY: "TIMEOUT",
    Agent.NO_AGENTS: "NO_AGENT_TIMEOUT",
}


def callcenter(channel: Channel, run: Run) -> Generator[float, None, str]:
    """Wait in a queue of mod_callcenter, and talk."""
    script = channel.script
    if script.agent is Agent.UNKNOWN:
        return NONE
    yield from _queue(channel, run)
    if script.agent in _REASONS:
        _cancelled(channel, run, _REASONS[script.agent])
        return NONE
    channel.set("cc_cause", "answered")
    _answered(channel)
    _cc_agent(channel, run, "bridge-agent-start", {})
    channel.complete(run)
    channel.leave_socket()
    yield BRIDGE_S
    yield from talk(channel, run)
    return NONE


def _queue(channel: Channel, run: Run) -> Nap:
    """Wait in the queue, with music."""
    channel.tell("queue", run.arg)
    _joined(channel, run)
    began = channel.now_s
    try:
        yield from _waiting(channel, run)
    except Interrupted as error:
        _cancelled(channel, run, "BREAK_OUT")
        if isinstance(error, Gone) and channel.script.agent in _RINGING:
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


def _waiting(channel: Channel, run: Run) -> Nap:
    """Wait until the agent answers or the queue gives up."""
    script = channel.script
    if script.agent in (Agent.NO_AGENTS, Agent.TIMEOUT):
        yield script.queue_timeout_s
        return
    yield OFFER_S
    _cc(channel, run, "agent-offering", AGENT)
    if script.agent is Agent.BUSY:
        yield OFFER_S
        failed = {**AGENT, "CC-Hangup-Cause": "USER_BUSY"}
        _cc(channel, run, "bridge-agent-fail", failed)
        yield script.queue_timeout_s
        return
    yield script.agent_after_s
    if script.agent is Agent.NOBODY:
        channel.hang_up()


def _answered(channel: Channel) -> None:
    channel.tell("agent answers")
    channel.headers.add("other leg")
    channel.headers.add("bridged")


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


def _cc_agent(channel: Channel, run: Run, action: str, extra: dict[str, str]) -> None:
    """Send an event of mod_callcenter that is about the agent's leg."""
    agent = {**AGENT, "CC-Agent-UUID": channel.agent_uuid}
    channel.fire_agent(_cc_headers(channel, run, action) | agent | extra)


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
    script = channel.script
    channel.tell("queue", run.arg)
    _fifo_event(channel, run, "push")
    try:
        yield script.agent_after_s
        if script.agent is Agent.NOBODY:
            channel.hang_up()
    except Interrupted:
        _fifo_event(channel, run, "abort")
        raise
    if script.agent is not Agent.ANSWERS:
        return NONE
    _fifo_event(channel, run, "caller_pop")
    yield BRIDGE_S
    channel.complete(run)
    channel.leave_socket()
    _answered(channel)
    _fifo_event(channel, run, "bridge-caller-start")
    yield from talk(channel, run)
    return NONE


def _fifo_event(channel: Channel, run: Run, action: str) -> None:
    headers = {
        "Event-Subclass": "fifo::info",
        "FIFO-Name": run.arg.partition(" ")[0],
        "FIFO-Action": action,
    }
    channel.fire("CUSTOM", headers)


def talk(channel: Channel, run: Run) -> Nap:
    """Caller and agent talk until one of them hangs up, or something else ends it."""
    is_fifo = run.app == "fifo"
    bridge = {
        "Bridge-A-Unique-ID": channel.script.uuid,
        "Bridge-B-Unique-ID": channel.agent_uuid,
    }
    channel.bridged(True, "CS_EXCHANGE_MEDIA" if is_fifo else "CS_SOFT_EXECUTE")
    if not is_fifo:
        channel.fire("CHANNEL_BRIDGE", bridge)
    channel.reach("bridged")
    try:
        yield channel.script.talk_s
        if not channel.script.agent_hangs_up:
            channel.hang_up()
    except Interrupted:
        _ended(channel, run, bridge)
        raise
    channel.tell("agent leaves")
    _ended(channel, run, bridge)
    _after(channel, is_fifo)


def _ended(channel: Channel, run: Run, bridge: dict[str, str]) -> None:
    """Say that the talk is over, and soon after that the queue knows it too."""
    channel.bridged(False, "CS_EXECUTE")
    if run.app == "fifo":
        channel.later(0, lambda: _fifo_event(channel, run, "bridge-caller-stop"))
        return
    channel.fire("CHANNEL_UNBRIDGE", bridge)
    other = {"Other-Leg-Unique-ID": channel.script.uuid}

    def end() -> None:
        extra = {"CC-Hangup-Cause": "SUCCESS"}
        _cc_agent(channel, run, "bridge-agent-end", _LEG_ENDED | extra | other)
        extra |= {"CC-Cause": "Terminated", "CC-Agent-UUID": channel.agent_uuid}
        _cc(channel, run, "member-queue-end", extra, has_channel=True)

    channel.later(END_S, end)


def _after(channel: Channel, is_fifo: bool) -> None:
    """Send the call where it goes when the agent has left it."""
    if channel.get("park_after_bridge") == "true":
        channel.park()
    elif channel.get("hangup_after_bridge") == "true" or is_fifo:
        # mod_fifo: the consumer's hang-up is the caller's (measured).
        channel.hang_up()
    else:
        raise Left
