"""One call's socket: slow peers, late answers, faults of ours."""

import gc
import logging
import re
import struct

import gevent
import pytest
from gevent import socket
from gevent.event import AsyncResult

from eslflow.call.commands import Execute
from eslflow.call.dialogue import Dialogue
from eslflow.call.engine import Engine
from eslflow.call.events import HungUp, Parked
from eslflow.errors import ProtocolError, UnsafeValue
from eslflow.sim.script import Script
from eslflow.switch import conversation
from eslflow.switch.controller import Controller
from eslflow.switch.conversation import Conversation
from eslflow.wire.message import Message
from tests.peers import (
    DONE,
    OFFER,
    OK,
    PATIENCE_S,
    PRESSED,
    Peer,
    agrees,
    event,
    executed,
    on_call,
    rig,
)


@pytest.fixture
def controller(tmp_path):
    with rig(tmp_path) as found:
        yield found


@pytest.fixture
def line(controller):
    """A line without a call, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    theirs.settimeout(PATIENCE_S)
    ours.setblocking(False)
    found = Conversation(controller.controller, ours)
    yield found, theirs
    found.close()
    theirs.close()


def ending(controller, uuid="u-1"):
    with controller.look() as ledger:
        return ledger.call(uuid)["call"]["ending"]


def read(sock, size):
    data = b""
    while len(data) < size:
        data += sock.recv(65536)
    return data


@pytest.mark.parametrize("size", [1, 1000, 100_000])
def test_what_the_socket_does_not_take_at_once_goes_out_in_order(line, size):
    ours, theirs = line
    sent = [bytes([97 + number]) * size for number in range(4)]
    for data in sent:
        ours._send(data)
    assert read(theirs, 4 * size) == b"".join(sent)
    assert ours._unsent == b""
    assert ours._writing is None


def test_what_was_said_in_one_turn_goes_out_at_its_end_in_one_piece(line):
    ours, theirs = line
    theirs.setblocking(False)
    ours._send(b"one ")
    ours._send(b"two")
    with pytest.raises(BlockingIOError):
        theirs.recv(10)
    gevent.idle()
    assert theirs.recv(10) == b"one two"


def test_what_was_said_before_the_end_goes_out_before_it(line):
    ours, theirs = line
    ours._send(b"goodbye")
    ours.close()
    assert theirs.recv(10) == b"goodbye"
    gevent.idle()
    assert theirs.recv(10) == b""


def test_a_peer_that_leaves_too_much_unread_breaks_the_line(line, monkeypatch):
    monkeypatch.setattr(conversation, "MOST_UNSENT", 10)
    with pytest.raises(ProtocolError, match="does not read"):
        line[0]._send(b"x" * 1_000_000)


def test_a_peer_that_is_gone_is_noticed_by_reading_not_by_writing(line):
    ours, theirs = line
    theirs.close()
    ours._send(b"x")
    gevent.idle()
    assert ours._unsent == b""
    ours.close()
    ours._send(b"after the end")


def test_a_call_without_an_offer_has_no_step(line):
    ours, _ = line
    assert ours.step == ""
    ours._dispatch()
    assert ours.is_open


def test_a_peer_that_never_reads_costs_its_own_call_only(controller, monkeypatch):
    peer = on_call(controller)
    monkeypatch.setattr(conversation, "MOST_UNSENT", -1)
    controller.controller.desk.get("u-1")._unsent = b"x"
    peer.says(OK * 6 + executed(b"u-1", peer.heard))
    peer.hears_the_end()
    assert ending(controller) == "lost"


def test_a_switch_that_breaks_off_loses_its_call(controller, caplog):
    peer = on_call(controller)
    at_once = struct.pack("ii", 1, 0)
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    peer.close()
    assert controller.controller.settle(PATIENCE_S) == 0
    assert "the socket broke: [Errno 104] Connection reset" in caplog.text
    assert ending(controller) == "lost"


def test_a_switch_that_fell_silent_is_asked_by_the_kernel(controller):
    peer = on_call(controller)
    sock = controller.controller.desk.get("u-1")._sock
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    peer.close()


def test_a_ledger_may_answer_before_keep_returns(controller):
    keep = controller.ledger.keep

    def at_once(rows, done=None):
        keep(rows)
        if done is not None:
            done("")

    controller.ledger.keep = at_once
    call = controller.call(Script(keys=("1",), path="test"))
    assert len(call.recordings) == 1
    assert call.breaches == []


def test_a_caller_who_leaves_while_the_grant_is_written_is_waited_for(controller):
    asked = AsyncResult()
    keep = controller.ledger.keep

    def late(rows, done=None):
        keep(rows)
        if done is not None:
            asked.set(done)

    controller.ledger.keep = late
    peer = on_call(controller)
    peer.says(OK * 6 + executed(b"u-1", peer.heard))
    peer.hears(b"[12]")
    peer.says(DONE * 2 + OK + executed(b"u-1", peer.heard, PRESSED))
    done = asked.get(timeout=PATIENCE_S)
    peer.close()
    line = controller.controller.desk.get("u-1")
    while line.is_open:
        gevent.sleep(0)
    assert controller.controller.settle(0.01) == 1
    done("")
    assert controller.controller.settle(PATIENCE_S) == 0
    assert ending(controller) == "lost"


def test_a_fault_while_the_ledger_wakes_the_call_costs_that_call_only(
    controller, monkeypatch, caplog
):
    peer, other = on_call(controller), on_call(controller, b"u-2")

    def broken(engine, event, now):
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "handle", broken)
        controller.controller.desk.get("u-1").wake(Parked())
    assert "a fault of ours" in caplog.text
    peer.hears_the_end()
    assert [call.uuid for call in controller.controller.desk.calls()] == ["u-2"]
    other.close()
    assert ending(controller) == "failed"


def test_rows_that_came_before_a_fault_are_kept(controller, monkeypatch):
    peer = on_call(controller)
    line = controller.controller.desk.get("u-1")
    handle = Engine.handle

    def broken(engine, event, now):
        if isinstance(event, Parked):
            raise RuntimeError("a fault of ours")
        return handle(engine, event, now)

    monkeypatch.setattr(Engine, "handle", broken)
    line._events.append(HungUp("USER_BUSY"))
    line.wake(Parked())
    peer.hears_the_end()
    with controller.look() as ledger:
        row = ledger.call("u-1")["call"]
    assert (row["ending"], row["cause"]) == ("hung_up", "USER_BUSY")


def test_a_command_that_is_not_safe_is_our_fault_and_forges_no_line(
    controller, monkeypatch, caplog
):
    say = Dialogue.say

    def unsafe(dialogue, command):
        if isinstance(command, Execute):
            raise UnsafeValue("argument", "x", "came\n2026-01-01 from \x1b[2J a caller")
        return say(dialogue, command)

    monkeypatch.setattr(Dialogue, "say", unsafe)
    call = controller.call(Script(path="test"))
    assert ending(controller, call.uuid) == "failed"
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    first, *others = record.getMessage().splitlines()
    assert first == f"fault in call {call.uuid} at step hello"
    assert all(text.startswith("    ") for text in others)
    assert "\x1b" not in caplog.text


def test_an_engine_that_cannot_even_fail_lets_the_call_go(controller, monkeypatch):
    peer = on_call(controller)
    line = controller.controller.desk.get("u-1")

    def broken(engine, *_):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Engine, "handle", broken)
    monkeypatch.setattr(Engine, "fail", broken)
    with pytest.raises(RuntimeError):
        line.wake(Parked())
    peer.hears_the_end()
    assert controller.controller.settle(PATIENCE_S) == 0


def test_an_offer_that_drips_in_is_not_waited_for(controller, caplog):
    controller.controller.hello_s = 0.05
    peer = Peer(controller.controller.address)

    def drip():
        while True:
            peer.says(b"\n")
            gevent.sleep(0)

    dripping = gevent.spawn(drip)
    assert peer.hears_the_end() == b"connect\n\n"
    dripping.kill()
    assert "dropped 127.0.0.1: it said nothing in 0.05 s" in caplog.text


def test_a_peer_that_closes_at_once_is_not_said_to_have_been_waited_for(
    controller, caplog
):
    peer = Peer(controller.controller.address)
    peer.says(b"GET / HTTP/1.1")
    peer.sock.shutdown(socket.SHUT_WR)
    assert peer.hears_the_end() == b"connect\n\n"
    words = "dropped 127.0.0.1: it said 14 bytes and closed, and offered no call"
    assert words in caplog.text


def test_a_peer_that_floods_us_does_not_keep_others_waiting(controller, monkeypatch):
    peer = on_call(controller)
    monkeypatch.setattr(conversation, "RECV", 100)
    body = b"Event-Name: CHANNEL_PARK\nUnique-ID: another-call\n\n"
    event = b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(body) + body
    flood = peer.sock._sock.send(event * 500)
    line = controller.controller.desk.get("u-1")
    before = line.received
    other = Peer(controller.controller.address)
    other.hears(b"connect\n\n")
    assert line.received - before < flood
    other.close()
    peer.close()


def messages():
    """Return the messages that somebody in this process holds, by identity."""
    gc.collect()
    return {id(found) for found in gc.get_objects() if isinstance(found, Message)}


def test_a_waiting_call_holds_no_message(controller):
    before = messages()
    peer = on_call(controller)
    peer.says(OK * 6)
    line = controller.controller.desk.get("u-1")
    while line._dialogue._answers:
        gevent.sleep(0)
    held = messages() - before
    peer.close()
    assert not held


def test_a_talking_call_holds_no_message_either(controller):
    before = messages()
    peer = on_call(controller)
    path = re.findall(rb"start (\S+) 0", agrees(peer, b"u-1"))[0]
    peer.says(event(b"u-1", b"RECORD_START", b"Record-File-Path: %s\n" % path))
    peer.says(DONE * 2)
    peer.hears(b"execute-app-name: callcenter")
    answered = executed(b"u-1", peer.heard, b"variable_cc_cause: answered\n")
    peer.says(DONE + OK + answered)
    live = controller.controller.desk.get("u-1")._engine.live
    while not live.was_bridged:
        gevent.sleep(0)
    held = messages() - before
    peer.close()
    assert not held


def test_a_recording_that_ends_with_the_call_is_not_stopped_besides(controller):
    peer = on_call(controller)
    path = re.findall(rb"start (\S+) 0", agrees(peer, b"u-1"))[0]
    ours = b"Record-File-Path: %s\n" % path
    peer.says(event(b"u-1", b"RECORD_START", ours) + DONE * 2)
    peer.hears(b"execute-app-name: callcenter")
    left = executed(b"u-1", peer.heard) + event(b"u-1", b"RECORD_STOP", ours)
    said = len(peer.heard)
    gone = event(b"u-1", b"CHANNEL_HANGUP", b"Hangup-Cause: NORMAL_CLEARING\n")
    peer.says(DONE + OK + left + gone)
    peer.sock.shutdown(socket.SHUT_WR)
    assert b"uuid_record" not in peer.hears_the_end()[said:]
    assert ending(controller) == "hung_up"


def test_a_call_whose_caller_is_gone_gets_no_variables(controller):
    peer = on_call(controller)
    said = len(peer.heard)
    gone = event(b"u-1", b"CHANNEL_HANGUP", b"Hangup-Cause: NORMAL_CLEARING\n")
    peer.says(OK * 6 + executed(b"u-1", peer.heard) + gone)
    peer.sock.shutdown(socket.SHUT_WR)
    assert b"uuid_setvar" not in peer.hears_the_end()[said:]


def engines():
    """Return how many calls' engines are in memory, whether anybody holds them."""
    return sum(isinstance(found, Engine) for found in gc.get_objects())


