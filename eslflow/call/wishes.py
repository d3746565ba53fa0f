"""What people and programs ask of a running call's recording, and what they are told.

In: nothing. Out: plain values. Must not decide what may be: the recording's rules do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from eslflow.wire.terms import StrEnum


class Want(StrEnum):
    """What somebody asks for."""

    ON = "on"
    """Takes one's own mask back; what the flow masks or forbids stays so."""
    MASKED = "masked"
    """Silence in the file, from the switch's answer on."""
    OFF = "off"
    """No recording for the rest of the call."""


ASKS: Mapping[str, str] = {
    Want.ON: "takes a mask back",
    Want.MASKED: "asks for a mask",
    Want.OFF: "stops the recording for the rest of the call",
}
"""What somebody does who wants it, in words for a person."""


class Wish(NamedTuple):
    """One thing that somebody asks for."""

    want: Want
    by: str
    """Who asks: `token payment-page`, `key 1001`; for the record."""
    for_s: float | None = None
    """A mask that nobody renews within this time ends as the flow says."""
    hand: str = ""
    """Whose mask it is; each takes back its own. Empty: `by`. The agents of a call
    share one, for a call may be passed on."""
    is_master: bool = False
    """It takes back the masks of all hands."""

    @property
    def owner(self) -> str:
        """Whose mask it is."""
        return self.hand or self.by


OVER = "the call is over"
"""Why nothing can be had of it any more."""


class Answered(NamedTuple):
    """What became of a wish."""

    call: str
    """Uuid of the A-leg."""
    recording: str
    """State of the recording's table, as the switch has confirmed it."""
    is_done: bool
    """What was asked for holds now."""
    why: str = ""
    """Why it does not, in words for a person."""
    until: int = 0
    """When a mask is to be renewed, in microseconds since 1970; 0: never."""
    is_refused: bool = False
    """A rule says no, and not the switch: asked again, it says so again."""
