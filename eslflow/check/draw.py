"""Pictures of what the code decides by tables, for the documentation.

In: the tables themselves, so that a picture cannot lie. Out: Mermaid text. Must not
write files: scripts/docs does, and a test compares.
"""

from __future__ import annotations

from eslflow.call.recording import TABLE, Recording


def recording() -> str:
    """Return the recording's table as a state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {Recording.OFF}"]
    for state, moves in TABLE.items():
        for event, after in moves.items():
            lines.append(f"    {state} --> {after}: {event}")
    return "\n".join(lines) + "\n"
