"""What comes of examining flows, on its way from one process to the other.

In: what can be served, or why not. Out: bytes, and the same again. Must not import what
examines flows: whoever serves calls would hold all of it for ever.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from eslflow.call.live import Sound
from eslflow.flow.model import Flow
from eslflow.settings import Settings
from eslflow.site import emergency_of

FINE, FAILED = 0, 1


def rests_on(flow: Flow, settings: Settings) -> str:
    """Return what a check of a flow rests on: its texts, and this much of the settings.

    While it stays the same, a flow that was found good is good.
    """
    numbers = " ".join(sorted(emergency_of(settings)))
    return sha256(f"{flow.sha256} {numbers}".encode()).hexdigest()


@dataclass(frozen=True)
class Fit:
    """What can be served."""

    settings: Settings
    flows: Mapping[str, Flow]
    sounds: Mapping[str, Sound]


@dataclass(frozen=True)
class Candidate:
    """What came of the check."""

    code: int
    """As the exit code of a command: 0 fine, 1 failed, 78 bad configuration."""
    told: str
    """What was said of it, in lines for a person."""
    fit: Fit | None = None


def send(output: BinaryIO, candidate: Candidate) -> None:
    """Write a candidate: a line that any eslflow can read, then what can be served."""
    head = {"code": candidate.code, "told": candidate.told}
    output.write(json.dumps(head).encode() + b"\n")
    if candidate.fit is not None:
        pickle.dump(candidate.fit, output)


def received(data: bytes) -> Candidate:
    """Return the candidate that a process of our own has sent.

    Raises:
        ValueError: it has not sent one.
    """
    head, _, rest = data.partition(b"\n")
    found = json.loads(head)
    fit = pickle.loads(rest) if rest else None  # noqa: S301  our own child's
    return Candidate(found["code"], found["told"], fit)
