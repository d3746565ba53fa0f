"""Queues of mod_callcenter that are there for tests, and an agent for each.

In: a link to the switch. Out: one queue at a time for a call, whose agent does what a
scenario says. Queues that people serve are never used: a caller of a test would ring
their telephones, and an agent of a test take their callers. So a queue is used only if
its name says what it is for, and nobody but an agent of ours is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eslflow.check.scenario import Outcome
from eslflow.doctor.switch import Asks
from eslflow.errors import CommandRefused
from eslflow.onswitch.standin import SOMEBODY
from eslflow.wire.terms import ApiCommand

PREFIX = "eslflow-test"
"""How the names of queues for tests begin."""
NOTHING = f"{PREFIX}-nothing"
"""A queue that no switch has."""
GONE = "Abandoned"
"""How mod_callcenter calls a member who has hung up."""
LONGEST_S = 60
"""How long a queue for tests may let a caller wait."""
RINGS_S = 2
"""How long a telephone rings that nobody takes."""


@dataclass
class TestQueue:
    """A queue for tests and its agent."""

    link: Asks
    name: str
    wait_s: int = 0
    """After how long it gives a caller back; 0: never."""
    alone_s: int = 0
    """The same, while no agent is there."""

    __test__ = False

    @property
    def agent(self) -> str:
        """The agent's name."""
        return f"{self.name}-agent"

    def lacks(self, outcome: Outcome) -> str:
        """Return what it lacks to answer like this; empty: nothing."""
        if outcome in (Outcome.TIMEOUT, Outcome.BUSY) and not self.wait_s:
            return "max-wait-time"
        if outcome is Outcome.NO_AGENTS and not self.alone_s:
            return "max-wait-time-with-no-agent"
        return ""

    def opens(self) -> None:
        """Let the agent be there, logged out."""
        self.closes()
        for words in (
            f"agent add {self.agent} callback",
            *(
                f"agent set {name} {self.agent} {seconds}"
                for name, seconds in (
                    ("max_no_answer", 0),
                    ("wrap_up_time", 0),
                    ("reject_delay_time", 1),
                    ("busy_delay_time", 1),
                    ("no_answer_delay_time", 1),
                )
            ),
            f"agent set status {self.agent} 'Logged Out'",
            f"tier add {self.name} {self.agent} 1 1",
        ):
            self._config(words)

    def closes(self) -> None:
        """Take the agent away."""
        for words in (
            f"tier del {self.name} {self.agent}",
            f"agent del {self.agent}",
        ):
            try:
                self._config(words)
            except CommandRefused:
                # There was none.
                continue

    def answers(self, outcome: Outcome) -> None:
        """Let the agent do what comes of a call."""
        contact = {
            Outcome.ANSWERED: SOMEBODY,
            # A caller is not given back while a telephone rings: it must not for long.
            Outcome.TIMEOUT: f"[leg_timeout={RINGS_S}]loopback/app=sleep:600000",
            Outcome.BUSY: "error/USER_BUSY",
        }.get(outcome)
        if contact is not None:
            self._config(f"agent set contact {self.agent} {contact}")
            self._config(f"agent set state {self.agent} Waiting")
            self._config(f"agent set status {self.agent} Available")

    def rests(self) -> None:
        """Let the agent take no more calls."""
        self._config(f"agent set status {self.agent} 'Logged Out'")

    def _config(self, words: str) -> str:
        return self.link.api(ApiCommand.CALLCENTER_CONFIG, words)


def found(link: Asks) -> Iterator[TestQueue]:
    """Yield the queues of the switch that are for tests, and that nobody uses."""
    for row in rows(link, "queue list"):
        name = row.get("name", "")
        if not name.startswith(f"{PREFIX}-") or name == NOTHING:
            continue
        queue = TestQueue(
            link,
            name,
            _seconds(row.get("max_wait_time", "")),
            _seconds(row.get("max_wait_time_with_no_agent", "")),
        )
        tiers = rows(link, f"queue list tiers {name}")
        members = rows(link, f"queue list members {name}")
        # Whoever has left is listed for another minute (discard-abandoned-after).
        is_empty = all(member.get("state") == GONE for member in members)
        if is_empty and all(tier.get("agent") == queue.agent for tier in tiers):
            yield queue


def rows(link: Asks, words: str) -> Sequence[dict[str, str]]:
    """Return a table of mod_callcenter, row by row."""
    try:
        lines = link.api(ApiCommand.CALLCENTER_CONFIG, words).splitlines()
    except CommandRefused:
        # There is no mod_callcenter, or no such queue.
        return []
    table = [line.split("|") for line in lines if "|" in line]
    return [dict(zip(table[0], row, strict=False)) for row in table[1:]]


def _seconds(text: str) -> int:
    """Return for how long a caller waits; too long is never."""
    seconds = int(text) if text.isdigit() else 0
    return seconds if seconds <= LONGEST_S else 0
