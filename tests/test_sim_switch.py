"""The simulated switch on a socket."""

import dataclasses
import struct

import gevent
import pytest
from gevent import socket
from gevent.event import Event
from gevent.server import StreamServer

from eslflow.sim.clock import START, SimulatedClock
from eslflow.sim.deeds import Records
from eslflow.sim.script import Script
from eslflow.sim.switch import CLOSE_S, SimulatedSwitch
from eslflow.wire import command
from tests.line import execute, said
from tests.peers import rig


class Speaker:
    """A controller that says one thing after another, each when it hears something.

    What must not be said before a certain word is heard stands behind that word.
    """

    def __init__(self, *lines):
        self.lines = lines
        self.heard = b""
        self.begun = self.talking = 0
        self.told = {}
        self.server = StreamServer(("127.0.0.1", 0), self.talk)
        self.server.start()
        self.port = self.server.server_port

    def talk(self, sock, _):
        self.sock = sock
        self.talking += 1
        try:
            self.speak(sock)
        finally:
            self.talking -= 1

    def speak(self, sock):
        for turn, line in enumerate(self.lines):
            word, line = line if isinstance(line, tuple) else (b"", line)
            while word not in self.heard:
                self.hear(sock)
            sock.sendall(line)
            self.begun += turn == 0
            self.hear(sock)
        while self.hear(sock):
            continue

    def hear(self, sock):
        data = sock.recv(1 << 20)
        self.heard += data
        return data

    def settle(self, uuid, sent):
        """Return when all that the calls were told has been heard and answered.

        However often the loop has to go round for that: a busy machine hands a
        connection or a few bytes over later than an idle one.
        """
        self.told[uuid] = max(sent, self.told.get(uuid, 0))
        gevent.idle()
        while self.begun < len(self.told) or (
            self.talking and len(self.heard) < sum(self.told.values())
        ):
            gevent.idle()

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
        (
            b"Event-Name: CHANNEL_BRIDGE",
            said([f"api uuid_record u-1 start {path} 0 {{RECORD_STEREO=true}}"]),
        ),
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


class Timed(Speaker):
    """A controller that sets a timer when it has said its lines."""

    def __init__(self, clock, seconds, *lines):
        super().__init__(*lines)
        self.clock, self.seconds, self.fired = clock, seconds, []
        self.timers = []

    def talk(self, sock, address):
        self.timers.append(self.clock.after(self.seconds, lambda: self.fire(sock)))
        super().talk(sock, address)

    def fire(self, sock):
        self.fired.append(self.clock.now() - START)
        sock.sendall(said([execute("hangup")]))

    def called(self, script=None, **options):
        return super().called(script, clock=self.clock, settle=self.settle, **options)


def test_a_parked_call_waits_for_the_controllers_timer():
    speaker = Timed(SimulatedClock(), 30.0, command.connect())
    call = speaker.called()
    assert speaker.fired == [30_000_000]
    assert [(heard.at_s, heard.what) for heard in call.heard] == [(30.02, "hangup")]


def test_a_timer_goes_off_in_the_middle_of_what_takes_longer():
    lines = command.connect(), said([execute("callcenter", "q")])
    speaker = Timed(SimulatedClock(), 10.0, *lines)
    call = speaker.called()
    assert speaker.fired == [10_000_000]
    assert call.heard[-1].what == "hangup"
    assert call.heard[-1].at_s < 10.1


def test_what_comes_before_the_timer_happens_before_it():
    speaker = Timed(SimulatedClock(), 30.0, command.connect())
    call = speaker.called(Script(hang_up_at="connect +5"))
    assert call.heard[-1].at_s == 5.0
    assert speaker.clock.now() - START < 6_000_000 + CLOSE_S * 1e6


def test_a_cancelled_timer_is_not_waited_for():
    speaker = Timed(SimulatedClock(), 3.0, command.connect())
    speaker.clock.after(1.0, lambda: speaker.timers[0].cancel())
    call = speaker.called(Script(hang_up_at="connect +50"))
    assert speaker.fired == []
    assert call.heard[-1].at_s == 50.0


def test_a_timer_that_is_set_from_elsewhere_wakes_a_parked_call():
    clock, told = SimulatedClock(), []
    speaker = Speaker(command.connect())
    job = gevent.spawn(speaker.called, clock=clock, settle=speaker.settle)
    gevent.idle()
    clock.after(20.0, lambda: told.append(clock.now() - START) or speaker.sock.close())
    assert job.get().ending == "fallback"
    assert told == [20_000_000]


def test_calls_that_share_a_clock_go_on_in_the_order_of_its_time():
    clock, order = SimulatedClock(), []
    speaker = Speaker(said(["connect", "linger 1"]), said([execute("playback", "/a")]))
    for seconds in (0.5, 1.5, 2.5, 700.0):
        clock.after(seconds, lambda at=seconds: order.append(at))
    scripts = [
        Script(
            hang_up_at=f"connect +{at}",
            at={f"connect +{at}": lambda at=at: order.append(at)},
        )
        for at in (3, 1, 600, 2)
    ]
    switch = SimulatedSwitch(
        port=speaker.port,
        length_ms=lambda path: 1_000_000,
        clock=clock,
        settle=speaker.settle,
    )
    calls = switch.calls(scripts)
    speaker.server.stop()
    assert order == [0.5, 1, 1.5, 2, 2.5, 3, 600]
    assert [call.ending for call in calls] == ["hung_up"] * 4


