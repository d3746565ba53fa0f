"""What has happened on a simulated call, for people and tests, and what is still owed.

In: what the channel notes. Out: plain lists. Must not do anything by itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

from eslflow.sim.clock import Timer
from eslflow.sim.commands import Sent
from eslflow.sim.recordings import Recording
from eslflow.sim.state import Heard


class Past(ABC):
    """A call's memory."""

    def __init__(self) -> None:
        self.commands: list[Sent] = []
        """Everything the controller sent."""
        self.heard: list[Heard] = []
        self.recorders: list[Recording] = []
        """Every recorder that has run on one of its legs."""
        self.breaches: list[str] = []
        """Arguments that FreeSWITCH would have expanded: there must be none."""
        self.visits: dict[str, int] = {}
        """How often the caller has come to each queue."""
        self.refused = 0
        """How many commands the script has refused."""
        self.tasks: list[tuple[str, Timer]] = []
        """What `sched_api` is to do, with its group."""
        self.unheard: deque[Sent] = deque()
        """Commands behind one that has not been answered."""

    @property
    @abstractmethod
    def now_s(self) -> float:
        """Simulated seconds since the call came in."""

    @property
    def recordings(self) -> list[Recording]:
        """The recorders that the controller has started."""
        return [found for found in self.recorders if not found.is_foreign]

    def tell(self, what: str, text: str = "") -> None:
        """Note what happened."""
        self.heard.append(Heard(round(self.now_s, 3), what, text))
