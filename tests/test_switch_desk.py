"""Where live calls are asked for something."""

import re

import gevent
import pytest

from eslflow.call.wishes import Answered, Want, Wish
from eslflow.errors import NotFound
from eslflow.switch import desk as module
from tests.peers import (
    DONE,
    OK,
    PATIENCE_S,
    agrees,
    event,
    executed,
    on_call,
    rig,
)

HERS = Wish(Want.MASKED, "token page")


@pytest.fixture
def controller(tmp_path):
    with rig(tmp_path) as found:
        yield found


def talking(controller, uuid=b"u-1", agent=b"1001"):
    """Let a caller agree, be recorded and talk to an agent."""
    peer = on_call(controller, uuid)
    path = re.findall(rb"start (\S+) 0", agrees(peer, uuid))[0]
    peer.says(event(uuid, b"RECORD_START", b"Record-File-Path: %s\n" % path))
    peer.says(DONE * 2)
    peer.hears(b"execute-app-name: callcenter")
    peer.says(DONE + OK + executed(uuid, peer.heard, b"variable_cc_cause: answered\n"))
    more = b"Other-Leg-Unique-ID: b-1\nOther-Leg-Destination-Number: %s\n" % agent
    peer.says(event(uuid, b"CHANNEL_BRIDGE", more))
    peer.hears(b"api uuid_buglist %s" % uuid)
    return peer


def test_a_mask_is_answered_when_the_switch_has_confirmed_it(controller):
    peer, desk = talking(controller), controller.controller.desk
    asked = gevent.spawn(desk.ask, "u-1", HERS)
    peer.hears(b" mask /")
    assert not asked.ready()
    peer.says(DONE * 2)
    assert asked.get(timeout=PATIENCE_S) == Answered("u-1", "masked", True)
    peer.close()


def test_live_calls_are_known_by_their_agent(controller):
    peers = [talking(controller), talking(controller, b"u-2", b"1002@default")]
    desk = controller.controller.desk
    assert [call.uuid for call in desk.calls()] == ["u-1", "u-2"]
    (call,) = desk.by_agent("1001")
    assert (call.uuid, call.agent, call.recording) == ("u-1", "1001", "on")
    assert (call.flow, call.step) == ("test", "talk")
    assert [call.uuid for call in desk.by_agent("1002")] == ["u-2"]
    assert desk.by_agent("100") == []
    assert desk.by_agent("") == []
    for peer in peers:
        peer.close()


def test_an_agent_is_known_by_the_name_that_the_switch_has(controller):
    peer, desk = talking(controller, agent=b"x7k2"), controller.controller.desk
    desk.whose = lambda legs: {leg: "1001" for leg in legs if leg == "b-1"}
    for name in ("1001", "1001@default", "x7k2"):
        (call,) = desk.by_agent(name)
        assert (call.agent, call.number, call.leg) == ("1001", "x7k2", "b-1")
    assert desk.by_agent("1002") == []
    peer.close()


def test_a_call_that_does_not_run_cannot_be_asked(controller):
    with pytest.raises(NotFound, match="no call 'u-9' runs now"):
        controller.controller.desk.ask("u-9", HERS)


def test_who_waits_for_a_call_that_breaks_off_is_told(controller):
    peer, desk = talking(controller), controller.controller.desk
    asked = gevent.spawn(desk.ask, "u-1", HERS)
    peer.hears(b" mask /")
    peer.close()
    answered = asked.get(timeout=PATIENCE_S)
    assert (answered.is_done, answered.why) == (False, "the call is over")


def test_an_answer_that_never_comes_is_not_waited_for(controller, monkeypatch):
    monkeypatch.setattr(module, "GRACE_S", 0.01)
    peer, desk = talking(controller), controller.controller.desk
    answered = desk.ask("u-1", HERS)
    assert (answered.recording, answered.is_done) == ("failed", False)
    peer.says(DONE * 2)
    peer.close()
    assert controller.controller.settle(PATIENCE_S) == 0


def test_a_connection_that_offers_no_call_is_no_live_call(controller):
    peer = on_call(controller)
    desk = controller.controller.desk
    desk.get("u-1")._engine = None
    assert desk.calls() == []
    desk.answer(99, Answered("u-1", "off", True))
    peer.close()


def test_who_waits_for_a_call_that_is_let_go_of_is_told_how_it_was(controller):
    peer, desk = talking(controller), controller.controller.desk
    assert desk.uuids() == {"u-1"}
    asked = gevent.spawn(desk.ask, "u-1", HERS)
    gevent.sleep(0)
    desk.left(desk.get("u-1"), "the link is down", "on")
    answer = asked.get(timeout=PATIENCE_S)
    assert answer == Answered("u-1", "on", False, "the link is down")
    assert desk.uuids() == frozenset()
    peer.close()
