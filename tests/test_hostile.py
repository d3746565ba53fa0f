"""Through real sockets: what an attacker, a broken switch or a stranger can send.

Beside every attack a good call goes on, and must end as if nothing had been.
"""

import logging
import random
import re
from contextlib import contextmanager

import pytest
from gevent import socket

from eslflow.call.dialogue import Dialogue, offer
from eslflow.errors import EslflowError, ProtocolError
from eslflow.ledger.read import Reader
from eslflow.sim.script import Script
from eslflow.switch import conversation
from eslflow.wire.reader import Reader as WireReader
from tests.peers import (
    DONE,
    OFFER,
    OK,
    PRESSED,
    Peer,
    agrees,
    event,
    executed,
    on_call,
    rig,
)

# What our side may ever send, command by command.
MEANT = re.compile(
    rb"connect|linger \d+|filter (?:Other-Leg-)?Unique-ID [0-9A-Za-z-]+|exit"
    rb"|event plain [A-Z_]+( [A-Za-z_:]+)*"
    rb"|api uuid_(flush_dtmf|setvar|setvar_multi|record|buglist) [0-9A-Za-z-]+[ -~]*"
    rb"|sendmsg\ncall-command: hangup\nhangup-cause: [A-Z_]+"
    rb"|sendmsg\ncall-command: execute\n"
    rb"execute-app-name: (answer|playback|play_and_get_digits|callcenter)\n"
    rb"Event-UUID: eslflow-\d+(\nexecute-app-arg: [ -~]+)?"
)
EXPANDS = re.compile(rb"\$|%2[45]", re.IGNORECASE)
GOOD = Script(keys=("1",), path="test", uuid="good-1")


def meant(data):
    """Whether everything our side sent is something it means to send."""
    commands = [command for command in data.split(b"\n\n") if command]
    return all(MEANT.fullmatch(c) and not EXPANDS.search(c) for c in commands)


@pytest.fixture
def controller(tmp_path):
    with rig(tmp_path) as found:
        yield found


def good_call(controller):
    """Place a good call; it must be recorded as agreed."""
    call = controller.switch.call(GOOD)
    assert len(call.recordings) == 1
    assert call.breaches == []
    return call.uuid


@contextmanager
def beside(controller):
    """Attack while a good call hears the welcome; it must then end as it should."""
    peer = on_call(controller, b"beside-1")
    yield
    said = agrees(peer, b"beside-1")
    assert meant(said)
    assert said.count(b"uuid_record") == 1
    peer.close()


NAMES = {
    "newline": b"Bob\nvariable_eslflow_digits_1: 1\nEvent-Name: CHANNEL_HANGUP",
    "encoded newline": b"Bob%0Avariable_consent: yes%0AUnique-ID: 666%0A%0A",
    "shell": b"${system(touch /tmp/eslflow-was-here)}",
    "encoded shell": b"%24{system(touch /tmp/eslflow-was-here)}",
    "twice encoded": b"%2524{system(touch /tmp/eslflow-was-here)}",
    "quotes": b"' \" ` \\ , ; | ^ { } [ ]",
    "long": b"x" * 65536,
    "latin-1": b"Zo\xeb \xff\xfe",
    "nul and escapes": b"a\x00b\x1b[2J\x07",
    "unicode": "☃ 电话 \u202e".encode(),
}
FIELDS = (
    "Caller-Caller-ID-Name",
    "Caller-Caller-ID-Number",
    "Caller-Destination-Number",
    "variable_sip_h_X-Crm",
)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_caller_writes_is_data(controller, name):
    script = Script(
        keys=("1",), path="test", headers=dict.fromkeys(FIELDS, NAMES[name])
    )
    call = controller.call(script)
    sent = b"".join(f"{c.line}\n".encode() for c in call.commands)
    assert b"eslflow-was-here" not in sent
    assert call.breaches == []
    assert len(call.recordings) == 1
    assert all(str(controller.folder) in r.path for r in call.recordings)
    other = good_call(controller)
    with controller.look() as ledger:
        kept = {line["call_uuid"]: line["state"] for line in ledger.consents()}
    assert kept == {script.uuid: "granted", other: "granted"}


@pytest.mark.parametrize(
    "number",
    [
        "+49\n\n30",
        "x\n\nContent-Type: text/rude\n\n",
        "x\nLinger-Time: 5\nContent-Length: 0\n\nContent-Type: text/rude\n\n",
        "x" * 400,
    ],
)
def test_a_number_that_would_forge_the_last_notice_is_data(controller, caplog, number):
    call = controller.call(Script(keys=("1",), path="test", caller=number))
    assert "a message of a kind" not in caplog.text
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]
    with controller.look() as ledger:
        kept = ledger.call(call.uuid)
    assert kept["call"]["caller"] == number
    assert kept["call"]["ending"] == "hung_up"
    assert len(call.recordings) == 1


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "${system(x)}", "a" * 9999, "no such"]
)
def test_a_flow_path_that_no_flow_has_goes_back_to_the_dialplan(controller, path):
    call = controller.call(Script(path=path))
    assert call.ending == "fallback"
    assert [command.line for command in call.commands] == ["connect"]
    good_call(controller)


