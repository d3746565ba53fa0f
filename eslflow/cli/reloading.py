"""Reloading: other flows for the calls to come, all at once or not at all.

In: requests, from whomever. Out: flows that were examined, served from one moment on,
their texts kept before; or a report that says why not, and everything as it was. Calls
in progress keep what they began with. One reload at a time; requests that come while
one goes on are answered together by the next, for files may have changed since.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol

import gevent
from gevent.event import AsyncResult
from gevent.event import Event as Signal
from gevent.threadpool import ThreadPool

from eslflow.cli.emergency import changed, in_a_line, left_out
from eslflow.cli.fit import FAILED, FINE, Candidate, Fit, rests_on
from eslflow.cli.reload import change_told
from eslflow.cli.versions import changes, texts
from eslflow.clock import Clock
from eslflow.errors import on_one_line
from eslflow.flow.model import Flow
from eslflow.settings import Settings
from eslflow.site import loaded_of
from eslflow.switch.controller import Controller
from eslflow.switch.link import Link
from eslflow.web.reloads import FINAL, Wanted

log = logging.getLogger("eslflow.reload")

STOPPING = "eslflow is stopping, no new call will come"
LEDGER_S = 30.0
"""How long the ledger may take to keep the texts."""
MOST_REPORTS = 50
"""Reports that can be asked for; older ones are in the log."""
MOST_TOLD = 2000
"""Characters of a refusal that health repeats; the log has all."""
LIVE = (
    "flows",
    "sounds",
    "sounds_rate",
    "default_flow",
    "numbers",
    "emergency",
    "country",
    "never_record",
    "extensions",
    "named",
)
"""Settings that a reload takes over. What the rest asks for takes a restart."""
FIXED = ("room", "is_controlled", "beep_s", "visited")
"""Of what calls share: what `serve` has added when it started."""
WORDS = {"host": "listen", "port": "listen", "drain_s": "drain"}
"""How settings are spelled in the file, where that is not their name."""


class Examines(Protocol):
    """Who looks at flows before they are served."""

    def run(self, site: Path, known: Mapping[str, str]) -> Candidate:
        """Return what came of it, flows known to be good aside; in a thread."""

    def stop(self) -> None:
        """End what runs."""


@dataclass
class Report:
    """What became of a request, or is becoming of it."""

    number: int
    wanted: Wanted
    state: str = "waiting"
    """`waiting`, `checking`, then `served` or `refused`."""
    code: int = FINE
    told: str = ""
    """What was said of the flows, in lines for a person."""
    flows: list[dict[str, str]] = field(default_factory=list)
    """Each that is served otherwise than before: its name, what it is, what it was."""
    restart: list[str] = field(default_factory=list)
    """Settings that have changed, and take a restart."""
    emergency: dict[str, list[str]] = field(default_factory=dict)
    """Emergency numbers that hold `now` and held `before`, if these are others."""
    warnings: list[str] = field(default_factory=list)
    """What is served, and is hardly meant so."""
    over: Signal = field(default_factory=Signal, repr=False)

    def data(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "reload": self.number,
            "state": self.state,
            "code": self.code,
            "told": self.told,
            "flows": self.flows,
            "restart": self.restart,
            "emergency": self.emergency,
            "warnings": self.warnings,
        }


class Reloader:
    """Reloads the flows of a running controller."""

    def __init__(
        self,
        settings: Settings,
        controller: Controller,
        link: Link,
        clock: Clock,
        examiner: Examines,
    ) -> None:
        self.problem = ""
        """Why the last reload was refused; empty when it was not."""
        self.looked: Callable[[], object] = lambda: None
        """Called in a thread before files are looked at."""
        self._settings = settings
        self._controller = controller
        self._link = link
        self._clock = clock
        self._examiner = examiner
        self._pool = ThreadPool(1)
        self._reports: OrderedDict[int, Report] = OrderedDict()
        self._count = 0
        self._next: Report | None = None
        self._keeper: Any = None
        # What `serve` has begun with was loaded, and no more.
        self._good: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> int:
        """Want a reload; return the number of its report."""
        report = self._next
        if report is None:
            self._count += 1
            report = self._next = Report(self._count, wanted)
            self._reports[report.number] = report
            if len(self._reports) > MOST_REPORTS:
                self._reports.popitem(last=False)
        else:
            report.wanted = _joined(report.wanted, wanted)
        if not self._keeper:
            self._keeper = self._begun()
        return report.number

    def wait(self, number: int, seconds: float) -> dict[str, Any] | None:
        """Return a report, once it is final or that time is over; None: no such one."""
        report = self._reports.get(number)
        if report is None:
            return None
        report.over.wait(seconds)
        return report.data()

    def close(self) -> None:
        """Give up what goes on; the flows stay as they are."""
        report, self._next = self._next, None
        if report is not None:
            self._refuse(report, FAILED, STOPPING)
            report.over.set()
        self._examiner.stop()
        if self._keeper:
            self._keeper.join()
        self._pool.kill()

    def _begun(self) -> Any:
        """Begin with what waits, if anything does."""
        return None if self._next is None else gevent.spawn(self._go)

    def _go(self) -> None:
        report, self._next = self._next, None
        if report is None:
            return
        report.state = "checking"
        try:
            self._reload(report)
        finally:
            if report.state not in FINAL:
                self._refuse(report, FAILED, "eslflow failed, see its log")
            report.over.set()
            # Also after a fault of ours: whoever came meanwhile waits for an answer.
            self._keeper = self._begun()

    def _reload(self, report: Report) -> None:
        if not self._controller.is_taking:
            self._refuse(report, FAILED, STOPPING)
            return
        log.info("%s wants the flows to be reloaded%s", *_on_a_line(report.wanted))
        before = self._controller.shelf.flows
        served = {name: flow.sha256 for name, flow in before.items()}
        known = {name: rests_on(flow, self._settings) for name, flow in before.items()}
        known = {name: rests for name, rests in known.items() if rests in self._good}
        candidate = self._pool.apply(self._examined, (known,))
        fit = candidate.fit
        if fit is None:
            self._refuse(report, candidate.code, candidate.told)
            return
        flows = dict(_kept_where_same(before, fit.flows))
        problem = self._keep_texts(flows, served)
        if problem:
            told = f"the ledger cannot keep the flows' texts: {problem}"
            self._refuse(report, FAILED, told)
            return
        report.told = candidate.told
        self._good = frozenset(rests_on(f, fit.settings) for f in flows.values())
        self._swap(report, replace(fit, flows=flows), served)

    def _examined(self, known: Mapping[str, str]) -> Candidate:
        # What changes from here on may be missed, so it is a change.
        self.looked()
        return self._examiner.run(self._settings.folder, known)

    def _keep_texts(self, flows: Mapping[str, Flow], served: Mapping[str, str]) -> str:
        """Keep what calls will name; return why that was not possible."""
        new = [flow for name, flow in flows.items() if served.get(name) != flow.sha256]
        if not new:
            return ""
        answer: Any = AsyncResult()
        self._controller.ledger.keep(texts(new), answer.set)
        late = f"it has not answered in {LEDGER_S:g} s"
        return str(gevent.with_timeout(LEDGER_S, answer.get, timeout_value=late))

    def _swap(self, report: Report, fit: Fit, served: Mapping[str, str]) -> None:
        """Serve it; from here to the end no call has its turn."""
        taken = {name: getattr(fit.settings, name) for name in LIVE}
        settings = replace(self._settings, **taken)
        loaded = loaded_of(settings, fit.flows, fit.sounds)
        needs, old = loaded.shelf.needs(), self._controller.site
        fixed = {name: getattr(old, name) for name in FIXED}
        # What could go wrong has been done: after this, it is served.
        self._controller.swap(loaded.shelf, replace(loaded.site, **fixed))
        report.state, self.problem = "served", ""
        report.restart = _fixed(self._settings, fit.settings)
        report.emergency = changed(self._settings, settings)
        missing = left_out(settings)
        report.warnings = [] if missing is None else [in_a_line(missing)]
        self._settings, self._link.needs = settings, needs
        now = self._clock.now()
        rows = changes(served, fit.flows, now, report.wanted)
        if rows:
            self._controller.ledger.keep(rows)
        report.flows = [
            {
                "flow": row.flow,
                "sha256": fit.flows[row.flow].sha256 if row.flow in fit.flows else "",
                "before": served.get(row.flow, ""),
            }
            for row in rows
        ]
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for found in report.flows:
            now, then = (found[key][:12] or "none" for key in ("sha256", "before"))
            log.info("flow %s: now %s, was %s", found["flow"], now, then)
        if not report.flows:
            log.info("no flow has changed")
        if report.emergency:
            log.info("%s", change_told(report.emergency))
        for told in report.warnings:
            log.warning("%s", told)
        for name in report.restart:
            log.warning("%s: has changed in the settings: restart to use it", name)

    def _refuse(self, report: Report, code: int, told: str) -> None:
        """Leave all as it is, and say so."""
        report.state, report.code, report.told = "refused", code, told
        if self._controller.is_taking:
            self.problem = f"the flows stay as they were: {told.strip()[:MOST_TOLD]}"
        lines = [f"    {on_one_line(line)}" for line in told.strip().splitlines()]
        log.error("the flows stay as they were:\n%s", "\n".join(lines))


def _joined(first: Wanted, second: Wanted) -> Wanted:
    """Return who wants one reload instead of two."""
    names = dict.fromkeys([*first.who.split(", "), second.who])
    notes = dict.fromkeys(filter(None, [first.note, second.note]))
    hows = dict.fromkeys([*first.how.split(", "), second.how])
    return Wanted(", ".join(hows), ", ".join(names), "; ".join(notes))


def _on_a_line(wanted: Wanted) -> tuple[str, str]:
    """Return who, and why, so that they stay on their line of the log."""
    note = f": {wanted.note}" if wanted.note else ""
    return on_one_line(wanted.who), on_one_line(note)


def _kept_where_same(
    before: Mapping[str, Flow], now: Mapping[str, Flow]
) -> Iterator[tuple[str, Flow]]:
    """Yield flows; one that has not changed is not held twice."""
    for name, flow in now.items():
        old = before.get(name)
        is_same = old is not None and (old.sha256, old.file) == (flow.sha256, flow.file)
        yield name, old if old is not None and is_same else flow


def _fixed(old: Settings, new: Settings) -> list[str]:
    """Return the settings that are others now, and cannot be taken over."""
    found = [
        WORDS.get(each.name, each.name)
        for each in fields(Settings)
        if each.name not in LIVE and getattr(old, each.name) != getattr(new, each.name)
    ]
    return list(dict.fromkeys(found))
