"""Keys that do something while two people talk, or one waits: bound on the switch.

In: what the flow says that the keys of agent and caller do. Out: applications that bind
them, and what a key that was pressed sets off. Must not decide what is recorded.

A leg sees its own keys, and those of the other leg that are sent on to it
(switch_ivr_async.c, meta_on_dtmf). All are bound on the caller's leg, which alone is
there from the beginning: the agent's where they are sent on (`b`), the caller's where
they come from the telephone (`a`). So the same key pressed by the other changes nothing
(measured: transcript 28), and the one who runs the event tells who pressed.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from eslflow.call import fulfil, verbal, withdrawal
from eslflow.call.commands import Command, Execute
from eslflow.call.events import Event, KeyPressed
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import AgentKey, CallerKey
from eslflow.wire.terms import App, Subclass

if TYPE_CHECKING:
    from eslflow.call.live import Live

Moves = Generator[Command, "Event | None", None]

_WISHES = {
    AgentKey.MASK.value: Want.MASKED,
    AgentKey.UNMASK.value: Want.ON,
    AgentKey.STOP.value: Want.OFF,
}
"""What the keys of an agent ask for."""
_ANSWERS = (AgentKey.GRANTED.value, AgentKey.REFUSED.value)
"""What they answer for the caller."""


def bind(live: Live, has_agent: bool = True) -> Moves:
    """Let each key of the flow fire an event of ours.

    Whom a step calls besides is no agent, and has no keys.
    """
    rules = live.flow.recording
    if has_agent:
        yield from _bound(rules.agent_keys, "b")
    yield from _bound(rules.caller_keys, "a")


def _bound(
    keys: Mapping[str, AgentKey] | Mapping[str, CallerKey], listen: str
) -> Moves:
    for digit, action in keys.items():
        event = (
            f"event::Event-Name=CUSTOM,Event-Subclass={Subclass.CONTROL},"
            f"eslflow-action={action}"
        )
        yield Execute(App.BIND_META_APP, f"{digit} {listen} s {event}", waits=False)


def pressed(live: Live, event: KeyPressed) -> Moves | None:
    """Return what a key sets off; None: it is bound to nothing of ours."""
    action, rules = event.action, live.flow.recording
    if event.is_callers:
        is_known = action in rules.caller_keys.values()
        return withdrawal.by_caller(live) if is_known else None
    if action in _ANSWERS and rules.verbal is not None:
        return verbal.answered(live, rules.verbal, AgentKey(action))
    meant = _WISHES.get(action)
    if meant is None:
        return None
    who = f"key {live.agent}".rstrip()
    return fulfil.fulfil(live, 0, Wish(meant, who, hand="agent"))
