"""`flow`: run the steps of another flow, and go on after them.

In: the name of a flow whose file lies beside this one. Out: the ending `done` where it
comes to its end, `error` where it failed with nowhere to go. The loader puts the other
flow's steps behind this one (`flow.subflow`), so that a call sees one flow; what runs
here is only the way in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.flow import codes
from eslflow.flow.model import Purpose, Record
from eslflow.flow.options import Name, option
from eslflow.flow.problems import Wrong
from eslflow.flow.subflow import BEGIN, DONE, ERROR
from eslflow.steps.step import AT_ONCE, Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class SubFlow(Step):
    """Runs the steps of another flow."""

    kind: ClassVar[str] = "flow"
    endings: ClassVar[tuple[str, ...]] = (DONE, ERROR)
    waits: ClassVar[bool] = False

    flow: str = option(
        Name("flow"), help="The flow; its file NAME.yaml lies beside this one."
    )

    def runs_flow(self) -> str:
        """Return the name of the flow."""
        return self.flow

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield what would say what the other flow's steps say for themselves."""
        if self.record is not Record.OFF:
            problem = f"the steps of flow '{self.flow}' say themselves what is recorded"
            hint = "Remove it, and say record: there."
            yield codes.NOT_TOGETHER, "record", problem, hint

    def run(self, live: Live) -> Road:
        """Go in."""
        live.tell(f"goes into flow {self.flow}")
        yield from AT_ONCE
        return BEGIN
