"""The versions of flows that `serve` keeps, and what is said of them.

In: flows, what the ledger says was served last. Out: rows. Must not write them, nor
ask the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eslflow.call.records import FlowServed, FlowVersion
from eslflow.flow.load import load
from eslflow.flow.model import Flow, Version
from eslflow.ledger.versions import Versions, inside
from eslflow.steps import KINDS
from eslflow.web.reloads import Wanted

Lines = Mapping[str, Mapping[str, Any]]
"""Rows of versions, by their hash."""
SERVED, REMOVED, KEPT = "served", "removed", "kept"


def texts(flows: Iterable[Flow]) -> list[FlowVersion]:
    """Return the text of each flow and of all that is inside it, each once."""
    found = {v.sha256: v for flow in flows for v in flow.versions}
    return [row(version) for version in found.values()]


def row(version: Version) -> FlowVersion:
    """Return what is kept of a version."""
    lines = "\n".join(f"{name} {sha256}" for name, sha256 in version.inside)
    file = Path(version.file).name
    return FlowVersion(version.sha256, version.flow, file, version.text, lines)


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


@dataclass(frozen=True)
class _Kept:
    """The flows that a kept version names (`flow.subflow.Library`)."""

    lines: Lines
    hashes: Mapping[str, str]
    trail: tuple[str, ...]

    def is_part(self) -> bool:
        """Say that it may have been: whether it was right was looked at then."""
        return True

    def names(self) -> tuple[str, ...]:
        """Return what there is."""
        return tuple(self.hashes)

    def flow(self, name: str) -> Flow:
        """Return one of them."""
        return _loaded(self.lines, self.hashes[name], (*self.trail, name))


def flow_of(versions: Versions, sha256: str) -> Flow:
    """Return a version as the flow that it was.

    Raises:
        NotFound: its text was not kept.
        FlowErrors: this eslflow does not take it any more.
    """
    found = {line["sha256"]: line for line in versions.whole(sha256)}
    return _loaded(found, sha256, (found[sha256]["flow"],))


def _loaded(lines: Lines, sha256: str, trail: tuple[str, ...]) -> Flow:
    line = lines[sha256]
    library = _Kept(lines, dict(inside(dict(line))), trail)
    return load(line["text"].encode(), line["file"], KINDS, library)
