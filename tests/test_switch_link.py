"""The control link: answers, and coming back."""

import gevent
import pytest
from gevent.event import Event
from gevent.queue import Queue

from eslflow.clock import SystemClock
from eslflow.errors import CommandRefused, LinkLost, UnsafeValue
from eslflow.settings import Switch
from eslflow.switch.link import PAUSES_S, ControlLink, DirectLink, Link, link_of, pauses
from eslflow.wire.terms import ApiCommand, Module
from tests.test_switch_greenswitch import Switch as Peer

PATIENCE_S = 30
CLOCK = SystemClock()


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

    def link(peer, needs=(), clock=CLOCK):
        port = peer.server.server_port
        where = Switch("127.0.0.1", port, "ClueCon")
        made.append(ControlLink(where, clock, needs, pauses_))
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


OK = b"Content-Type: command/reply\nReply-Text: +OK\n\n"


def event(name, **headers):
    lines = {"Event-Name": name} | {k.replace("_", "-"): v for k, v in headers.items()}
    body = "".join(f"{key}: {value}\n" for key, value in lines.items()) + "\n"
    head = f"Content-Type: text/event-plain\nContent-Length: {len(body)}\n\n"
    return (head + body).encode()


def heard_by(peer, number):
    """Wait until a switch has heard so many commands."""
    with gevent.Timeout(PATIENCE_S, AssertionError(peer.heard)):
        while len(peer.heard) < number:
            gevent.sleep(0)


ABOUT_U1 = [
    b"filter Unique-ID u-1\n",
    b"filter Other-Leg-Unique-ID u-1\n",
]
ABOUT_NOBODY = [line.replace(b"u-1", b"eslflow") for line in ABOUT_U1]


def test_what_the_switch_tells_of_a_call_is_handed_over(linked):
    told = [
        event("CHANNEL_HOLD", Unique_ID="u-2"),
        event("CHANNEL_HOLD", Unique_ID="u-1", Caller="Zo%C3%AB"),
        event("CHANNEL_BRIDGE", Unique_ID="b-1", Other_Leg_Unique_ID="u-1"),
    ]
    peer = Peer(answer(b"UP\n"), *[OK] * 4, b"".join(told) + OK, OK, OK, OK)
    link = linked(peer)
    heard = Queue()
    link.watch("u-1", heard.put)
    # Filters first: in between the link would hear every call of the switch.
    assert peer.heard[2:6] == [*ABOUT_NOBODY, *ABOUT_U1]
    assert peer.heard[6].startswith(b"event plain CHANNEL_BRIDGE CHANNEL_UNBRIDGE ")
    assert peer.heard[6].endswith(b" CUSTOM eslflow::control\n")
    names = [heard.get(timeout=PATIENCE_S).event_name for _ in range(2)]
    assert names == [b"CHANNEL_HOLD", b"CHANNEL_BRIDGE"]
    link.watch("u-2", heard.put)
    assert peer.heard[7] == b"filter Unique-ID u-2\n"
    link.let_go("u-3")
    peer.server.stop()


def test_nothing_more_is_handed_over_of_a_call_that_is_let_go(linked):
    late = event("CHANNEL_HOLD", Unique_ID="u-1")
    peer = Peer(answer(b"UP\n"), *[OK] * 5, OK, late + OK, answer(b"UP\n"))
    link = linked(peer)
    heard = []
    link.watch("u-1", heard.append)
    link.let_go("u-1")
    heard_by(peer, 9)
    assert link.api(ApiCommand.STATUS) == "UP"
    assert peer.heard[7:9] == [
        b"filter delete Unique-ID u-1\n",
        b"filter delete Other-Leg-Unique-ID u-1\n",
    ]
    assert heard == []
    peer.server.stop()


def test_a_call_that_is_watched_again_meanwhile_is_heard(linked):
    peer = Peer(answer(b"UP\n"), *[OK] * 5, *[OK] * 6, answer(b"UP\n"))
    link = linked(peer)
    link.watch("u-1", print)
    link.let_go("u-1")
    again = gevent.spawn(link.watch, "u-1", print)
    # Two are deleted, and two added by each of the two.
    heard_by(peer, 13)
    again.join(PATIENCE_S)
    assert link.api(ApiCommand.STATUS) == "UP"
    assert sorted(peer.heard[-3:-1]) == sorted(ABOUT_U1)
    peer.server.stop()


def test_a_link_that_comes_back_hears_the_same_calls(linked, pauses_):
    peer = Peer(answer(b"UP\n"), *[OK] * 5, None)
    link = linked(peer)
    heard = Queue()
    link.watch("u-1", heard.put)
    pauses_.pass_()
    told = event("CHANNEL_HOLD", Unique_ID="u-1")
    peer.answers = [*[OK] * 4, told + OK, answer(b"UP\n")]
    pauses_.pass_()
    assert link.problem == ""
    assert heard.get(timeout=PATIENCE_S).event_name == b"CHANNEL_HOLD"
    peer.server.stop()


