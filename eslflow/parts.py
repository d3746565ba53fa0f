"""Parts of a site's settings that have values of their own.

In: nothing. Out: what `settings` reads them into, and hands on. Must not read a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


@dataclass(frozen=True)
class Switch:
    """Where the switch's own event socket listens."""

    host: str
    port: int
    password: str = field(repr=False)


@dataclass(frozen=True)
class Control:
    """Where the control API listens, and who may use it."""

    host: str
    port: int
    tokens: Path


class Reload(str, Enum):
    """When flows are loaded again: when somebody asks, or also when a file changes."""

    ON_REQUEST, ON_CHANGE = "on_request", "on_change"


class Convert(str, Enum):
    """What intact recordings are converted to."""

    FLAC = "flac"
    OPUS = "opus"


@dataclass(frozen=True)
class AtRest:
    """What becomes of recordings beside what callers agreed to; nothing, unless set."""

    convert: Convert | None = None
    encrypt_to: tuple[str, ...] = ()
    """Recipients of age: whoever has the identity of one can decrypt."""
    hook: tuple[str, ...] = ()
    """A program and its arguments, run for each recording."""
    beep_s: float = 0.0
    """How often both parties hear a tone while they are recorded; 0: never."""
