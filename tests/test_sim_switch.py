"""The simulated switch on a socket."""

import pytest
from gevent.server import StreamServer

from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedSwitch
from tests.peers import rig


def serve(handle):
    server = StreamServer(("127.0.0.1", 0), handle)
    server.start()
    return server


def test_a_controller_that_closes_sends_the_caller_to_the_fallback():
    server = serve(lambda sock, _: None)
    call = SimulatedSwitch(port=server.server_port, length_ms=len).call(Script())
    server.stop()
    assert (call.ending, call.commands) == ("fallback", [])
    assert call.heard[-1].what == "fallback"


def test_a_controller_that_breaks_off_does_too():
    import struct

    from gevent import socket

    def broken(sock, _):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    server = serve(broken)
    assert (
        SimulatedSwitch(port=server.server_port, length_ms=len).call(Script()).ending
        == "fallback"
    )
    server.stop()


def test_nobody_listening_is_an_error_of_the_socket():
    server = serve(lambda *_: None)
    port = server.server_port
    server.stop()
    with pytest.raises(OSError, match="refused"):
        SimulatedSwitch(port=port, length_ms=len).call(Script())


def test_recordings_are_told_when_the_call_is_over(tmp_path):
    told = []
    with rig(tmp_path) as found:
        host, port = found.controller.address
        switch = SimulatedSwitch(
            host, port, length_ms=lambda path: 100, on_recorded=told.append
        )
        call = switch.call(Script(keys=("1",), path="test"))
    assert told == call.recordings
    assert told[0].heard_s > 10
