"""Whether recordings are gone before anybody can have used them.

In: a flow. Out: findings. Must not judge how long is long enough, only what is a slip.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.check import counted
from eslflow.check.finding import Finding, Look, Rule
from eslflow.check.wording import ENGLISH
from eslflow.flow.model import Flow

KEPT_BRIEFLY = Rule(
    "kept-briefly", False, "A purpose keeps its recordings for less than a day."
)
_DAY_S = 86400


def kept_briefly(flow: Flow) -> Iterator[Finding]:
    """Yield the purposes whose recordings are gone within a day."""
    for purpose in flow.purposes.values():
        if 0 < purpose.retain_s < _DAY_S:
            time = counted.time(_say, purpose.retain_s)
            problem = f"purpose '{purpose.name}' keeps its recordings for {time} only"
            hint = "Write retain: 30d for a month: m is minutes, h hours, d days."
            place = ("purposes", purpose.name, "retain")
            yield Finding(KEPT_BRIEFLY, place, problem, hint)


def _say(name: str, /, **places: object) -> str:
    return ENGLISH[name].format(**places)


RULES: dict[Rule, Look] = {KEPT_BRIEFLY: kept_briefly}
