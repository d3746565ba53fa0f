"""Two dialogs that talk to each other, message by message."""

from collections import deque

import pytest

from tests.live.dialog import Dialog


class Wire:
    """Carries messages between two dialogs, and logs their methods and statuses."""

    def __init__(self):
        self.log, self.waiting = [], deque()
        self.told = {"caller": [], "agent": []}
        self.caller = self.dialog("caller", 26000)
        self.agent = self.dialog("agent", 26010)

    def dialog(self, name, port):
        def tell(what, why):
            self.told[name].append(what)

        return Dialog(port, port + 2, lambda m: self.waiting.append((name, m)), tell)

    def carry(self, most=100):
        while self.waiting and most:
            most -= 1
            name, message = self.waiting.popleft()
            self.log.append(message.method or message.status)
            if name == "agent":
                self.caller.receive(message)
            elif message.method == "INVITE" and self.agent.state == "new":
                self.agent.ring(message)
            else:
                self.agent.receive(message)


@pytest.fixture
def wire():
    found = Wire()
    found.caller.invite("sip:agent@127.0.0.1:26010", "<sip:a@example.com>")
    found.carry()
    return found


@pytest.fixture
def talk(wire):
    wire.agent.answer()
    wire.carry()
    wire.log.clear()
    return wire


def test_a_call_rings_and_is_taken(wire):
    assert wire.told == {"caller": ["ringing"], "agent": ["ringing"]}
    wire.agent.answer()
    wire.carry()
    assert wire.log == ["INVITE", 180, 200, "ACK"]
    assert wire.caller.state == wire.agent.state == "up"
    assert wire.caller.remote == ("127.0.0.1", 26012)
    assert wire.agent.remote == ("127.0.0.1", 26002)
    assert wire.caller.call_id == wire.agent.call_id


@pytest.mark.parametrize("name", ["caller", "agent"])
def test_either_side_hangs_up(talk, name):
    getattr(talk, name).hang_up()
    talk.carry()
    assert talk.log == ["BYE", 200]
    assert talk.caller.state == talk.agent.state == "down"


def test_a_call_is_given_up(wire):
    wire.caller.hang_up()
    wire.carry()
    assert wire.log[2:] == ["CANCEL", 200, 487, "ACK"]
    assert wire.told["agent"] == ["ringing", "down"]


def test_a_call_is_refused(wire):
    wire.agent.reject("486 Busy Here")
    wire.carry()
    assert wire.log[2:] == [486, "ACK"]
    assert wire.told["caller"] == ["ringing", "down"]


def test_who_hangs_up_while_it_rings_refuses(wire):
    wire.agent.hang_up()
    wire.carry()
    assert 486 in wire.log


def test_a_call_taken_while_it_is_given_up_ends(wire):
    wire.agent.answer()
    wire.caller.hang_up()
    wire.carry()
    assert "BYE" in wire.log
    assert wire.caller.state == wire.agent.state == "down"


@pytest.mark.parametrize("name", ["caller", "agent"])
def test_hold_and_resume_are_heard_by_the_other(talk, name):
    other = {"caller": "agent", "agent": "caller"}[name]
    getattr(talk, name).turn("sendonly")
    talk.carry()
    assert getattr(talk, other).is_held
    getattr(talk, name).turn("sendrecv")
    talk.carry()
    assert not getattr(talk, other).is_held
    assert talk.log == ["INVITE", 200, "ACK"] * 2
    assert talk.told[other][-2:] == ["held", "asked again"]
    assert talk.caller.state == talk.agent.state == "up"


def test_a_caller_is_handed_over(talk):
    talk.agent.refer("sip:desk@127.0.0.1:5060")
    talk.carry()
    assert talk.log == ["REFER", 200]
    assert talk.told["agent"][-1] == "referred"


def test_replaces_names_the_call_as_its_other_side_knows_it(talk):
    ours, theirs = talk.caller.replaces(), talk.agent.replaces()
    assert talk.caller.call_id in ours
    tags = ours.split("%3B")[1:]
    assert [tag.split("%3D")[1] for tag in tags] == [
        tag.split("%3D")[1] for tag in reversed(theirs.split("%3B")[1:])
    ]


def test_an_invite_sent_twice_rings_once(wire):
    again = wire.caller._invite
    wire.agent.receive(again)
    wire.carry()
    assert wire.told["agent"] == ["ringing"]


def test_what_is_not_known_is_answered(talk):
    talk.caller._ask("OPTIONS")
    talk.carry()
    assert talk.log == ["OPTIONS", 200]
