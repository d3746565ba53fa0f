"""The versions of flows that `serve` keeps, and what is said of them.

In: flows, what the ledger says was served last. Out: rows. Must not write them, nor
ask the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from eslflow.call.records import FlowServed, FlowVersion
from eslflow.flow.model import Flow, Version
from eslflow.web.reloads import Wanted

SERVED, REMOVED, KEPT = "served", "removed", "kept"


def texts(flows: Iterable[Flow]) -> list[FlowVersion]:
    """Return the text of each flow and of all that is inside it, each once."""
    found = {v.sha256: v for flow in flows for v in flow.versions}
    return [row(version) for version in found.values()]


def row(version: Version) -> FlowVersion:
    """Return what is kept of a version."""
    inside = "\n".join(f"{name} {sha256}" for name, sha256 in version.inside)
    file = Path(version.file).name
    return FlowVersion(version.sha256, version.flow, file, version.text, inside)


def changes(
    before: Mapping[str, str], flows: Mapping[str, Flow], at: int, wanted: Wanted
) -> list[FlowServed]:
    """Return what is served otherwise than before: hashes by flow."""
    now = {name: flow.sha256 for name, flow in flows.items()}
    found = [
        FlowServed(at, name, sha256, SERVED, *wanted)
        for name, sha256 in now.items()
        if before.get(name) != sha256
    ]
    gone = [name for name in before if name not in now]
    return found + [FlowServed(at, n, before[n], REMOVED, *wanted) for n in gone]
