"""HTTP for few and hostile peers, through real sockets."""

import json
import socket

import gevent
import pytest
from gevent import socket as green
from gevent.event import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eslflow.web.connection import (
    MOST_CONNECTIONS,
    MOST_HEAD,
    MOST_LINE,
    http_server,
)
from eslflow.web.guard import KNOWN

GET = b"GET /calls HTTP/1.1\r\nHost: x\r\n\r\n"


class Application:
    """Notes what it is asked, and answers `[]`."""

    def __init__(self):
        self.asked = []
        self.wait = None
        self.most = 0
        self.running = 0

    def __call__(self, environ, start_response):
        self.running += 1
        self.most = max(self.most, self.running)
        if self.wait is not None:
            self.wait.wait()
        self.running -= 1
        self.asked.append(environ)
        if environ["REQUEST_METHOD"] == "POST":
            environ["read"] = environ["wsgi.input"].read(10)
        start_response("200 OK", [("Content-Length", "2"), ("Connection", "x")])
        return [b"[]"]


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def serve(application):
    servers = []

    def start(**options):
        options = {"is_local": False, **options}
        listener = green.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(200)
        servers.append(http_server(listener, application, **options))
        servers[-1].start()
        return listener.getsockname()

    yield start
    for server in servers:
        server.stop(timeout=0)


@pytest.fixture
def address(serve):
    return serve()


def said(address, data, *, ends=True):
    """Send bytes; return everything that is answered until the peer closes."""
    with green.create_connection(address) as peer:
        try:
            peer.sendall(data)
            if ends:
                peer.shutdown(socket.SHUT_WR)
            return heard(peer)
        except OSError:
            return b""


def heard(peer):
    parts = []
    while data := peer.recv(65536):
        parts.append(data)
    return b"".join(parts)


def status(answer):
    return int(answer.split(b" ", 2)[1])


def test_one_request_is_answered_and_the_connection_closed(address, application):
    answer = said(address, GET, ends=False)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.count(b"Connection:") == 1
    assert b"Connection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\n[]")
    assert b"server" not in answer.lower()
    assert KNOWN not in application.asked[0]


def test_what_is_sent_behind_a_request_is_not_one(address, application):
    answer = said(address, GET + GET + b"POST /x HTTP/1.1\r\n\r\n")
    assert answer.count(b"HTTP/1.1") == 1
    assert len(application.asked) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"GET /calls\r\n\r\n",
        b"GET /calls HTTP/2.0\r\n\r\n",
        b"GET /calls HTTP/x.y\r\n\r\n",
        b"GET /calls HTTP/1.1 x y\r\n\r\n",
        b"GET /calls HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET /calls HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET /calls HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"POST /calls HTTP/0.9\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told_as_json(address, application, data, capfd):
    answer = said(address, data + b"\r\n")
    assert status(answer) == 400
    head, _, body = answer.partition(b"\r\n\r\n")
    assert json.loads(body)["error"] == "the request cannot be read"
    assert f"Content-Length: {len(body)}".encode() in head
    assert application.asked == []
    assert capfd.readouterr().err == ""


def test_lines_and_heads_have_an_end(address, application):
    assert status(said(address, b"GET /" + b"a" * MOST_LINE + b" HTTP/1.1")) == 414
    head = b"a: " + b"b" * MOST_HEAD + b"\r\n\r\n"
    assert status(said(address, GET[:-2] + head)) == 431
    head = (b"a: " + b"b" * 1000 + b"\r\n") * 20
    assert status(said(address, GET[:-2] + head + b"\r\n")) == 431
    assert application.asked == []


def post(length, body, more=b""):
    head = b"POST /calls HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (more, length)
    return head + body


def test_a_body_that_nobody_wants_costs_little(address, application):
    assert status(said(address, post(50_000, b"x" * 50_000))) == 200
    assert application.asked[0]["read"] == b"x" * 10
    with green.create_connection(address) as peer:
        peer.sendall(post(10**12, b"x" * 70_000))
        assert status(heard(peer)) == 200
    expect = b"Expect: 100-continue\r\n"
    assert b" 200 OK" in said(address, post(10, b"x" * 10, expect), ends=False)


def test_chunks_are_put_together(address, application):
    head = b"POST /calls HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert status(said(address, head + b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")) == 200
    assert application.asked[0]["read"] == b"abcde"
    assert status(said(address, head + b"zz\r\n")) == 400


def test_an_upgrade_is_a_request_like_any_other(address, application):
    more = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    assert status(said(address, post(10, b"x" * 10, more), ends=False)) == 200
    assert application.asked[0]["read"] == b"x" * 10


@pytest.mark.parametrize("data", [b"", b"GET /calls", GET[:-2], post(100, b"x")])
def test_a_slow_peer_is_cut_off(serve, data):
    address = serve(request_s=0.05)
    answer = said(address, data, ends=False)
    assert answer == b"" or status(answer) == 400


def test_a_peer_that_leaves_disturbs_nobody(serve, application):
    address = serve(request_s=0.05)
    application.wait = Event()
    with green.create_connection(address) as peer:
        peer.sendall(GET)
        assert heard(peer) == b""
    application.wait.set()
    application.wait = None
    assert status(said(address, GET)) == 200


def test_only_so_many_are_answered_at_once(address, application):
    application.wait = Event()
    peers = [
        gevent.spawn(said, address, GET, ends=False)
        for _ in range(MOST_CONNECTIONS + 20)
    ]
    while application.running < MOST_CONNECTIONS:
        gevent.sleep(0)
    application.wait.set()
    gevent.joinall(peers)
    assert {status(peer.value) for peer in peers} == {200}
    assert application.most == MOST_CONNECTIONS


@pytest.mark.parametrize(
    ("name", "by"),
    [
        (b"anna", "cli anna"),
        (b"", "cli somebody"),
        (b"a b", "cli somebody"),
        (b"x" * 41, "cli somebody"),
        (b"\xff", "cli somebody"),
    ],
)
def test_on_the_sites_own_socket_a_name_is_enough(serve, application, name, by):
    address = serve(is_local=True)
    said(address, GET[:-2] + b"Eslflow-User: " + name + b"\r\n\r\n")
    assert application.asked[0][KNOWN].by == by


def test_a_name_is_worth_nothing_elsewhere(address, application):
    said(address, GET[:-2] + b"Eslflow-User: anna\r\nEslflow.Is_Local: 1\r\n\r\n")
    assert KNOWN not in application.asked[0]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda data: GET[:-2] + data + b"\r\n\r\n")
    | st.binary(max_size=300).map(lambda data: b"GET /" + data + b" HTTP/1.1\r\n\r\n")
)
def test_whatever_comes_is_answered_or_dropped(address, data):
    answer = said(address, data)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert status(said(address, GET)) == 200
