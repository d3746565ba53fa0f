"""What the simulated switch gets wrong, as data.

In: a command. Out: what is wrong with the answer to it. Must not answer by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Lie:
    """One thing that goes wrong with an API command, whoever sends it."""

    command: str
    """`uuid_record mask`: the command, then words that are among its arguments. What a
    hang-up ends is about the command `hangup`."""
    reply: str = ""
    """What is answered instead; with an `-ERR` nothing is done."""
    is_done: bool = True
    """Whether it does what it says it does."""
    loses: str = ""
    """The event that nobody hears: `RECORD_STOP`."""
    late_s: float = 0.0
    """After how many seconds it is answered. Meanwhile the socket says nothing at all,
    and takes no other command, as mod_event_socket does."""
    is_slow: bool = False
    """Answered late because it is done late, not only told late."""
    skip: int = 0
    """How many such commands go well before."""
    times: int | None = None
    """How many go wrong then; None: all of them."""

    def fits(self, words: Sequence[str]) -> bool:
        """Whether it is about this command."""
        name, *among = self.command.split()
        return words[:1] == [name] and set(among) <= set(words[1:])


HONEST = Lie("")


class Liar:
    """The lies of one call, and how often each was told."""

    def __init__(self, lies: Sequence[Lie]) -> None:
        self._lies = lies
        self._met = [0] * len(lies)

    def about(self, words: Sequence[str]) -> Lie:
        """Return what goes wrong with a command that is to be carried out now."""
        found = HONEST
        for place, lie in enumerate(self._lies):
            if lie.fits(words):
                count = self._met[place] = self._met[place] + 1
                last = None if lie.times is None else lie.skip + lie.times
                if lie.skip < count and (last is None or count <= last):
                    found = lie
        return found
