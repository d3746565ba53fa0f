"""The control API as a part of `serve`."""

import json
import logging
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace

import gevent
import pytest
from gevent import socket as green

from eslflow.clock import SystemClock
from eslflow.errors import AddressTaken, FlowErrors, SettingsError
from eslflow.ledger.writer import Health
from eslflow.settings import load_settings
from eslflow.sim.script import Script
from eslflow.switch.link import Link
from eslflow.web.client import SOCKET
from eslflow.web.connection import MOST_CONNECTIONS
from eslflow.web.scopes import Scope
from eslflow.web.server import Control
from eslflow.web.token_file import add
from eslflow.web.tokens import Token, digest
from tests import peers
from tests.desks import ANNA, TableController, TableDesk


class Ledger:
    def health(self):
        return Health("", 0, False)


@pytest.fixture
def desk():
    return TableDesk()


@pytest.fixture
def control(tmp_path, desk):
    opened = []

    def start(text="", **changes):
        (tmp_path / "eslflow.yaml").write_text(text)
        settings = replace(load_settings(tmp_path), **changes)
        controller = TableController(desk)
        opened.append(Control(settings, controller, Ledger(), Link(), SystemClock()))
        return opened[-1]

    yield start
    for one in opened:
        one.stop()


ON = "control: {listen: 127.0.0.1:0}\n"


def ask(peer, method, path, body="", *headers):
    head = [f"{method} {path} HTTP/1.1", *headers, f"Content-Length: {len(body)}"]
    peer.sendall("\r\n".join([*head, "", body]).encode())
    parts = []
    while data := peer.recv(65536):
        parts.append(data)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def over_unix(path, *words):
    with green.socket(socket.AF_UNIX) as peer:
        peer.connect(str(path))
        return ask(peer, *words)


def test_whoever_owns_the_site_needs_no_token(control, tmp_path, desk):
    control()
    path = tmp_path / SOCKET
    assert path.stat().st_mode & 0o777 == 0o600
    kind = ("Content-Type: application/json", "Eslflow-User: anna")
    wish = ('{"want": "off"}', *kind)
    status, found = over_unix(path, "POST", f"/calls/{ANNA}/recording", *wish)
    assert (status, found["recording"]) == (200, "off")
    assert desk.asked[0][1].by == "cli anna"
    assert over_unix(path, "GET", "/health")[1]["switch"] is None


def test_programs_show_a_token(control, tmp_path):
    add(tmp_path / "tokens.yaml", Token("page", digest("x"), (Scope.HEALTH,)))
    address = control(ON + "switch: {address: '127.0.0.1:1'}\n").address
    with green.create_connection(address) as peer:
        assert ask(peer, "GET", "/health")[0] == 401
    with green.create_connection(address) as peer:
        status, found = ask(peer, "GET", "/health", "", "Authorization: Bearer x")
    assert status == 503
    assert found["switch"]["problem"] == Link.problem


