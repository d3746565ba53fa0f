"""What of a scenario no real switch can be made to do.

In: a scenario. Out: the reason why it is not played, in words. Must not ask the switch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eslflow.check.scenario import PASS_ON, PASS_OUTSIDE, Fault, Scenario

PLAIN = re.compile(r"[A-Za-z0-9 _.+@*#-]{0,80}")
"""What may stand in an argument of an application, where FreeSWITCH reads the rest."""
_WRONGS = {
    Fault.REFUSE: "refuse",
    Fault.LIE: "lie about",
    Fault.LOSE: "lose the event of",
    Fault.LATE: "be late with",
}
"""All but `cannot_play`: a file that is not there no switch can play."""


def why_not(scenario: Scenario) -> str:
    """Return why a scenario cannot be played on a real switch; empty: it can."""
    return "; ".join(_reasons(scenario))


def _reasons(scenario: Scenario) -> Iterator[str]:
    for fault, verb in _WRONGS.items():
        words = scenario.faults.get(fault, ())
        if words:
            yield f"a real switch cannot be made to {verb} {', '.join(words)}"
    if {PASS_ON, PASS_OUTSIDE} & set(scenario.agent):
        yield "an agent hands the call over, and no colleague is called for a test"
    for name in ("caller", "caller_name", "called"):
        if not PLAIN.fullmatch(getattr(scenario, name)):
            yield f"{name} has characters that are not given to a real switch"
