"""What is to be said of a site's emergency numbers: which are left out, which changed.

In: settings. Out: words. A flow that calls what was dialled puts these numbers through
before anything else; one that is missing is treated like any other number.
"""

from __future__ import annotations

from eslflow.doctor.finding import Finding, warning
from eslflow.flow.problems import listed
from eslflow.settings import FILE, Settings
from eslflow.site import emergency_left_out, emergency_of


def left_out(settings: Settings) -> Finding | None:
    """Return that numbers are missing which everybody must reach, if any is."""
    missing = emergency_left_out(settings)
    if not missing:
        return None
    every = ", ".join(map(_written, sorted(emergency_of(settings).union(missing))))
    return warning(
        "emergency",
        f"emergency: in {FILE} leaves out {listed(missing)}",
        "Who calls for help there is asked, has to wait and may be recorded, as with "
        "any other number.",
        f"emergency: [{every}] in {FILE}, or leave it out for the usual ones",
    )


def in_a_line(found: Finding) -> str:
    """Return a finding in a line of a log, with what mends it."""
    return f"{found.text}. {found.means} Write {found.mend}"


def changed(old: Settings, new: Settings) -> dict[str, list[str]]:
    """Return the numbers that hold `now` and held `before`; nothing if they are one."""
    now, before = (sorted(emergency_of(settings)) for settings in (new, old))
    return {"now": now, "before": before} if now != before else {}


def _written(number: str) -> str:
    """Return a number as it has to stand in the file to stay the same."""
    is_plain = number.isdigit() and not number.startswith("0")
    return number if is_plain else f'"{number}"'
