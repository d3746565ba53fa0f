"""Caller and agent talk: bridges, and what people do while they last.

In: a channel, legs. Out: generators as in `apps`, events in the order of the real
switch (switch_ivr_bridge.c, transcripts 26 to 28). Must not know of queues.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.apps import (
    NONE,
    AgentGone,
    Interrupted,
    Left,
    Nap,
    Run,
    Transferred,
)
from eslflow.sim.keypad import Direction

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.legs import AgentLeg, Leg

BRIDGED = "CS_SOFT_EXECUTE"
UUID_BRIDGE = "uuid_bridge"
RING_S = 2.0
"""How long the telephone rings that a caller is transferred to."""
KEY_S = 0.2
"""Between two keys that are pressed one after the other."""
BOUND_S = 0.21
"""From the start of a bound key to its event (measured: the key itself, and five frames
that every broadcast waits)."""


def talk(channel: Channel, by: str = UUID_BRIDGE) -> Nap:
    """Caller and agent talk until one of them hangs up, or something else ends it.

    Most bridges are made by `uuid_bridge`, which says so. In mod_fifo it is the agent's
    bridge: A is the agent, and only who filters by Other-Leg-Unique-ID hears of it.
    """
    channel.agent.is_originator = by == "fifo"
    join(channel, channel.agent, by)
    try:
        yield channel.script.talk_s
        if not channel.script.agent_hangs_up:
            channel.hang_up()
    except AgentGone:
        pass
    except Interrupted as error:
        part(channel, isinstance(error, Transferred))
        raise
    channel.tell("agent leaves")
    part(channel)


def join(channel: Channel, agent: AgentLeg, by: str = UUID_BRIDGE) -> None:
    """Bridge the caller with an agent."""
    agent.answers()
    agent.is_joined = True
    channel.headers.join(agent.uuid)
    channel.bridged(True, "CS_EXCHANGE_MEDIA" if agent.is_originator else BRIDGED)
    first, second = _in_order(channel)
    if by == UUID_BRIDGE:
        for leg, other in ((first, second), (second, first)):
            app = {"Application": by, "Application-Data": other.uuid}
            leg.fire("CHANNEL_EXECUTE", app)
    first.fire("CHANNEL_BRIDGE", _ids(first, second))
    channel.reach("bridged")


def part(channel: Channel, moves_on: bool = False) -> None:
    """End the bridge; the agent's leg ends with it.

    A caller who moves on to another extension has no other leg any more, one who is
    left by the agent still names it (measured).
    """
    agent = channel.agent
    first, second = _in_order(channel)
    channel.bridged(False, BRIDGED)
    gone = {"Hangup-Cause": "NORMAL_CLEARING", "Answer-State": "hangup"}
    agent.fire("CHANNEL_HANGUP", gone)
    if moves_on:
        channel.headers.part()
    first.fire("CHANNEL_UNBRIDGE", _ids(first, second))
    channel.bridged(False, "CS_EXECUTE")
    agent.leaves()


def after(channel: Channel) -> None:
    """Send the call where it goes when the agent has left it."""
    if channel.get("park_after_bridge") == "true":
        channel.park()
    elif channel.get("hangup_after_bridge") == "true":
        channel.hang_up()
    else:
        raise Left


def bridge(channel: Channel, run: Run) -> Generator[float, None, str]:
    """Call somebody, and talk (the application of that name)."""
    yield RING_S
    cause = channel.script.callee
    channel.set("originate_disposition", cause or "SUCCESS")
    if cause:
        channel.tell("not answered", cause)
        if channel.get("continue_on_fail") != "true":
            channel.hang_up(cause)
        return NONE
    channel.tell("agent answers")
    if not channel.state.is_answered:
        channel.answered()
    channel.legs.next_agent()
    yield from talk(channel, run.app)
    if channel.get("park_after_bridge") == "true":
        channel.park()
    return NONE


def _in_order(channel: Channel) -> tuple[Leg, Leg]:
    """Return A and B of the bridge."""
    caller, agent = channel.caller, channel.agent
    return (agent, caller) if agent.is_originator else (caller, agent)


def _ids(first: Leg, second: Leg) -> dict[str, str]:
    return {"Bridge-A-Unique-ID": first.uuid, "Bridge-B-Unique-ID": second.uuid}


def hold(leg: Leg, is_held: bool) -> bool:
    """Put the call on hold from this leg's telephone, or take it back."""
    if leg.is_held is is_held:
        return False
    leg.is_held = is_held
    if leg.is_caller:
        leg.channel.state.is_held = is_held
    leg.channel.tell("hold" if is_held else "unhold", leg.uuid)
    leg.fire("CHANNEL_HOLD" if is_held else "CHANNEL_UNHOLD")
    return True


def press(leg: Leg, keys: str) -> None:
    """Press keys on a leg's telephone, one after the other."""
    for place, key in enumerate(keys):
        leg.channel.later(place * KEY_S, partial(_press, leg, key))


def _press(leg: Leg, key: str) -> None:
    if not leg.is_up:
        return
    leg.channel.tell("presses", f"{key} {leg.uuid}")
    other = leg.other
    if _sets_off(leg, key, Direction.RECV):
        return
    if other is not None:
        _sets_off(other, key, Direction.SEND)
    elif leg.is_caller:
        leg.channel.state.digits += key


def _sets_off(leg: Leg, key: str, direction: Direction) -> bool:
    """Whether a key is swallowed by what it sets off on this leg."""
    channel = leg.channel
    is_swallowed, binding = leg.keypad.press(key, direction, channel.now_s)
    if binding is not None:
        runs = leg.other if binding.is_run_by_other(direction) else leg
        if runs is not None:
            does = partial(run_on, runs, binding.app, binding.arg)
            channel.later(BOUND_S, does)
    return is_swallowed


def run_on(leg: Leg, app: str, arg: str, mark: str = "") -> None:
    """Run a short application on a leg that is talking, within the talk."""
    if not leg.is_up:
        return
    channel = leg.channel
    if leg.is_caller:
        channel.set("current_application_data", arg)
        channel.set("current_application", app)
    run = Run(app, arg, mark or str(uuid.uuid4()), 1)
    leg.fire("CHANNEL_EXECUTE", run.headers())
    WITHIN.get(app, _note)(leg, run)
    leg.fire("CHANNEL_EXECUTE_COMPLETE", run.headers() | {"Application-Response": NONE})


def _set(leg: Leg, run: Run) -> None:
    name, _, value = run.arg.partition("=")
    leg.set(name, value)


def _bind(leg: Leg, run: Run) -> None:
    leg.keypad.bind(run.arg)


def _event(leg: Leg, run: Run) -> None:
    pairs = [item.strip().partition("=") for item in run.arg.split(",")]
    headers = {name.strip(): value.strip() for name, _, value in pairs}
    leg.fire(headers.pop("Event-Name", "CHANNEL_APPLICATION"), headers)


def _hangup(leg: Leg, run: Run) -> None:
    leg.ends(run.arg or "NORMAL_CLEARING")


def _note(leg: Leg, run: Run) -> None:
    leg.channel.tell(run.app, f"{leg.uuid} {run.arg}".rstrip())


WITHIN: dict[str, Callable[[Leg, Run], None]] = {
    "set": _set,
    "export": _set,
    "log": _note,
    "bind_meta_app": _bind,
    "event": _event,
    "hangup": _hangup,
}
"""Applications that take no time, and run on a leg whatever it does."""
