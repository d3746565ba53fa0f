"""greenswitch's faults: each override passes what the original fails.

`SafeInbound` and `SafeEvent` are ours; the twin of each test shows the fault in
greenswitch 0.0.19, so that an override which is no longer needed will be noticed.
"""

import gevent
import pytest
from gevent import socket
from gevent.server import StreamServer
from greenswitch import InboundESL
from greenswitch.esl import ESLEvent, OutboundESLServer, OutboundSession

from eslflow.errors import LinkLost, ProtocolError, UnsafeValue
from eslflow.switch import greenswitch
from eslflow.switch.greenswitch import SafeEvent, SafeInbound, finished, hang_up
from tests.peers import Peer, rig

HELLO = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
FORGED = "Event-Name: HEARTBEAT\nName: Bob%0AUnique-ID: 666%0AName: Eve\nUp-Time: 1\n"
ODD = b"Content-Type: api/response\nContent-Length: 4\n\nZo\xeb\n"


class Switch:
    """A switch that says what it is told to, and shows what it heard."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.heard = []
        self.accepts = ACCEPTED
        self.server = StreamServer(("127.0.0.1", 0), self.serve)
        self.server.start()

    def serve(self, sock, _):
        with sock, sock.makefile("rb") as lines:
            sock.sendall(HELLO)
            for answer in [self.accepts, *self.answers]:
                command = b""
                while (line := lines.readline()) not in (b"\n", b""):
                    command += line
                self.heard.append(command)
                if answer is None:
                    return
                sock.sendall(answer)
            lines.read()

    def link(self, kind=SafeInbound):
        return kind("127.0.0.1", self.server.server_port, "ClueCon")


@pytest.fixture
def linked():
    links = []

    def connect(*answers, kind=SafeInbound):
        switch = Switch(*answers)
        link = switch.link(kind)
        link.connect()
        links.append((link, switch))
        return link, switch

    yield connect
    for link, switch in links:
        hang_up(link)
        switch.server.stop()


def test_an_encoded_newline_cannot_forge_a_header():
    event = SafeEvent(FORGED)
    assert event.headers.get("Unique-ID") is None
    assert event.headers["Name"] == "Bob\nUnique-ID: 666\nName: Eve"


def test_in_the_original_it_can():
    assert ESLEvent(FORGED).headers["Unique-ID"] == "666"


def test_the_first_of_two_headers_counts():
    assert SafeEvent("A: 1\nA: 2").headers["A"] == "1"


def test_a_byte_that_is_not_utf8_is_data(linked):
    link, _ = linked(ODD)
    assert link.send("api x").data.encode("utf-8", "surrogateescape") == b"Zo\xeb\n"


def test_in_the_original_it_ends_the_connection(linked):
    link, _ = linked(ODD, kind=InboundESL)
    waiting = gevent.spawn(link.send, "api x")
    gevent.wait([link._receive_events_greenlet], timeout=30)
    assert isinstance(link._receive_events_greenlet.exception, UnicodeDecodeError)
    waiting.kill()


class OneByte:
    """A socket that takes one byte at a time."""

    def __init__(self):
        self.taken = b""

    def send(self, data):
        self.taken += data[:1]
        return 1

    def sendall(self, data):
        self.taken += data


@pytest.mark.parametrize(("kind", "whole"), [(SafeInbound, True), (InboundESL, False)])
def test_a_command_is_written_whole_but_not_by_the_original(kind, whole):
    link = kind("127.0.0.1", 0, "x")
    link.connected, link.sock = True, OneByte()
    sending = gevent.spawn(link.send, "api status")
    gevent.sleep(0)
    assert (link.sock.taken == b"api status\n\n") is whole
    sending.kill()


def test_a_closed_socket_fails_what_waits(linked):
    link, _ = linked(None)
    with pytest.raises(LinkLost, match="closed the control link"):
        link.send("api status")
    with pytest.raises(LinkLost, match="is down"):
        link.send("api status")


def test_in_the_original_it_waits_for_ever(linked):
    link, _ = linked(None, kind=InboundESL)
    waiting = gevent.spawn(link.send, "api status")
    gevent.wait([link._receive_events_greenlet], timeout=30)
    gevent.idle()
    assert not waiting.ready()
    waiting.kill()


@pytest.mark.parametrize("text", ["api a\n\napi b", "api a\r", "api \0"])
def test_a_line_feed_cannot_start_another_command(linked, text):
    link, switch = linked()
    with pytest.raises(UnsafeValue):
        link.send(text)
    assert len(switch.heard) == 1


def test_in_the_original_it_does(linked):
    link, switch = linked(ACCEPTED, ACCEPTED, kind=InboundESL)
    link.send("api a\n\napi b")
    while len(switch.heard) < 3:
        gevent.sleep(0)
    assert switch.heard[1:] == [b"api a\n", b"api b\n"]


def test_a_finished_application_is_known_by_its_mark_not_by_its_name():
    text = "Event-Name: CHANNEL_EXECUTE_COMPLETE\nApplication: playback\n"
    event = SafeEvent(text + "Application-UUID: eslflow-2\n")
    assert finished(event, "eslflow-2")
    assert not finished(event, "eslflow-1")
    assert not finished(SafeEvent("Event-Name: HEARTBEAT"), "")


def test_in_the_original_any_playback_ends_the_wait_for_one():
    """Two playbacks of one call: the end of the first is taken for the second's."""
    ours, theirs = socket.socketpair()
    session = OutboundSession(("127.0.0.1", 0), ours)
    done = gevent.event.AsyncResult()
    session.register_expected_event(
        "CHANNEL_EXECUTE_COMPLETE", "current_application", "playback", done
    )
    first = (
        "Event-Name: CHANNEL_EXECUTE_COMPLETE\nvariable_current_application: playback\n"
        "Application-UUID: the-first\n"
    )
    session.on_event(ESLEvent(first))
    assert done.ready()
    hang_up(session)
    theirs.close()


