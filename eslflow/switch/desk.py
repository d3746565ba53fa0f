"""Where live calls are asked about, and asked for something.

In: a controller, wishes. Out: what calls are, and what became of each wish once the
switch has confirmed it. Must not decide anything: the engine does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from typing import NamedTuple, Protocol

from gevent.event import AsyncResult

from eslflow.call.events import Event, Wished
from eslflow.call.live import Live
from eslflow.call.wishes import OVER, Answered, Wish
from eslflow.errors import NotFound

GRACE_S = 8.0
"""The engine answers within a few seconds; this is for a fault of ours."""


class LiveCall(NamedTuple):
    """A call that runs now."""

    uuid: str
    caller: str
    called: str
    flow: str
    step: str
    agent: str
    """Who talks with the caller, by name or number; empty: nobody."""
    recording: str
    """State of the recording's table."""
    offered_at: int
    """Microseconds since 1970."""
    until: int = 0
    """When a mask is to be renewed, in microseconds since 1970; 0: never."""
    number: str = ""
    """By which the agent's telephone was called."""
    leg: str = ""
    """The agent's."""

    @property
    def agents(self) -> frozenset[str]:
        """Return what the agent may be called by: `1001`, or all of `1001@default`."""
        names = {self.agent, self.number}
        return frozenset({*names, *map(_short, names)} - {""})

    @classmethod
    def of(cls, live: Live) -> LiveCall:
        """Return what a call knows of itself."""
        return cls(
            uuid=live.offered.uuid,
            caller=live.offered.caller,
            called=live.offered.called,
            flow=live.flow.name,
            step=live.step,
            agent=live.agent,
            recording=str(live.recorder.state),
            offered_at=live.offered_at,
            until=live.recorder.until,
            number=live.agent,
            leg=live.leg,
        )


def _short(name: str) -> str:
    return name.partition("@")[0]


def nobody_knows(_: Collection[str]) -> Mapping[str, str]:
    """Name no leg."""
    return {}


class Reachable(Protocol):
    """A call that can be asked for something."""

    uuid: str

    def wake(self, event: Event) -> None:
        """Take an event."""

    def about(self) -> LiveCall | None:
        """Return what the call is now; None when it is not ours any more."""


class Desk:
    """Knows the live calls of a controller."""

    def __init__(self) -> None:
        self._calls: dict[str, Reachable] = {}
        self._tickets = count(1)
        self._asked: dict[int, tuple[str, AsyncResult[Answered]]] = {}
        self.whose: Callable[[Collection[str]], Mapping[str, str]] = nobody_knows
        """Names legs that callers talk with, as far as that is known."""

    def joined(self, call: Reachable) -> None:
        """Know a call by its uuid from now on."""
        self._calls[call.uuid] = call

    def left(self, call: Reachable, why: str = OVER, recording: str = "off") -> None:
        """Forget a call that is over, or not ours any more; tell who waits for it."""
        uuid = call.uuid
        if self._calls.get(uuid) is call:
            del self._calls[uuid]
            over = Answered(uuid, recording, False, why, is_refused=why == OVER)
            for ticket in [t for t, (of, _) in self._asked.items() if of == uuid]:
                self.answer(ticket, over)

    def get(self, uuid: str) -> Reachable | None:
        """Return a live call."""
        return self._calls.get(uuid)

    def uuids(self) -> frozenset[str]:
        """Return which calls are live."""
        return frozenset(self._calls)

    def calls(self) -> list[LiveCall]:
        """Return the live calls, the oldest first."""
        found = [call.about() for call in self._calls.values()]
        return sorted(
            (call for call in found if call is not None),
            key=lambda call: call.offered_at,
        )

    def named(self, calls: Sequence[LiveCall]) -> list[LiveCall]:
        """Return calls with the names of their agents, as far as they are known."""
        names = self.whose([call.leg for call in calls if call.leg])
        return [
            call._replace(agent=names.get(call.leg) or call.agent) for call in calls
        ]

    def by_agent(self, extension: str) -> list[LiveCall]:
        """Return the calls that an agent talks on, by `1001` or `1001@default`."""
        names = {extension, _short(extension)}
        calls = self.named(self.calls())
        return [call for call in calls if not call.agents.isdisjoint(names)]

    def ask(self, uuid: str, wish: Wish) -> Answered:
        """Ask something of a call; wait until the switch has confirmed it, or cannot.

        Raises:
            NotFound: no such call runs.
        """
        call = self._calls.get(uuid)
        if call is None:
            raise NotFound(f"no call {uuid!r} runs now")
        ticket = next(self._tickets)
        result: AsyncResult[Answered] = AsyncResult()
        self._asked[ticket] = uuid, result
        try:
            call.wake(Wished(ticket, wish))
            late = Answered(uuid, "failed", False, "eslflow has not answered in time")
            return result.wait(GRACE_S) or late
        finally:
            self._asked.pop(ticket, None)

    def answer(self, ticket: int, answered: Answered) -> None:
        """Give somebody the answer that they wait for."""
        waiting = self._asked.pop(ticket, None)
        if waiting is not None:
            waiting[1].set(answered)
