"""What people, and the switch by itself, do in the middle of a call: words for scripts.

In: a channel, at a point that the script names. Out: what it does to that channel. Must
not know when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from eslflow.sim.apis import answer
from eslflow.sim.apps import Transferred
from eslflow.sim.recordings import fill_disk, record
from eslflow.sim.talks import UUID_BRIDGE, hold, join, part, press

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.legs import Leg

CALLER, AGENT = "caller", "agent"


class Deed(Protocol):
    """One thing that is done."""

    def do(self, channel: Channel) -> None:
        """Do it."""


def _leg(channel: Channel, who: str) -> Leg:
    return channel.caller if who == CALLER else channel.agent


@dataclass(frozen=True)
class Keys:
    """Somebody presses keys, outside of any question."""

    keys: str
    who: str = AGENT

    def do(self, channel: Channel) -> None:
        """Press them."""
        press(_leg(channel, self.who), self.keys)


@dataclass(frozen=True)
class Hold:
    """Somebody puts the call on hold."""

    who: str = AGENT

    def do(self, channel: Channel) -> None:
        """Press the button."""
        hold(_leg(channel, self.who), True)


@dataclass(frozen=True)
class Unhold:
    """Somebody takes the call back from hold."""

    who: str = AGENT

    def do(self, channel: Channel) -> None:
        """Press the button again."""
        hold(_leg(channel, self.who), False)


@dataclass(frozen=True)
class HangUp:
    """Somebody hangs up, before the talk is over."""

    who: str = AGENT

    def do(self, channel: Channel) -> None:
        """Put the receiver down."""
        _leg(channel, self.who).ends("NORMAL_CLEARING")


@dataclass(frozen=True)
class Transfer:
    """The caller is sent to another extension without a word (REFER, uuid_transfer)."""

    to: str = "200"
    is_answered: bool = True
    """Somebody takes the call there, else there is only a tone."""
    stays_s: float = 10.0
    """How long the caller listens to the tone."""

    def do(self, channel: Channel) -> None:
        """Send the caller there."""
        if self.is_answered:
            runs = [("bridge", f"user/{self.to}")]
            channel.transfer(Transferred(self.to, runs))
            return
        runs = [("answer", ""), ("playback", "tone_stream://%(500,500,600);loops=-1")]
        channel.transfer(Transferred(self.to, runs, self.stays_s))


@dataclass(frozen=True)
class ToQueue:
    """The agent sends the caller back to a queue."""

    queue: str = "support"

    def do(self, channel: Channel) -> None:
        """Send the caller there."""
        runs = [("callcenter", self.queue)]
        channel.transfer(Transferred(self.queue, runs))


@dataclass(frozen=True)
class Attended:
    """The agent hands the caller over to a second agent, after a word with that one.

    By REFER the new bridge is the caller's; with the application att_xfer it is the
    second agent's, so that its events have that one's Unique-ID (sofia.c;
    mod_dptools.c, att_thread_run).
    """

    by: str = "refer"
    variables: Mapping[str, str] = field(default_factory=dict)
    """What the switch says of the second agent's leg."""

    def do(self, channel: Channel) -> None:
        """Hand the caller over."""
        if not channel.agent.is_joined:
            return
        channel.tell("handed over")
        part(channel, moves_on=True)
        second = channel.legs.next_agent()
        second.is_originator = self.by == "att_xfer"
        second.variables.update(self.variables)
        join(channel, second, UUID_BRIDGE)


@dataclass(frozen=True)
class Records:
    """The switch, or somebody on it, starts a recorder of its own."""

    path: str = "/var/lib/foreign/a.wav"
    on: str = AGENT
    options: Mapping[str, str] = field(default_factory=dict)

    def do(self, channel: Channel) -> None:
        """Start it."""
        leg = _leg(channel, self.on)
        if leg.is_up:
            record(leg, self.path, self.options, is_foreign=True)


@dataclass(frozen=True)
class Api:
    """Somebody else gives an API command; `{caller}` and `{agent}` are Unique-IDs."""

    command: str

    def do(self, channel: Channel) -> None:
        """Give it."""
        uuids = {CALLER: channel.caller.uuid, AGENT: channel.agent.uuid}
        answer(channel, self.command.format(**uuids))


@dataclass(frozen=True)
class FullDisk:
    """The disk for recordings has no room any more."""

    def do(self, channel: Channel) -> None:
        """Fill it."""
        fill_disk(channel)
