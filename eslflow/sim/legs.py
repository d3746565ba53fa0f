"""The legs of a call: the caller's, and those of the agents that it is joined with.

In: what API commands, applications and people do with one leg. Out: its variables and
its events. Must not decide who talks with whom: that is `talks`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from eslflow.sim.events import Headers
from eslflow.sim.keypad import Keypad
from eslflow.sim.recordings import stop_all
from eslflow.sim.talks import run_on

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

LEG_ENDED = {
    "Channel-State": "CS_REPORTING",
    "Channel-Call-State": "HANGUP",
    "Answer-State": "hangup",
    "Hangup-Cause": "NORMAL_CLEARING",
}
"""What the last events of a leg say of it."""


class Leg:
    """What every leg has."""

    def __init__(self, channel: Channel, uuid: str) -> None:
        self.channel = channel
        self.uuid = uuid
        self.keypad = Keypad()
        self.is_held = False
        self.displaced: dict[str, float] = {}
        """Files that `uuid_displace` plays to it, and until which second."""

    @property
    def is_caller(self) -> bool:
        """Whether it is the caller's."""
        return self.uuid == self.channel.script.uuid

    @property
    def is_up(self) -> bool:
        """Whether API commands find it."""
        return self.channel.state.is_up

    @property
    def other(self) -> Leg | None:
        """The leg it is joined with."""
        return self.channel.agent if self.channel.agent.is_joined else None

    def get(self, name: str) -> str | None:
        """Return a variable, or None."""
        return self.channel.get(name)

    def set(self, name: str, value: str | None) -> None:
        """Set or unset a variable; an empty value unsets."""
        self.channel.set(name, value)

    def fire(self, name: str, extra: Mapping[str, str] | None = None) -> None:
        """Send an event of this leg."""
        self.channel.fire(name, extra)

    def ends(self, cause: str) -> None:
        """Hang up."""
        self.channel.ends(cause)


class AgentLeg(Leg):
    """A leg that the switch has called."""

    def __init__(self, channel: Channel, uuid: str) -> None:
        super().__init__(channel, uuid)
        self.is_joined = False
        self.is_originator = False
        """The bridge is of this leg: it is A, and the events are its own."""
        self.variables: dict[str, str] = {}
        self.on_end: Callable[[], object] = lambda: None
        """What a queue says when this leg has ended."""
        self._is_up = False
        self.was_up = False
        """It has been somebody's."""

    @property
    def is_up(self) -> bool:
        """Whether API commands find it."""
        return self._is_up

    @property
    def other(self) -> Leg | None:
        """The leg it is joined with."""
        return self.channel.caller if self.is_joined else None

    def answers(self) -> None:
        """Take the call."""
        self._is_up = self.was_up = True

    def runs(self, app: str, arg: str, mark: str) -> None:
        """Run an application that was asked for."""
        run_on(self, app, arg, mark)

    def joins(self) -> None:
        """Leave what it does, to be joined with the caller."""

    def leaves(self) -> None:
        """Be gone; what runs on this leg ends while it still names the other."""
        if self._is_up:
            stop_all(self.channel, self, "success-silence")
            self.fire("CHANNEL_HANGUP_COMPLETE", LEG_ENDED)
            self._is_up = self.is_joined = False
            self.on_end()

    def get(self, name: str) -> str | None:
        """Return a variable, or None."""
        return self.variables.get(name)

    def set(self, name: str, value: str | None) -> None:
        """Set or unset a variable; an empty value unsets."""
        self.variables.pop(name, None)
        if value:
            self.variables[name] = value

    def fire(self, name: str, extra: Mapping[str, str] | None = None) -> None:
        """Send an event of this leg; joined, it names the other one."""
        headers = dict(extra or {})
        if self.is_joined:
            kind = "originatee" if self.is_originator else "originator"
            caller = self.channel.caller.uuid
            headers = {"Other-Type": kind, "Other-Leg-Unique-ID": caller} | headers
        channel = self.channel
        if channel.listener.wants(name, {**headers, "Unique-ID": self.uuid}):
            call = {"Channel-Call-State": "HELD"} if self.is_held else {}
            event = channel.headers.agent_event(
                name, channel.micros, self.uuid, call | headers, self.variables
            )
            channel.listener.say(event, name)

    def ends(self, cause: str) -> None:
        """Hang up."""
        if self._is_up:
            self.channel.agent_ends()


class Legs:
    """All legs of a call."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.caller = Leg(channel, channel.script.uuid)
        self.agents = [AgentLeg(channel, made_of(channel.script.uuid, "agent"))]

    def headers(self) -> Headers:
        """Return what the switch says of the caller's leg."""
        script = self._channel.script
        words = {
            "UUID": script.uuid,
            "AGENT": self.agents[0].uuid,
            "MEMBER": made_of(script.uuid, "member"),
            "NUMBER": script.caller,
            "NAME": script.caller_name,
            "CALLED": script.called,
            "PATH": script.path,
        }
        return Headers(words, script.headers, script.raw)

    def next_agent(self) -> AgentLeg:
        """Return the leg of the next agent; the first has one from the start."""
        if self.agents[-1].was_up:
            name = f"agent {len(self.agents) + 1}"
            made = made_of(self.caller.uuid, name)
            self.agents.append(AgentLeg(self._channel, made))
        return self.agents[-1]

    def ever(self, uuid_: str) -> Leg:
        """Return a leg, whatever has become of it."""
        found = [leg for leg in self.agents if leg.uuid == uuid_]
        return found[0] if found else self.caller

    def named(self, uuid_: str) -> Leg | None:
        """Return the leg that an API command names, if it is up."""
        leg = self.ever(uuid_)
        return leg if leg.uuid == uuid_ and leg.is_up else None


def made_of(call: str, what: str) -> str:
    """Return a uuid that is always the same for a call."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{call} {what}"))
