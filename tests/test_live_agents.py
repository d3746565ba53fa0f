"""On a real FreeSWITCH: agents who must have agreed to being recorded.

The caller has agreed; the register in the ledger says whether the agent has. See
tests/live/README.md.
"""

from pathlib import Path

import pytest

from eslflow.call.records import AgentAgreed
from eslflow.ledger.register import Register
from eslflow.ledger.writer import write
from tests.live import decode
from tests.live.office import CALLER, GREETING, Office
from tests.live.voice import FIRST_AGENT
from tests.steps_of import flow

pytestmark = pytest.mark.live

RULES = "recording: {agents: must_agree, agreement: {text: staff, version: 2}}\n"
STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: %s, record: on, from: answer}
"""


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("entries", "is_recorded"),
    [
        ([("agreed", 2)], True),
        ([], False),
        ([("agreed", 1)], False),
        ([("agreed", 2), ("withdrawn", 2)], False),
    ],
    ids=["agreed", "nothing", "an older text", "withdrawn"],
)
def test_an_agent_is_recorded_who_has_agreed(office, entries, is_recorded):
    agent = office.agent()
    name = f"{office.queue.name}-{agent.number}"
    ledger = office.folder / "eslflow.db"
    for state, version in entries:
        row = AgentAgreed(1, name, state, "staff", version, "", "2026-11-23", "anne")
        write(ledger, [row])
    served = flow(STEPS % office.queue.name, GREETING + RULES)
    register = Register(ledger)
    sounds = office.quiet(served, ms=200)
    office.serve(served, sounds, agreed=register.has_agreed)
    register.read()
    call = office.call()
    office.until("asks", call)
    call.press("1")
    talk = agent.rings()
    told = "recording starts" if is_recorded else "not recorded: agent not agreed"
    office.until(told, call)
    talk.speaks(ms=800)
    call.speaks(ms=800)
    call.hang_up()
    kept = office.kept(call)
    assert "granted" in [row["state"] for row in kept["choices"]]
    notes = [(row["reason"], row["who"]) for row in kept["choices"] if row["who"]]
    if not is_recorded:
        assert kept["recordings"] == []
        assert notes == [("agent_not_agreed", "agent")]
        return
    (row,) = kept["recordings"]
    heard = decode.read(Path(row["path"]))
    assert notes == []
    assert heard.of(CALLER)
    assert heard.of(FIRST_AGENT)
