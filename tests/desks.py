"""A desk with calls on it, for tests of what stands before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eslflow.call.live import Site
from eslflow.call.wishes import Answered, Want, Wish
from eslflow.errors import NotFound
from eslflow.switch.desk import LiveCall

NOW = 1_795_564_800_000_000
"""2026-11-25T00:00:00Z."""
STATES = {Want.ON: "on", Want.MASKED: "masked", Want.OFF: "off"}
ANNA = "0a6f5a54-0000-4000-8000-000000000001"
BEN = "0a6f5a54-0000-4000-8000-000000000002"
WAITING = "77777777-0000-4000-8000-000000000003"


class TableController:
    """What drives the calls of a desk."""

    is_taking = True

    def __init__(self, desk: TableDesk) -> None:
        self.desk = desk
        self.problem = ""
        """Why there is no room for recordings."""
        self.site = Site("/r", room=lambda: self.problem)


class TableDesk:
    """A desk whose switch does what it is told, unless a test says otherwise."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Wish]] = []
        self.answer: Callable[[str, Wish], Answered] | None = None
        self._calls = {
            uuid: LiveCall(
                uuid, "+4930111111", "100", "support", "talk", agent, "on", NOW
            )
            for uuid, agent in ((ANNA, "1001"), (BEN, "1002"), (WAITING, ""))
        }

    def calls(self) -> list[LiveCall]:
        """Return the calls that go on."""
        return list(self._calls.values())

    def named(self, calls: Sequence[LiveCall]) -> list[LiveCall]:
        """Return calls whose agents have the names that they have."""
        return list(calls)

    def by_agent(self, extension: str) -> list[LiveCall]:
        """Return the calls this agent talks on."""
        return [call for call in self.calls() if call.agent == extension]

    def put(self, call: LiveCall) -> None:
        """Let a call be there, as it is now."""
        self._calls[call.uuid] = call

    def end(self, uuid: str) -> None:
        """Let a call be over."""
        del self._calls[uuid]

    def ask(self, uuid: str, wish: Wish) -> Answered:
        """Do what is asked."""
        self.asked.append((uuid, wish))
        if uuid not in self._calls:
            raise NotFound(uuid)
        if self.answer is not None:
            return self.answer(uuid, wish)
        until = NOW + int(wish.for_s * 1_000_000) if wish.for_s else 0
        state = STATES[wish.want]
        self.put(self._calls[uuid]._replace(recording=state, until=until))
        return Answered(uuid, state, True, "", until)
