"""The first scenario of a flow without any: what comes to whoever presses nothing.

In: what came of such a call. Out: YAML for the file beside the flow. Must not play it.
"""

from __future__ import annotations

from eslflow.check.again import quoted
from eslflow.check.happened import Happened
from eslflow.check.scenario import NOBODY, REST, Scenario

SILENT = Scenario("the caller presses nothing", "", 1, ())
"""A call of which nothing is known yet but that there is nobody to press keys."""
MOST_STEPS = 8
"""Of a path that are written out."""


def first(happened: Happened) -> str:
    """Return a file with one scenario, which expects what came of a silent call."""
    path = list(happened.path)
    if len(path) > MOST_STEPS:
        path[MOST_STEPS // 2 : -1] = [REST]
    reached = happened.reached or (NOBODY,)
    lines = (
        "scenarios:",
        f"  {SILENT.name}:",
        "    press: []  # [1, 2]: the key 1 at the first question, 2 at the next",
        "    expect:",
        f"      recorded: {'true' if happened.files else 'false'}",
        f"      path: [{', '.join(path)}]",
        f"      reaches: {quoted(reached[0])}",
    )
    return "\n".join(lines) + "\n"
