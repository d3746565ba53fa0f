"""`private`: nothing of the call is recorded from here on, whatever comes.

In: what made it so, a prefix of the number dialled or a key; the prefix, which is taken
away. Out: the ending `done`. A note without content is kept. Nothing takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call import screen
from eslflow.call.commands import Keep
from eslflow.call.records import Reason
from eslflow.flow import codes
from eslflow.flow.model import Purpose, Record
from eslflow.flow.options import OneOf, Text, option
from eslflow.flow.problems import Wrong
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import StrEnum

if TYPE_CHECKING:
    from eslflow.call.live import Live


class By(StrEnum):
    """What makes a call private."""

    PREFIX = "prefix"
    KEY = "key"


@dataclass(frozen=True, kw_only=True)
class Private(Step):
    """Makes the call private: nothing of it is recorded."""

    kind: ClassVar[str] = "private"
    endings: ClassVar[tuple[str, ...]] = ("done",)
    waits: ClassVar[bool] = False
    forbids: ClassVar[bool] = True

    made_by: By = option(
        OneOf(By), help="What made it so: prefix or key.", key="private"
    )
    prefix: str = option(
        Text(r"[0-9*#]{1,8}", 'up to 8 digits, * and #, as "*67"'),
        "",
        "What is taken away from the beginning of the number dialled.",
    )

    @property
    def takes_away(self) -> str:
        """The prefix."""
        return self.prefix

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield what contradicts itself."""
        if self.record is not Record.OFF:
            problem = "nothing of a private call is recorded"
            yield codes.NOT_TOGETHER, "record", problem, "Remove it."
        if self.made_by is By.PREFIX and not self.prefix:
            yield codes.MISSING, "private", "a prefix, but which?", 'Add prefix: "*67".'
        if self.made_by is By.KEY and self.prefix:
            problem = "a key made it so, and no prefix"
            hint = "Remove it, or write private: prefix."
            yield codes.NOT_TOGETHER, "prefix", problem, hint

    def run(self, live: Live) -> Road:
        """Forbid it for good, and keep that."""
        live.is_private = live.recorder.is_forbidden = True
        live.drop_prefix(self.prefix)
        row = screen.note(live, Reason.PRIVATE)
        yield Keep((row._replace(performed_by="subject"),))
        live.tell("private: nothing is recorded from here on")
        return "done"