def test_a_controller_that_keeps_its_end_open_has_its_timers_meanwhile():
    clock, told = SimulatedClock(), []

    def closes_late(sock, _):
        sock.sendall(said(["connect", execute("hangup")]))
        while sock.recv(1 << 20):
            continue
        gone = Event()
        clock.after(4.0, gone.set)
        gone.wait()
        told.append(clock.now() - START)

    server = StreamServer(("127.0.0.1", 0), closes_late)
    server.start()
    switch = SimulatedSwitch(
        port=server.server_port,
        length_ms=len,
        clock=clock,
        settle=lambda uuid, sent: gevent.idle(),
    )
    call = switch.call(Script())
    server.stop()
    assert 4e6 < told[0] < 5e6
    assert call.ending == "hung_up"


def test_a_dead_man_goes_off_while_the_controller_says_nothing():
    task = "api sched_api +30 dm uuid_kill u-1"
    speaker = Speaker(said(["connect", task]))
    call = speaker.called(clock=SimulatedClock(), settle=speaker.settle)
    assert [heard.what for heard in call.heard] == ["scheduled", "hangup"]
    assert 29 < call.heard[0].at_s <= 30


def test_what_somebody_else_has_recorded_is_told_apart(tmp_path):
    foreign, lost = tmp_path / "foreign.wav", tmp_path / "lost.wav"
    deeds = {"bridged": Records(str(foreign)), "bridged +1": Records(str(lost))}
    speaker = Speaker(said(["connect", execute("callcenter", "q")]))
    script = Script(uuid="u-1", does=deeds, lost=("lost.wav",))
    call = speaker.called(script, record_to_disk=True)
    assert call.recordings == []
    assert [found.path for found in call.foreign] == [str(foreign), str(lost)]
    assert foreign.exists()
    assert not lost.exists()


def test_a_controller_that_never_closes_its_end_is_given_up():
    clock, leave = SimulatedClock(), Event()

    def stays(sock, _):
        sock.sendall(said(["connect", execute("hangup"), "api status"]))
        leave.wait()

    server = StreamServer(("127.0.0.1", 0), stays)
    server.start()
    switch = SimulatedSwitch(
        port=server.server_port,
        length_ms=len,
        clock=clock,
        settle=lambda uuid, sent: gevent.idle(),
    )
    call = switch.call(Script())
    leave.set()
    server.stop()
    assert call.ending == "hung_up"
    assert clock.now() - START == pytest.approx(CLOSE_S * 1e6, abs=1e5)


def test_no_time_passes_before_all_calls_are_connected(monkeypatch):
    clock, order = SimulatedClock(), []
    connect = socket.create_connection

    def connects_late(address):
        if not order:
            order.append("connecting")
            for _ in range(3000):
                gevent.idle()
        order.append("connected")
        return connect(address)

    monkeypatch.setattr(socket, "create_connection", connects_late)
    speaker = Speaker(command.connect())
    note = {"connect +1": lambda: order.append("a second later")}
    scripts = [Script(hang_up_at="connect +2", at=note) for _ in range(2)]
    switch = SimulatedSwitch(
        port=speaker.port, length_ms=len, clock=clock, settle=speaker.settle
    )
    switch.calls(scripts)
    speaker.server.stop()
    assert order == ["connecting", *["connected"] * 2, *["a second later"] * 2]


def test_a_call_that_nobody_answers_keeps_no_other_waiting(monkeypatch):
    clock, connect, refused = SimulatedClock(), socket.create_connection, []

    def refuses_one(address):
        if not refused:
            refused.append(address)
            raise ConnectionRefusedError
        return connect(address)

    monkeypatch.setattr(socket, "create_connection", refuses_one)
    speaker = Speaker(command.connect())
    switch = SimulatedSwitch(
        port=speaker.port, length_ms=len, clock=clock, settle=speaker.settle
    )
    with pytest.raises(ConnectionRefusedError):
        switch.call(Script())
    call = switch.call(Script(hang_up_at="connect +2"))
    speaker.server.stop()
    assert call.ending == "hung_up"


def test_a_call_without_its_controller_waits_for_its_turn_too():
    clock, order = SimulatedClock(), []
    survive = "api uuid_setvar u-1 socket_resume false"
    speaker = Speaker(said(["connect", survive, execute("callcenter", "q")]))

    def script(drop_at, at_s):
        note = {f"bridged +{at}": lambda at=at: order.append(at) for at in at_s}
        return Script(drop_at=drop_at, at=note, agent_after_s=1.0)

    scripts = [script("bridged +1", (4, 8)), script("", (2, 3, 6))]
    scripts[0] = dataclasses.replace(scripts[0], uuid="u-1")
    switch = SimulatedSwitch(
        port=speaker.port,
        length_ms=len,
        clock=clock,
        settle=speaker.settle,
    )
    clock.after(7.0, lambda: order.append("timer"))
    switch.calls(scripts)
    speaker.server.stop()
    assert order == [2, 3, 4, "timer", 6, 8]