def test_no_call_can_be_watched_without_a_link(linked, pauses_):
    peer = Peer()
    peer.server.stop()
    link = linked(peer)
    with pytest.raises(LinkLost):
        link.watch("u-1", print)
    link.let_go("u-1")
    gevent.sleep(0)
    link_of(None, CLOCK).watch("u-1", print)


def test_a_switch_that_is_not_there_is_asked_less_and_less(linked, pauses_):
    peer = Peer()
    peer.server.stop()
    link = linked(peer)
    for _ in range(len(PAUSES_S)):
        pauses_.pass_()
    assert "no control link" in link.problem
    for asked, most in zip(pauses_.asked, [*PAUSES_S, PAUSES_S[-1]], strict=True):
        assert most / 2 <= asked <= most


def test_pauses_grow_and_then_stay():
    waits = pauses(lambda: 0.0)
    assert [next(waits) for _ in range(8)] == [*PAUSES_S, PAUSES_S[-1], PAUSES_S[-1]]
    assert next(pauses(lambda: 1.0)) == PAUSES_S[0] / 2


def test_modules_that_flows_need_are_asked_for_and_missed_once(linked, pauses_, caplog):
    no = answer(b"false")
    peer = Peer(answer(b"UP"), answer(b"true"), no, answer(b"UP"), answer(b"true"), no)
    link = linked(peer, needs=[Module.CALLCENTER, Module.FIFO])
    assert peer.heard[2] == b"api module_exists mod_callcenter\n"
    pauses_.pass_()
    assert link.missing == (Module.FIFO,)
    assert link.problem == ""
    assert caplog.text.count("run `load mod_fifo` in fs_cli") == 1
    peer.server.stop()


def test_it_says_since_when_it_is_up_or_down(linked, pauses_):
    class Ticking:
        seconds = 0

        def now(self):
            self.seconds += 1
            return self.seconds * 1_000_000

    clock = Ticking()
    peer = Peer(answer(b"UP\n"), None)
    link = linked(peer, clock=clock)
    up = link.since
    assert up > 1_000_000
    pauses_.pass_()
    down = link.since
    assert down > up
    pauses_.pass_()
    assert link.problem == ""
    assert link.since > down
    peer.server.stop()


def test_a_password_that_cannot_be_sent_is_not_logged(pauses_, caplog):
    peer = Peer()
    switch = Switch("127.0.0.1", peer.server.server_port, "s3cret\nx")
    link = ControlLink(switch, CLOCK, (), pauses_)
    pauses_.until_next()
    assert "refused the password: see switch: in eslflow.yaml" in link.problem
    assert "s3cret" not in caplog.text + link.problem
    link.close()
    peer.server.stop()


def test_a_wrong_password_says_where_to_mend_it_and_is_tried_again(pauses_):
    peer = Peer()
    peer.accepts = (
        b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
        b"Content-Type: text/disconnect-notice\nContent-Length: 4\n\nBye\n"
    )
    link = ControlLink(
        Switch("127.0.0.1", peer.server.server_port, "x"), CLOCK, (), pauses_
    )
    pauses_.until_next()
    assert "refused the password: see switch: in eslflow.yaml" in link.problem
    pauses_.pass_()
    assert peer.heard == [b"auth x\n", b"auth x\n"]
    link.close()
    peer.server.stop()


def test_a_machine_out_of_sockets_is_asked_again(pauses_, monkeypatch):
    def none_left(*_):
        raise OSError(24, "Too many open files")

    peer = Peer(answer(b"UP\n"))
    with monkeypatch.context() as patch:
        patch.setattr("greenswitch.esl.socket.socket", none_left)
        switch = Switch("127.0.0.1", peer.server.server_port, "ClueCon")
        link = ControlLink(switch, CLOCK, (), pauses_)
        pauses_.until_next()
        assert "Too many open files" in link.problem
    pauses_.pass_()
    assert link.problem == ""
    link.close()
    peer.server.stop()


def test_a_site_without_a_switch_has_no_link():
    link = link_of(None, CLOCK)
    assert type(link) is Link
    with pytest.raises(LinkLost, match="name no switch"):
        link.api(ApiCommand.STATUS)
    link.close()


def test_the_password_is_not_shown():
    assert "secret" not in repr(Switch("127.0.0.1", 8021, "secret"))
    peer = Peer()
    switch = Switch("127.0.0.1", peer.server.server_port, "x")
    link = link_of(switch, CLOCK)
    assert isinstance(link, ControlLink)
    link.close()
    gevent.sleep(0)
    peer.server.stop()


def test_a_link_for_one_command_is_up_at_once_or_says_why_not():
    peer = Peer(answer(b"true\n"), answer(b"-ERR no\n"))
    switch = Switch("127.0.0.1", peer.server.server_port, "ClueCon")
    link = DirectLink(switch)
    assert link.own_host == "127.0.0.1"
    assert link.problem == ""
    assert link.api(ApiCommand.UUID_EXISTS, "u-1") == "true"
    with pytest.raises(CommandRefused):
        link.api(ApiCommand.UUID_KILL, "u-1")
    link.close()
    peer.server.stop()
    with pytest.raises(LinkLost, match="no control link"):
        DirectLink(switch)
