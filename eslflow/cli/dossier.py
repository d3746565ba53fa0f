"""All that is kept of one person: as rows, and as a page that anybody can read.

In: a ledger, a person found in it. Out: plain rows, text. Must not write.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eslflow.cli.lookups import in_service
from eslflow.cli.story import looks_at, story
from eslflow.cli.tables import local
from eslflow.errors import visible
from eslflow.ledger.read import Reader
from eslflow.ledger.subject import Held, Subject, over
from eslflow.ledger.versions import Versions

Line = dict[str, Any]


def dossier(
    ledger: Reader, versions: Versions, subject: Subject, holds: list[Held]
) -> Line:
    """Return all that is kept of a person, the newest call first."""
    calls = []
    for uuid, side in subject.sides.items():
        kept = in_service(versions, ledger.call(uuid))
        recordings = [
            {**line, "looks": ledger.looks(line)} for line in kept["recordings"]
        ]
        looks = ledger.looks({"call_uuid": uuid, "id": ""})
        own = {"recordings": recordings, "side": side, "looks": looks}
        calls.append({**kept, **own})
    return {
        "number": subject.key,
        "spellings": list(subject.numbers),
        "names": list(subject.names),
        "holds": [
            {"at": hold.at, "who": hold.who, "reason": hold.reason}
            for hold in over(holds, subject.key)
        ],
        "looks": ledger.looks_at_person(subject.marks),
        "calls": calls,
    }


def page(kept: Line) -> str:
    """Return it to be read."""
    head = [visible(line) for line in _head(kept)]
    parts = ["\n".join(head)]
    for call in kept["calls"]:
        looks = [
            visible(line)
            for looked_at in (call, *call["recordings"])
            for line in looks_at(looked_at)
        ]
        parts.append("\n".join([story(call), *looks]))
    return "\n\n".join(parts)


def _head(kept: Line) -> Iterator[str]:
    yield f"What is kept of {kept['number']}"
    others = [text for text in kept["spellings"] if text != kept["number"]]
    if others:
        yield f"  also as   {', '.join(others)}"
    if kept["names"]:
        yield f"  named     {', '.join(kept['names'])}, as the network says"
    calls = kept["calls"]
    times = [call["call"]["offered_at"] for call in calls]
    files = [line for call in calls for line in call["recordings"]]
    if times:
        span = f"from {local(min(times))} to {local(max(times))}"
        yield f"  calls     {len(calls)}, {span}"
    gone = sum(bool(line.get("erased_at")) for line in files)
    erased = f", {gone} of them deleted since" if gone else ""
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    yield f"  recorded  {count}{erased}"
    for hold in kept["holds"]:
        since = f"since {local(hold['at'])} by {hold['who']}"
        yield f"  held      {since}: {hold['reason']}"
    for look in kept["looks"]:
        why = f": {look['reason']}" if look["reason"] else ""
        yield f"  looked    {local(look['at'])}: {look['what']} by {look['who']}{why}"
