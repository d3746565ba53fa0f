"""What a simulated channel is at a moment, and what happened to it.

In: nothing. Out: plain data. Must not do anything by itself.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Heard:
    """One thing that happened, for people and tests."""

    at_s: float
    what: str
    text: str = ""


@dataclass
class State:
    """What the channel is."""

    name: str = "CS_EXECUTE"
    """`Channel-State`."""
    digits: str = ""
    """Keys that nobody has read yet."""
    is_answered: bool = False
    is_up: bool = True
    cause: str = ""
    """Hangup cause."""
    is_bridged: bool = False
    has_audio: bool = False
    """Something is played to the caller."""
    in_socket: bool = True
    """The `socket` application has not returned."""
    is_left: bool = False
    """The dialplan has taken the call on."""
    is_moved: bool = False
    """It is in another extension; applications asked for run within that one's."""
    is_held: bool = False
    """The caller's own telephone has put the call on hold."""
    is_disk_full: bool = False
    drops: bool = False
    """The socket is to break now."""
    is_stirred: bool = False
    """The script has done something that the controller may have a say in."""

    def headers(self) -> dict[str, bytes]:
        """Return what an event says of it."""
        call = b"ACTIVE" if self.is_answered else b"RINGING"
        if self.is_held:
            call = b"HELD"
        found = {"Channel-State": self.name.encode(), "Channel-Call-State": call}
        if self.is_up:
            found["Answer-State"] = b"answered" if self.is_answered else b"ringing"
        else:
            found["Answer-State"] = b"hangup"
            found["Hangup-Cause"] = self.cause.encode()
        return found
