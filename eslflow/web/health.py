"""How a running eslflow is: for a person, a load balancer, Prometheus.

In: its ledger, its link to the switch, its calls. Out: a report. Must look only, and
never wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from eslflow.web.guard import Guard
from eslflow.web.reloads import Reloads

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from eslflow.call.live import Site
    from eslflow.switch.desk import Desk
    from eslflow.web.receipts import Receipts


class Controller(Protocol):
    """What drives the calls."""

    @property
    def desk(self) -> Desk:
        """Where live calls are asked about."""

    @property
    def is_taking(self) -> bool:
        """Whether new calls are taken."""

    @property
    def site(self) -> Site:
        """What all calls share."""


class LedgerHealth(Protocol):
    """How a ledger is."""

    @property
    def problem(self) -> str:
        """Why the last commit failed."""

    @property
    def waiting(self) -> int:
        """How many groups of rows wait for their commit."""

    @property
    def has_spilled(self) -> bool:
        """Whether rows wait in the spill file."""


class Ledger(Protocol):
    """A ledger that knows how it is."""

    def health(self) -> LedgerHealth:
        """Return how it is."""


class Agreement(Protocol):
    """Who watches how many agree."""

    problem: str
    """What is sudden; empty: nothing is."""


class Link(Protocol):
    """A link to the switch."""

    problem: str
    """Why it is down; empty while it is up."""


@dataclass(frozen=True)
class Vitals:
    """Where to look."""

    controller: Controller
    ledger: Ledger
    link: Link | None
    """None: the settings name no switch."""
    guard: Guard
    receipts: Receipts
    agreement: Agreement | None = None
    """None: nobody watches."""
    reloads: Reloads | None = None
    """None: the flows stay as they are."""


def report(vitals: Vitals) -> dict[str, Any]:
    """Return how it is, part by part."""
    parts = {
        "ledger": _ledger(vitals),
        "switch": _part(vitals.link.problem) if vitals.link else None,
        "tokens": _part(vitals.guard.tokens.problem) if vitals.guard.tokens else None,
        "disk": _part(vitals.controller.site.room()),
        "consents": _part(vitals.agreement.problem) if vitals.agreement else None,
        "flows": _part(vitals.reloads.problem) if vitals.reloads else None,
    }
    return {
        "ok": all(part is None or part["ok"] for part in parts.values()),
        "calls": len(vitals.controller.desk.calls()),
        "takes_calls": vitals.controller.is_taking,
        **parts,
    }


def _ledger(vitals: Vitals) -> dict[str, Any]:
    health = vitals.ledger.health()
    problem = health.problem or (
        "rows wait in the spill file" if health.has_spilled else ""
    )
    return {**_part(problem), "waiting": health.waiting}


def _part(problem: str) -> dict[str, Any]:
    return {"ok": not problem, "problem": problem}


def metrics(vitals: Vitals) -> bytes:
    """Return the same as Prometheus reads it."""
    # Takes 100 ms to import, and not every site has a Prometheus.
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.registry import Collector

    class Now(Collector):
        def collect(self) -> Iterator[Metric]:
            return _measured(vitals)

    registry = CollectorRegistry()
    registry.register(Now())
    return generate_latest(registry)


def _measured(vitals: Vitals) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    found = report(vitals)
    calls = GaugeMetricFamily(
        "eslflow_calls", "Live calls, by the state of their recording.",
        labels=["recording"],
    )  # fmt: skip
    states = Counter(call.recording for call in vitals.controller.desk.calls())
    for state in sorted(states):
        calls.add_metric([state], states[state])
    yield calls
    up = GaugeMetricFamily("eslflow_ok", "1 while this part is well.", labels=["part"])
    for part in ("ledger", "switch", "tokens", "disk", "consents", "flows"):
        if found[part] is not None:
            up.add_metric([part], float(found[part]["ok"]))
    yield up
    yield GaugeMetricFamily(
        "eslflow_takes_calls", "1 while new calls are taken.", found["takes_calls"]
    )
    yield GaugeMetricFamily(
        "eslflow_ledger_waiting", "Groups of rows that wait for their commit.",
        found["ledger"]["waiting"],
    )  # fmt: skip
    yield CounterMetricFamily(
        "eslflow_wrong_tokens", "Wrong tokens shown since the start.",
        vitals.guard.failures,
    )  # fmt: skip
