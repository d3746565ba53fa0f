"""How long callers and payment pages wait, on a real FreeSWITCH, and prints one table.

In: the host of a switch that runs with tests/live/freeswitch.xml. Out: p50 and p95,
while other calls go on and are recorded. What a key brings about is compared with a Lua
script inside FreeSWITCH that does the same and stores nothing, in the same run, by
turns. Must not be read across machines: only the two of one run compare.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import gevent

from eslflow.flow.load import load
from eslflow.flow.model import Flow
from eslflow.steps import KINDS
from tests.live import decode
from tests.live.office import Office
from tests.live.phone import PATIENCE_S, Call
from tests.live.voice import FIRST_AGENT

DISK = Path("/var/tmp")

HEAD = """\
flow: %s
purposes:
  training: {basis: %s, retain: 90d}
notices:
  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
steps:
"""
ASK = """\
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
"""
WAIT = "  wait: {menu: welcome, keys: {9: wait}, timeout: 60s, tries: 10, record: on}\n"
TALK = "  talk: {queue: %s, record: on, from: answer}\n"
LUA = """\
local path, sound = argv[1], argv[2]
session:answer()
session:playAndGetDigits(1, 1, 1, 6000, "", sound, "", "[12]")
local options = "RECORD_STEREO=true,RECORD_MIN_SEC=0,RECORD_PRE_BUFFER_FRAMES=1"
local arg = session:get_uuid() .. " start " .. path .. " 0 {" .. options .. "}"
freeswitch.API():execute("uuid_record", arg)
while session:ready() do session:sleep(1000) end
"""


class Times(NamedTuple):
    """Milliseconds from something to something."""

    what: str
    aim: str
    found: list[float]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench live", description=__doc__)
    parser.add_argument("--freeswitch", default="127.0.0.1")
    parser.add_argument(
        "--n", type=int, default=30, help="of each, 5 times as many masks"
    )
    parser.add_argument("--calls", type=int, default=50, help="that go on meanwhile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=DISK) as folder:
        office = Office(options.freeswitch, Path(folder))
        try:
            found = measured(office, options.n, options.calls)
        finally:
            office.close()
    print(f"{options.calls} calls go on and are recorded; milliseconds\n")
    for line in table(found):
        print(f"| {' | '.join(line)} |")


def measured(office: Office, n: int, calls: int) -> list[Times]:
    """Measure everything while other calls go on."""
    ask = flow_of("ask", "consent", ASK + WAIT)
    talk = flow_of("talk", "consent", ASK + TALK % office.queue.name)
    busy = flow_of("busy", "contract", WAIT)
    for flow in (ask, talk, busy):
        office.quiet(flow, ms=300)
    office.serve(ask, office.folder / "sounds", also=(talk, busy))
    begun: dict[str, int] = {}
    office.switch.hears("RECORD_START", lambda told: note(begun, told))
    with going_on(office, calls):
        start, audio, lua_start, lua_audio = keys(office, n, begun)
        masks = masked(office, n * 5)
        answers = answered(office, n)
    over = p95(start) - p95(lua_start)
    return [
        Times("key to RECORD_START, a Lua script", "", lua_start),
        Times("key to RECORD_START", f"15 over Lua: {over:+.1f}", start),
        Times("key to the first audio, a Lua script", "", lua_audio),
        Times("key to the first audio", "", audio),
        Times("HTTP mask to its answer", "20", masks),
        Times("agent's answer to the first audio", "90", answers),
    ]


def flow_of(name: str, basis: str, steps: str) -> Flow:
    """Return a flow."""
    return load((HEAD % (name, basis) + steps).encode(), f"{name}.yaml", KINDS)


def note(begun: dict[str, int], told: dict[str, str]) -> None:
    """Note when the switch began to record a call, by the switch's own clock."""
    begun.setdefault(told["Unique-ID"], int(told["Event-Date-Timestamp"]))


@contextmanager
def going_on(office: Office, calls: int) -> Iterator[None]:
    """Keep calls that the controller drives and the switch records."""
    assert office.rig is not None
    port = office.rig.controller.address[1]
    road = f"loopback/ctl-{port}-busy/default &playback(silence_stream://-1)"
    uuids = [str(uuid4()) for _ in range(calls)]
    for uuid in uuids:
        office.switch.api(f"bgapi originate {{origination_uuid={uuid}}}{road}")
    desk = office.rig.controller.desk
    wait(office, lambda: sum(c.recording == "on" for c in desk.calls()) == calls)
    try:
        yield
    finally:
        # One by one: others may use this switch.
        for uuid in uuids:
            office.switch.api(f"uuid_kill {uuid}")
        office.rig.controller.settle(PATIENCE_S)


