"""Keys that do something while two people talk, or one waits: bound on the switch.

In: what the flow says that the keys of agent and caller do. Out: applications that bind
them, and what a key that was pressed sets off. Must not decide what is recorded.

A leg sees its own keys, and those of the other leg that are sent on to it
(switch_ivr_async.c, meta_on_dtmf). All are bound on the caller's leg, which alone is
there from the beginning: those of the agent, or of the called party, where they are
sent on (`b`), the caller's where they come from the telephone (`a`). So the same key
pressed by the other changes nothing (measured: transcript 28), and the one who runs the
event tells who pressed.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from eslflow.call import fulfil, private, verbal, withdrawal
from eslflow.call.commands import Command, Execute
from eslflow.call.events import Event, KeyPressed
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import AgentKey, CalleeKey, CallerKey
from eslflow.wire.terms import App, Subclass

if TYPE_CHECKING:
    from eslflow.call.live import Live

Moves = Generator[Command, "Event | None", None]
Bound = Mapping[str, AgentKey] | Mapping[str, CallerKey] | Mapping[str, CalleeKey]


class Other(Enum):
    """Whom the caller is about to talk with."""

    AGENT = "agent"
    CALLEE = "callee"
    """Whom a step has called, and may have asked."""
    NOBODY = "nobody"
    """Somebody without any keys."""


_WISHES = {
    AgentKey.MASK.value: Want.MASKED,
    AgentKey.UNMASK.value: Want.ON,
    AgentKey.STOP.value: Want.OFF,
}
"""What the keys of an agent ask for."""
_OWN = {
    CallerKey.WITHDRAW.value: withdrawal.by_caller,
    CallerKey.PRIVATE.value: private.by_caller,
}
"""What the caller's own keys set off."""
_ANSWERS = (AgentKey.GRANTED.value, AgentKey.REFUSED.value)
"""What they answer for the caller."""


def bind(live: Live, other: Other = Other.AGENT) -> Moves:
    """Let each key of the flow fire an event of ours.

    Whom a step calls is no agent; who was asked there may have keys of their own.
    """
    rules = live.flow.recording
    if other is Other.AGENT:
        yield from _bound(rules.agent_keys, "b")
    elif other is Other.CALLEE:
        yield from _bound(rules.callee_keys, "b")
    yield from _bound(rules.caller_keys, "a")


def _bound(keys: Bound, listen: str) -> Moves:
    for digit, action in keys.items():
        event = (
            f"event::Event-Name=CUSTOM,Event-Subclass={Subclass.CONTROL},"
            f"eslflow-action={action}"
        )
        yield Execute(App.BIND_META_APP, f"{digit} {listen} s {event}", waits=False)


def _key(keys: Bound, action: str) -> str:
    """Return what is pressed for something, as `*7`; empty: no key does it."""
    return next((f"*{digit}" for digit, does in keys.items() if does == action), "")


def pressed(live: Live, event: KeyPressed) -> Moves | None:
    """Return what a key sets off; None: it is bound to nothing of ours."""
    action, rules = event.action, live.flow.recording
    if event.is_callers:
        key = _key(rules.caller_keys, action)
        return _OWN[action](live, key) if key else None
    if action == CalleeKey.WITHDRAW:
        key = _key(rules.callee_keys, action)
        return withdrawal.by_callee(live, key) if key else None
    if action == AgentKey.PRIVATE:
        key = _key(rules.agent_keys, action)
        return private.by_agent(live, key) if key else None
    if action in _ANSWERS and rules.verbal is not None:
        return verbal.answered(live, rules.verbal, AgentKey(action))
    meant = _WISHES.get(action)
    if meant is None:
        return None
    return fulfil.fulfil(live, 0, Wish(meant, live.agents_key, hand="agent"))
