"""How long and how often, in words.

In: a number, and what says a sentence by its name. Out: parts of sentences.
"""

from __future__ import annotations

from eslflow.check.cases import Say

_UNITS = (
    (86400, "day", "days"),
    (3600, "hour", "hours of time"),
    (60, "minute", "minutes"),
)
SPELT = (3, 4, 5)
"""Counts that have a word of their own, as `twice` is one."""


def time(say: Say, seconds: float) -> str:
    """Return a duration in its largest whole unit."""
    for unit, one, many in _UNITS:
        if seconds >= unit and seconds % unit == 0:
            count = round(seconds / unit)
            return say(one if count == 1 else many, n=count)
    return say("second" if seconds == 1 else "seconds", n=f"{seconds:g}")


def tries(say: Say, count: int) -> str:
    """Return how often something is tried; empty for once."""
    if count == 1:
        return ""
    if count == 2:
        return say("tries", times=say("twice"))
    often = f"{count} times" if count in SPELT else "times"
    return say("tries", times=say(often, n=count))
