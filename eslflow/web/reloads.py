"""Reloading as the control API sees it.

In: who wants it. Out: the number of a report, and the report. What is done lies with
whoever built the server; this says only what is asked of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

ADDRESS = "/reload"
FINAL = ("served", "refused")
"""States of a report that do not change any more."""
LONGEST_NOTE = 500
"""Characters."""
PATIENCE_S = 8.0
"""How long a report is waited for: less than a request may take."""


class Wanted(NamedTuple):
    """Who wants flows to be served, how, and why."""

    how: str
    """As of `FlowServed`."""
    who: str
    note: str = ""


class Reloads(Protocol):
    """What reloads the flows."""

    problem: str
    """Why the last reload was refused; empty when it was not."""

    def ask(self, wanted: Wanted) -> int:
        """Want a reload; return the number of its report."""

    def wait(self, number: int, seconds: float) -> dict[str, Any] | None:
        """Return a report, once it is final or that time is over; None: no such one."""
