"""Pictures of what the code decides by tables, for the documentation.

In: the tables themselves, so that a picture cannot lie. Out: Mermaid text. Must not
write files: scripts/docs does, and a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable

from eslflow.call.recording import TABLE, Recording
from eslflow.check.graph import graph, mermaid
from eslflow.flow.model import Flow

PAGE = """\
# What the flows that ship look like

Drawn by `eslflow graph NAME --format mermaid`; `scripts/docs` writes this page. What is
recorded, where that is permitted, is red. What is masked, silence in the recording, is
grey with a dashed frame, and striped in what `eslflow graph NAME` draws itself. Arrows
are dashed where nothing was chosen, or something failed. What each flow is for, and
what to change in it, stands in [flows/README.md](../flows/README.md);
`eslflow explain NAME` tells it in sentences.
"""


def recording() -> str:
    """Return the recording's table as a state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {Recording.OFF}"]
    for state, moves in TABLE.items():
        for event, after in moves.items():
            lines.append(f"    {state} --> {after}: {event}")
    return "\n".join(lines) + "\n"


def flows(shipped: Iterable[Flow]) -> str:
    """Return a page with the picture of each flow."""
    parts = [PAGE]
    for flow in shipped:
        picture = mermaid(graph(flow))
        words = flow.description
        parts.append(f"## {flow.name}\n\n{words}\n\n```mermaid\n{picture}```\n")
    return "\n".join(parts)
