"""Which flow takes a call.

In: the site's flows and its rules. Out: one flow for each offer, or none. Must not read
files; a shelf does not change while calls use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eslflow.call.events import Offered
from eslflow.flow.model import Flow
from eslflow.wire.terms import EventName, Module, Subclass


@dataclass(frozen=True)
class Shelf:
    """The flows of a site."""

    flows: Mapping[str, Flow]
    default: str = ""
    """Flow for calls that name none; empty: they go back to the dialplan."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Flow by the number dialled."""

    def choose(self, offered: Offered) -> Flow | None:
        """Return the flow by path, else by the number dialled, else the default.

        A path that no flow has gives None: the dialplan names a flow that is not here,
        and its fallback is safer than another flow's question.
        """
        name = offered.flow_path
        if not name:
            name = self.numbers.get(offered.called, self.default)
        return self.flows.get(name)

    def needs(self) -> list[Module]:
        """Return the modules of the switch that the flows cannot do without."""
        flows = self.flows.values()
        return sorted({n for f in flows for s in f.steps.values() for n in s.needs})


_ALWAYS = frozenset({EventName.CHANNEL_EXECUTE_COMPLETE, EventName.CHANNEL_HANGUP})


class Heard(NamedTuple):
    """What a flow subscribes to."""

    names: list[EventName]
    customs: list[Subclass]
    hears_others: bool
    """Whether the events of the other leg are heard too."""


def heard(flow: Flow) -> Heard:
    """Return the events that a flow's steps read, and no others."""
    names: set[EventName] = set(_ALWAYS)
    customs: set[Subclass] = set()
    for step in flow.steps.values():
        names |= step.hears
        customs |= step.hears_custom
    if flow.records:
        names |= {EventName.RECORD_START, EventName.RECORD_STOP}
    if flow.has_agents:
        # Recorders that are not ours, on either leg.
        names.add(EventName.RECORD_START)
    rules = flow.recording
    if rules.agent_keys or rules.caller_keys or rules.callee_keys:
        customs.add(Subclass.CONTROL)
    return Heard(sorted(names), sorted(customs), flow.has_agents)
