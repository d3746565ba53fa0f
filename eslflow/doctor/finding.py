"""What a look found: how bad it is, what it means, and the line that mends it.

In: words. Out: findings, for a person or a program. Must not look itself.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Level(str, Enum):
    """How bad something is."""

    OK = "ok"
    WARNING = "warning"
    """Calls are safe; but somebody should look after it."""
    ERROR = "error"
    """Calls, what is kept of them or their privacy suffer from it."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: Level
    topic: str
    """`event socket`, `dialplan`, ...: what it is about."""
    text: str
    """What was seen."""
    means: str = ""
    """What follows from it; empty where all is well."""
    mend: str = ""
    """What to write or to run; empty where all is well."""


def ok(topic: str, text: str) -> Finding:
    """Return that something is well."""
    return Finding(Level.OK, topic, text)


def warning(topic: str, text: str, means: str, mend: str) -> Finding:
    """Return what somebody should look after."""
    return Finding(Level.WARNING, topic, text, means, mend)


def error(topic: str, text: str, means: str, mend: str) -> Finding:
    """Return what must be mended."""
    return Finding(Level.ERROR, topic, text, means, mend)
