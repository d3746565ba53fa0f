"""The control link: answers, and coming back."""

import gevent
import pytest
from gevent.event import Event

from eslflow.errors import CommandRefused, LinkLost, UnsafeValue
from eslflow.settings import Switch
from eslflow.switch.link import PAUSES_S, ControlLink, Link, link_of, pauses
from eslflow.wire.terms import ApiCommand
from tests.test_switch_greenswitch import Switch as Peer

PATIENCE_S = 30


def answer(text):
    return b"Content-Type: api/response\nContent-Length: %d\n\n%s" % (len(text), text)


class Pauses:
    """Stands for sleeping: it lasts until the test lets it pass."""

    def __init__(self):
        self.asked = []
        self.begun, self.over = Event(), Event()

    def __call__(self, seconds):
        self.asked.append(seconds)
        self.begun.set()
        self.over.wait()
        self.over.clear()

    def until_next(self):
        assert self.begun.wait(PATIENCE_S)
        self.begun.clear()

    def pass_(self):
        self.over.set()
        self.until_next()


@pytest.fixture
def pauses_():
    return Pauses()


@pytest.fixture
def linked(pauses_):
    made = []

    def link(peer):
        port = peer.server.server_port
        made.append(ControlLink(Switch("127.0.0.1", port, "ClueCon"), pauses_))
        pauses_.until_next()
        return made[0]

    yield link
    for found in made:
        found.close()


def test_commands_are_answered(linked):
    peer = Peer(answer(b"UP\n"), answer(b"true\n"), answer(b"-ERR no\n"))
    link = linked(peer)
    assert link.problem == ""
    assert link.api(ApiCommand.UUID_EXISTS, "u-1") == "true"
    with pytest.raises(CommandRefused):
        link.api(ApiCommand.UUID_KILL, "u-1")
    with pytest.raises(UnsafeValue):
        link.api(ApiCommand.UUID_KILL, "${x}")
    assert peer.heard[:2] == [b"auth ClueCon\n", b"api status\n"]
    peer.server.stop()


def test_a_link_that_breaks_comes_back(linked, pauses_):
    peer = Peer(answer(b"UP\n"), None)
    link = linked(peer)
    pauses_.pass_()
    assert "closed the control link" in link.problem
    with pytest.raises(LinkLost):
        link.api(ApiCommand.STATUS)
    peer.answers = [answer(b"UP\n")]
    pauses_.pass_()
    assert link.problem == ""
    peer.server.stop()


def test_a_switch_that_is_not_there_is_asked_less_and_less(linked, pauses_):
    peer = Peer()
    peer.server.stop()
    link = linked(peer)
    for _ in range(len(PAUSES_S)):
        pauses_.pass_()
    assert "no control link" in link.problem
    assert pauses_.asked == [*PAUSES_S, PAUSES_S[-1]]


def test_pauses_grow_and_then_stay():
    waits = pauses()
    assert [next(waits) for _ in range(8)] == [*PAUSES_S, PAUSES_S[-1], PAUSES_S[-1]]


def test_a_site_without_a_switch_has_no_link():
    link = link_of(None)
    assert type(link) is Link
    with pytest.raises(LinkLost, match="name no switch"):
        link.api(ApiCommand.STATUS)
    link.close()


def test_the_password_is_not_shown():
    assert "secret" not in repr(Switch("127.0.0.1", 8021, "secret"))
    peer = Peer()
    link = link_of(Switch("127.0.0.1", peer.server.server_port, "x"))
    assert isinstance(link, ControlLink)
    link.close()
    gevent.sleep(0)
    peer.server.stop()