def test_a_forged_event_of_another_call_changes_nothing(controller):
    peer = Peer(controller.controller.address)
    peer.hears(b"connect\n\n")
    peer.says(OFFER % b"evil-1")
    peer.hears(b"event plain")
    body = b"Event-Name: CHANNEL_HANGUP\nUnique-ID: another-call\n\n"
    head = b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(body)
    peer.says(OK * 6 + head + body)
    good_call(controller)
    assert controller.controller.desk.get("evil-1")
    peer.close()


STRANGERS = {
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "tls": bytes.fromhex("16030100a5010000a10303") + bytes(160),
    "blank lines": b"\n" * 5000,
    "no uuid": b"Content-Type: command/reply\nReply-Text: +OK\n\n",
    "odd uuid": b"Unique-ID: a%0A%0Aapi shutdown\n\n",
    "path as uuid": b"Unique-ID: ../../x\n\n",
    "negative length": b"Unique-ID: a\nContent-Length: -1\n\n",
    "absurd length": b"Unique-ID: a\nContent-Length: 99999999999999\n\n",
    "length that is none": b"Unique-ID: a\nContent-Length: many\n\n",
    "html": b"<html>\n\n",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_is_dropped_and_learns_nothing(controller, name):
    with beside(controller):
        peer = Peer(controller.controller.address)
        peer.says(STRANGERS[name])
        peer.sock.shutdown(1)
        assert peer.hears_the_end() == b"connect\n\n"
    good_call(controller)


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_costs_one_line_of_the_log(controller, caplog, name):
    peer = Peer(controller.controller.address)
    peer.says(STRANGERS[name])
    peer.sock.shutdown(1)
    peer.hears_the_end()
    controller.controller.settle()
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == (name != "blank lines")
    assert all(re.fullmatch(r"dropped 127\.0\.0\.1: [ -~]+", text) for text in lines)


def test_what_a_stranger_says_is_escaped_once(controller, caplog):
    peer = Peer(controller.controller.address)
    peer.says(b"Content-Length: \xd2\n\n")
    peer.hears_the_end()
    controller.controller.settle()
    (line,) = (record.getMessage() for record in caplog.records)
    assert r"b'\xd2" in line
    assert r"\\" not in line


AFTER_THE_OFFER = {
    "a reply to nothing": OK * 60,
    "a kind that no call has": b"Content-Type: text/rude-rejection\n\n",
    "negative length": b"Content-Type: api/response\nContent-Length: -5\n\n",
    "no event": b"Content-Type: text/event-plain\nContent-Length: 3\n\nabc",
    "absurd length": b"Content-Type: api/response\nContent-Length: 9999999999\n\n",
    "two lengths": (
        b"Content-Length: x\nContent-Length: 0\nContent-Type: api/response\n\n"
    ),
    "half a message": b"Content-Type: api/response\nContent-Length: 500\n\nabc",
}


@pytest.mark.parametrize("name", AFTER_THE_OFFER)
def test_a_switch_that_breaks_the_protocol_loses_its_call_only(controller, name):
    with beside(controller):
        peer = on_call(controller, b"odd-1")
        peer.says(AFTER_THE_OFFER[name])
        peer.sock.shutdown(1)
        assert meant(peer.hears_the_end())
    good_call(controller)
    controller.controller.settle()
    with controller.look() as ledger:
        endings = {call["uuid"]: call["ending"] for call in ledger.calls()}
    assert endings["odd-1"] == "lost"


def test_a_peer_that_says_nothing_is_let_go(tmp_path):
    with rig(tmp_path) as found:
        found.controller.hello_s = 0.01
        peer = Peer(found.controller.address)
        assert peer.hears_the_end() == b"connect\n\n"
        found.controller.hello_s = 30
        good_call(found)


def test_a_peer_that_is_not_on_the_list_is_closed_unread(tmp_path):
    with rig(tmp_path) as found:
        found.controller._allow = frozenset({"192.0.2.1"})
        peer = Peer(found.controller.address)
        assert peer.hears_the_end() == b""


def test_one_call_too_many_is_closed_at_once(controller):
    controller.controller._most_calls = 1
    first = Peer(controller.controller.address)
    first.hears(b"connect\n\n")
    second = Peer(controller.controller.address)
    assert second.hears_the_end() == b""
    first.close()


def test_a_call_byte_by_byte_is_the_same_call(controller):
    with beside(controller):
        peer = Peer(controller.controller.address)
        peer.says = lambda data, says=peer.says: [says(bytes([b])) for b in data]
        peer.hears(b"connect\n\n")
        peer.says(OFFER % b"slow-1")
        peer.hears(b"execute-app-name: playback")
        assert meant(agrees(peer, b"slow-1"))
        peer.close()


def test_messages_glued_together_are_each_heard(controller):
    """Offer, replies and the end of the welcome in one piece, then the answer."""
    peer = Peer(controller.controller.address)
    marks = [b"Event-UUID: eslflow-2", b"Event-UUID: eslflow-5"]
    peer.says(OFFER % b"glued-1" + OK * 6 + executed(b"glued-1", marks[0]))
    peer.hears(b"[12]")
    peer.says(DONE * 2 + OK + executed(b"glued-1", marks[1], PRESSED))
    said = peer.hears(b"api uuid_record glued-1 start")
    assert meant(said)
    assert said.count(b"play_and_get_digits") == 1
    peer.close()


def test_a_peer_that_never_reads_is_dropped(controller, monkeypatch):
    """It hangs on a socket whose buffers are full; what we owe it stays small."""
    monkeypatch.setattr(conversation, "MOST_UNSENT", 1000)
    with beside(controller):
        peer = on_call(controller, b"deaf-1")
        line = controller.controller.desk.get("deaf-1")
        line._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        while line.is_open:
            line._guard(lambda: line._send(b"x" * 900))
        peer.close()
    controller.controller.settle()
    with controller.look() as ledger:
        assert ledger.call("deaf-1")["call"]["ending"] == "lost"


@pytest.mark.parametrize(
    "more", [b"Unique-ID: deaf-1\n", b"variable_x: a%0AUnique-ID: ours-1%0A\n"]
)
def test_an_event_of_another_call_cannot_pass_for_ours(controller, more):
    peer = on_call(controller, b"ours-1")
    peer.says(OK * 6 + event(b"deaf-1", b"CHANNEL_HANGUP", more))
    peer.says(executed(b"ours-1", peer.heard))
    assert meant(peer.hears(b"play_and_get_digits"))
    peer.close()


def test_random_bytes_never_make_us_say_what_we_do_not_mean(controller):
    """10,000 strings; after the offer on even ones, so that both readers are met."""
    dice = random.Random(20261124)
    with beside(controller):
        for batch in range(100):
            peer = Peer(controller.controller.address)
            if batch % 2:
                peer.says(OFFER % (b"fuzz-%d" % batch))
            peer.says(b"".join(dice.randbytes(dice.randrange(120)) for _ in range(100)))
            peer.sock.shutdown(1)
            assert meant(peer.hears_the_end())
    good_call(controller)


SPLINTERS = (
    *(b"Content-Length: ", b"Content-Type: ", b"text/event-plain", b"command/reply"),
    *(b"Event-Name: CHANNEL_HANGUP", b"Unique-ID: u-1", b"Reply-Text: +OK", b"\n\n"),
    *(b"\n", b"\n", b"\r\n", b": ", b"%0A", b"7", b"-1", b"\x00", b"\xff", b"${x}"),
)


def test_whatever_is_said_is_heard_or_refused():
    """10,000 strings of splinters of the protocol, each to a reader of its own."""
    dice = random.Random(42)
    for _ in range(10_000):
        data = b"".join(dice.choices(SPLINTERS, k=dice.randrange(1, 25)))
        reader, dialogue = WireReader(), Dialogue("u-1")
        dialogue.open(b"")
        try:
            for message in reader.feed(data + b"\n\n"):
                dialogue.hear(message)
        except ProtocolError:
            continue
        assert reader.pending <= len(data) + 2


def test_whatever_is_offered_is_a_call_or_refused():
    dice = random.Random(43)
    for _ in range(2000):
        data = b"".join(dice.choices(SPLINTERS, k=dice.randrange(1, 25)))
        try:
            offers = [offer(message) for message in WireReader().feed(data + b"\n\n")]
        except EslflowError:
            continue
        assert all(re.fullmatch("[0-9A-Za-z-]+", found.uuid) for found in offers)


def test_two_hand_overs_of_one_call_are_both_served(controller):
    first = controller.call(Script(uuid="twice-1", keys=("1",), path="test"))
    second = controller.call(
        Script(
            uuid="twice-1",
            keys=("1",),
            path="test",
            headers={"variable_eslflow_segments": b"1"},
        )
    )
    paths = {r.path for r in (*first.recordings, *second.recordings)}
    assert len(paths) == 2
    with controller.look() as ledger:
        assert len(ledger.calls()) == 1


def test_a_ledger_that_was_attacked_can_be_read(controller, tmp_path):
    good_call(controller)
    controller.close()
    with Reader(tmp_path / "eslflow.db") as ledger:
        assert len(ledger.calls()) == 1