def test_a_timeout_that_is_no_exception_becomes_one(linked, monkeypatch):
    assert not issubclass(gevent.Timeout, Exception)
    monkeypatch.setattr(greenswitch, "REPLY_S", 0.01)
    link, _ = linked(b"")
    with pytest.raises(LinkLost, match="did not answer"):
        link.send("api status")


def test_a_switch_that_says_nothing_is_no_link(monkeypatch):
    monkeypatch.setattr(greenswitch, "REPLY_S", 0.01)
    server = StreamServer(("127.0.0.1", 0), lambda sock, _: sock.recv(1))
    server.start()
    link = SafeInbound("127.0.0.1", server.server_port, "x")
    with pytest.raises(LinkLost, match="did not answer"):
        link.connect()
    link.close()
    server.stop()


def test_no_switch_is_no_link():
    closed = StreamServer(("127.0.0.1", 0), lambda *_: None)
    closed.start()
    port = closed.server_port
    closed.stop()
    link = SafeInbound("127.0.0.1", port, "x")
    with pytest.raises(LinkLost, match="no control link"):
        link.connect()
    link.close()


def test_a_wrong_password_says_where_to_mend_it():
    switch = Switch()
    switch.accepts = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
    link = switch.link()
    with pytest.raises(LinkLost, match=r"see switch: in eslflow\.yaml"):
        link.connect()
    link.close()
    switch.server.stop()


def test_a_timeout_of_the_one_who_asks_passes_through(linked):
    link, _ = linked(b"")
    with pytest.raises(gevent.Timeout), gevent.Timeout(0.01):
        link.send("api status")


def test_two_commands_at_once_do_not_mix():
    """Longer ones than a socket takes at once, from two greenlets."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(30)
    link = SafeInbound("127.0.0.1", 0, "x")
    link.connected, link.sock = True, ours
    sending = [gevent.spawn(link.send, word * 400_000) for word in "ab"]
    heard = b""
    while len(heard) < 2 * 400_002:
        heard += theirs.recv(65536)
    assert heard == b"a" * 400_000 + b"\n\n" + b"b" * 400_000 + b"\n\n"
    gevent.killall(sending)
    hang_up(link)
    theirs.close()


def test_after_half_a_command_the_link_is_closed(monkeypatch):
    monkeypatch.setattr(greenswitch, "REPLY_S", 0.01)
    ours, theirs = socket.socketpair()
    link = SafeInbound("127.0.0.1", 0, "x")
    link.connected, link.sock = True, ours
    with pytest.raises(LinkLost, match="did not answer"):
        link.send("x" * 10_000_000)
    with pytest.raises(LinkLost, match="is down"):
        link.send("api status")
    theirs.close()


def test_a_socket_that_breaks_is_a_lost_link():
    ours, theirs = socket.socketpair()
    theirs.close()
    link = SafeInbound("127.0.0.1", 0, "x")
    link.connected, link.sock = True, ours
    with pytest.raises(LinkLost, match="broke"):
        link.send("api status")


def test_a_reply_that_nobody_asked_for_closes_the_link(linked):
    link, _ = linked(ACCEPTED + ACCEPTED)
    link.send("noop")
    gevent.wait([link._receive_events_greenlet], timeout=30)
    assert not link.connected
    assert link._receive_events_greenlet.successful()


def test_in_the_original_it_kills_the_reader(linked, capsys):
    link, _ = linked(ACCEPTED + ACCEPTED, kind=InboundESL)
    link.send("noop")
    gevent.wait([link._receive_events_greenlet], timeout=30)
    assert isinstance(link._receive_events_greenlet.exception, IndexError)


def test_a_block_that_does_not_end_closes_the_link(linked, monkeypatch):
    monkeypatch.setattr(greenswitch, "MOST_HEAD", 100)
    link, _ = linked(b"a: b\n" * 100)
    with pytest.raises(LinkLost):
        link.send("noop")


def test_the_originals_server_polls_and_ours_does_not(monkeypatch, tmp_path):
    """Ours waits for the kernel's word, so no call waits up to 100 ms for us."""
    asked = []

    def sleep(seconds=0):
        asked.append(seconds)
        raise InterruptedError

    monkeypatch.setattr("greenswitch.esl.gevent.sleep", sleep)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    original = OutboundESLServer("127.0.0.1", port, application=object)
    with pytest.raises(InterruptedError):
        original.listen()
    original.server.close()
    assert asked == [0.1]
    with rig(tmp_path) as found:
        peer = Peer(found.controller.address)
        peer.hears(b"connect\n\n")
        peer.close()
    assert asked == [0.1]


@pytest.mark.parametrize("length", [-1, 10**12])
def test_a_body_of_absurd_length_is_refused(length):
    with pytest.raises(ProtocolError):
        SafeInbound._read_socket(None, length)


def test_a_body_that_breaks_off_is_refused():
    import io

    with pytest.raises(ProtocolError):
        SafeInbound._read_socket(io.BytesIO(b"ab"), 3)


def test_an_event_is_split_before_it_is_decoded(linked):
    body = FORGED.encode()
    event = b"Content-Type: text/event-plain\nContent-Length: %d\n\n" % len(body) + body
    heard = gevent.event.AsyncResult()
    link, _ = linked(event + ACCEPTED)
    link.register_handle("HEARTBEAT", heard.set)
    link.send("event plain HEARTBEAT")
    assert "Unique-ID" not in heard.get(timeout=30).headers
