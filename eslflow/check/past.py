"""Whether the holidays of a flow are all over: then nobody has added this year's.

In: a flow, the time. Out: findings. Must not ask the time: whoever checks brings it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from eslflow.check.finding import Finding, Look, Rule
from eslflow.flow.model import Flow

PAST_HOLIDAYS = Rule("past-holidays", False, "All holidays that have a year are over.")


def past_holidays(flow: Flow, now: int | None = None) -> Iterator[Finding]:
    """Yield the hours whose dated holidays are over at a moment, in microseconds.

    Holidays of every year come again; those that move, as Easter, need a date a year.
    """
    if now is None:
        return
    for name, hours in flow.hours.items():
        today = datetime.fromtimestamp(now // 1_000_000, hours.zone).date()
        last = max(hours.once, default=today)
        # Those of a flow inside are told with it.
        if last < today and "/" not in name:
            problem = (
                f"hours '{name}': the last holiday with a year was on {last}, and all "
                "of them are over"
            )
            hint = f"Add those of {today.year} and {today.year + 1}, or remove them."
            yield Finding(PAST_HOLIDAYS, ("hours", name, "holidays"), problem, hint)


RULES: dict[Rule, Look] = {PAST_HOLIDAYS: past_holidays}
