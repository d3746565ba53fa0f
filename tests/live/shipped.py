"""The flows that ship, in front of a real switch: served, gone through, looked up.

In: the names of flows, and what is another word in their files here (queues, gateways,
addresses). Out: calls that go through them; what of their talk is in a file, packet by
packet. Must not change what is asked of anybody, nor how long they have for an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.flow.model import Flow
from tests.live import decode
from tests.live.leaks import judge
from tests.live.office import CALLER, Office
from tests.live.phone import Call, Phone
from tests.live.voice import FIRST_AGENT
from tests.peers import make_sounds

Kept = dict[str, Any]
AGENT = FIRST_AGENT
EDGE_US = 400_000
"""A file begins within this after the talk does: the agent is looked at first."""
READS_MS = 250
"""How long a caller takes to press a key once a question can be answered."""
MOST_MISSING = 3
"""Packets that may get lost on the way (measured)."""


def serve(
    office: Office,
    *names: str,
    changes: Mapping[str, str] | None = None,
    is_heard: bool = False,
) -> list[Flow]:
    """Serve shipped flows with other words in their files; calls reach the first.

    Each prompt is 200 ms of silence, or 100 ms of buzz if it is to be heard.
    """
    folder = office.folder / "flows"
    folder.mkdir(exist_ok=True)
    missing = set(changes or ())
    for source in flow_files(shipped.flows()):
        path = folder / source.name
        text = source.read_text(encoding="utf-8")
        for old, new in (changes or {}).items():
            if old in text:
                missing.discard(old)
                text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    assert not missing, f"nothing to change: {missing}"
    flows = [load_flow(folder / f"{name}.yaml") for name in names]
    sounds = office.folder / "sounds"
    for flow in flows:
        if is_heard:
            make_sounds(sounds, flow)
        else:
            office.quiet(flow, ms=200)
    office.serve(flows[0], sounds, others=flows[1:])
    return flows


def presses(office: Office, call: Call, keys: str, asks: str = "asks") -> None:
    """Let a caller press keys at the next question."""
    office.until(asks, call)
    call.speaks(ms=READS_MS)
    call.press(keys)


def through(office: Office, *keys: str) -> tuple[Call, Call, Phone]:
    """Let a caller press keys, one at each question, and be put through."""
    phone = office.agent()
    call = office.call()
    for key in keys:
        presses(office, call, key)
    return call, phone.rings(), phone


def talks(call: Call, talk: Call, ms: int = 1000) -> None:
    """Let both talk, and hear each other."""
    call.speaks(ms=ms)
    assert call.heard()[1].of(talk.phone.party)
    assert talk.heard()[1].of(CALLER)


def files(office: Office) -> list[Path]:
    """Return all audio that was recorded, whatever the ledger has of it."""
    return sorted(office.folder.glob("recordings/**/*.wav"))


def is_recorded(office: Office, *legs: Call) -> bool:
    """Whether the switch records one of these legs at this moment."""
    told = [office.switch.api(f"uuid_buglist {leg.uuid}") for leg in legs]
    return any("session_record" in one for one in told)


def audible(kept: Kept, call: Call, talk: Call, since: int, until: int) -> int:
    """Return how many packets of the talk the one file holds; it has no gap."""
    (row,) = kept["recordings"]
    said = {leg.phone.party: leg.said() for leg in (call, talk)}
    found = judge(decode.read(Path(row["path"])), said, (), since, until)
    assert len(found.missing) <= MOST_MISSING
    return found.audible


def early(kept: Kept, *legs: Call) -> list[tuple[int, int]]:
    """Return party and number of each packet in a file that left before the grant."""
    granted = min(
        row["at"] for row in kept["choices"] if row["state"] in ("granted", "verbal")
    )
    return [
        (leg.phone.party, number)
        for row in kept["recordings"]
        for leg in legs
        for number in decode.read(Path(row["path"])).of(leg.phone.party)
        if leg.said()[number] < granted
    ]


def states(kept: Kept) -> list[str]:
    """Return what became of the questions, in order."""
    return [choice["state"] for choice in kept["choices"]]


def reasons(kept: Kept) -> list[str]:
    """Return why, in order."""
    return [choice["reason"] for choice in kept["choices"]]
