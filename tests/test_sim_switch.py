"""The simulated switch on a socket."""

import struct

import pytest
from gevent import socket
from gevent.server import StreamServer

from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedSwitch
from eslflow.wire import command
from tests.line import execute, said
from tests.peers import rig


class Speaker:
    """A controller that says one thing after another, each when it hears something."""

    def __init__(self, *lines):
        self.lines = lines
        self.heard = b""
        self.server = StreamServer(("127.0.0.1", 0), self.talk)
        self.server.start()
        self.port = self.server.server_port

    def talk(self, sock, _):
        for line in self.lines:
            sock.sendall(line)
            self.heard += sock.recv(1 << 20)
        while data := sock.recv(1 << 20):
            self.heard += data

    def called(self, script=None, **options):
        switch = SimulatedSwitch(port=self.port, length_ms=lambda path: 1000, **options)
        try:
            return switch.call(script or Script(uuid="u-1"))
        finally:
            self.server.stop()


def quits(sock, _):
    sock.close()


def breaks(sock, _):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@pytest.mark.parametrize("leave", [quits, breaks])
def test_a_controller_that_leaves_sends_the_caller_to_the_fallback(leave):
    server = StreamServer(("127.0.0.1", 0), leave)
    server.start()
    call = SimulatedSwitch(port=server.server_port, length_ms=len).call(Script())
    server.stop()
    assert (call.ending, call.commands) == ("fallback", [])
    assert call.heard[-1].what == "fallback"


def test_nobody_listening_is_an_error_of_the_socket():
    server = StreamServer(("127.0.0.1", 0), quits)
    server.start()
    port = server.server_port
    server.stop()
    with pytest.raises(OSError, match="refused"):
        SimulatedSwitch(port=port, length_ms=len).call(Script())


def test_a_whole_call_is_told_with_its_transcript():
    speaker = Speaker(command.connect(), said([execute("hangup")]))
    call = speaker.called()
    assert call.ending == "hung_up"
    assert [sent.verb for sent in call.commands] == ["connect", "sendmsg"]
    sent = b"".join(s.data for s in call.transcript if s.is_switch)
    assert sent == speaker.heard
    assert [s.data for s in call.transcript if not s.is_switch] == list(speaker.lines)


def test_the_last_words_of_the_switch_are_heard_by_a_slow_controller():
    speaker = Speaker(said(["connect", "linger 2", execute("hangup")]))
    speaker.called(patience_s=0.0)
    assert speaker.heard.endswith(b"http://www.cluecon.com/\n")


def test_a_call_that_the_script_drops_goes_on_without_its_controller():
    speaker = Speaker(command.connect(), said([execute("playback", "/s/a.wav")]))
    call = speaker.called(Script(drop_at="playback +0.5"))
    assert call.ending == "fallback"
    assert call.heard[-1].at_s == pytest.approx(0.5)


def test_a_call_that_is_parked_for_ever_is_told():
    speaker = Speaker(
        said(
            [
                "connect",
                "api uuid_setvar_multi u-1 socket_resume=false;park_after_bridge=true",
                execute("callcenter", "q"),
            ]
        )
    )
    script = Script(uuid="u-1", agent_hangs_up=True, drop_at="parked")
    assert speaker.called(script).ending == "parked"


def test_a_caller_who_hangs_up_before_the_offer_says_nothing_at_all():
    speaker = Speaker()
    assert speaker.called(Script(hang_up_at="offered")).ending == "hung_up"
    assert speaker.heard == b""


def test_a_patient_switch_hears_what_is_said_in_the_middle_of_a_talk(tmp_path):
    path = tmp_path / "new" / "a.wav"
    speaker = Speaker(
        said(["connect", "linger 1", "event plain CHANNEL_BRIDGE"]),
        said([execute("callcenter", "q")]),
        b"",
        said([f"api uuid_record u-1 start {path} 0 {{RECORD_STEREO=true}}"]),
    )
    told = []
    call = speaker.called(patience_s=1.0, record_to_disk=True, on_recorded=told.append)
    (recording,) = call.recordings
    assert told == [recording]
    assert recording.heard_s == pytest.approx(20, abs=0.2)
    assert len(path.read_bytes()) == pytest.approx(44 + 20 * 32000, rel=0.01)


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


def test_calls_at_once_have_a_greenlet_each(tmp_path):
    with rig(tmp_path) as found:
        scripts = [Script(keys=("1",), path="test") for _ in range(20)]
        calls = found.switch.calls(scripts)
    assert [call.uuid for call in calls] == [script.uuid for script in scripts]
    assert {call.ending for call in calls} == {"hung_up"}
    assert all(len(call.recordings) == 1 for call in calls)