def test_a_call_that_is_over_is_gone_without_the_garbage_collector(controller):
    gc.collect()
    before = engines()
    gc.disable()
    try:
        peer = on_call(controller)
        gone = event(b"u-1", b"CHANNEL_HANGUP", b"Hangup-Cause: NORMAL_CLEARING\n")
        peer.says(OK * 6 + executed(b"u-1", peer.heard) + gone)
        peer.sock.shutdown(socket.SHUT_WR)
        peer.hears_the_end()
        controller.controller.settle(PATIENCE_S)
        assert engines() == before
    finally:
        gc.enable()


def test_a_readable_socket_with_nothing_to_read_is_waited_for_again(controller):
    peer = on_call(controller)
    line = controller.controller.desk.get("u-1")
    gevent.get_hub().loop.run_callback(line._guard, line._hear)
    gevent.sleep(0)
    assert line.is_open
    peer.close()


def test_the_doctors_call_is_marked_and_given_back_and_nothing_is_kept(controller):
    peer = Peer(controller.controller.address)
    peer.hears(b"connect\n\n")
    offer = OFFER.replace(b"socket_path: test", b"socket_path: eslflow.doctor")
    peer.says(offer % b"u-9")
    heard = peer.hears_the_end()
    assert heard == b"connect\n\napi uuid_setvar u-9 eslflow_doctor true\n\n"
    assert controller.controller.settle() == 0
    with controller.look() as ledger:
        assert ledger.calls() == []


@pytest.mark.parametrize("is_heard", [True, False])
def test_what_a_call_tells_is_passed_on_where_somebody_listens(
    controller, monkeypatch, is_heard
):
    told = []
    monkeypatch.setattr(Controller, "listens", is_heard)
    controller.controller.told = lambda uuid, what: told.append((uuid, what.text))
    on_call(controller).close()
    assert controller.controller.settle(PATIENCE_S) == 0
    assert (("u-1", 'announces "Welcome."') in told) is is_heard
    assert bool(told) is is_heard


def test_a_call_that_is_over_is_let_go_once(controller):
    left = []
    controller.controller.when_left = left.append
    on_call(controller).close()
    assert controller.controller.settle(PATIENCE_S) == 0
    assert left == ["u-1"]
