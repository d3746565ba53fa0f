"""One call's socket: slow peers, late answers."""

import gevent
import pytest

from eslflow.call.events import Kept
from eslflow.errors import ProtocolError
from eslflow.switch import conversation
from eslflow.switch.conversation import Conversation
from tests.peers import OFFER, PATIENCE_S, Peer, rig


@pytest.fixture
def controller(tmp_path):
    with rig(tmp_path) as found:
        yield found


class Narrow:
    """A socket that takes a few bytes at once, or none for a while."""

    def __init__(self, *takes):
        self.takes = list(takes)
        self.taken = b""
        self._sock = self

    def send(self, data):
        take = self.takes.pop(0) if self.takes else len(data)
        if take == 0:
            raise BlockingIOError
        if take < 0:
            raise BrokenPipeError
        self.taken += data[:take]
        return min(take, len(data))

    def close(self):
        self.takes = [-1]


def talk(controller, *takes):
    return Conversation(controller.controller, Narrow(*takes))


@pytest.mark.parametrize("takes", [(), (3,), (0,), (0, 1, 2), (3, 4, 5)])
def test_what_the_socket_does_not_take_at_once_goes_out_in_order(controller, takes):
    line = talk(controller, *takes)
    for number in range(4):
        line._send(b"command %d\n\n" % number)
    if line._writer is not None:
        line._writer.join(PATIENCE_S)
    assert line._sock.taken == b"".join(b"command %d\n\n" % n for n in range(4))
    line.close()


def test_a_peer_that_never_reads_is_dropped(controller, monkeypatch):
    monkeypatch.setattr(conversation, "MOST_UNSENT", 10)
    line = talk(controller, 0)
    with pytest.raises(ProtocolError, match="does not read"):
        line._send(b"x" * 11)
    line.close()


def test_a_peer_that_is_gone_is_noticed_by_reading_not_by_writing(controller):
    line = talk(controller, -1)
    line._send(b"x")
    assert line._unsent == b""
    line = talk(controller, 0, -1)
    line._send(b"x")
    line._writer.join(PATIENCE_S)
    assert line._unsent == b""
    line.close()
    line._send(b"after the end")


def test_a_call_without_an_offer_has_no_step(controller):
    line = talk(controller)
    assert line.step == ""
    line._dispatch()
    line._fail()
    assert line.is_open
    line.close()


def test_a_fault_while_the_ledger_wakes_the_call_costs_that_call_only(
    controller, caplog
):
    peer = Peer(controller.controller.address)
    peer.hears(b"connect\n\n")
    peer.says(OFFER % b"u-1")
    peer.hears(b"playback")
    line = controller.controller.calls["u-1"]
    assert line.step == "hello"

    def broken(event, now):
        raise RuntimeError("a fault of ours")

    line._engine = type("Broken", (), {
        "handle": staticmethod(broken),
        "fail": staticmethod(lambda now: []),
        "is_over": False,
        "live": line._engine.live,
    })()  # fmt: skip
    line.wake(Kept(True))
    assert "a fault of ours" in caplog.text
    peer.hears_the_end()
    gevent.idle()
    assert not line.is_open
