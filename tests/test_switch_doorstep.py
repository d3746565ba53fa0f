"""Who comes to the door."""

import pytest
from gevent import socket

from eslflow.switch.doorstep import standing


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_who_comes_is_noted_and_sent_away_unanswered():
    port = free_port()
    with standing("127.0.0.1", port) as step:
        assert step.peers == []
        with socket.create_connection(("127.0.0.1", port)) as sock:
            assert sock.recv(1) == b""
        assert step.peers == ["127.0.0.1"]


def test_nobody_stands_there_afterwards():
    port = free_port()
    with standing("127.0.0.1", port):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_where_somebody_listens_it_cannot_stand():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"), standing(*other.getsockname()):
            pass
