"""A switch as its event socket shows it, with calls of the simulated switch behind it.

In: API commands, as `eslflow.onswitch` asks them. Out: the answers of a FreeSWITCH; an
`originate` to a `socket` makes a simulated call to whoever listens there. Must not
judge: what was asked is kept in `asked`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import gevent
from gevent.event import Event as Signal

from eslflow.errors import CommandRefused
from eslflow.prompts.wav import encode
from eslflow.sim import deeds
from eslflow.sim.channel import Channel
from eslflow.sim.script import Agent, Script
from eslflow.sim.switch import SimulatedCall, SimulatedSwitch
from eslflow.switch.conversation import PROBE

HANG_UP_S = 0.3
HEAD = "name|strategy|max_wait_time|max_wait_time_with_no_agent"
_CONTACTS = {"loopback": Agent.TIMEOUT, "error": Agent.BUSY, "null": Agent.ANSWERS}


def _length_ms(path: str) -> int | None:
    """Return how long a file is; what is to be missing lies in a folder `none`."""
    return None if "/none/" in path else 1000


@dataclass
class Taken:
    """Takes a channel when it is offered, as a deed of its script."""

    channels: dict[str, Channel]

    def do(self, channel: Channel) -> None:
        self.channels[channel.script.uuid] = channel


@dataclass
class Waits:
    """Lets those who look see what has happened before time passes."""

    look: Callable[[], object]

    def do(self, _: Channel) -> None:
        self.look()


@dataclass
class Inside:
    """The switch."""

    own_host: str = "127.0.0.1"
    lacks: tuple[str, ...] = ()
    """Modules that are not loaded."""
    refuses: tuple[str, ...] = ()
    """Parts of commands that are answered with -ERR."""
    queues: tuple[str, ...] = ("sales|x|0|0", "eslflow-test-1|x|8|3")
    tiers: dict[str, str] = field(default_factory=dict)
    """An agent in a queue."""
    asked: list[str] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    is_closed: bool = False

    def __post_init__(self) -> None:
        self._keys: list[str] = []
        self._turns: dict[str, list[Agent]] = {
            "eslflow-test-1": [Agent.ANSWERS],
            "eslflow-test-nothing": [Agent.UNKNOWN],
        }
        self._nobody: set[str] = set()
        self._calls: list[gevent.Greenlet[..., SimulatedCall]] = []
        self._looks = 0
        self._looked = Signal()
        self._callee = ""

    def api(self, command: str, arg: str = "") -> str:
        """Answer."""
        words = f"{command} {arg}".strip()
        self.asked.append(words)
        if any(part in words for part in self.refuses):
            raise CommandRefused(words, "-ERR no")
        answer: Callable[[str], str] | None = getattr(self, f"_{command}", None)
        return answer(arg) if answer else "+OK"

    def close(self) -> None:
        """End the link; calls go on as they do."""
        self.is_closed = True
        gevent.joinall(self._calls, timeout=10)

    def done(self) -> list[SimulatedCall]:
        """Return the calls, once all of them are over."""
        gevent.joinall(self._calls, timeout=10, raise_error=True)
        return [call.get() for call in self._calls]

    # What is asked.

    def _module_exists(self, arg: str) -> str:
        return "false" if arg in self.lacks else "true"

    def _originate(self, arg: str) -> str:
        found = re.search(r"origination_uuid=([\w-]+)", arg)
        assert found is not None
        uuid = found[1]
        record = re.search(r"&record\((\S+)", arg)
        socket = re.search(r"socket:([\d.]+):(\d+)/(\S+) async full", arg)
        if record is not None:
            Path(record[1]).write_bytes(encode(array("h", [0] * 800), 8000))
        elif socket is not None and socket[3] != PROBE:
            self._call(uuid, socket[1], int(socket[2]), socket[3], arg)
            return f"+OK {uuid}"
        self._nobody.add(uuid)
        return f"+OK {uuid}"

    def _call(self, uuid: str, host: str, port: int, path: str, arg: str) -> None:
        profile = dict(re.findall(r"set_profile_var:(\w+)=([^,]*)", arg))
        script = Script(
            uuid=uuid,
            caller=profile["caller_id_number"],
            caller_name=profile["caller_id_name"],
            called=profile["destination_number"],
            path=path,
            press=lambda _: self._keys.pop(0) if self._keys else "",
            queues=self._turns,
            does={"offered": Taken(self.channels), "bridged": Waits(self._let_look)},
        )
        switch = SimulatedSwitch(host, port, length_ms=_length_ms)
        self._calls.append(gevent.spawn(switch.call, script))

    def _let_look(self) -> None:
        """Wait until it was asked twice whether the call goes on."""
        until = self._looks + 2
        while self._looks < until:
            self._looked.clear()
            assert self._looked.wait(10), "nobody looks"

    def _uuid_exists(self, uuid: str) -> str:
        self._looks += 1
        self._looked.set()
        if uuid in self._nobody or not self._calls:
            return "true"
        if uuid in self.channels:
            return "true" if self.channels[uuid].state.is_up else "false"
        return "false" if all(call.dead for call in self._calls) else "true"

    def _uuid_getvar(self, arg: str) -> str:
        uuid, name = arg.split()
        channel = self.channels.get(uuid)
        if channel is None:
            return "true" if name == "eslflow_doctor" else "_undef_"
        if name == "signal_bond" and channel.state.is_bridged:
            return channel.agent.uuid
        return "_undef_"

    def _uuid_recv_dtmf(self, arg: str) -> str:
        leg, keys = arg.replace("~", "").split()
        channel = self.channels.get(leg)
        if channel is not None and not channel.state.is_bridged:
            self._keys.append(keys)
            return "+OK"
        for other in self.channels.values():
            who = deeds.CALLER if other is channel else deeds.AGENT
            deeds.Keys(keys, who).do(other)
        return "+OK"

    def _uuid_kill(self, uuid: str) -> str:
        channel = self.channels.get(uuid)
        if channel is not None and channel.state.is_up:
            channel.later(HANG_UP_S, channel.ends)
        elif any(uuid == other.agent.uuid for other in self.channels.values()):
            for other in self.channels.values():
                deeds.HangUp().do(other)
        elif uuid in self._nobody:
            self._nobody.remove(uuid)
        else:
            raise CommandRefused(f"uuid_kill {uuid}", "-ERR No such channel!")
        return "+OK"

    def _callcenter_config(self, arg: str) -> str:
        words = arg.split()
        if arg == "queue list":
            return "\n".join((HEAD, *self.queues, "+OK"))
        if arg.startswith("queue list tiers") and words[3] in self.tiers:
            return f"queue|agent\n{words[3]}|{self.tiers[words[3]]}\n+OK"
        if words[1] == "del":
            raise CommandRefused(arg, "-ERR Not found")
        if arg.startswith("agent set contact"):
            queue = words[3].removesuffix("-agent")
            self._turns[queue] = [
                _CONTACTS[words[4].partition("/")[0].rpartition("]")[2]]
            ]
        return "+OK"