def wait(office: Office, holds: Any) -> None:
    """Wait until something holds; the switch sets the pace."""
    with gevent.Timeout(PATIENCE_S):
        while not holds():
            office.switch.api("msleep 20")


def keys(office: Office, n: int, begun: dict[str, int]) -> list[list[float]]:
    """Return how long after a key a file begins, and holds the first audio.

    First ours, then the Lua script's, by turns.
    """
    script = office.folder / "consent.lua"
    script.write_text(LUA)
    found: list[list[float]] = [[], [], [], []]
    for number in range(n):
        call = office.call()
        office.until("asks", call)
        pressed(office, begun, call, f"{call.uuid}-1.wav", found[:2])
        call = office.caller.call("parked")
        call.until("up")
        path = office.folder / "recordings" / f"lua-{number}.wav"
        sound = office.folder / "sounds" / "ask" / "en" / "recording.v1.wav"
        road = f"'lua:{script} {path} {sound}' inline"
        office.switch.does(f"uuid_transfer {call.uuid} {road}")
        pressed(office, begun, call, path.name, found[2:])
    return found


def pressed(
    office: Office,
    begun: dict[str, int],
    call: Call,
    name: str,
    found: Sequence[list[float]],
) -> None:
    """Press 1 after the question, and note what that brought about, and when."""
    call.speaks(ms=700)
    call.press("1")
    wait(office, lambda: call.uuid in begun)
    call.speaks(ms=500)
    call.hang_up()
    call.until("down")
    (_, at), *_ = call.keys()
    found[0].append((begun[call.uuid] - at) / 1000)
    found[1].append((first_heard(office, name, [call]) - at) / 1000)


def first_heard(office: Office, name: str, talks: Sequence[Call]) -> int:
    """Return when the first packet was said that is in a file."""
    office.switch.api("msleep 200")  # it is written when the call is over
    (path,) = (office.folder / "recordings").rglob(name)
    file = decode.read(path)
    return min(
        at
        for talk in talks
        for number, at in talk.said().items()
        if number in file.of(talk.phone.party)
    )


def masked(office: Office, n: int) -> list[float]:
    """Return how long a program waits until the switch has confirmed a mask."""
    call = office.call()
    office.until("asks", call)
    call.press("1")
    office.until("recording starts", call)
    found = []
    for _ in range(n):
        call.speaks(ms=60)
        since = office.clock.now()
        office.program.wants(call, "masked")
        found.append((office.clock.now() - since) / 1000)
        office.program.wants(call, "on")
    call.hang_up()
    return found


def answered(office: Office, n: int) -> list[float]:
    """Return how long after an agent's answer the file holds the first audio."""
    agent = office.agent(FIRST_AGENT)
    assert office.rig is not None
    found = []
    for _ in range(n):
        call = office.caller.call(f"ctl-{office.rig.controller.address[1]}-talk")
        office.until("asks", call)
        call.press("1")
        talk = agent.rings()
        at = talk.until("up")
        talk.speaks(ms=700)
        call.hang_up()
        call.until("down")
        heard = first_heard(office, f"{call.uuid}-1.wav", [call, talk])
        found.append((heard - at) / 1000)
        wait(office, lambda: is_waiting(office))
    return found


def is_waiting(office: Office) -> bool:
    """Whether the agent may be called again."""
    told = office.switch.api(f"callcenter_config queue list agents {office.queue.name}")
    return "|Waiting|" in told


def p95(found: list[float]) -> float:
    """Return what 95 of 100 do not exceed."""
    return sorted(found)[math.ceil(len(found) * 0.95) - 1]


def table(found: Sequence[Times]) -> Iterator[tuple[str, ...]]:
    """Return the lines of a table."""
    yield "", "n", "p50", "p95", "worst", "aim at p95"
    yield ("---",) * 6
    for what, aim, times in found:
        middle = sorted(times)[len(times) // 2]
        figures = (f"{each:.1f}" for each in (middle, p95(times), max(times)))
        yield what, str(len(times)), *figures, aim


if __name__ == "__main__":
    main()
