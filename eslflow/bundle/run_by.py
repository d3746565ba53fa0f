"""What ran a call, in a report: its flow, since when, for which office.

In: facts. Out: HTML. Must not name a text as the one that ran, unless rows name it.
"""

from __future__ import annotations

from eslflow.bundle.exported import EXPORTS
from eslflow.bundle.html import Child, Html, joined, tag
from eslflow.bundle.telling import Telling


def run_by(say: Telling) -> Html:
    """Return what the call was run by, and for whom."""
    call, made = say.kept["call"], say.facts.made
    rows: list[tuple[str, Child]] = []
    if made.office:
        rows.append((say("office"), f"{made.office.name}, {made.office.address}"))
    rows += [(say("flow"), _version(say, name)) for name in say.facts.versions]
    if call.get("engine"):
        rows.append((say("engine"), call["engine"]))
    names = dict.fromkeys(zone.name for zone in made.zone if zone.offset_s)
    told = say("zone is", names=", ".join(names)) if names else say("zone utc")
    rows.append((say("zone"), told))
    rows.append((say("exports"), _exports(say)))
    return say.listed(rows)


def _version(say: Telling, name: str) -> Html:
    """Return a version that ran the call, since when, and the flows inside it."""
    ran = say.facts.ran
    since = ran.since(name)
    flow = say.facts.flow_of(name)
    if since:
        how = say.word(since["how"], "how")
        words = say("since", at=say.at(since["at"]), who=since["who"], how=how)
    else:
        words = say("since nobody knows")
    reached = ran.reached([name]).items()
    inside = [_text(say, inner, hash_) for hash_, inner in reached if inner]
    return joined(flow, ". ", words, " ", _text(say, "", name), *inside)


def _text(say: Telling, flow: str, name: str) -> Html:
    """Return whether the text of a version is here, and its hash."""
    before = say("inside", flow=flow) if flow else ""
    held = say.where(f"flow/{name}.yaml", "flow/")
    return joined(before, held, tag("code", f"sha256 {name}"))


def _exports(say: Telling) -> Html:
    """Return in which forms of standards the call is here, and why not in others."""
    without = say.facts.made.left_out
    told = [
        f"{name}: {say('file out', why=say.word(without[name]))}"
        for name in EXPORTS
        if name in without
    ]
    if len(told) < len(EXPORTS):
        told.insert(0, say("exports held"))
    return joined(*(tag("div", line) for line in told))