def test_a_site_without_tokens_is_told_so(control, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    host, port = control(ON).address
    assert f"control API on {host}:{port}" in caplog.text
    assert "nobody may use it yet" in caplog.text


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs IPv6")
def test_it_listens_on_ipv6_if_it_is_told_to(control):
    assert control("control: {listen: '[::1]:0'}\n").address[0] == "::1"


def test_tokens_that_cannot_be_used_are_bad_configuration(control, tmp_path):
    (tmp_path / "tokens.yaml").write_text("a: {}\n")
    with pytest.raises(SettingsError, match="chmod 600"):
        control(ON)
    (tmp_path / "tokens.yaml").chmod(0o600)
    with pytest.raises(FlowErrors, match="'sha256' is missing"):
        control(ON)


def test_an_address_that_is_taken_is_told(control):
    host, port = control(ON).address
    with pytest.raises(AddressTaken, match=f"cannot listen on {host}:{port}"):
        control(f"control: {{listen: '{host}:{port}'}}\n")


def test_the_socket_is_there_while_it_runs_whatever_was_there(control, tmp_path):
    path = tmp_path / SOCKET
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    one = control()
    assert over_unix(path, "GET", "/ready") == (200, {"ready": True})
    one.stop()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["eslflow.yaml"]


def test_a_socket_that_another_listens_on_stays_its_own(control, tmp_path, caplog):
    path = tmp_path / SOCKET
    first = control()
    second = control()
    assert "another eslflow listens there" in caplog.text
    second.stop()
    assert over_unix(path, "GET", "/ready") == (200, {"ready": True})
    first.stop()
    assert not path.exists()


def test_a_folder_where_no_socket_can_be_costs_no_call(control, tmp_path, caplog):
    control(folder=tmp_path / "none").stop()
    assert "eslflow calls mask, unmask, stop and live will not work" in caplog.text
    assert "No such file or directory" in caplog.text
    (tmp_path / ("x" * 120)).mkdir()
    control(folder=tmp_path / ("x" * 120))
    assert "AF_UNIX path too long" in caplog.text


@pytest.fixture
def rig(tmp_path):
    """A real controller with the control API, and a simulated switch."""
    (tmp_path / "eslflow.yaml").write_text(ON)
    token = Token("page", digest("x"), (Scope.MASK, Scope.STOP))
    add(tmp_path / "tokens.yaml", token)
    with peers.rig(tmp_path) as found:
        parts = (found.controller, found.ledger, Link(), SystemClock())
        control = Control(load_settings(tmp_path), *parts)
        yield found, Page(control.address)
        control.stop()


class Page:
    """A payment page: it asks while the call goes on, and notes what it is told."""

    def __init__(self, address):
        self.told = []
        self._address = address

    def asks(self, method, path, body=""):
        headers = ("Authorization: Bearer x", "Content-Type: application/json")
        with green.create_connection(self._address) as peer:
            self.told.append(ask(peer, method, path, body, *headers))

    def wants(self, rig, path, want):
        """Return what is done on the line: it asks, and the controller has heard it."""

        def do():
            page = gevent.spawn(self.asks, "POST", path, json.dumps({"want": want}))
            while not (page.ready() or rig.controller.desk._asked):
                gevent.sleep(0)

        return do


def test_a_payment_page_masks_a_real_call(rig):
    rig, page = rig
    path = "/agents/1001/recording"
    call = rig.call(
        Script(
            uuid="0a6f5a54-1111",
            path="test",
            keys=("1",),
            talk_s=20,
            at={
                "bridged +3": page.wants(rig, path, "masked"),
                "bridged +4": page.wants(rig, path, "masked"),
                "bridged +9": page.wants(rig, "/calls/0a6f5a54/recording", "off"),
            },
        )
    )
    assert [status for status, _ in page.told] == [200, 200, 200], page.told
    assert [found["recording"] for _, found in page.told] == ["masked", "masked", "off"]
    (recording,) = call.recordings
    masked = sum(span.seconds for span in recording.spans if span.is_masked)
    assert masked == pytest.approx(6, abs=0.1)
    assert recording.spans[-1].is_masked
    with rig.look() as ledger:
        kept = ledger.call(call.uuid)["recording_actions"]
    assert [action["action"] for action in kept] == [
        "start",
        "mask",
        "stop",  # meant
        "stop",
    ]
    assert kept[1]["reason"] == "token page"


FLOOD = b"POST /ready HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n"
GARBAGE = b"\x16\x03\x01" + b"a" * 5000
CHUNKS = b"POST /ready HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


class Flood:
    """Peers that send without a pause, from threads: they do not wait for the hub."""

    def __init__(self, address, heads):
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(address, head)) for head in heads
        ]
        for thread in self._threads:
            thread.start()

    def _send(self, address, head):
        while not self._is_over.is_set():
            # With an end to its patience: while it is joined, nobody reads.
            with suppress(OSError), socket.create_connection(address, 0.2) as peer:
                peer.sendall(head)
                while not self._is_over.is_set():
                    peer.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    def stop(self):
        self._is_over.set()
        for thread in self._threads:
            thread.join()


def test_calls_go_on_while_strangers_flood_the_control_api(rig):
    rig, page = rig
    address = page._address
    slow = [socket.create_connection(address) for _ in range(MOST_CONNECTIONS // 2)]
    for peer in slow:
        peer.sendall(b"GET /calls HTTP/1.1\r\nHost: ")
    flood = Flood(address, [FLOOD, CHUNKS, GARBAGE])
    try:
        calls = [
            rig.call(Script(path="test", keys=("1",), talk_s=20)) for _ in range(5)
        ]
    finally:
        flood.stop()
        for peer in slow:
            peer.close()
    assert [len(call.recordings) for call in calls] == [1] * 5
    assert {call.ending for call in calls} == {"hung_up"}


def test_flask_is_not_imported_until_somebody_asks():
    code = (
        "import sys, eslflow.web.server; "
        "sys.exit(any(name in sys.modules for name in ('flask', 'prometheus_client')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
