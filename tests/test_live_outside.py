"""On a real FreeSWITCH: who takes a call over, and is of the office or is not.

A transfer by the switch, by the agent (REFER, with and without a consultation), by
att_xfer and out of a parking slot; to a user, through a gateway, through a call within
the switch: whoever is not of the office is in no file, whatever the caller agreed to,
and the ledger has why it ended. See tests/live/README.md.
"""

from pathlib import Path

import pytest

from eslflow.call.records import Reason
from tests.live import decode
from tests.live.office import CALLER, Office
from tests.live.voice import FIRST_AGENT
from tests.test_live_handover import opened

pytestmark = pytest.mark.live

SECOND = FIRST_AGENT + 1


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def by_switch(scene, to):
    scene.api(f"uuid_transfer {scene.call.uuid} {to}-{scene.second.port}")


def by_agent(scene, to):
    scene.talk.refer(f"{to}-{scene.second.port}")


def after_a_talk(scene, to):
    """Let the agent call the second one first, and put the two together (Replaces)."""
    scene.talk.hold()
    consultation = scene.talk.phone.call(f"{to}-{scene.second.port}")
    scene.second.rings().until("up")
    consultation.until("up")
    scene.call.speaks(ms=300)
    scene.talk.refer(f"{to}-{scene.second.port}", replaces=consultation)


def by_att_xfer(scene, to):
    """Let the switch call the second one for the agent, who then leaves."""
    where = {
        "user": f"[dialed_user=1001]{scene.second.address}",
        "gate": "[sip_invite_call_id=${create_uuid()}]"
        f"sofia/gateway/provider/desk-{scene.second.port}",
        "loop": f"loopback/desk-{scene.second.port}/default/xml",
    }
    app = f"att_xfer::{where[to]}"
    scene.office.switch.api(f"uuid_broadcast {scene.talk.uuid} {app} aleg")
    scene.second.rings().until("up")
    scene.call.speaks(ms=300)
    scene.talk.hang_up()


HANDS = {
    "uuid_transfer": by_switch,
    "REFER": by_agent,
    "REFER with Replaces": after_a_talk,
    "att_xfer": by_att_xfer,
}


def ended(scene):
    """End the call; return what was kept, and how much of the second one is heard."""
    scene.call.speaks(ms=1000)
    scene.call.hang_up()
    kept = scene.office.kept(scene.call)
    theirs = {
        packet
        for row in kept["recordings"]
        if Path(row["path"]).exists()
        for packet in decode.read(Path(row["path"])).of(SECOND)
    }
    stops = [a["reason"] for a in kept["recording_actions"] if a["action"] == "stop"]
    print(f"{len(kept['recordings'])} files, {len(theirs)} packets, stops: {stops}")
    return kept, theirs, stops


def reasons(kept):
    return [row["reason"] for row in kept["choices"] if row["reason"]]


@pytest.mark.parametrize("to", ["gate", "loop"])
@pytest.mark.parametrize("hands", HANDS)
def test_who_takes_over_outside_is_in_no_file_and_the_ledger_has_why(office, hands, to):
    scene = opened(office, rules="")
    HANDS[hands](scene, to)
    office.until("not recorded: outside", scene.call)
    kept, theirs, stops = ended(scene)
    assert len(kept["recordings"]) == 1
    assert set(stops) == {"parted"}
    assert set(reasons(kept)) == {Reason.OUTSIDE.value}
    assert theirs == set()


@pytest.mark.parametrize("hands", HANDS)
def test_a_user_of_the_office_who_takes_over_is_recorded_anew(office, hands):
    scene = opened(office, rules="")
    HANDS[hands](scene, "user")
    office.until("recording starts", scene.call)
    kept, theirs, stops = ended(scene)
    assert len(kept["recordings"]) == 2
    assert stops[0] == "parted"
    assert reasons(kept) == []
    assert len(theirs) > 25


def test_another_agent_of_the_queue_is_recorded_anew(office):
    scene = opened(office, rules="")
    queue = office.queue
    first = f"{queue.name}-{scene.talk.phone.number}@default"
    scene.api(f"callcenter_config agent set status {first} 'On Break'")
    queue.add(scene.second)
    scene.api(f"uuid_transfer {scene.call.uuid} callcenter:{queue.name} inline")
    office.until("recording starts", scene.call)
    _, theirs, _ = ended(scene)
    assert len(theirs) > 25


def test_who_takes_a_parked_call_and_has_no_password_is_in_no_file(office):
    scene = opened(office, rules="")
    scene.api(f"uuid_transfer {scene.call.uuid} lot")
    slot = office.slot()
    scene.call.speaks(ms=300)
    scene.second.call(slot)
    office.until("not recorded: outside", scene.call)
    kept, theirs, _ = ended(scene)
    assert (len(kept["recordings"]), theirs) == (1, set())


def test_where_the_flow_says_so_it_is_recorded_outside_too(office):
    scene = opened(office)
    by_switch(scene, "gate")
    scene.second.rings().until("up")
    kept, theirs, _ = ended(scene)
    assert len(theirs) > 25
    assert reasons(kept) == []


def test_the_caller_is_one_of_two(office):
    """The one that the others are held against: the file has its sound."""
    scene = opened(office, rules="")
    kept, _, _ = ended(scene)
    (row,) = kept["recordings"]
    assert decode.read(Path(row["path"])).of(CALLER)
