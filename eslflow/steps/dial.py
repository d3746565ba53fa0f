"""`dial`: call somebody, and talk.

In: a user, a gateway with a number, or a host. Out: the ending `answered` when the talk
is over, or why there was none. Nobody is asked anything: that is what `ring` is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call import keys
from eslflow.flow.destination import Destination
from eslflow.steps.calling import Calling, destination
from eslflow.steps.step import Road
from eslflow.steps.talk import TALKS
from eslflow.wire.terms import EventName

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class Dial(Calling):
    """Calls somebody, and talks."""

    kind: ClassVar[str] = "dial"
    ends: ClassVar[frozenset[str]] = frozenset(Calling.endings)
    hears: ClassVar[frozenset[EventName]] = TALKS

    to: Destination = destination("Whom to call.", "dial")

    def run(self, live: Live) -> Road:
        """Call, and talk."""
        yield from keys.bind(live, keys.Other.NOBODY)
        return (yield from self.at_once(live))
