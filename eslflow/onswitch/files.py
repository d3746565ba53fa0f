"""What recordings of a call hold, step by step: the files are listened to.

In: what the ledger kept of the call, its files, when its steps ran. Out: how many files
hold sound, of which steps, and which steps are silent in them because of a mask. Both
parties speak all the time, so what is not masked is never silent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.check.scenario import Span
from eslflow.recordings.sound import Sound, find_sound
from eslflow.recordings.spans import Kind, Timeline, spans

EDGE_US = 150_000
"""A step begins a little before the switch has done what it asks for."""
LEAST_US = 200_000
"""What is shorter, between its edges, says nothing."""

Kept = dict[str, Any]


class Held(NamedTuple):
    """What the files of a call hold."""

    files: int
    """How many of them hold sound."""
    heard: tuple[str, ...]
    masked: tuple[str, ...]
    leaks: tuple[str, ...]
    """Files that are not silent where they are masked, in words."""


def held(kept: Kept, start: int, steps: Sequence[Span]) -> Held:
    """Return what the files hold of the steps of a call that began then."""
    heard: dict[str, None] = {}
    masked: dict[str, None] = {}
    leaks: list[str] = []
    files = 0
    for row in kept["recordings"]:
        try:
            fd = os.open(row["path"], os.O_RDONLY)
        except OSError:
            # The switch deletes a file that nothing was written to.
            continue
        try:
            sound = find_sound(fd)
            files += sound.first_sound(0, sound.frames) is not None
            for step, kind, is_silent in _parts(kept, row, sound, start, steps):
                if kind is Kind.MASKED and is_silent:
                    masked[step] = None
                elif kind is Kind.MASKED:
                    leaks.append(f"{Path(row['path']).name} holds sound in {step}")
                elif not is_silent:
                    heard[step] = None
        finally:
            os.close(fd)
    in_order = dict.fromkeys(span.step for span in steps)
    return Held(
        files,
        tuple(step for step in in_order if step in heard),
        tuple(step for step in in_order if step in masked),
        tuple(leaks),
    )


def _parts(
    kept: Kept, row: Kept, sound: Sound, start: int, steps: Sequence[Span]
) -> Iterator[tuple[str, Kind, bool]]:
    """Yield each part of a file that lies in one step, and whether it is silent."""
    timeline = Timeline(row)
    for kind, begins, ends, *_ in spans(row, kept["recording_actions"]):
        for step, from_s, to_s in steps:
            first = timeline.place(start + round(from_s * 1e6))
            last = sound.us if to_s == float("inf") else _place(timeline, start, to_s)
            first, last = max(first, begins) + EDGE_US, min(last, ends) - EDGE_US
            if last - first >= LEAST_US:
                frames = sound.frame(first), sound.frame(last)
                yield step, kind, sound.first_sound(*frames) is None


def _place(timeline: Timeline, start: int, seconds: float) -> int:
    return timeline.place(start + round(seconds * 1e6))
